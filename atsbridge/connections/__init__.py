"""Who is linked, and with which credentials."""
