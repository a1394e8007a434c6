"""What a request leaves in the log: its route, status and cost; nothing of who asked or of what they wrote."""

import json
import logging
import re

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.test import Client
from makers_campaigns import make_campaign, make_signature, newest_letter, post_signature, token_of

from campaigns.actions.sending import send_due
from config.logs import JsonFormatter, MaskedFormatter

NAME, MAILBOX, REASON, NETWORK = "Leyla Telltale", "leyla.telltale@example.org", "She is my sister", "203.0.113.77"
BROWSER = "Telltale/1.0"


@pytest.fixture
def reader():
    return Client(raise_request_exception=False, REMOTE_ADDR=NETWORK, headers={"User-Agent": BROWSER})


@pytest.fixture
def lines(settings):
    """Everything that is logged from DEBUG on, as both forms would write it."""
    settings.LOG_REQUESTS = True
    written = {"json": [], "line": []}

    class Keeper(logging.Handler):
        def emit(self, record):
            written["json"].append(JsonFormatter().format(record))
            written["line"].append(MaskedFormatter().format(record))

    keeper, root = Keeper(), logging.getLogger()
    quiet = [root, logging.getLogger("django.request"), logging.getLogger("django")]
    levels = [logger.level for logger in quiet]
    for logger in quiet:
        logger.setLevel(logging.DEBUG)
    root.addHandler(keeper)
    yield written
    root.removeHandler(keeper)
    for logger, level in zip(quiet, levels, strict=True):
        logger.setLevel(level)


def of_requests(lines):
    told = [json.loads(line) for line in lines["json"]]
    return [one for one in told if one["logger"] == "habeas.requests"]


def test_a_request_leaves_route_status_and_cost(reader, db, lines):
    reader.get("/cases/")
    (told,) = of_requests(lines)
    assert (told["level"], told["method"], told["route"], told["status"]) == ("info", "GET", "cases:list", 200)
    assert told["queries"] >= 1
    assert told["ms"] >= 0
    assert re.fullmatch(r"[0-9a-f]{16}", told["request"])
    assert set(told) == {"time", "level", "logger", "message", "request", "route", "method", "status", "ms", "queries"}


def test_unless_asked_for_only_failures_are_told(reader, db, settings, lines, monkeypatch):
    settings.LOG_REQUESTS = False
    reader.get("/about/")
    assert of_requests(lines) == []
    monkeypatch.setattr("campaigns.views.signing.read_stamp", fails_with(ValueError("no")))
    response = post_signature(reader, make_campaign())
    (told,) = of_requests(lines)
    assert (told["level"], told["status"], told["route"]) == ("error", 500, "campaigns:sign")
    assert response.headers["X-Request-ID"] == told["request"]


def test_no_answer_that_could_be_kept_bears_an_id(reader, db):
    make_campaign(slug="free-ana")
    for address in ("/", "/about/", "/campaigns/free-ana/", "/campaigns/free-ana/count.json", "/no-such-page/"):
        assert "X-Request-ID" not in reader.get(address).headers


def fails_with(error):
    def fail(*args, **kwargs):
        raise error

    return fail


def test_signings_that_succeed_and_fail_leave_nothing_personal(reader, db, settings, lines, monkeypatch):
    settings.SLOW_QUERY_MS = 0.000001  # Every statement is told as a slow one.
    campaign = make_campaign(slug="telltale-campaign")
    person = {"name": NAME, "email": MAILBOX, "reason": REASON}
    post_signature(reader, campaign, **person)
    post_signature(reader, campaign, **person, country="nowhere")
    post_signature(reader, campaign, **{**person, "email": "leyla.telltale@"})
    token = token_of(newest_letter(campaign))
    for kind in (ValueError, IntegrityError, OperationalError):
        text = f"Failing row contains ({NAME}, {MAILBOX}, {REASON}, {NETWORK})"
        with monkeypatch.context() as patch:
            patch.setattr("campaigns.actions.signing._upsert", fails_with(kind(text)))
            assert post_signature(reader, campaign, **person).status_code in (500, 503)
        with monkeypatch.context() as patch:
            patch.setattr("campaigns.actions.signing.confirm", fails_with(kind(text)))
            assert reader.post(f"/confirm/{token}/").status_code in (500, 503)
    reader.post(f"/confirm/{token}/?mail={MAILBOX}")
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.message.EmailMessage.message", fails_with(ValueError(MAILBOX)))
        make_signature(campaign, MAILBOX.replace("leyla", "second"), name=NAME)
        send_due(worker="a worker")
    assert len(of_requests(lines)) == 10
    for form, written in lines.items():
        text = "\n".join(written)
        for secret in (NAME, "Telltale", "telltale", "example.org", REASON, "203.0.113", BROWSER, token, str(token)):
            assert secret not in text, (form, secret, [line for line in written if secret in line][:2])


def test_lines_of_one_request_bear_one_id(reader, db, lines, monkeypatch):
    monkeypatch.setattr("cases.views.listing.render", fails_with(ValueError("no")), raising=False)
    reader.get("/cases/")
    ids = {told["request"] for told in map(json.loads, lines["json"]) if told.get("route") == "cases:list"}
    assert len(ids) == 1
    reader.get("/about/")
    assert of_requests(lines)[-1]["request"] not in ids


def test_a_slow_statement_is_told_by_its_shape(db, settings, lines):
    settings.SLOW_QUERY_MS = 0.000001
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s,\n  'a ''name''', 17", ["Leyla"])
    (told,) = [json.loads(line) for line in lines["json"] if "habeas.statements" in line]
    assert told["level"] == "warning"
    assert told["message"].endswith("SELECT %s, ?, ?")


def test_quick_statements_are_not_told(db, settings, lines):
    for limit in (0, 60_000):
        settings.SLOW_QUERY_MS = limit
        connection.cursor().execute("SELECT 1")
    assert not [line for line in lines["json"] if "habeas.statements" in line]
