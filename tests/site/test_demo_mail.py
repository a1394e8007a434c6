"""The letters of a demonstration can be read beside it, and nowhere else."""

import pytest
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives, get_connection
from makers_campaigns import make_campaign


@pytest.fixture
def demonstration(settings, tmp_path):
    settings.DEMO = True
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return tmp_path


def send(folder, *subjects, text="Confirm: http://127.0.0.1:8000/confirm/abc123/"):
    connection = get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=folder)
    letters = [EmailMultiAlternatives(subject, text, "a@example.org", ["ada@example.org"]) for subject in subjects]
    for letter in letters:
        letter.attach_alternative("<p>The same in HTML</p>", "text/html")
    connection.send_messages(letters)


def test_a_letter_is_shown_with_its_address_and_a_link_that_works(client, demonstration):
    send(demonstration, "Please confirm")
    text = client.get("/demo/mail/").text
    assert "Please confirm" in text
    assert "ada@example.org" in text
    assert 'href="http://127.0.0.1:8000/confirm/abc123/"' in text
    assert "The same in HTML" not in text


def test_the_newest_letter_comes_first(client, demonstration):
    send(demonstration, "First", "Second")
    text = client.get("/demo/mail/").text
    assert text.index("Second") < text.index("First")


def test_what_a_letter_says_is_text_and_never_markup(client, demonstration):
    send(demonstration, "<script>alert(1)</script>", text="<img src=x onerror=alert(1)> ünïcödé ə")
    text = client.get("/demo/mail/").text
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "ünïcödé ə" in text


def test_without_letters_the_page_says_so(client, demonstration):
    assert "No mail has been sent yet." in client.get("/demo/mail/").text


def test_the_page_is_kept_by_no_cache(client, demonstration):
    assert "no-store" in client.get("/demo/mail/").headers["Cache-Control"]


def test_outside_a_demonstration_there_is_no_such_page(client, db, demonstration, settings):
    settings.DEMO = False
    assert client.get("/demo/mail/").status_code == 404


@pytest.mark.parametrize(
    "request_from",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=127.0.0.1"},
    ],
)
def test_from_another_machine_there_is_no_such_page(client, db, demonstration, request_from):
    assert client.get("/demo/mail/", **request_from).status_code == 404


@pytest.mark.django_db
def test_who_signs_is_led_there_only_where_letters_are_kept(client, demonstration, settings):
    page = f"/campaigns/{make_campaign().slug}/check-your-mail/"
    assert "/demo/mail/" in client.get(page).text
    settings.EMAIL_FILE_PATH = None
    cache.clear()
    assert "/demo/mail/" not in client.get(page).text
