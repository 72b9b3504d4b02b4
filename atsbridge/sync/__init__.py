"""Reading a connection: runs, pages, the engine and its schedule."""
