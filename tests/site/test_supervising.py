"""The supervisor of a demonstration starts again what dies, and leaves nothing behind."""

import os
import signal
import sys
import time

import pytest

from campaigns.management.supervising import Child, end, supervise

pytestmark = pytest.mark.once

# Starts a child of its own, as a web server does, and tells both numbers.
FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()} {child.pid}\\n")
time.sleep(60)
"""


def wait_for(condition, seconds=10):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def family(tmp_path):
    """A child that notes, for each start, its own number and that of its child."""
    notes = tmp_path / "notes"
    notes.touch()
    child = Child("family", [sys.executable, "-c", FAMILY, str(notes)])
    child.starts = lambda: [tuple(map(int, line.split())) for line in notes.read_text().splitlines()]
    yield child
    end([child])


def looked_after(child, condition):
    return wait_for(lambda: child.look_after() or condition())


def test_what_was_killed_is_started_again_and_its_family_ended(family):
    assert looked_after(family, family.starts)
    [(parent, grandchild)] = family.starts()
    os.kill(parent, signal.SIGKILL)
    assert looked_after(family, lambda: len(family.starts()) == 2)
    assert wait_for(lambda: not is_alive(grandchild))


def test_in_the_end_nothing_is_left(family):
    assert looked_after(family, family.starts)
    end([family])
    assert wait_for(lambda: not any(map(is_alive, family.starts()[0])))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all(family, number):
    def send_once_started():
        if family.starts():
            os.kill(os.getpid(), number)

    supervise([family], every=send_once_started)
    assert wait_for(lambda: not any(map(is_alive, family.starts()[0])))


def test_what_dies_at_once_is_started_ever_more_slowly():
    child = Child("failure", [sys.executable, "-c", "raise SystemExit(1)"])
    pauses = []
    for _attempt in range(3):
        child.not_before = 0
        child.look_after()
        child.process.wait()
        child.look_after()
        pauses.append(child.pause)
    assert pauses == sorted(set(pauses))
