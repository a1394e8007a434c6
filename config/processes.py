"""The folder in which the processes of one web server keep the figures that `/metrics` adds up.

Read by gunicorn before Django is set up, so it may import nothing of ours.
"""

import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "habeas-metrics-"


def make_folder() -> str:
    """A new folder that only we can read. Those of servers that were killed are cleared away."""
    for old in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if is_left_over(old):
            shutil.rmtree(old, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")


def is_left_over(folder: Path) -> bool:
    """Ours, and its server is gone (or had the number that is now our own)."""
    number = folder.name.removeprefix(PREFIX).partition("-")[0]
    try:
        is_ours = folder.lstat().st_uid == os.geteuid() and not folder.is_symlink()
    except OSError:
        return False
    return is_ours and number.isdigit() and (int(number) == os.getpid() or not Path(f"/proc/{number}").exists())


def forget_process(folder: str, pid: int) -> None:
    """What a dead process counted stays counted; what it held is held no more."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(pid, folder)


def remove_folder(folder: str, pid: int) -> None:
    """At the end of the server that made it: its children share the variable, not the duty."""
    if os.getpid() == pid:
        shutil.rmtree(folder, ignore_errors=True)
