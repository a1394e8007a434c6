"""A real Chromium before a real server; a page fails its test when it breaks its policy or asks another host."""

import os
import re
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest
from chromium import chromium as find_chromium
from django.core import mail
from django.core.management import call_command
from makers_staff import sign_in_with_browser

# Playwright's own loop runs in this thread; Django would take the test for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    executable = find_chromium()
    if executable is None:
        sentence = "There is no Chromium on this machine: browser tests need one (Debian: apt-get install chromium)."
        if os.environ.get("CI"):
            pytest.fail(sentence, pytrace=False)
        pytest.skip(sentence)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def live_server(django_db_setup, live_server):
    """The server, started once the test database has its file: before, it would be taken for one in memory, and its
    one connection shared between threads, which SQLite does not survive."""
    return live_server


@pytest.fixture
def site_address(live_server, settings):
    """The running site's address, which letters and share links then carry too."""
    settings.SITE_URL = live_server.url
    return live_server.url


@pytest.fixture
def page(chromium, site_address):
    """A page with JavaScript, for a reader on a desk."""
    yield from watched_page(chromium, site_address)


@pytest.fixture
def page_without_javascript(chromium, site_address):
    yield from watched_page(chromium, site_address, java_script_enabled=False)


@pytest.fixture
def open_browser(chromium, site_address):
    """Returns a function that gives a page in a browser of its own, as somebody else's is."""
    with ExitStack() as open_browsers:
        yield lambda **options: open_browsers.enter_context(
            contextmanager(watched_page)(chromium, site_address, **options)
        )


@pytest.fixture
def at_desk(open_browser):
    """Returns a function that signs somebody in, in a browser of their own, and gives the page they asked for."""

    def open_desk(user, address, **options):
        page = open_browser(**options)
        sign_in_with_browser(page, user, address)
        return page

    return open_desk


def watched_page(browser, address, **options):
    context = browser.new_context(base_url=address, locale="en-GB", **options)
    context.set_default_timeout(30_000)
    page, troubles = context.new_page(), []
    page.on("pageerror", lambda error: troubles.append(f"script error: {error}"))
    page.on("console", lambda message: troubles.append(message.text) if breaks_policy(message) else None)
    page.on("request", lambda request: troubles.append(f"asked {request.url}") if leaves(request, address) else None)
    yield page
    context.close()
    assert not troubles, f"The page broke its promises: {troubles}"


def breaks_policy(message) -> bool:
    return message.type == "error" and "Content Security Policy" in message.text


def leaves(request, address) -> bool:
    return request.url.startswith("http") and urlsplit(request.url).netloc != urlsplit(address).netloc


class Mailbox:
    """The post of the test: the worker is run whenever somebody looks."""

    def newest(self, to: str | None = None):
        call_command("work", "--once")
        letters = [letter for letter in mail.outbox if to is None or to in letter.to]
        assert letters, f"No letter to {to or 'anybody'} has been sent."
        return letters[-1]

    def link(self, containing: str, to: str | None = None) -> str:
        """The first address in the newest letter's text that contains the given words."""
        body = self.newest(to).body
        links = [link for link in re.findall(r"https?://[^\s>]+", body) if containing in link]
        assert links, f"No address with {containing} in: {body}"
        return links[0]


@pytest.fixture
def mailbox():
    return Mailbox()


@pytest.fixture
def barriers():
    """Returns a function that names every violation of WCAG 2.2 A and AA that axe finds on a page."""
    from axe_playwright_python.sync_playwright import Axe

    levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def find(page) -> list[str]:
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": levels}}).response["violations"]
        return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]

    return find
