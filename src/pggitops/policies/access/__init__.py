"""Who can reach the database, and how."""
