"""Whether the data could be restored."""
