"""What every test stands on."""

import pytest
from django.core.cache import cache
from plugins.database import wanted

pytest.register_assert_rewrite("makers")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Proves that the run is on the database it says it is on."""
    from django.db import connection

    assert connection.vendor == wanted(), f"HABEAS_TEST_DB is {wanted()}, but the tests run on {connection.vendor}."


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
    """Limits are kept in the cache: what one test used up is not the next one's concern."""
    cache.clear()
    yield
    cache.clear()
