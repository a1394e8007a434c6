"""`/metrics`: closed without the token; figures by route, outcome and state, and never a name."""

import re
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from makers_campaigns import form_data, make_campaign, make_signature, newest_letter, post_signature, token_of

from campaigns.actions.tallying import tally_up
from campaigns.models import Letter
from config import metrics as page
from config.measuring import children, route_of

TOKEN = "a-token-only-for-tests"
SAMPLE = re.compile(r"^(\w+(?:\{[^}]*\})?) (\S+)$", re.MULTILINE)


@pytest.fixture
def scrape(client, settings, monkeypatch):
    """Reads the figures as Prometheus does, with the database looked at by this thread, which sees the test's rows."""
    settings.METRICS_TOKEN = TOKEN

    def look_here(seconds):
        found = {}
        page.look(found)
        return found

    monkeypatch.setattr(page.probe, "ask", look_here)

    def read():
        response = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert response.status_code == 200
        return {name: float(value) for name, value in SAMPLE.findall(response.text)}

    return read


def gained(before, after, name):
    return after.get(name, 0) - before.get(name, 0)


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN])
def test_without_the_token_there_is_no_such_address(client, db, settings, given):
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics", headers={"Authorization": given} if given else {}).status_code == 404


def test_where_no_token_is_set_nobody_gets_in(client, db):
    for given in ("Bearer ", "Bearer None", ""):
        assert client.get("/metrics", headers={"Authorization": given}).status_code == 404


def test_the_figures_are_kept_by_nobody(client, db, settings):
    settings.METRICS_TOKEN = TOKEN
    response = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Content-Type"].startswith("text/plain")


def test_requests_are_counted_by_route_method_and_status(client, db, scrape):
    before = scrape()
    client.get("/about/")
    client.get("/cases/nobody-of-that-name/")
    client.get("/no/such/address/")
    after = scrape()
    for labels in (
        'method="GET",route="about",status="200"',
        'method="GET",route="cases:case",status="404"',
        'method="GET",route="none",status="404"',
    ):
        assert gained(before, after, f"habeas_requests_total{{{labels}}}") == 1, labels
    assert gained(before, after, 'habeas_request_seconds_count{route="about"}') == 1
    assert gained(before, after, 'habeas_statements_total{route="cases:case"}') >= 1


@pytest.mark.parametrize(
    ("outcome", "status", "changed"),
    [("kept", 303, {}), ("invalid", 422, {"email": "nonsense"}), ("closed", 409, {"stamp": "old"})],
)
def test_signings_are_counted_by_what_came_of_them(client, db, scrape, outcome, status, changed):
    campaign = make_campaign()
    before = scrape()
    assert post_signature(client, campaign, **changed).status_code == status
    assert gained(before, scrape(), f'habeas_signings_total{{outcome="{outcome}"}}') == 1


def test_throttled_and_foreign_signings_are_counted(client, db, settings, scrape):
    campaign = make_campaign()
    before = scrape()
    address, data = f"/campaigns/{campaign.slug}/sign/", form_data(campaign)
    client.post(address, data, headers={"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"})
    settings.SIGNINGS_PER_NETWORK_PER_HOUR = 0
    client.post(address, data)
    after = scrape()
    for outcome in ("foreign", "throttled"):
        assert gained(before, after, f'habeas_signings_total{{outcome="{outcome}"}}') == 1, outcome


def test_confirmations_are_counted_and_looking_is_not_confirming(client, db, scrape):
    campaign = make_campaign()
    make_signature(campaign)
    address = f"/confirm/{token_of(newest_letter(campaign))}/"
    before = scrape()
    client.get(address)
    client.post(address)
    client.post("/confirm/unknown/")
    after = scrape()
    assert gained(before, after, 'habeas_confirmations_total{outcome="kept"}') == 1
    assert gained(before, after, 'habeas_confirmations_total{outcome="unknown"}') == 1


def test_signatures_and_letters_are_told_by_state(db, scrape):
    campaign = make_campaign()
    now = timezone.now()
    make_signature(campaign, at=now - timedelta(minutes=6))
    make_signature(campaign, confirmed=True)
    tally_up(at=now)
    Letter.objects.filter(pk=newest_letter(campaign).pk).update(state="failed")
    make_signature(campaign)
    Letter.objects.filter(pk=newest_letter(campaign).pk).update(attempts=1)
    seen = scrape()
    assert seen['habeas_signatures{state="counted"}'] == 1
    assert seen['habeas_signatures{state="unconfirmed"}'] == 2
    assert seen['habeas_letters{state="queued"}'] == 2
    assert seen['habeas_letters{state="queued_again"}'] == 1
    assert seen['habeas_letters{state="failed"}'] == 1
    assert 360 <= seen["habeas_outbox_age_seconds"] < 370
    assert seen["habeas_tally_lag_seconds"] == 0
    assert seen["habeas_database_up"] == seen["habeas_cache_up"] == 1
    assert seen['habeas_switch{name="read-only"}'] == 0


def test_counting_stops_at_a_limit(db, scrape, monkeypatch):
    monkeypatch.setattr("config.vitals.AT_MOST", 2)
    campaign = make_campaign()
    for _ in range(3):
        make_signature(campaign)
    assert scrape()['habeas_letters{state="queued"}'] == 2


def test_the_process_is_told_of_while_the_database_is_away(db, scrape, monkeypatch):
    def away(at):
        raise OperationalError("gone")

    monkeypatch.setattr("config.vitals.outbox_seconds", away)
    seen = scrape()
    assert seen["habeas_database_up"] == 0
    assert "habeas_outbox_age_seconds" not in seen
    assert any(name.startswith("habeas_requests_total") for name in seen)


def test_labels_are_few_and_name_nobody(admin_client, db, scrape):
    campaign = make_campaign(slug="a-slug-that-would-tell")
    post_signature(admin_client, campaign, email="leyla@example.org", name="Leyla Telltale")
    admin_client.get("/campaigns/a-slug-that-would-tell/")
    admin_client.get("/admin/campaigns/campaign/")
    admin_client.generic("BREW", "/about/")
    names = "\n".join(scrape())
    assert not re.search(r"tell|leyla|example|BREW|admin_", names, re.IGNORECASE)
    assert 'route="admin"' in names
    assert 'method="other"' in names


def test_figures_that_cannot_be_kept_cost_nobody_the_page(client, db, monkeypatch, caplog):
    def full(*args):
        raise OSError("No space left on device")

    monkeypatch.setattr("config.measuring.note", full)
    assert client.get("/about/").status_code == 200
    assert "The figures cannot be kept." in caplog.text


def test_static_files_go_as_one_route(rf):
    request = rf.get("/static/css/tokens.css")
    assert route_of(request) == "static"
    assert children("static", "GET", 200) is children("static", "GET", 200)
