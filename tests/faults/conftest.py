"""`make faults` sets HABEAS_FAULTS; without it only the short form runs."""

import os
import tempfile
from pathlib import Path

import pytest

STORIES = []
"""Of every fault played in this run, for the table at its end."""


def pytest_collection_modifyitems(config, items):
    if os.environ.get("HABEAS_FAULTS"):
        return
    long = [item for item in items if item.get_closest_marker("faults")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.fixture(scope="session")
def stories():
    return STORIES


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory(prefix="habeas-fault-site-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


def pytest_terminal_summary(terminalreporter):
    from faults.table import lines, write

    if not STORIES:
        return
    terminalreporter.section("what became of those who signed")
    for line in lines(STORIES):
        terminalreporter.write_line(line)
    if os.environ.get("WRITE"):
        write(STORIES)
