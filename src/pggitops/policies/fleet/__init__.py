"""What one environment does to another."""
