"""Exceptions: written, owned, and with an end."""
