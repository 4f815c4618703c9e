"""Names and namespaces."""
