"""What every test stands on."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from plugins.database import wanted

pytest.register_assert_rewrite("makers")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Proves that the run is on the database it says it is on. SQLite gets a real file, in memory where the machine
    has a place for that: threads then meet the locks that web and worker meet."""
    from django.db import connection

    assert connection.vendor == wanted(), f"HABEAS_TEST_DB is {wanted()}, but the tests run on {connection.vendor}."
    if connection.vendor != "sqlite":
        yield
        return
    folder = tempfile.mkdtemp(prefix="habeas-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    connection.settings_dict["TEST"]["NAME"] = str(Path(folder, "tests.sqlite3"))
    yield
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def quick_and_plain(settings):
    """Hashing made cheap, static files served as they lie there: neither is what most tests are about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def empty_cache():
    """Limits and pages are kept in the cache: what one test used up is not the next one's concern."""
    from cases.caching import forget_at_hand

    cache.clear()
    forget_at_hand()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def nothing_switched_off():
    """As a process that has just looked: no test meets the query by chance, and one that throws a switch forgets."""
    from campaigns.models.switches import memory

    memory.keep({}, seconds=float("inf"))
    yield
    memory.forget()


@pytest.fixture
def admin_client(admin_user):
    """Somebody who may do everything, signed in with a second factor."""
    from makers_staff import sign_in

    return sign_in(Client(), admin_user)
