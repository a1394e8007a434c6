"""What faults happen to: the whole cluster, or one web server and one worker on a database of their own."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from deploy.cluster import ROOT, WEB, WORK, Cluster, given_ports, kept_secrets

TESTS = ROOT / "tests"
SABOTAGE, STEERING = TESTS / "faults" / "sabotage", TESTS / "faults" / "steering"
DISK = 640 * 1024 * 1024
"""Bytes of the small disk: room for PostgreSQL and its log of writes, and soon full."""

FURNISH = """
import sys
import django; django.setup()
from makers import make_person
from makers_campaigns import make_campaign
person = make_person()
for slug in sys.argv[1:]:
    make_campaign(person, slug=slug)
"""


class Disk:
    """A file system so small that it can be filled; where nobody may mount one, a plain folder that cannot."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="habeas-faults-", dir="/tmp"))
        self.folder.chmod(0o755)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=755", "tmpfs", str(self.folder)]
        self.is_small = os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0

    @property
    def ballast(self):
        return self.folder / "ballast"

    def room(self):
        """Bytes that are left."""
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize

    def fill_to(self, rest):
        """Until no more than `rest` bytes are left."""
        with contextlib.suppress(OSError), self.ballast.open("ab", buffering=0) as file:
            while self.room() > rest:
                file.write(b"0" * 65536)

    def fill(self):
        """Until not one byte more fits."""
        self.fill_to(0)
        with contextlib.suppress(OSError), self.ballast.open("ab", buffering=0) as file:
            while file.write(b"0"):
                pass

    def free(self):
        self.ballast.unlink(missing_ok=True)

    def remove(self):
        if self.is_small:
            subprocess.run(["umount", "-l", str(self.folder)], check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def changed_environment(sabotage=""):
    """What a harness sets beside the cluster's own settings; `sabotage` is what `sabotage/sitecustomize.py` breaks."""
    path = [str(SABOTAGE)] if sabotage else []
    return {
        "LOG_FORMAT": "json",
        "LOG_REQUESTS": "1",
        "PYTHONPATH": os.pathsep.join([*path, str(ROOT), str(TESTS)]),
        **({"HABEAS_SABOTAGE": sabotage} if sabotage else {}),
    }


class Whole(Cluster):
    """Front, two web nodes, two workers, PostgreSQL on a small disk, Redis and a mail host."""

    database, webs, works = "PostgreSQL", WEB, WORK

    def __init__(self, folder, *, sabotage=""):
        self.disk = Disk()
        try:
            where = self.disk.folder / "data"
            super().__init__(folder, environment=changed_environment(sabotage), database_folder=where)
        except BaseException:
            self.disk.remove()
            raise

    def open(self, slugs):
        self.start(furnished=False)
        self.manage("collectstatic", "--no-input", "--verbosity", "0")
        self.python("-c", FURNISH, *slugs)
        return self

    def close(self):
        self.stop()
        self.disk.remove()

    def give_up_room(self):
        """PostgreSQL's log goes on to a new file soon."""

    def rows(self, statement):
        """What the database says to one statement, asked past the product."""
        with psycopg.connect(self.env["DATABASE_URL"], connect_timeout=2) as link:
            return link.execute(statement).fetchall()


class Small(Cluster):
    """One web server without a front and one worker. The database is a file, unless an address is given."""

    webs, works = ("web",), ("work",)

    def __init__(self, folder, *, database_url="", sabotage=""):
        self.folder = Path(folder).resolve()
        self.disk = Disk()
        self.database = "PostgreSQL" if database_url else "SQLite"
        self.ports = given_ports(dict.fromkeys(["front", "postgres", "redis", "mail", "mail_control"], 0))
        self.url = f"http://127.0.0.1:{self.ports['front']}"
        for name in ("log", "mail"):
            Path(self.folder, name).mkdir(parents=True, exist_ok=True)
        self.secrets = kept_secrets(self.folder / "secrets.json")
        self.letters_file = self.folder / "mail" / "letters.jsonl"
        own = {
            "DATABASE_URL": database_url or f"sqlite:///{self.disk.folder}/site.sqlite3",
            "CACHE_URL": f"filecache://{self.disk.folder}/cache",
            "TRUSTED_PROXIES": "",
            "PORT": str(self.ports["front"]),
        }
        self.env = self._environment({**own, **changed_environment(sabotage)})
        sink = ["--port", str(self.ports["mail"]), "--control", str(self.ports["mail_control"])]
        parts = [
            self._part("mail", [sys.executable, "-m", "deploy.mail_sink", *sink, "--file", str(self.letters_file)]),
            self._part("web", [sys.executable, "-m", "gunicorn", "--config", "python:config.server"]),
            self._part("work", [sys.executable, "manage.py", "work"]),
        ]
        self.parts = {part.name: part for part in parts}

    def open(self, slugs):
        self.manage("migrate", "--verbosity", "0")
        self.manage("collectstatic", "--no-input", "--verbosity", "0")
        self.python("-c", FURNISH, *slugs)
        for name in ("mail", "web", "work"):
            self.start_part(name)
        self.wait_for(lambda: self.get("/readyz").status == 200, "the site does not answer")
        self.wait_for(lambda: self.sink() is not None, "the mail host does not answer")
        return self

    def close(self):
        for part in self.parts.values():
            part.kill(signal.SIGKILL)
        self.disk.remove()

    def give_up_room(self):
        """SQLite's log is written from its beginning again, and needs no byte more for long: it is cut off."""
        if self.database == "SQLite":
            self.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def rows(self, statement):
        if self.database == "PostgreSQL":
            return Whole.rows(self, statement)
        file = self.env["DATABASE_URL"].removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(file, timeout=20)) as link:
            return link.execute(statement).fetchall()
