"""Tells at the end of a run which statements took long, and in which test: HABEAS_SLOW_QUERY_MS, 200 unless set.

A test with invented rows is quick where a query is sound; what is slow even here will be unbearable on a full table.
"""

import os
import time

import pytest

LIMIT = float(os.environ.get("HABEAS_SLOW_QUERY_MS", "200"))
SHOWN = 20
slow: list[tuple[int, str, str]] = []
running = "outside of tests"


def watch(execute, sql, params, many, context):
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        ms = (time.perf_counter() - began) * 1000
        if ms >= LIMIT:
            note(ms, sql)


def note(ms: float, sql) -> None:
    from config.statements import shape

    slow.append((round(ms), running, shape(sql)))


def watch_connection(connection, **kwargs):
    if watch not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, watch)


def pytest_configure(config):
    from django.db.backends.signals import connection_created

    connection_created.connect(watch_connection, dispatch_uid="slow statements of tests")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    global running
    running = item.nodeid
    try:
        return (yield)
    finally:
        running = "outside of tests"


def pytest_sessionfinish(session):
    """Under xdist each worker hands over what it saw."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["slow_statements"] = slow


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    slow.extend(map(tuple, getattr(node, "workeroutput", {}).get("slow_statements", ())))


def pytest_terminal_summary(terminalreporter):
    if not slow:
        return
    terminalreporter.section(f"{len(slow)} statements took {LIMIT:g} ms or more")
    for ms, test, statement in sorted(slow, reverse=True)[:SHOWN]:
        terminalreporter.write_line(f"{ms:6} ms  {test}\n           {statement[:160]}")
