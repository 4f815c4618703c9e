"""Who sees that something is wrong."""
