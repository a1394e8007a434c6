"""Read → sign → mail → confirm → count → share, as a reader does it, with and without JavaScript."""

import re

import pytest
from makers import make_detention, make_person, make_report
from makers_campaigns import make_campaign

from campaigns.models import Signature, Tally
from cases.actions.deriving import derive_standing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def campaign():
    person = make_person("Ana Example", occupation="Editor")
    make_detention(person, "2024-01-10")
    make_report(person, "pretrial_detention", "2024-03-01")
    derive_standing(person)
    return make_campaign(person, slug="free-ana", goal=10)


def fill(page, email):
    page.get_by_label("Your name", exact=True).fill("Leyla Example")
    page.get_by_role("textbox", name="E-mail").fill(email)
    page.get_by_label("Country you live in").select_option("DE")
    page.locator("label[for=id_consent]").click()


def walk(page, mailbox, campaign):
    """The whole way; returns nothing, each step is asserted where it is taken."""
    page.goto("/campaigns/free-ana/")
    assert "We ask for her release." in page.inner_text("main")
    assert "At least" in page.inner_text("main") or "at least" in page.inner_text("main")
    assert not page.get_by_label("I agree that").is_checked(), "nothing is ticked beforehand"
    fill(page, "leyla@example.org")
    page.get_by_role("button", name="Sign").click()
    assert page.url.endswith("/campaigns/free-ana/check-your-mail/")
    assert Tally.objects.get().total == 0

    link = mailbox.link("/confirm/", to="leyla@example.org")
    page.goto(link)
    assert "Leyla Example" in page.inner_text("main")
    assert Signature.objects.get().confirmed_at is None, "reading the link counts nothing"
    page.get_by_role("button", name="Confirm my signature").click()
    assert "/campaigns/free-ana/share/" in page.url
    assert "Confirmed: your signature counts" in page.inner_text("main")
    assert page.evaluate("scrollY") == 0

    mailbox.newest()  # The worker's round, which also takes the tally.
    page.goto("/campaigns/free-ana/")
    assert re.search(r"\b1 signature\b", page.inner_text("#sign"))
    page.goto(link)
    assert "Confirmed on" in page.inner_text("main")
    page.goto("about:blank")
    page.goto("/campaigns/free-ana/share/")
    assert "Confirmed: your signature counts" not in page.inner_text("main"), "only who comes from confirming is told"
    for name in ("WhatsApp", "Telegram", "Signal", "E-mail", "Bluesky", "Mastodon", "X", "Facebook"):
        assert page.get_by_role("link", name=name, exact=True).is_visible()
    assert not page.context.cookies()


def test_a_reader_signs_confirms_and_shares(page, mailbox, campaign):
    walk(page, mailbox, campaign)


def test_a_reader_without_javascript_signs_confirms_and_shares(page_without_javascript, mailbox, campaign):
    walk(page_without_javascript, mailbox, campaign)


def test_the_address_of_the_share_page_does_not_tell_others_that_they_confirmed(page, campaign):
    page.goto("/campaigns/free-ana/share/#confirmed")
    page.wait_for_url("**/campaigns/free-ana/share/")
    assert page.get_by_text("Confirmed: your signature counts").is_visible()


def test_a_mistake_comes_back_in_words_with_everything_typed(page, campaign):
    page.goto("/campaigns/free-ana/")
    page.get_by_label("Your name", exact=True).fill("Leyla Example")
    page.get_by_role("textbox", name="E-mail").fill("leyla.example.org")
    page.get_by_role("button", name="Sign").click()
    summary = page.get_by_role("alert")
    assert "Enter your e-mail address with an @." in summary.inner_text()
    assert summary.evaluate("element => element === document.activeElement")
    assert page.get_by_label("Your name", exact=True).input_value() == "Leyla Example"
    assert page.get_by_role("textbox", name="E-mail").input_value() == "leyla.example.org"
    assert not Signature.objects.exists()


def test_what_is_typed_goes_into_the_share_links(page, campaign):
    page.goto("/campaigns/free-ana/share/")
    page.get_by_label("Message").fill("My own words.")
    assert "My%20own%20words" in page.get_by_role("link", name="Telegram").get_attribute("href")


@pytest.mark.parametrize("path", ["", "check-your-mail/", "share/"])
def test_campaign_pages_have_no_barriers(page, barriers, campaign, path):
    page.goto(f"/campaigns/free-ana/{path}")
    assert barriers(page) == []


def test_the_confirm_page_and_a_refused_link_have_no_barriers(page, barriers, mailbox, campaign):
    page.goto("/campaigns/free-ana/")
    fill(page, "leyla@example.org")
    page.get_by_role("button", name="Sign").click()
    page.goto(mailbox.link("/confirm/"))
    assert barriers(page) == []
    page.goto("/confirm/unknown/")
    assert barriers(page) == []


def test_the_form_that_came_back_has_no_barriers(page, barriers, campaign):
    page.goto("/campaigns/free-ana/")
    page.get_by_role("button", name="Sign").click()
    assert barriers(page) == []
