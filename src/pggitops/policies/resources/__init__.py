"""What pods ask for, and whether there is room for it."""
