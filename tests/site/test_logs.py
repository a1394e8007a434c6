"""Log lines name no mailbox, no network and no token."""

import json
import logging

import pytest
from django.urls import resolve

from config.logs import JsonFormatter, MaskedFormatter, logging_as, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("refused ada.lovelace+news@example.org.", "refused [mail address]"),
        ("to=<ada@example.org>,", "to=<[mail address]>,"),
        ("/x/?email=ada%40example.org", "/x/?email=[mail address]"),
        ("from 192.0.2.17 again", "from [network address] again"),
        ("from 2001:db8:0:1:0:0:0:17 again", "from [network address] again"),
        ("from 2001:db8::17 and ::1", "from [network address] and [network address]"),
        ("Not Found: /confirm/aB3-_x/", "Not Found: /confirm/[token]/"),
        ("/accounts/password/reset/key/1-set/", "/accounts/password/reset/key/[token]/"),
        ("/accounts/invitation/aB3-_x/", "/accounts/invitation/[token]/"),
        ("at 21:51:40, Django 5.2.19", "at 21:51:40, Django 5.2.19"),
    ],
)
def test_addresses_and_tokens_are_masked(text, masked):
    assert mask(text) == masked


def record(message, *arguments, error=None):
    return logging.LogRecord(
        "habeas", logging.ERROR, __file__, 1, message, arguments, error and (type(error), error, None)
    )


def test_arguments_and_exceptions_are_masked():
    line = MaskedFormatter().format(record("to %s", "ada@example.org", error=ValueError("no bob@example.org")))
    assert "example.org" not in line
    assert "ValueError" in line


def test_a_line_break_that_somebody_sent_forges_no_line():
    assert (
        MaskedFormatter().format(record("asked for %s", "x\r\nERROR all is lost"))
        == r"asked for x\r\nERROR all is lost"
    )


def test_the_site_logs_through_the_mask(settings):
    assert settings.LOGGING["formatters"] == {"json": {"()": "config.logs.JsonFormatter"}}
    assert {handler["formatter"] for handler in settings.LOGGING["handlers"].values()} == {"json"}


def test_a_record_is_one_object_on_one_line():
    line = JsonFormatter().format(record("to %s\nand on", "ada@example.org"))
    assert "\n" not in line
    told = json.loads(line)
    assert told.pop("time").endswith("+00:00")
    assert told == {"level": "error", "logger": "habeas", "message": "to [mail address]\nand on"}


@pytest.mark.parametrize("formatter", [MaskedFormatter(), JsonFormatter()])
def test_of_an_exception_type_and_place_are_told_and_never_the_text(formatter):
    try:
        try:
            raise ValueError("Leyla Example, Baku")
        except ValueError as error:
            raise RuntimeError("Leyla again") from error
    except RuntimeError as error:
        caught = error
    line = formatter.format(
        logging.LogRecord(
            "habeas", logging.ERROR, __file__, 1, "failed", (), (type(caught), caught, caught.__traceback__)
        )
    )
    assert "RuntimeError after ValueError" in line
    assert "test_logs.py" in line
    assert "Leyla" not in line


@pytest.mark.parametrize("formatter", [MaskedFormatter(), JsonFormatter()])
def test_a_path_is_written_as_its_route(formatter, rf):
    request = rf.get("/campaigns/free-ana/sign/")
    request.resolver_match = resolve("/campaigns/free-ana/sign/")
    failed = record("%s: %s", "Internal Server Error", request.path)
    failed.request = request
    line = formatter.format(failed)
    assert "free-ana" not in line
    assert "Internal Server Error: [campaigns:sign]" in line


def test_another_form_of_the_log_is_refused():
    with pytest.raises(ValueError, match="json or line"):
        logging_as("xml", "INFO", {})
