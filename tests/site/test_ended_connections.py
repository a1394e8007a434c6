"""PostgreSQL was restarted: what lay in the pool is dead, and nobody is handed it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from plugins.database import wanted

pytestmark = [
    pytest.mark.skipif(wanted() != "postgresql", reason="Only PostgreSQL's connections lie in a pool."),
    pytest.mark.django_db,
]
KEPT = 4


def new_link():
    """As a request would get it: from the pool of this process."""
    return connections.create_connection("default")


def process_of(link):
    with link.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def fill():
    """Leaves so many connections in the pool; returns their processes."""
    together = Barrier(KEPT)

    def once(_number):
        link = new_link()
        link.ensure_connection()
        together.wait(20)
        process = process_of(link)
        link.close()
        return process

    with ThreadPoolExecutor(KEPT) as pool:
        return set(pool.map(once, range(KEPT)))


def test_after_a_restart_the_first_who_asks_is_answered():
    processes = fill()
    assert len(processes) == KEPT
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT bool_and(pg_terminate_backend(pid, 5000)) FROM unnest(%s::int[]) pid", [[*processes]])
        assert cursor.fetchone() == (True,)
    for _request in range(KEPT + 1):
        link = new_link()
        assert process_of(link) not in processes
        link.close()


def test_a_connection_that_lives_is_used_again():
    fill()
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity")
        known = {pid for (pid,) in cursor.fetchall()}
    for _request in range(KEPT + 1):
        link = new_link()
        assert process_of(link) in known
        link.close()
