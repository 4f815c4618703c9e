"""The server's parameters."""
