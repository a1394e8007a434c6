"""Django's way to PostgreSQL, and one thing more: see `base`, whose name is Django's."""
