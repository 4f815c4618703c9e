"""Where Secrets come from, and what stands in for them."""
