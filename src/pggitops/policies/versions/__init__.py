"""Which versions run together."""
