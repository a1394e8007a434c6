"""What an installation is not to be run with, `check` says before anybody signs."""

import pytest
from django.core.checks import run_checks

pytestmark = pytest.mark.once


def found(deploy=False):
    return {message.id for message in run_checks(include_deployment_checks=deploy) if message.id.startswith("habeas.")}


def test_the_settings_of_the_tests_are_in_order():
    assert found() == set()


@pytest.mark.parametrize("keys", [[], ["too short"], ["dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=", ""]])
def test_a_signing_key_that_is_none_is_named_by_its_place(settings, keys):
    settings.SIGNING_KEYS = keys
    assert found() == {"habeas.E004"}


@pytest.mark.parametrize("hosts", [["*"], [".habeas.example"]])
def test_wildcard_hosts_are_refused(settings, hosts):
    settings.ALLOWED_HOSTS = hosts
    assert found() == {"habeas.E003"}


def test_a_deployment_is_no_demonstration_shares_its_cache_and_can_be_written_to(settings):
    settings.DEMO, settings.SECURITY_CONTACT = True, ""
    assert found(deploy=True) == {"habeas.E001", "habeas.E002", "habeas.E005"}


def test_a_deployment_in_order_is_not_complained_of(settings, tmp_path):
    cache = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": str(tmp_path)}
    settings.CACHES = {"default": cache}
    assert found(deploy=True) == set()
