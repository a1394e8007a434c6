"""Where a request comes from, told without keeping it; and who may post a form."""

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest

from campaigns.links import make_stamp, read_stamp
from campaigns.throttling import client_network, counts_within_limit, network_key

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("remote", "forwarded", "network"),
    [
        ("203.0.113.9", "", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "", "203.0.113.0/24"),
        ("203.0.113.9", "198.51.100.7", "203.0.113.0/24"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.0/24"),
        ("10.0.0.1", "192.0.2.1, 198.51.100.7", "198.51.100.0/24"),
        ("10.0.0.1", "192.0.2.1, 198.51.100.7, 10.0.0.2", "198.51.100.0/24"),
        ("10.0.0.1", "", "10.0.0.0/24"),
        ("10.0.0.1", "nonsense", "unknown"),
        ("", "", "unknown"),
        ("", "192.0.2.1, 198.51.100.7", "198.51.100.0/24"),  # A socket file.
    ],
)
def test_the_network_is_read_past_trusted_proxies_only(rf, settings, remote, forwarded, network):
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/8")]
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client_network(rf.get("/", REMOTE_ADDR=remote, headers=headers)) == network


def test_a_network_has_one_hash_a_day_and_another_the_next():
    today = network_key("203.0.113.0/24", at=NOW)
    assert today == network_key("203.0.113.0/24", at=NOW)
    assert today != network_key("203.0.114.0/24", at=NOW)
    assert today != network_key("203.0.113.0/24", at=NOW + timedelta(days=1))


def test_the_limit_is_by_network_and_hour(settings):
    settings.SIGNINGS_PER_NETWORK_PER_HOUR = 2
    assert [counts_within_limit("a", at=NOW) for _n in range(3)] == [True, True, False]
    assert counts_within_limit("b", at=NOW)
    assert counts_within_limit("a", at=NOW + timedelta(hours=1))


def test_a_stamp_is_the_same_for_everybody_within_an_hour():
    assert make_stamp(7, at=NOW) == make_stamp(7, at=NOW + timedelta(minutes=59))


@pytest.mark.parametrize(("days", "text_id"), [(0, 7), (7, 7), (8, None), (-1, 7)])
def test_a_stamp_is_good_for_seven_days(days, text_id):
    assert read_stamp(make_stamp(7, at=NOW), at=NOW + timedelta(days=days)) == text_id


@pytest.mark.parametrize("stamp", ["", "x", "7.1", "7.1:forged", "\0", "ə"])
def test_an_invented_stamp_says_nothing(stamp):
    assert read_stamp(stamp, at=NOW) is None
