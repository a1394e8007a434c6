"""What cannot be read is refused with a sentence; what is away is said to be away."""

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.urls import path

from config.urls import urlpatterns as site_map


def lost(request):
    raise OperationalError("server closed the connection unexpectedly")


def closed(request):
    raise InterfaceError("connection already closed")


def full(request):
    raise OperationalError("database or disk is full")


def misspelt(request):
    raise OperationalError("no such column: nmae")


def broken(request):
    raise ZeroDivisionError


urlpatterns = [
    path("lost/", lost),
    path("closed/", closed),
    path("full/", full),
    path("misspelt/", misspelt),
    path("broken/", broken),
    *site_map,
]
handler400 = "config.views.bad_request"
handler404 = "config.views.not_found"
handler500 = "config.views.server_error"


@pytest.fixture
def troubled(settings):
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("address", ["/lost/", "/closed/", "/full/"])
def test_a_database_that_is_away_is_a_503_with_a_time_to_return(troubled, address):
    response = troubled.get(address)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "10"
    assert response.headers["Cache-Control"] == "no-store"
    assert "<html" in response.text


@pytest.mark.parametrize("address", ["/misspelt/", "/broken/"])
def test_a_mistake_of_ours_is_a_500_with_a_page(troubled, address):
    response = troubled.get(address)
    assert response.status_code == 500
    assert "<html" in response.text
    assert "nmae" not in response.text


def test_error_pages_carry_the_headers_too(troubled):
    for address in ("/broken/", "/lost/", "/no-such-page/"):
        headers = troubled.get(address).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_an_error_page_that_cannot_be_drawn_is_still_a_sentence(troubled, monkeypatch):
    monkeypatch.setattr("config.views.render_to_string", broken)
    response = troubled.get("/lost/")
    assert response.status_code == 503
    assert response.text == "The site cannot reach its data at the moment. Please try again shortly.\n"


def test_an_address_that_leads_nowhere_is_a_404_with_a_page(client, db):
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert "<html" in response.text


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "latin-1", "idna", "hex", "no-such-charset"])
def test_a_form_in_another_charset_is_refused(client, charset):
    content_type = f"application/x-www-form-urlencoded; charset={charset}"
    response = client.generic("POST", "/accounts/login/", b"login=a", content_type)
    assert response.status_code == 400
    assert "<html" in response.text


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8"])
def test_a_form_in_utf_8_is_read(client, db, charset):
    content_type = f"application/x-www-form-urlencoded; charset={charset}"
    assert client.generic("POST", "/accounts/login/", b"login=a", content_type).status_code == 200


@pytest.mark.parametrize("address", ["/about/?q=%00", "/about/?%00", "/ab%00out/", "/%00"])
def test_a_nul_in_the_address_is_refused(client, address):
    assert client.get(address).status_code == 400


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"no boundary at all"),
        ("multipart/form-data; boundary=", b"--\r\n"),
        ("multipart/form-data; boundary=" + "x" * 300, b"--x\r\n"),
        ("multipart/form-data; boundary=é", "--é\r\n".encode()),
    ],
)
def test_a_broken_multipart_form_is_refused(client, db, content_type, body):
    assert client.post("/accounts/login/", body, content_type).status_code == 400


def test_ten_thousand_fields_are_refused(client, db):
    body = "&".join(f"f{number}=1" for number in range(10_000))
    assert client.post("/accounts/login/", body, "application/x-www-form-urlencoded").status_code == 400


def test_a_body_of_twelve_megabytes_is_refused(client, db):
    body = b"login=" + b"a" * 12_000_000
    assert client.post("/accounts/login/", body, "application/x-www-form-urlencoded").status_code in (400, 413)


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "a b", ""])
def test_another_host_is_refused(client, host):
    assert client.get("/about/", headers={"host": host}).status_code == 400
