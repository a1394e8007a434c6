"""A server that hangs is given up on; one that answers late but in time, or answers with an error, is not."""

import os
import time

import psycopg
import pytest
from plugins.database import wanted

from config.patience import WARY, DidNotAnswer, connection_within

pytestmark = pytest.mark.skipif(wanted() != "postgresql", reason="Only PostgreSQL is asked over a connection.")

PATIENCE = 3.0


def connect(seconds):
    return connection_within(seconds).connect(os.environ["DATABASE_URL"], autocommit=True)


def test_an_answer_that_does_not_come_is_given_up_and_the_connection_with_it():
    link, began = connect(0.5), time.monotonic()
    with pytest.raises(DidNotAnswer):
        link.execute("SELECT pg_sleep(30)")
    assert 0.4 < time.monotonic() - began < 10
    assert link.closed


def test_who_asks_again_at_once_waits_less():
    kind, url = connection_within(PATIENCE), os.environ["DATABASE_URL"]
    first, second = kind.connect(url, autocommit=True), kind.connect(url, autocommit=True)
    with pytest.raises(DidNotAnswer):
        first.execute("SELECT pg_sleep(30)")
    began = time.monotonic()
    with pytest.raises(DidNotAnswer):
        second.execute("SELECT pg_sleep(30)")
    assert time.monotonic() - began < (WARY + PATIENCE) / 2


def test_an_answer_in_time_is_taken_and_an_error_is_told_as_what_it_is():
    with connect(5) as link:
        assert link.execute("SELECT 1 FROM pg_sleep(0.2)").fetchone() == (1,)
        with pytest.raises(psycopg.errors.DivisionByZero):
            link.execute("SELECT 1 / 0")
        with pytest.raises(psycopg.OperationalError) as told:
            link.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        assert not isinstance(told.value, DidNotAnswer)
