"""How gunicorn serves the site: `gunicorn --config python:config.server`."""

import os

from config import processes
from config.logs import logging_as

wsgi_app = "config.wsgi:application"
# `BIND=unix:/run/habeas/web1.sock` for a front on the same machine, else an address of HOST and PORT.
bind = os.environ.get("BIND") or f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
backlog = 512
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
# The application is read once and shared, which halves the memory and the time to start.
preload_app = True
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 30
# Told to stop, it takes no new request and ends those it has: ten seconds are more than any page may take.
graceful_timeout = 10
# A full or slow disk must not make a worker look dead.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
# Who read what is nobody's business: there is no access log, and the error log masks addresses.
accesslog = None
control_socket_disable = True
logconfig_dict = logging_as(
    os.environ.get("LOG_FORMAT") or ("line" if os.environ.get("DEMO") else "json"),
    "WARNING",
    {
        "gunicorn.error": "WARNING",
        # Django answers HEAD with a body and leaves it to the server to drop it, which is nothing to report.
        "gunicorn.http.wsgi": "ERROR",
    },
)
# Each process counts for itself; `/metrics` adds them up. Named here: the client looks for it when it is imported.
folder, made_by = processes.make_folder(), os.getpid()
os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder


def pre_fork(server, worker):
    """A connection, or a pool with its threads, that was opened while the application was read is no worker's."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def child_exit(server, worker):
    processes.forget_process(folder, worker.pid)


def on_exit(server):
    processes.remove_folder(folder, made_by)
