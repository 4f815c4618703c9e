"""What is encrypted, on the way and where it lies."""
