"""What the API server takes and the operator does not: it stops at the resource and does nothing more with it."""
