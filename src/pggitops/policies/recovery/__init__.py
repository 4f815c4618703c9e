"""Restores, standbys and where clusters start from."""
