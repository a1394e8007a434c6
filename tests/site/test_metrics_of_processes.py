"""The figures of all processes of one web server, added up; real processes, killed and stopped."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from config.processes import make_folder

pytestmark = pytest.mark.once

TOKEN = "a-token-only-for-tests"
ABOUT = re.compile(r'^habeas_requests_total\{method="GET",route="about",status="200"\} (\S+)$', re.MULTILINE)


class Server:
    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.temporary = Path(folder, "tmp")
        self.temporary.mkdir()
        environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3",
            "STATIC_ROOT": str(Path(folder, "static")),
            "METRICS_TOKEN": TOKEN,
            "TMPDIR": str(self.temporary),
            "PORT": str(self.port),
            "WEB_WORKERS": "2",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        for command in (["migrate"], ["collectstatic", "--no-input"]):
            subprocess.run(
                [sys.executable, "manage.py", *command, "--verbosity", "0"],
                cwd=settings.BASE_DIR, env=environment, check=True,
            )  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "python:config.server"],
            cwd=settings.BASE_DIR, env=environment, start_new_session=True,
        )  # fmt: skip

    def get(self, path):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        link.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}"})
        answer = link.getresponse()
        return answer.status, answer.read().decode()

    def wait(self):
        until = time.monotonic() + 30
        while True:
            try:
                return self.get("/healthz")
            except OSError:
                assert time.monotonic() < until, "The server does not answer."
                time.sleep(0.1)

    def seen(self):
        found = ABOUT.search(self.get("/metrics")[1])
        return float(found[1]) if found else 0

    def folders(self):
        return list(self.temporary.glob("habeas-metrics-*"))

    def workers(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(number) for number in children.split()]


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    server.wait()
    yield server
    if server.process.poll() is None:
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()


def test_whoever_answers_tells_of_all_and_what_a_dead_process_counted_stays(server):
    for _ in range(20):
        assert server.get("/about/")[0] == 200
    assert {server.seen() for _ in range(8)} == {20}
    os.kill(server.workers()[0], signal.SIGKILL)
    until = time.monotonic() + 20
    while len(server.workers()) < 2 and time.monotonic() < until:
        time.sleep(0.1)
    server.get("/about/")
    assert {server.seen() for _ in range(8)} == {21}
    (folder,) = server.folders()
    assert folder.stat().st_mode & 0o777 == 0o700
    server.process.terminate()
    server.process.wait(20)
    assert server.folders() == [], "The folder was left behind."


def test_folders_of_servers_that_were_killed_are_cleared_away(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = Path(tmp_path, f"habeas-metrics-{dead.pid}-abc")
    alive = Path(tmp_path, f"habeas-metrics-{os.getppid()}-abc")
    other = Path(tmp_path, "habeas-metrics-of-somebody")
    for folder in (left, alive, other):
        folder.mkdir()
    made = make_folder()
    assert set(tmp_path.iterdir()) == {alive, other, Path(made)}
