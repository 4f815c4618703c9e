"""What a GitOps engine is told."""
