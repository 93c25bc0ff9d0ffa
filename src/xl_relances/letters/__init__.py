"""From a prepared customer to a Word letter."""
