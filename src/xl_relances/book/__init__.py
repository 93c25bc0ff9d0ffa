"""What the workbook holds: its titles, its tables as records, its settings."""
