"""The volumes."""
