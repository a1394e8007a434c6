"""Hot, encrypted, verified backups of database and media: `manage.py backup`, `manage.py restore`."""
