"""Promises over every public address. The list is in `tests/site_addresses.py`."""

import re
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from makers_pages import make_name
from site_addresses import (
    DRAFTS,
    EXAMPLES,
    FILES,
    LISTS_WITH_A_QUERY,
    PAGES,
    POSTED,
    PRIVATE_PAGES,
    furnish,
    furnish_more,
    furnish_with_drafts,
    routes,
)

from cases.models import Person

HTML = sorted([*PAGES.values(), *PRIVATE_PAGES.values(), *LISTS_WITH_A_QUERY])
READ = sorted([*HTML, *FILES.values()])
WORD = "Zzyzx"


@pytest.fixture
def furnished(db):
    return furnish()


class Page(HTMLParser):
    """What a test wants to know of a page: its tags with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

        self.words = " ".join(re.sub(r"<[^>]+>", "", text).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, name):
        return [attributes for tag, attributes in self.tags if tag == name]


def test_every_public_address_has_an_example():
    assert sorted(set(routes())) == sorted(EXAMPLES)


@pytest.mark.parametrize("address", READ)
def test_the_address_answers(client, furnished, address):
    assert client.get(furnished.address(address)).status_code == 200


def test_what_is_posted_is_not_read(client, furnished):
    assert sorted(POSTED.values()) == ["/campaigns/free-ana/sign/", "/hooks/mail/"]
    assert client.get("/campaigns/free-ana/sign/").url == "/campaigns/free-ana/#sign"
    assert client.get("/hooks/mail/").status_code == 405


@pytest.mark.parametrize("address", READ)
def test_readers_get_no_cookie(client, furnished, address):
    response = client.get(furnished.address(address))
    assert not response.cookies
    assert "cookie" not in response.headers.get("Vary", "").lower()
    assert "accept-language" not in response.headers.get("Vary", "").lower()


@pytest.mark.parametrize("address", [*READ, *POSTED.values(), "/no-such-page/", "/accounts/login/", "/admin/"])
def test_every_answer_has_the_headers(client, furnished, address):
    headers = client.get(furnished.address(address)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] in ("same-origin", "cross-origin")
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("address", [*HTML, "/no-such-page/", "/accounts/login/"])
def test_the_policy_is_strict(client, furnished, address):
    policy = client.get(furnished.address(address)).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy


@pytest.mark.parametrize("address", [*HTML, "/no-such-page/"])
def test_nothing_is_inline(client, furnished, address):
    page = Page(client.get(furnished.address(address)).text)
    assert not page.all("style")
    assert all("src" in script for script in page.all("script"))
    inline = [name for _tag, attributes in page.tags for name in attributes if re.fullmatch(r"style|on\w+", name)]
    assert not inline


@pytest.mark.parametrize("address", [*HTML, "/no-such-page/"])
def test_nothing_is_loaded_from_elsewhere(client, furnished, address):
    page = Page(client.get(furnished.address(address)).text)
    loaded = [a["src"] for _tag, a in page.tags if a.get("src")]
    loaded += [a["href"] for a in page.all("link") if a.get("rel") in ("stylesheet", "icon", "preload", "manifest")]
    assert loaded
    assert all(address.startswith("/") and not address.startswith("//") for address in loaded)


@pytest.mark.parametrize("address", [*HTML, "/no-such-page/"])
def test_a_page_has_one_heading_a_title_and_a_language(client, furnished, address):
    text = client.get(furnished.address(address)).text
    page = Page(text)
    assert len(page.all("h1")) == 1
    assert page.all("html")[0]["lang"] == "en"
    assert page.all("html")[0]["dir"] == "ltr"
    assert re.search(r"<title>\s*\S.*</title>", text, re.DOTALL)
    assert len(page.all("main")) == 1


@pytest.mark.parametrize("address", sorted(PAGES.values()))
def test_a_shared_page_tells_networks_what_it_is(client, furnished, address):
    properties = {meta.get("property"): meta.get("content") for meta in Page(client.get(address).text).all("meta")}
    assert properties["og:url"] == f"http://testserver{address}"
    assert properties["og:title"]
    assert properties["og:image"].startswith("http://testserver/")


@pytest.mark.parametrize("address", HTML)
def test_links_lead_somewhere(client, furnished, address):
    links = {
        a["href"].partition("#")[0] for a in Page(client.get(furnished.address(address)).text).all("a") if "href" in a
    }
    own = {link for link in links if link.startswith("/")}
    assert own
    dead = [link for link in own if client.get(link).status_code not in (200, 301, 302)]
    assert not dead


@pytest.mark.parametrize("address", HTML)
def test_ids_are_given_once_and_anchors_exist(client, furnished, address):
    page = Page(client.get(furnished.address(address)).text)
    ids = [attributes["id"] for _tag, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    anchors = {a["href"][1:] for a in page.all("a") if a.get("href", "").startswith("#") and len(a["href"]) > 1}
    assert anchors <= set(ids)


@pytest.mark.parametrize("address", [*HTML, "/no-such-page/", "/accounts/login/"])
def test_every_page_of_a_demonstration_says_so(client, furnished, settings, address):
    settings.DEMO = True
    response = client.get(furnished.address(address))
    page = Page(response.text)
    assert "Demonstration. Real people; public sources up to 12 March 2026; may be out of date." in page.words
    assert "Signatures are delivered to nobody." in page.words
    assert {"name": "robots", "content": "noindex"} in page.all("meta")
    assert response.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("address", HTML)
def test_no_page_calls_itself_a_demonstration_without_being_one(client, furnished, address):
    assert "Not endorsed by them" not in client.get(furnished.address(address)).text


@pytest.mark.parametrize("address", READ)
def test_queries_do_not_grow_with_rows(client, furnished, address):
    few = count_queries(client, furnished.address(address))
    furnish_more(6)
    assert count_queries(client, furnished.address(address)) == few
    assert few <= 12


def count_queries(client, address):
    client.get(address)  # what is kept in the process after the first request is not the page's own
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("address", DRAFTS)
def test_a_draft_has_no_address(client, db, address):
    furnish_with_drafts(WORD)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", [*READ, f"/cases/?q={WORD.lower()}"])
def test_no_address_shows_a_draft(client, furnished, address):
    furnish_with_drafts(WORD)
    make_name(Person.objects.get(slug="ana-example"), f"{WORD} Alias", public=False)
    text = client.get(furnished.address(address)).content.decode(errors="replace")
    text = text.replace(f'value="{WORD.lower()}"', "")
    assert f"{WORD} " not in text
    assert "draft-" not in text


@pytest.mark.parametrize("address", sorted(PRIVATE_PAGES.values()))
def test_a_page_of_one_reader_is_kept_by_nobody(client, furnished, address):
    response = client.get(furnished.address(address))
    assert "no-store" in response.headers["Cache-Control"]
    assert {"name": "robots", "content": "noindex"} in Page(response.text).all("meta")
