"""Web server and worker are killed (SIGKILL) in the middle of 200 signings and of their confirmations.

Real processes, real sockets, a database of their own. Nothing that was acknowledged may be lost, nothing counted
twice, and every mail goes out.
"""

import http.client
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from plugins.database import wanted

SIGNERS = 200
KILLS = 6
PATIENCE = 90
ADDRESS = re.compile(r"^To: (\S+@\S+)$", re.MULTILINE)
LINK = re.compile(r"/confirm/([\w-]+)/")

FURNISH = """
import django; django.setup()
from makers_campaigns import form_data, make_campaign
campaign = make_campaign(slug="release")
print(form_data(campaign)["stamp"])
"""
LOOK = """
import django; django.setup()
from django.utils import timezone
from campaigns.actions.recounting import recount
from campaigns.models import Letter, Signature, Tally
letters = Letter.objects.all()
print(
    Signature.objects.count(), Signature.objects.confirmed().count(), Tally.objects.get().total,
    len(recount(at=timezone.now())), letters.exclude(state="sent").count(),
    letters.count() + letters.filter(unknown_count__gt=0).count(),
)
"""
# What a minute's wait does: the leases of dead workers end.
TIME_PASSES = """
import django; django.setup()
from datetime import timedelta
from campaigns.models import Lease, Letter
from django.utils import timezone
Letter.objects.filter(state="leased").update(leased_until=timezone.now() - timedelta(seconds=1))
Lease.objects.update(until=timezone.now() - timedelta(seconds=1))
"""


class Site:
    """The web server and the worker as an operator runs them."""

    def __init__(self, folder, database_url):
        self.port = free_port()
        self.mail = Path(folder, "mail")
        self.mail.mkdir()
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "CACHE_URL": f"filecache://{folder}/cache",
            "EMAIL_URL": f"filemail:///{self.mail}",
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "PORT": str(self.port),
            "SIGNINGS_PER_NETWORK_PER_HOUR": "100000",
            "SENDING_PER_MINUTE": "100000",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": os.pathsep.join([str(settings.BASE_DIR), str(Path(settings.BASE_DIR, "tests"))]),
            "STATIC_ROOT": str(Path(folder, "static")),
        }
        self.running = {}
        self.manage("migrate", "--verbosity", "0")
        self.manage("collectstatic", "--no-input", "--verbosity", "0")
        self.stamp = self.python(FURNISH).strip()

    def python(self, code):
        return self._run([sys.executable, "-c", code])

    def manage(self, *arguments):
        return self._run([sys.executable, "manage.py", *arguments])

    def _run(self, command):
        done = subprocess.run(command, cwd=settings.BASE_DIR, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, name):
        command = {
            "web": [sys.executable, "-m", "gunicorn", "--config", "python:config.server"],
            "worker": [sys.executable, "manage.py", "work"],
        }[name]
        self.running[name] = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=self.environment, start_new_session=True, stderr=subprocess.DEVNULL
        )

    def kill(self, name):
        os.killpg(self.running[name].pid, signal.SIGKILL)
        self.running[name].wait()

    def stop(self):
        for name, process in self.running.items():
            if process.poll() is None:
                self.kill(name)

    def ask(self, method, path, data=None):
        """The status and body, or None where the server died before it answered."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            body = urlencode(data or {}) if method == "POST" else None
            link.request(
                method, path, body, {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
            )
            answer = link.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            link.close()

    def insist(self, method, path, data=None):
        """Asks again until the server acknowledges."""
        until = time.monotonic() + PATIENCE
        while True:
            answer = self.ask(method, path, data)
            if answer and answer[0] == 303:
                return
            assert answer is None or answer[0] in (500, 502, 503), answer
            assert time.monotonic() < until, "The site did not come back."
            time.sleep(0.1)

    def look(self):
        """What the database holds now."""
        names = ["signatures", "confirmed", "total", "wrong_totals", "waiting", "most_letters"]
        return dict(zip(names, map(int, self.python(LOOK).split()), strict=True))

    def letters(self):
        """All that was mailed so far: (address, token) for each letter."""
        found = []
        for file in self.mail.glob("*.log"):
            for letter in file.read_text(errors="replace").split("-" * 79):
                to, link = ADDRESS.search(letter), LINK.search(letter)
                if to and link:
                    found.append((to[1], link[1]))
        return found


@pytest.fixture
def site(tmp_path):
    database = own_database(tmp_path)
    site = Site(tmp_path, next(database))
    yield site
    site.stop()
    next(database, None)


def own_database(folder):
    """A database that only this test's processes use."""
    if wanted() == "sqlite":
        yield f"sqlite:///{folder}/site.sqlite3"
        return
    import psycopg

    url = os.environ["DATABASE_URL"]
    name = f"killing_{os.getpid()}"
    parts = urlsplit(url)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    yield parts._replace(path=f"/{name}").geturl()
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def killing(site, stop):
    """Kills one process after the other at moments nobody can foresee, and starts each again, until told to stop."""
    luck = random.Random(7)
    for number in range(KILLS):
        if stop.wait(luck.uniform(0.3, 1.2)):
            return
        name = ("web", "worker")[number % 2]
        site.kill(name)
        site.start(name)


def under_fire(site, act, everybody):
    """Carries out `act` for everybody from eight threads while the processes die; returns what each call gave."""
    stop = threading.Event()
    killer = threading.Thread(target=killing, args=(site, stop))
    killer.start()
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(act, everybody))
    stop.set()
    killer.join()
    return given


def wait_until(true, what):
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, what
        time.sleep(0.5)


def test_killing_web_and_worker_loses_nothing_and_counts_nothing_twice(site):
    site.start("web")
    site.start("worker")
    people = [f"signer{n}@example.org" for n in range(SIGNERS)]

    def sign(address):
        form = {"name": "Leyla Example", "email": address, "country": "DE", "consent": "on", "stamp": site.stamp}
        return site.insist("POST", "/campaigns/release/sign/", form)

    under_fire(site, sign, people)
    site.python(TIME_PASSES)
    wait_until(lambda: {to for to, _token in site.letters()} == set(people), "Not every mail went out.")
    wait_until(lambda: site.look()["waiting"] == 0, "Letters stayed in the outbox.")
    sent = site.letters()
    assert len(sent) <= site.look()["most_letters"], "A letter of known outcome was sent twice."

    tokens = dict(sent)
    under_fire(site, lambda to: site.insist("POST", f"/confirm/{tokens[to]}/"), people)
    site.python(TIME_PASSES)
    wait_until(lambda: site.look()["total"] >= SIGNERS, "The count does not come.")
    seen = site.look()
    assert (seen["signatures"], seen["confirmed"], seen["total"], seen["wrong_totals"]) == (
        SIGNERS,
        SIGNERS,
        SIGNERS,
        0,
    )
    assert f"{SIGNERS}" in site.ask("GET", "/campaigns/release/count.json")[1]
