"""What we know: unified records and their change events."""
