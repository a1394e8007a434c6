"""The list of slow statements at the end of a test run."""

import pytest
from django.db import connection
from plugins import slow_statements


@pytest.fixture
def kept(monkeypatch):
    found = []
    monkeypatch.setattr(slow_statements, "slow", found)
    return found


def test_a_slow_statement_is_kept_with_the_test_that_sent_it(db, kept, monkeypatch):
    monkeypatch.setattr(slow_statements, "LIMIT", 0)
    connection.cursor().execute("SELECT %s, 'Leyla'", ["Leyla"])
    ((_ms, test, statement),) = kept
    assert test.endswith("test_a_slow_statement_is_kept_with_the_test_that_sent_it")
    assert statement == "SELECT %s, ?"


def test_quick_statements_are_not_kept(db, kept, monkeypatch):
    monkeypatch.setattr(slow_statements, "LIMIT", 60_000)
    connection.cursor().execute("SELECT 1")
    assert kept == []


def test_what_workers_saw_is_gathered(kept):
    class Node:
        workeroutput = {"slow_statements": [[300, "a test", "SELECT 1"]]}

    slow_statements.pytest_testnodedown(Node, None)
    assert kept == [(300, "a test", "SELECT 1")]
