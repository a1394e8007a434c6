"""A PostgreSQL that nobody answers for: asked by a process of its own, as a web server would."""

import os
import subprocess
import sys
from pathlib import Path

from plugins.database import ENVIRONMENT

ROOT = Path(__file__).resolve().parents[2]
# Nothing listens on port 9. The first request also reads templates and addresses; of the others the quickest of three
# counts, since the machine may be busy with something else.
ASK = """
import time, logging, django; django.setup(); logging.disable()
from django.conf import settings
from django.test import Client
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
client = Client(raise_request_exception=False)
client.get("/cases/")
for address in ("/cases/", "/campaigns/", "/readyz", "/healthz", "/about/"):
    took = []
    for _n in range(3):
        began = time.monotonic()
        response = client.get(address)
        took.append(time.monotonic() - began)
    print(response.status_code, response.headers.get("Retry-After"), min(took) < 2)
"""


def test_pages_say_so_within_two_seconds_and_what_needs_no_database_is_served():
    env = {**os.environ, **ENVIRONMENT, "DATABASE_URL": "postgresql://habeas:x@127.0.0.1:9/habeas"}
    del env["DATABASE_POOL_WAIT"]  # As long as a web server waits.
    env["DJANGO_SETTINGS_MODULE"] = "config.settings"
    result = subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, env=env, capture_output=True, text=True)
    away, fine = "503 10 True", "200 None True"
    assert result.stdout.splitlines() == [away, away, away, fine, fine], result.stderr
