"""The gate for GitOps of PostgreSQL on Kubernetes: overlays are checked and rendered before they are merged."""

__version__ = "0.1.0"
