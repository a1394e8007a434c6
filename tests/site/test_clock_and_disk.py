"""The clock is set a day ahead and back, and the disk is full: nothing breaks, and what stopped goes on by itself."""

import errno
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache.backends.filebased import FileBasedCache
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from makers import make_person
from makers_campaigns import form_data, make_campaign, make_signature, newest_letter, token_of
from plugins.database import wanted

from campaigns.actions.leasing import give_lease_back, take_lease
from campaigns.actions.recounting import check_tallies, wrong_tallies
from campaigns.actions.sending import lease_batch, send_due
from campaigns.actions.sweeping import purge, sweep
from campaigns.actions.tallying import tally_up
from campaigns.models import Campaign, Letter, Signature, Tally
from cases import caching
from config import vitals

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
STEPS = [NOON, NOON + DAY, NOON + timedelta(minutes=1), NOON - DAY, NOON + timedelta(minutes=2)]


def work(now):
    """What a worker does in a few minutes."""
    for duty in (sweep, tally_up, check_tallies, purge):
        assert take_lease(duty.__name__, holder=f"worker at {now}", at=now, seconds=60), duty.__name__
        duty(at=now)
        give_lease_back(duty.__name__, holder=f"worker at {now}", at=now)
    while send_due(worker=f"worker at {now}"):
        pass


@pytest.mark.django_db
def test_through_steps_of_a_day_every_signature_is_mailed_confirmed_and_counted_once(client, mailoutbox, settings):
    settings.PAGE_CACHE_SECONDS = 60
    with time_machine.travel(NOON - 3 * DAY, tick=False):
        campaign = make_campaign(make_person(slug="ana"), slug="release")
        form = form_data(campaign)
    for number, now in enumerate(STEPS, 1):
        with time_machine.travel(now, tick=False):
            posted = client.post("/campaigns/release/sign/", {**form, "email": f"signer{number}@example.org"})
            assert posted.status_code == 303, now
            work(now)
            assert len(mailoutbox) == number, now
            assert client.get(f"/confirm/{token_of(newest_letter(campaign))}/").status_code == 200
            assert client.post(f"/confirm/{token_of(newest_letter(campaign))}/").status_code == 303
            work(now)
            assert Tally.objects.get().total == number, now
            for page in ("", "count.json", "series.json", "series.csv", "share/", "check-your-mail/"):
                assert client.get(f"/campaigns/release/{page}").status_code == 200, page
            assert client.get("/campaigns/release/count.json").json()["total"] == number, "no page of tomorrow is kept"
            assert client.get("/readyz").status_code == 200
    assert wrong_tallies() == []


@pytest.mark.django_db
@pytest.mark.parametrize("ahead", [DAY, timedelta(minutes=20)])
def test_a_duty_whose_holder_died_tomorrow_is_taken_today(ahead):
    assert take_lease("tally", holder="dead", at=NOON + ahead, seconds=60)
    assert vitals.silent_seconds(NOON) is None, "nobody is at work"
    assert take_lease("tally", holder="alive", at=NOON, seconds=60)


@pytest.mark.django_db
def test_a_letter_written_before_the_clock_was_set_back_by_minutes_leaves_at_once(mailoutbox):
    """As after a start with a clock that was wrong by a little, and was set right."""
    with time_machine.travel(NOON + timedelta(minutes=20), tick=False):
        make_signature(make_campaign())
    with time_machine.travel(NOON, tick=False):
        sweep(at=NOON)
        assert send_due(worker="w") == 1


@pytest.mark.django_db
def test_letters_written_or_leased_tomorrow_leave_today(client, mailoutbox):
    with time_machine.travel(NOON, tick=False):
        campaign = make_campaign()
        form = form_data(campaign)
    with time_machine.travel(NOON + DAY, tick=False):
        for name in ("a", "b", "c"):
            client.post(f"/campaigns/{campaign.slug}/sign/", {**form, "email": f"{name}@example.org"})
        assert len(lease_batch(worker="dead", limit=1, at=NOON + DAY)) == 1
    tried = Letter.objects.filter(state="queued").latest("pk")
    Letter.objects.filter(pk=tried.pk).update(created_at=NOON - DAY, attempts=2, due_at=NOON + DAY)
    with time_machine.travel(NOON, tick=False):
        assert send_due(worker="w") == 0
        sweep(at=NOON)
    with time_machine.travel(NOON + timedelta(seconds=30), tick=False):
        sweep(at=NOON + timedelta(seconds=30))
        send_due(worker="w")
    assert sorted(Letter.objects.values_list("state", flat=True)) == ["sent"] * 3
    assert len(mailoutbox) == 3


@pytest.mark.django_db
def test_a_letter_that_is_due_in_days_on_purpose_stays_so(client):
    with time_machine.travel(NOON, tick=False):
        campaign = make_campaign()
        client.post(f"/campaigns/{campaign.slug}/sign/", form_data(campaign))
        Letter.objects.update(due_at=NOON + 2 * DAY)
        sweep(at=NOON + timedelta(minutes=1))
    assert Letter.objects.get().due_at == NOON + 2 * DAY


# The disk is full


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(wanted() != "sqlite", reason="SQLite is told how large it may grow")
def test_a_full_disk_is_a_503_with_nothing_kept_by_halves_and_passes_by_itself():
    client = Client(raise_request_exception=False)
    campaign = make_campaign()
    form = form_data(campaign)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
    try:
        for number in range(400):
            typed = {**form, "email": f"signer{number}@example.org", "reason": "Because. " * 50}
            response = client.post(f"/campaigns/{campaign.slug}/sign/", typed)
            if response.status_code != 303:
                break
        assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
        assert "The record cannot be reached at the moment" in response.text
        assert Signature.objects.count() == Letter.objects.count() == number
        assert client.get(f"/campaigns/{campaign.slug}/").status_code == 200
        assert client.get("/healthz").status_code == 200
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")
    assert client.post(f"/campaigns/{campaign.slug}/sign/", typed).status_code == 303


@pytest.mark.django_db
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_file_that_finds_no_room_is_a_503(monkeypatch, number):
    from campaigns.views import pages

    def full(*args, **kwargs):
        raise OSError(number, "No space left on device")

    monkeypatch.setattr(pages, "subjects_of", full)
    campaign = make_campaign()
    response = Client(raise_request_exception=False).get(f"/campaigns/{campaign.slug}/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")


@pytest.fixture
def files(settings, tmp_path):
    """A cache of files, as a small site has it; `files.fill()` lets nobody write to it any more."""
    file_cache = FileBasedCache(str(tmp_path / "cache"), {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(caching, "cache", file_cache)
        patch.setattr(caching, "_at_hand", {})
        settings.PAGE_CACHE_SECONDS = 60

        def full(*args, **kwargs):
            raise OSError(errno.ENOSPC, "No space left on device")

        file_cache.fill = lambda: patch.setattr("tempfile.mkstemp", full)
        yield file_cache
    caching.forget_at_hand()


@pytest.mark.django_db
def test_pages_that_find_no_room_in_the_cache_are_shown_all_the_same(client, files):
    client.get("/campaigns/")
    files.fill()
    with time_machine.travel(timezone.now() + timedelta(seconds=30), tick=False):
        assert client.get("/campaigns/").status_code == client.get("/about/").status_code == 200
    assert client.get("/cases/").status_code == 200


@pytest.mark.django_db
def test_what_staff_take_back_while_the_disk_is_full_is_not_shown_again(client, files):
    campaign = make_campaign()
    page = f"/campaigns/{campaign.slug}/"
    assert client.get(page).status_code == 200
    files.fill()
    Campaign.objects.update(state="draft", published_at=None)
    assert client.get(page).status_code == 200, "kept"
    caching.begin_generation()
    assert client.get(page).status_code == 404


@pytest.mark.django_db
def test_another_fault_of_a_file_is_our_own(monkeypatch):
    from campaigns.views import pages

    def broken(*args, **kwargs):
        raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(pages, "subjects_of", broken)
    campaign = make_campaign()
    assert Client(raise_request_exception=False).get(f"/campaigns/{campaign.slug}/").status_code == 500


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), OperationalError("database or disk is full")])
def test_a_worker_outlives_a_full_disk(monkeypatch, error):
    import threading

    from campaigns.actions import working

    stop, tried = threading.Event(), []

    def full():
        tried.append(1)
        raise error

    monkeypatch.setattr(working, "mail_is_off", full)
    monkeypatch.setattr(working, "reclaim_own", lambda **_kwargs: 0)
    monkeypatch.setattr(working, "POLL", 0.01)
    monkeypatch.setattr(stop, "wait", lambda seconds: len(tried) > 2 and stop.set())
    working.send_until(stop, worker="w")
    assert len(tried) == 3
