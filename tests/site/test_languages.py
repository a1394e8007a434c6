"""The address decides the language: a shared cache needs to know nothing else."""

import pytest
from django.utils import translation


@pytest.fixture
def arabic_too(settings):
    settings.LANGUAGES = [("en", "English"), ("ar", "Arabic")]


def test_another_language_stands_under_its_own_prefix(client, db, arabic_too):
    response = client.get("/ar/about/")
    assert response.status_code == 200
    assert '<html lang="ar" dir="rtl">' in response.text
    assert response.headers["Content-Language"] == "ar"


@pytest.mark.parametrize("wish", ["ar", "ar,en;q=0.5", "fr"])
def test_what_a_browser_wishes_changes_nothing(client, db, arabic_too, wish):
    response = client.get("/about/", headers={"accept-language": wish})
    assert '<html lang="en" dir="ltr">' in response.text
    assert response.headers["Content-Language"] == "en"
    assert response.headers["Vary"] == "Accept-Encoding"


def test_a_cookie_changes_nothing(client, db, arabic_too, settings):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar"
    assert '<html lang="en"' in client.get("/about/").text


def test_one_request_leaves_no_language_to_the_next(client, db, arabic_too):
    client.get("/ar/about/")
    assert translation.get_language() == "en"
    assert '<html lang="en"' in client.get("/about/").text


def test_a_language_that_is_not_spoken_is_no_address(client, db):
    assert client.get("/ar/about/").status_code == 404
