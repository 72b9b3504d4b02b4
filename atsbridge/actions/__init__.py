"""Writing to a connection: each action once and only once."""
