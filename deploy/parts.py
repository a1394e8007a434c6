"""One process of a cluster, and what Debian's packages call it: how it is started, asked to stop, and killed."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 20  # Seconds a part may take to end in good order before it is killed.
POSTGRESQL_ACCOUNTS = ("postgres", "nobody")
MARK = "HABEAS_CLUSTER"  # In the environment of every process of ours, so that none of another's is ever ended.


class Missing(Exception):
    """A program is not on this machine; the message says how to get it."""


@dataclass(frozen=True)
class Programs:
    """Where the programs are."""

    postgres: str
    initdb: str
    redis: str
    nginx: str


def find_programs() -> Programs:
    """Raises Missing with the packages that bring what is not there."""
    places = [str(folder) for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    path = os.pathsep.join([*places, os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/sbin"])
    packages = {"postgres": "postgresql", "initdb": "postgresql", "redis-server": "redis-server", "nginx": "nginx"}
    found = {name: shutil.which(name, path=path) for name in packages}
    if missing := sorted({packages[name] for name, place in found.items() if place is None}):
        raise Missing(f"These are missing: {', '.join(missing)}. Debian: apt-get install {' '.join(missing)}")
    return Programs(*[place for place in found.values() if place])


def account() -> pwd.struct_passwd | None:
    """Whose PostgreSQL is: it refuses to run as root. None for whoever is not root, who runs it themselves."""
    if os.geteuid() != 0:
        return None
    for name in POSTGRESQL_ACCOUNTS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Missing("As root, the cluster needs an account for PostgreSQL: apt-get install postgresql brings it.")


@dataclass
class Part:
    """A process with all that it starts."""

    name: str
    command: list[str]
    log: Path
    env: dict[str, str]
    cwd: Path
    owner: pwd.struct_passwd | None = None
    quit_signal: int = signal.SIGTERM
    process: subprocess.Popen | None = field(default=None, repr=False)
    asked: bool = False

    def start(self) -> None:
        """Does nothing where it runs already."""
        if self.is_running():
            return
        self.asked = False
        as_other = {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []} if self.owner else {}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.cwd,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **as_other,
            )

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ended_by_itself(self) -> bool:
        return self.process is not None and not self.asked and not self.is_running()

    def ask_to_stop(self) -> None:
        """To the first process alone: it looks after its own."""
        self.asked = True
        if self.process is not None and self.is_running():
            self.process.send_signal(self.quit_signal)

    def stop(self) -> float:
        """Ends it in good order, or, after its time is up, all the same; returns how many seconds that took."""
        began = time.monotonic()
        if not self.asked:
            self.ask_to_stop()
        if self.process is not None:
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()
        return time.monotonic() - began

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Sends the signal, SIGKILL unless told, to it and everything it started, at once."""
        if self.process is None:
            return
        self.asked = self.asked or number == signal.SIGKILL
        for pid in family(self.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        if number == signal.SIGKILL:
            self.process.wait()


def family(pid: int) -> list[int]:
    """The process and all that came from it, the eldest first (PostgreSQL's own sit in groups of their own)."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):
            fields = stat.read_text("utf-8", "replace").rsplit(")", 1)[1].split()
            children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def end_leftovers(notes: Path, mark: str) -> None:
    """Kills what an earlier cluster in the same folder left when it was killed itself."""
    if not notes.exists():
        return
    for pid in [int(word) for word in notes.read_text("utf-8").split()]:
        with contextlib.suppress(OSError):
            if f"{MARK}={mark}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                for each in family(pid):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(each, signal.SIGKILL)
    notes.unlink()
