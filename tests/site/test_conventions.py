"""The web's conventions: health, robots, security.txt, sitemap."""

from datetime import UTC, datetime

import pytest


def test_healthz_asks_no_database(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert response.text == "ok\n"


def test_robots_point_to_the_sitemap(client):
    lines = client.get("/robots.txt").text.splitlines()
    assert "Sitemap: http://testserver/sitemap.xml" in lines
    assert "Disallow: /" not in lines


def test_robots_keep_out_of_a_demonstration(client, settings):
    settings.DEMO = True
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize("address", ["/about/", "/robots.txt", "/healthz", "/no-such-page/"])
def test_nothing_of_a_demonstration_is_indexed(client, db, settings, address):
    settings.DEMO = True
    assert client.get(address).headers["X-Robots-Tag"] == "noindex"


def test_security_txt_names_a_contact_and_when_to_ask_again(client):
    fields = dict(line.split(": ", 1) for line in client.get("/.well-known/security.txt").text.splitlines())
    assert fields["Contact"] == "mailto:security@example.org"
    assert fields["Canonical"] == "http://testserver/.well-known/security.txt"
    ahead = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert 170 < ahead.days < 365


def test_there_is_no_security_txt_without_a_contact(client, settings):
    settings.SECURITY_CONTACT = ""
    assert client.get("/.well-known/security.txt").status_code == 404


def test_the_sitemap_lists_the_standing_pages(client, db):
    response = client.get("/sitemap.xml")
    assert response.headers["Content-Type"] == "application/xml"
    for page in ("about", "methodology", "privacy"):
        assert f"<loc>http://testserver/{page}/</loc>" in response.text
