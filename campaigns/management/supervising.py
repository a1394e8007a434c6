"""Keeps a few processes running, starts again what died, and leaves none behind."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

PAUSE = 0.2
PATIENCE = 10
# A process that dies at once is started again ever more slowly, and never more slowly than this.
LONGEST_PAUSE = 10.0
PR_SET_PDEATHSIG = 1


class Child:
    """One process and whatever it starts, in a process group of its own."""

    def __init__(self, name: str, command: list[str]):
        self.name, self.command = name, command
        self.process: subprocess.Popen | None = None
        self.started = self.not_before = 0.0
        self.pause = PAUSE

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603  (our own command line)
            self.command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent if sys.platform == "linux" else None,
        )
        self.started = time.monotonic()

    def look_after(self) -> None:
        """Starts the process if it should run and does not."""
        if self.process is None:
            if time.monotonic() >= self.not_before:
                self.start()
        elif self.process.poll() is not None:
            self.clear_up()

    def clear_up(self) -> None:
        """After a death: ends what the dead process left running (a web server's workers hold its port)."""
        lived = time.monotonic() - self.started
        self.pause = PAUSE if lived > LONGEST_PAUSE else min(self.pause * 2, LONGEST_PAUSE)
        sys.stderr.write(f"The {self.name} ended; starting it again.\n")
        self.send(signal.SIGKILL)
        self.process = None
        self.not_before = time.monotonic() + self.pause

    def send(self, number: int) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


def end_with_parent() -> None:
    """Asks Linux to end this process when the supervisor is killed and cannot do it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def supervise(children: list[Child], *, every: Callable[[], None]) -> None:
    """Runs the children until SIGINT, SIGTERM or SIGHUP comes, then ends them all; calls `every` at each look."""
    stopping = False

    def stop(number, frame):
        nonlocal stopping
        stopping = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        while not stopping:
            for child in children:
                child.look_after()
            every()
            time.sleep(PAUSE)
    finally:
        end(children)
        for number, handler in before.items():
            signal.signal(number, handler)


def end(children: list[Child]) -> None:
    """Asks first, then insists."""
    for child in children:
        child.send(signal.SIGTERM)
    patience = time.monotonic() + PATIENCE
    while any(child.is_running() for child in children) and time.monotonic() < patience:
        time.sleep(0.05)
    for child in children:
        child.send(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()
