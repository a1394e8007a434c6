"""The site goes on without its shared cache, and trusts nothing old once it is back."""

import shutil
import socket
import subprocess
import time

import pytest

from cases.caching import GENERATION
from config import shared_cache
from config.shared_cache import PatientRedisCache

pytestmark = pytest.mark.once


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def cache(port):
    return PatientRedisCache(f"redis://127.0.0.1:{port}/1", {})


def test_whatever_is_looked_for_is_not_there(cache):
    assert cache.get("a") is None
    assert cache.get("a", 7) == 7
    assert cache.get_many(["a", "b"]) == {}
    assert cache.has_key("a") is False
    assert cache.set("a", 1) is None
    assert cache.set_many({"a": 1, "b": 2}) == ["a", "b"]
    assert cache.add("a", 1) is True
    assert cache.delete("a") is False
    assert cache.clear() is False
    assert cache.get_or_set("a", 5) == 5


def test_whoever_counts_begins_anew(cache):
    with pytest.raises(ValueError):
        cache.incr("a")
    with pytest.raises(ValueError):
        cache.decr("a")


def test_it_is_said_once(cache, caplog):
    for _time in range(5):
        cache.get("a")
        cache._state.away_until = 0
    assert len([record for record in caplog.records if record.name == "config.shared_cache"]) == 1


def test_one_that_hangs_costs_half_a_second_once(port):
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", port))
        deaf.listen(50)
        cache = PatientRedisCache(f"redis://127.0.0.1:{port}/1", {})
        began = time.monotonic()
        for _time in range(100):
            assert cache.get("a") is None
        assert time.monotonic() - began < 10  # Connecting, and once again; a hundred times would be fifty seconds.


@pytest.mark.django_db
def test_signing_and_reading_go_on(client, port, settings):
    from django.core.cache import caches
    from makers_campaigns import make_campaign, post_signature

    settings.PAGE_CACHE_SECONDS = 60
    address = f"redis://127.0.0.1:{port}/1"
    settings.CACHES = {"default": {"BACKEND": "config.shared_cache.PatientRedisCache", "LOCATION": address}}
    assert isinstance(caches["default"], PatientRedisCache)
    campaign = make_campaign()
    assert post_signature(client, campaign).status_code == 303
    assert client.get(campaign.get_absolute_url()).status_code == 200
    assert client.get(campaign.get_absolute_url()).status_code == 200


@pytest.fixture
def redis(port):
    """Starts a real Redis with the arguments it is called with, and waits for it."""
    if not (program := shutil.which("redis-server")):
        pytest.skip("there is no redis-server here")
    started = []

    def start(*arguments):
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        started.append(subprocess.Popen([*command, *arguments], stdout=subprocess.DEVNULL))
        until = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return
            except OSError:
                assert time.monotonic() < until
                time.sleep(0.05)

    yield start
    for process in started:
        process.terminate()
        process.wait()


@pytest.mark.cluster
@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--maxmemory", "1", "--maxmemory-policy", "noeviction"], "OutOfMemoryError"),
        (
            ["--replicaof", "127.0.0.1 1", "--replica-serve-stale-data", "no", "--replica-read-only", "no"],
            "MasterDownError",
        ),
        (["--replicaof", "127.0.0.1 1"], "ReadOnlyError"),
        (["--min-replicas-to-write", "1"], "NOREPLICAS"),
        (["--requirepass", "another"], "AuthenticationError"),
        (["--user", "default", "on", "nopass", "~*", "+ping", "+select", "+client"], "NoPermissionError"),
        (["--databases", "1"], "ResponseError"),
    ],
    ids=["full", "without its master", "a replica", "without replicas", "a password", "no permission", "no database"],
)
def test_one_that_takes_nothing_more_is_like_none(cache, redis, caplog, arguments, why):
    redis(*arguments)
    assert cache.set("a", 1, 60) is None
    assert cache.get("a") is None
    assert cache.add("b", 1) is True
    assert [record.args for record in caplog.records if record.name == "config.shared_cache"] == [(why,)]


@pytest.mark.cluster
def test_what_was_kept_before_an_absence_is_not_trusted(cache, redis, monkeypatch):
    monkeypatch.setattr(shared_cache, "PAUSE", 0.05)
    redis()
    cache.set(GENERATION, "old", timeout=None)
    cache.set("other", "kept")
    assert cache.get(GENERATION) == "old"
    cache._state.note(ConnectionError("seen from here, it was away"))
    cache.set(GENERATION, "new", timeout=None)  # Lost.
    time.sleep(0.1)
    assert cache.get(GENERATION) is None
    assert cache.get("other") == "kept"


def test_a_command_makes_no_client_anew(cache):
    assert cache._cache.get_client("a") is cache._cache.get_client("b", write=True)
