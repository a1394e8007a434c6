"""`make demo`: the whole product on one machine: the shipped record, three campaigns, a staff account per role."""

import errno
import hashlib
import http.client
import os
import shlex
import socket
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from campaigns.actions.demonstrating import open_demo_campaigns
from campaigns.management.demo_environment import STAFF, password_variable
from campaigns.management.demo_staff import make_demo_staff
from campaigns.management.supervising import Child, supervise
from cases.actions.publishing import publish_demonstration
from cases.models import Person

STARTER = Path(settings.BASE_DIR) / "cases" / "starter" / "azerbaijan-2024"


class Command(BaseCommand):
    help = "Runs a demonstration on this machine: record, campaigns, web server and mail worker."
    # The database may not exist yet.
    requires_system_checks: list = []

    def handle(self, **options):
        if not settings.DEMO:
            raise CommandError("This command makes its own environment: start it as `manage.py demo` or `make demo`.")
        self.port = int(os.environ["PORT"])
        refuse_a_used_port(self.port)
        self.say("Preparing the database …")
        call_command("migrate", interactive=False, verbosity=0)
        self.furnish()
        collect_changed_static_files(Path(settings.STATIC_ROOT))
        make_demo_staff()
        self.ready = False
        supervise(
            [
                Child("web server", [sys.executable, "-m", "gunicorn", "--config", "python:config.server"]),
                Child("mail worker", [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "work"]),
            ],
            every=self.say_when_ready,
        )
        self.say("Stopped. The demonstration's data stays in " + str(settings.DEMO_DIR))

    def furnish(self):
        """Brings in the record and opens the campaigns, once: whoever edits the demonstration keeps their edits."""
        done = Path(settings.DEMO_DIR) / "furnished"
        empty = not Person.objects.exists()
        if done.exists() and not empty:
            return
        if empty:
            self.say("Importing the record …")
            call_command("import_cases", str(STARTER), verbosity=0)
        self.say("Opening the campaigns …")
        publish_demonstration()
        open_demo_campaigns()
        done.touch()

    def say_when_ready(self):
        if self.ready or not (answers(self.port, "/healthz") and answers(self.port, "/")):
            return
        self.ready = True
        self.say(f"Staff: {settings.SITE_URL}/{settings.ADMIN_PATH}")
        for name in STAFF:
            self.say(f"  user: {name:<14}  password: {os.environ[password_variable(name)]}")
        self.say(f"Codes: {command_for_codes()}  (the second factor; for passkeys open http://localhost:{self.port}/)")
        self.say(f"Mail:  {settings.SITE_URL}/demo/mail/")
        self.say(f"Ready: {settings.SITE_URL}/")

    def say(self, sentence):
        self.stdout.write(sentence)
        self.stdout.flush()


def refuse_a_used_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                sentence = f"Port {port} is in use: choose another one, as in `PORT={port % 65535 + 1} make demo`."
            else:
                sentence = f"Port {port} cannot be used: {error.strerror}."
            raise CommandError(sentence) from error


def collect_changed_static_files(folder: Path) -> None:
    """Compressing all of them takes seconds, so it is done only when one of them has changed since the last time."""
    stamp = folder.with_suffix(".collected")
    now = fingerprint_of_static_files()
    if folder.is_dir() and stamp.exists() and stamp.read_text("utf-8") == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now, "utf-8")


def fingerprint_of_static_files() -> str:
    files = (storage.path(name) for finder in get_finders() for name, storage in finder.list([]))
    marks = sorted((file, os.stat(file).st_size, os.stat(file).st_mtime_ns) for file in files)
    return hashlib.sha256(repr(marks).encode("utf-8")).hexdigest()


def command_for_codes() -> str:
    """As it is typed in this folder; the demonstration's own folder is named where it is not the usual one."""
    usual = Path(settings.BASE_DIR) / "var" / "demo"
    folder = "" if Path(settings.DEMO_DIR) == usual else f"DEMO_DIR={shlex.quote(str(settings.DEMO_DIR))} "
    return f"{folder}{os.path.relpath(sys.executable, settings.BASE_DIR)} manage.py demo_code NAME"


def answers(port: int, path: str) -> bool:
    """Asks over a bare connection, so that no proxy of the machine stands between."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
