"""From an issued letter to an e-mail: message, draft, delivery, and the journal of both."""
