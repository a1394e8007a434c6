"""Lets a test set the clock of a running process: `HABEAS_CLOCK` names a file with the seconds it is off by.

Only for processes that have this folder on their path. What counts seconds without a date (monotonic) is left alone,
as it is when somebody sets a machine's clock.
"""

import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import time_machine

LOOK_EVERY = 0.1


def steer(file):
    real_time, began, off_by, journey = time.time(), time.monotonic(), 0.0, None
    while True:
        time.sleep(LOOK_EVERY)
        wanted = read(file)
        if wanted == off_by:
            continue
        if journey is not None:
            journey.stop()
        true_time = real_time + time.monotonic() - began
        journey = time_machine.travel(datetime.fromtimestamp(true_time + wanted, UTC), tick=True) if wanted else None
        if journey is not None:
            journey.start()
        off_by = wanted


def read(file):
    try:
        return float(file.read_text())
    except (OSError, ValueError):
        return 0.0


def begin():
    """Threads are not inherited, so each process that comes by fork begins its own."""
    threading.Thread(
        target=steer, args=[Path(os.environ["HABEAS_CLOCK"])], name="clock of a test", daemon=True
    ).start()


if os.environ.get("HABEAS_CLOCK"):
    begin()
    os.register_at_fork(after_in_child=begin)
