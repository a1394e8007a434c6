"""Hostile texts in every field, before a browser whose policy is switched off: nothing of them runs, on any page."""

import pytest
from django.contrib import admin
from django.test import Client
from makers import make_staff
from makers_admin import change_url, list_url
from makers_markup import furnish_everything, publish_everything, store_attacks
from makers_roles import make_role
from makers_staff import sign_in, sign_in_with_browser
from makers_typing import take_all_back_to_draft, type_attacks
from site_addresses import LISTS_WITH_A_QUERY, PAGES, PRIVATE_PAGES

from campaigns.models import Campaign
from cases.models import Person, Source

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def unguarded(chromium, site_address):
    """A page on which the Content-Security-Policy does not help, so that only escaping does."""
    context = chromium.new_context(base_url=site_address, bypass_csp=True)
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.dismiss())
    yield page
    context.close()


def what_ran(page, address):
    """Whether anything marked the window, and the elements that attacks have become."""
    page.goto(address, wait_until="load")
    assert page.locator("main").count() == 1, address
    return page.evaluate(
        "[window.__fired === undefined ? [] : ['ran'], [...document.querySelectorAll('*')].filter(element =>"
        " element.localName.startsWith('zq') || element.hasAttribute('onerror') || element.hasAttribute('zq4'))"
        ".map(element => element.outerHTML)].flat()"
    )


def test_the_window_would_be_marked_if_anything_ran(unguarded, site_address):
    unguarded.goto("/about/")
    unguarded.evaluate("document.querySelector('main').innerHTML = '<img src=/zq2 onerror=\"window.__fired=1\">'")
    unguarded.wait_for_function("window.__fired === 1")


def test_nothing_that_was_entered_runs_for_readers_or_staff(unguarded):
    """Typed into the forms of the desk as far as they take it, and stored past them where no form does."""
    furnished = furnish_everything()
    staff, _colleague = make_staff("insider"), make_role("researcher")
    put_back = take_all_back_to_draft()
    assert type_attacks(sign_in(Client(), staff)).kept
    put_back()
    publish_everything()
    store_attacks()
    for address in [*PAGES.values(), *PRIVATE_PAGES.values(), *LISTS_WITH_A_QUERY, "/campaigns/on-pause/"]:
        assert what_ran(unguarded, furnished.address(address)) == [], address

    sign_in_with_browser(unguarded, staff, "/admin/")
    ana = f"/admin/cases/person/{Person.objects.get(slug='ana-example').pk}"
    places = [f"{ana}/{act}/" for act in ("change", "review", "publish", "retract", "pause")]
    places += [change_url(row) for row in (Campaign.objects.first(), Source.objects.first())]
    places += ["/admin/", "/admin/search/?q=zq", *(list_url(model) for model in admin.site._registry)]
    for place in places:
        assert what_ran(unguarded, place) == [], place
