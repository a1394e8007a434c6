"""How gunicorn serves the site: `gunicorn --config python:config.server`."""

import os

wsgi_app = "config.wsgi:application"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
# The application is read once and shared, which halves the memory and the time to start.
preload_app = True
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 30
graceful_timeout = 10
# Who read what is nobody's business: there is no access log, and the error log masks addresses.
accesslog = None
control_socket_disable = True
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.logs.MaskedFormatter", "format": "{asctime} {levelname} {name} {message}", "style": "{"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "gunicorn.error": {"level": "WARNING", "handlers": [], "propagate": True},
        # Django answers HEAD with a body and leaves it to the server to drop it, which is nothing to report.
        "gunicorn.http.wsgi": {"level": "ERROR", "handlers": [], "propagate": True},
    },
}
