"""The pooler's own settings."""
