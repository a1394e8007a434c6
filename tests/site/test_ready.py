"""`/readyz`: a 503 only for what keeps this node from serving; everything else is a reason."""

import threading
import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError, ProgrammingError, connection
from django.utils import timezone
from makers_campaigns import make_campaign, make_signature

from campaigns.actions.leasing import take_lease
from campaigns.actions.running import retract_campaign
from campaigns.actions.switching import set_switch
from campaigns.models import Letter
from config import ready
from config.probing import Probe


def seen(at=None):
    """What is found now, in this thread, hence also the rows of this test."""
    found = {}
    ready.look(found, at=at)
    return found


def told(found):
    return list(ready.reasons(found))


def fails_with(error):
    def fail(*args, **kwargs):
        raise error

    return fail


def test_a_node_that_can_serve_is_ready(client, db):
    response = client.get("/readyz")
    assert response.status_code == 200
    answer = response.json()
    assert answer["ready"] is True
    assert (answer["database"], answer["migrations"], answer["cache"]) == ("ok", "applied", "ok")
    assert answer["reasons"] == ["No worker has ever run: start “manage.py work”."]
    assert "no-store" in response.headers["Cache-Control"]


def test_without_a_database_a_node_is_not_ready(client, db, monkeypatch):
    monkeypatch.setattr("config.vitals.outbox_seconds", fails_with(OperationalError("gone")))
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "10"
    assert response.json()["reasons"][0] == "The database cannot be reached."


def test_a_database_of_another_release_is_not_ready(db, monkeypatch):
    monkeypatch.setattr("config.vitals.outbox_seconds", fails_with(ProgrammingError("no column")))
    answer = ready.answer(seen())
    assert answer.status_code == 503
    assert b"manage.py migrate" in answer.content


def test_a_missing_migration_is_found_and_a_complete_set_is_remembered(db, monkeypatch):
    monkeypatch.setattr(ready.migrations, "applied", False)
    assert seen()["migrations"] == "applied"
    monkeypatch.setattr(ready.migrations, "applied", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'campaigns'")
    found = seen()
    assert found["migrations"] == "missing"
    assert ready.answer(found).status_code == 503
    assert any("Migrations of this release are missing" in reason for reason in told(found))


def test_a_cache_that_is_away_is_a_reason_and_no_503(db, monkeypatch):
    monkeypatch.setattr(cache, "set", fails_with(ConnectionError("refused")))
    found = seen()
    assert ready.answer(found).status_code == 200
    assert any("cache" in reason for reason in told(found))


def test_a_cache_that_forgets_at_once_is_away(monkeypatch):
    monkeypatch.setattr(cache, "set", lambda *args, **kwargs: None)
    assert ready.cache_answers() is False


def test_mail_that_waits_is_a_reason_and_no_503(db):
    campaign = make_campaign()
    make_signature(campaign, at=timezone.now() - timedelta(minutes=6))
    found = seen()
    assert 360 <= found["outbox_seconds"] < 370
    assert ready.answer(found).status_code == 200
    assert any("oldest letter" in reason for reason in told(found))


def test_a_letter_in_the_hands_of_a_slow_worker_waits_too(db):
    make_signature(make_campaign(), at=timezone.now() - timedelta(minutes=6))
    until = timezone.now() + timedelta(seconds=20)
    Letter.objects.update(state="leased", leased_by="a worker", leased_until=until)
    assert seen()["outbox_seconds"] >= 360


def test_letters_of_a_campaign_that_was_taken_back_wait_on_purpose(db):
    campaign = make_campaign()
    make_signature(campaign, at=timezone.now() - timedelta(minutes=6))
    retract_campaign(campaign, by=None, because="For the test.")
    assert seen()["outbox_seconds"] == 0


def test_signatures_nobody_counts_are_a_reason(db):
    make_signature(make_campaign(), confirmed=True, at=timezone.now() - timedelta(minutes=2))
    found = seen()
    assert 120 <= found["tally_seconds"] < 130
    assert any("to be counted" in reason for reason in told(found))


def test_a_worker_that_fell_silent_is_a_reason(db):
    now = timezone.now()
    take_lease("tally", holder="a worker", at=now, seconds=6)
    assert seen(now)["worker_silent_seconds"] == 0
    assert told(seen(now)) == []
    later = seen(now + timedelta(seconds=90))
    assert later["worker_silent_seconds"] == 84
    assert told(later) == ["No worker has been heard of for 84 seconds."]


def test_a_lease_from_before_the_clock_was_set_back_proves_no_worker(db):
    now = timezone.now()
    take_lease("tally", holder="a worker", at=now + timedelta(days=1), seconds=6)
    assert seen(now)["worker_silent_seconds"] is None


def test_a_thrown_switch_is_a_reason_and_lets_workers_rest(db):
    set_switch("read-only", "on", because="Moving house.", by=None)
    found = seen()
    assert ready.answer(found).status_code == 200
    assert told(found) == ["A kill switch is thrown: read-only."]


def test_what_hangs_does_not_hold_the_answer():
    free = threading.Event()
    looks = []

    def hang(found):
        looks.append(1)
        found["database"] = "ok"
        free.wait(20)

    probe = Probe(hang)
    began = time.monotonic()
    first, second = probe.ask(0.1), probe.ask(0.1)
    assert time.monotonic() - began < 10
    assert first == second == {"database": "ok"}
    assert len(looks) == 1, "A second thread was sent after the one that hangs."
    free.set()
    probe.thread.join()
    probe.ask(5)
    assert len(looks) == 2, "Nobody looked again."


def test_a_database_that_hangs_is_a_503_that_says_so():
    answer = ready.answer({})
    assert answer.status_code == 503
    assert b"The database does not answer in time." in answer.content


@pytest.mark.parametrize("method", ["post", "put"])
def test_readyz_is_only_read(client, method):
    assert getattr(client, method)("/readyz").status_code == 405
