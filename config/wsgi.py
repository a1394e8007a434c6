"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Somebody waits for each answer, and is told within two seconds that the database is away.
os.environ.setdefault("DATABASE_PATIENCE", "1.5")
application = get_wsgi_application()
