"""Log lines name no mailbox, no network and no token."""

import logging

import pytest

from config.logs import MaskedFormatter, mask


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
