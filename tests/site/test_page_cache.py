"""Pages kept for the next reader: quick, never older than what staff did, the same for everybody."""

import gzip
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Event
from types import SimpleNamespace

import pytest
import time_machine
from django.core.cache import cache
from django.db import DatabaseError, OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from makers import make_held_person, make_publishable, make_staff
from makers_campaigns import form_data, make_campaign
from site_addresses import FILES, PAGES, PRIVATE_PAGES, furnish

from cases.actions.pausing import pause
from cases.actions.publishing import publish, retract
from cases.caching import ABSENT, GENERATION, TRUSTED, begin_generation, forget_at_hand
from cases.models import Person, SlugRedirect
from config import views

KEPT = sorted(set(PAGES.values()) | {"/sitemap.xml"} | {a for a in FILES.values() if a.endswith("count.json")})
# What another could send along to have his own words kept for all.
UNKEYED = [
    {"HTTP_X_FORWARDED_HOST": "evil.example"},
    {"HTTP_X_FORWARDED_PROTO": "gopher"},
    {"HTTP_FORWARDED": "host=evil.example"},
    {"HTTP_X_ORIGINAL_URL": "/evil/"},
    {"HTTP_X_REWRITE_URL": "/evil/"},
    {"HTTP_X_HTTP_METHOD_OVERRIDE": "POST"},
    {"HTTP_ACCEPT_LANGUAGE": "az"},
    {"HTTP_ACCEPT": "application/json"},
    {"HTTP_USER_AGENT": "evil.example"},
    {"HTTP_REFERER": "https://evil.example/"},
    {"HTTP_ORIGIN": "https://evil.example"},
    {"HTTP_COOKIE": "session=evil; language=az; csrf=evil"},
    {"HTTP_HOST": "localhost"},
]


@pytest.fixture
def kept(settings):
    settings.PAGE_CACHE_SECONDS = 60


@pytest.fixture
def furnished(db, kept):
    return furnish()


@pytest.fixture
def away():
    """Every statement fails from the call on, as when the database has gone."""

    def gone(*args, **kwargs):
        raise OperationalError("connection refused")

    with pytest.MonkeyPatch.context() as patch:
        yield lambda: patch.setattr("django.db.backends.utils.CursorWrapper.execute", gone)


def queries(client, address, **headers):
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address, **headers)
    assert response.status_code == 200, address
    return len(asked)


@pytest.mark.parametrize("address", KEPT)
def test_the_second_reader_asks_the_database_nothing(client, furnished, address):
    where = furnished.address(address)
    first = client.get(where)
    assert queries(client, where) == 0
    second = client.get(where)
    assert second.content == first.content
    assert second.headers["Content-Type"] == first.headers["Content-Type"]
    assert second.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert "public" in second.headers["Cache-Control"]
    assert second.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", sorted(set(PRIVATE_PAGES.values())))
def test_a_personal_page_is_kept_nowhere(client, furnished, address):
    where = furnished.address(address)
    client.get(where)
    response = client.get(where)
    assert "no-store" in response.headers["Cache-Control"]
    assert "X-Accel-Expires" not in response.headers


@pytest.mark.parametrize("address", KEPT)
def test_what_is_not_part_of_the_key_changes_nothing(client, furnished, address):
    where = furnished.address(address)
    plain = client.get(where)
    for headers in UNKEYED:
        cache.clear()
        forget_at_hand()
        sent_first = client.get(where, **headers)
        assert sent_first.status_code == 200, headers
        assert client.get(where).content == plain.content, headers


def test_an_act_in_another_process_shows_within_20_ms(client, db, kept):
    client.get("/")
    assert (queries(client, "/"), TRUSTED) == (0, 0.02)
    cache.set(GENERATION, "begun elsewhere", timeout=None)
    time.sleep(TRUSTED)
    assert queries(client, "/") > 0


def test_one_question_to_the_shared_cache_serves_a_rush(client, db, kept, monkeypatch):
    monkeypatch.setattr("cases.caching.TRUSTED", 3600)
    client.get("/")
    client.get("/")
    asked, get = [], cache.get
    monkeypatch.setattr(cache, "get", lambda key, *more, **named: asked.append(key) or get(key, *more, **named))
    for _reader in range(20):
        client.get("/")
    assert asked == [GENERATION]


def test_an_act_of_staff_shows_at_once(client, db, kept, django_capture_on_commit_callbacks):
    person = make_held_person()
    editor = make_staff()
    make_publishable(person, editor)
    home = client.get("/").content
    assert client.get(person.get_absolute_url()).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        retract(person, by=editor, because="Wrong person")
    assert client.get(person.get_absolute_url()).status_code == 410
    assert client.get("/").content != home
    with django_capture_on_commit_callbacks(execute=True):
        publish(person, by=editor, because="Right after all")
    assert client.get(person.get_absolute_url()).status_code == 200


def test_a_pause_takes_case_and_campaign_out_of_the_cache(client, db, kept, django_capture_on_commit_callbacks):
    person = make_held_person()
    campaign = make_campaign(person)
    for address in (person.get_absolute_url(), campaign.get_absolute_url()):
        assert client.get(address).status_code == 200
    tomorrow = date.today() + timedelta(days=1)
    with django_capture_on_commit_callbacks(execute=True):
        pause(person, asked_by="family", review_on=tomorrow, by=make_staff(), reason="The family asks")
    for address in (
        person.get_absolute_url(),
        campaign.get_absolute_url(),
        f"{campaign.get_absolute_url()}count.json",
    ):
        assert client.get(address).status_code == 404


def test_an_act_that_is_rolled_back_forgets_nothing(client, db, kept, django_capture_on_commit_callbacks):
    person = make_held_person()
    client.get(person.get_absolute_url())
    generation = cache.get(GENERATION)
    with django_capture_on_commit_callbacks() as waiting:
        retract(person, by=make_staff(), because="Wrong person")
    assert len(waiting) == 1
    assert cache.get(GENERATION) == generation


def test_a_cache_that_reaches_nobody_shows_what_it_kept_for_moments_only(client, db):
    """It cannot know what was taken back meanwhile: not even whoever was told so since then makes it forget."""
    told = client.get("/about/").headers["Cache-Control"]
    seconds = {
        name: int(value) for name, _, value in (part.strip().partition("=") for part in told.split(",")) if value
    }
    assert seconds["s-maxage"] + seconds["stale-while-revalidate"] + seconds["stale-if-error"] <= 40


@pytest.mark.parametrize("emptied", [False, True])
def test_a_page_made_before_the_act_is_not_kept_after_it(client, db, kept, monkeypatch, emptied):
    """The reader came first, the act was quicker: what was read before it belongs to the old generation, also where
    the cache had just been emptied and knew of none."""
    whole, made = views.TemplateView.render_to_response, []

    def overtaken(self, *args, **kwargs):
        made.append(begin_generation())
        return whole(self, *args, **kwargs)

    if not emptied:
        cache.set(GENERATION, "old")
    monkeypatch.setattr("config.views.TemplateView.render_to_response", overtaken)
    client.get("/about/")
    client.get("/about/")
    assert len(made) == 2


def test_unknown_parameters_share_the_page_and_ways_to_come_are_told_apart_by_meaning(client, db, kept):
    campaign = make_campaign(make_held_person())
    address = campaign.get_absolute_url()
    plain = client.get(address).content
    assert queries(client, f"{address}?fbclid=1") == 0
    assert queries(client, f"{address}?via=nonsense") == 0
    assert client.get(f"{address}?via=whatsapp").content != plain
    assert client.get(address).content == plain


def test_a_search_is_never_kept(client, db, kept):
    make_held_person()
    assert queries(client, "/cases/?q=ana") > 0
    assert queries(client, "/cases/?q=ana") > 0
    assert queries(client, "/cases/?sort=name") > 0
    assert queries(client, "/cases/?sort=name&x=1") == 0
    assert queries(client, "/cases/?q=&sort=name") == 0  # As the form sends it where nobody searched.


def test_a_search_is_told_like_any_page(client, db, kept):
    make_held_person()
    plain = client.get("/cases/?q=ana")
    small = client.get("/cases/?q=ana", headers={"accept-encoding": "gzip"})
    assert gzip.decompress(small.content) == plain.content
    assert client.get("/cases/?q=ana", headers={"if-none-match": plain.headers["ETag"]}).status_code == 304


def wait_for(true):
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.fixture
def making(monkeypatch):
    """Standing pages are made only while `may_end` is set; `made` grows with each that is begun."""
    state, render = SimpleNamespace(made=[], may_end=Event(), error=None), views.TemplateView.render_to_response

    def held_up(self, *args, **kwargs):
        state.made.append(self.template_name)
        assert state.may_end.wait(30)
        if state.error:
            raise state.error
        return render(self, *args, **kwargs)

    monkeypatch.setattr("config.views.TemplateView.render_to_response", held_up)
    return state


def test_many_readers_of_a_page_that_was_just_forgotten_have_it_made_once(kept, making, monkeypatch):
    monkeypatch.setattr("cases.caching.TURN", 30)
    begin_generation()
    with ThreadPoolExecutor(6) as pool:
        readers = [pool.submit(Client().get, "/about/") for _reader in range(6)]
        time.sleep(1)
        making.may_end.set()
        pages = {reader.result().content for reader in readers}
    assert (len(making.made), len(pages)) == (1, 1)


def test_while_a_page_is_made_anew_others_are_shown_the_one_before(kept, making, settings, monkeypatch):
    monkeypatch.setattr("cases.caching.TURN", 30)
    settings.PAGE_CACHE_SECONDS = 0.001
    making.may_end.set()
    before = Client().get("/about/").content
    making.may_end.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(Client().get, "/about/")
        wait_for(lambda: len(making.made) == 2)
        assert Client().get("/about/").content == before
        assert not first.done()
        making.may_end.set()


def test_a_database_that_is_away_is_not_asked_once_more_by_everybody_who_waits(kept, making, monkeypatch):
    monkeypatch.setattr("cases.caching.TURN", 30)
    begin_generation()
    with ThreadPoolExecutor(6) as pool:
        readers = [pool.submit(Client(raise_request_exception=False).get, "/about/") for _reader in range(6)]
        time.sleep(1)
        making.error = OperationalError("connection refused")
        making.may_end.set()
        assert {reader.result().status_code for reader in readers} == {503}
    assert len(making.made) == 1


def test_whoever_is_stuck_holds_up_nobody(kept, making, monkeypatch):
    monkeypatch.setattr("cases.caching.TURN", 0.01)
    begin_generation()
    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(Client().get, "/about/") for _reader in range(2)]
        wait_for(lambda: len(making.made) == 2)
        making.may_end.set()
        assert {reader.result().status_code for reader in readers} == {200}


def test_nobody_gets_a_page_twice_that_did_not_change(client, db, kept):
    address = make_held_person().get_absolute_url()
    page = client.get(address)
    same = client.get(address, headers={"if-none-match": page.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["Cache-Control"] == page.headers["Cache-Control"]
    since = client.get(address, headers={"if-modified-since": page.headers["Last-Modified"]})
    assert since.status_code == 304
    assert client.get(address, headers={"if-none-match": '"other"'}).status_code == 200


def test_whoever_takes_it_compressed_gets_it_so(client, db, kept):
    address = make_held_person().get_absolute_url()
    plain = client.get(address)
    small = client.get(address, headers={"accept-encoding": "br, gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.content) == plain.content
    assert "Accept-Encoding" in small.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    for refused in ("gzip;q=0", "identity", "gzip; q=0.0, br"):
        assert "Content-Encoding" not in client.get(address, headers={"accept-encoding": refused}).headers


def test_a_page_ends_at_midnight_where_the_person_is_held(client, db, kept):
    person = make_held_person(country="AZ")  # UTC+4: the day ends there at 20:00 UTC.
    with time_machine.travel(datetime(2024, 3, 5, 19, 59, 30, tzinfo=UTC), tick=False) as clock:
        first = client.get(person.get_absolute_url()).content
        clock.shift(timedelta(seconds=29))
        assert queries(client, person.get_absolute_url()) == 0
        clock.shift(timedelta(seconds=2))
        later = client.get(person.get_absolute_url()).content
    assert b"56" in first  # 10 January to 5 March.
    assert later != first


def test_a_count_is_made_anew_within_seconds(client, db, kept):
    campaign = make_campaign(make_held_person())
    with time_machine.travel(datetime(2024, 3, 5, 12, tzinfo=UTC), tick=False) as clock:
        address = f"{campaign.get_absolute_url()}count.json"
        assert client.get(address).json()["total"] == 0
        type(campaign.tally).objects.update(total=7, confirmed=7)
        assert client.get(address).json()["total"] == 0
        clock.shift(timedelta(seconds=4))
        assert client.get(address).json()["total"] == 7


def test_kept_pages_are_shown_while_the_database_is_away(client, db, kept, away):
    client.raise_request_exception = False
    address = make_held_person().get_absolute_url()
    with time_machine.travel(datetime(2024, 3, 5, 12, tzinfo=UTC), tick=False) as clock:
        page = client.get(address).content
        away()
        clock.shift(timedelta(hours=3))  # Long past its freshness.
        assert client.get(address).content == page
        assert client.get("/cases/").status_code == 503  # Nobody had asked for it before.
        clock.shift(timedelta(hours=10))  # The day it tells is over.
        assert client.get(address).status_code == 503


def test_what_was_taken_back_is_not_shown_again_because_the_database_is_away(client, db, kept, away):
    client.raise_request_exception = False
    address = make_held_person().get_absolute_url()
    client.get(address)
    begin_generation()
    away()
    assert client.get(address).status_code == 503


def test_another_error_is_not_hidden_behind_a_kept_page(client, db, kept, monkeypatch):
    client.raise_request_exception = False
    address = make_held_person().get_absolute_url()
    with time_machine.travel(datetime(2024, 3, 5, 12, tzinfo=UTC), tick=False) as clock:
        client.get(address)

        def broken(*args, **kwargs):
            raise DatabaseError("a mistake of ours")

        monkeypatch.setattr(Person.objects, "public", broken)
        clock.shift(timedelta(minutes=2))
        assert client.get(address).status_code == 500


def test_what_is_missing_and_forms_that_came_back_are_not_kept(client, db, kept):
    campaign = make_campaign(make_held_person())
    assert client.get("/cases/nobody/").status_code == 404
    make_held_person("Nobody", slug="nobody")
    assert client.get("/cases/nobody/").status_code == 200
    back = client.post(f"{campaign.get_absolute_url()}sign/", form_data(campaign, email="nonsense"))
    assert back.status_code == 422
    assert "no-store" in back.headers["Cache-Control"]
    assert b"nonsense" not in client.get(campaign.get_absolute_url()).content


def test_pages_can_be_kept_not_at_all(client, db, settings):
    settings.PAGE_CACHE_SECONDS = 0
    person = make_held_person()
    before = client.get(person.get_absolute_url())
    Person.objects.filter(pk=person.pk).update(display_name="Another Name")
    assert client.get(person.get_absolute_url()).content != before.content
    assert "public" in before.headers["Cache-Control"]


def test_that_a_page_is_gone_or_elsewhere_is_told_no_longer_than_the_page(client, db, kept):
    person = make_held_person()
    SlugRedirect.objects.create(kind="person", old_slug="old-name", target=person.public_id)
    gone = make_held_person("Other", slug="other")
    retract(gone, by=make_staff(), because="Wrong person")
    told = {address: client.get(address) for address in ("/cases/nobody/", "/cases/other/", "/cases/old-name/")}
    assert [answer.status_code for answer in told.values()] == [404, 410, 301]
    for answer in [*told.values(), client.get("/cases")]:
        assert answer.headers["Cache-Control"] == ABSENT
        assert answer.headers["X-Accel-Expires"] == "1"


def test_what_is_missing_for_one_alone_is_told_to_nobody_else(admin_client, client, kept, settings):
    alone = [admin_client.get("/admin/nothing/"), client.get("/confirm/nothing/")]
    settings.SECURE_SSL_REDIRECT = True
    alone.append(Client().get("/about/"))  # Leads to the host that was asked for, not to an address of this site.
    assert [answer.status_code for answer in alone] == [404, 404, 301]
    for answer in alone:
        assert "X-Accel-Expires" not in answer.headers
        assert answer.get("Cache-Control") != ABSENT
