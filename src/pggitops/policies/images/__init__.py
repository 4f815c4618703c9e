"""What runs, and where it comes from."""
