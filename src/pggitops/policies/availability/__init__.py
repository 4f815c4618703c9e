"""Whether the database stays up when something is lost."""
