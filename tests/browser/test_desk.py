"""The desk in a browser: on a phone, in the dark, with the keyboard alone."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from makers import make_hearing, make_held_person, make_person, make_staff
from makers_campaigns import make_campaign, make_signature

from campaigns.models import Letter
from cases.models import Person

pytestmark = pytest.mark.django_db(transaction=True)
PLACES = ["/admin/", "/admin/search/?q=ana", "/admin/cases/person/"]


@pytest.fixture
def desk(at_desk):
    make_hearing(make_held_person("Ana Example"), on="2024-05-02", status="scheduled")
    make_signature(make_campaign(make_person("Boris Example")))
    return at_desk(make_staff("editor"), "/admin/")


def test_the_desk_has_no_barriers_and_fits_every_width(desk, barriers):
    found = {}
    for place in PLACES:
        for width, scheme in ((390, "light"), (1280, "light"), (1280, "dark")):
            desk.emulate_media(color_scheme=scheme)
            desk.set_viewport_size({"width": width, "height": 800})
            desk.goto(place)
            assert desk.evaluate("document.documentElement.scrollWidth") <= width, (place, width)
            found[place, width, scheme] = barriers(desk)
    assert {where: what for where, what in found.items() if what} == {}


def test_the_figures_of_mail_fit_a_phone_with_what_each_one_is(at_desk, barriers):
    campaign, now = make_campaign(make_person("Boris Example")), timezone.now()
    for _n in range(2):
        make_signature(campaign)
    told = {"provider": "gmail.com", "last_error": "reported as unwanted"}
    Letter.objects.update(state="sent", sent_at=now - timedelta(hours=2), **told)
    page = at_desk(make_staff("dp"), "/admin/campaigns/letter/providers/")
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.get_by_text("2 readers reported a letter as unwanted.").is_visible()
    sent = page.locator("td[data-label=Sent]")
    assert "Sent" in sent.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert barriers(page) == []


def test_what_waits_is_reached_with_the_keyboard(desk):
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.textContent") == "Skip to main content"
    desk.keyboard.press("Enter")
    desk.keyboard.press("Tab")
    here = desk.evaluate_handle("document.activeElement").as_element()
    assert "?waits=" in here.get_attribute("href")
    assert here.evaluate("element => getComputedStyle(element).outlineStyle") != "none"
    desk.keyboard.press("Enter")
    desk.wait_for_url("**waits=**")
    assert desk.locator("#result_list tbody tr").count() >= 1


def test_somebody_is_found_from_any_page(desk):
    desk.goto("/admin/cases/source/")
    desk.get_by_label("Search the record").fill("Ana")
    desk.get_by_label("Search the record").press("Enter")
    desk.get_by_role("link", name="Ana Example", exact=True).click()
    assert desk.locator("#id_display_name").input_value() == "Ana Example"


def test_a_list_is_kept_and_forgotten(desk):
    desk.goto("/admin/cases/person/?state__exact=published")
    desk.get_by_label("Keep this list as").fill("Public ones")
    desk.get_by_role("button", name="Keep").click()
    desk.goto("/admin/")
    desk.get_by_role("link", name="Public ones").click()
    assert desk.url.endswith("?state__exact=published")
    desk.goto("/admin/")
    desk.get_by_role("button", name="Forget “Public ones”").click()
    assert desk.get_by_role("link", name="Public ones").count() == 0


def forms_of_every_drawer():
    return [reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add") for model in admin.site._registry]


def test_no_form_of_any_drawer_has_a_barrier(desk, at_desk, barriers):
    """A cell is called what its column says, a look-up what its label says, in rows that are added, too."""
    desk = at_desk(make_staff("other"), "/admin/", bypass_csp=True)  # axe writes styles into the page to measure it
    person = Person.objects.get(display_name="Ana Example")
    own = [f"/admin/cases/person/{person.pk}/{page}/" for page in ("change", "review", "publish", "pause", "earlier")]
    opened, found = 0, {}
    desk.set_viewport_size({"width": 390, "height": 800})
    for place in [*own, *forms_of_every_drawer()]:
        if desk.goto(place).status != 200:
            continue
        opened += 1
        for link in desk.locator(".add-row a").all():
            if link.is_visible():
                link.click()
        assert desk.evaluate("document.documentElement.scrollWidth") <= 390, place
        found[place] = barriers(desk)
    assert not any(found.values()), "\n".join(f"{where}: {each}" for where, what in found.items() for each in what)
    assert opened > 25


def test_a_look_up_says_its_name_and_what_was_chosen(desk):
    desk.goto("/admin/cases/charge/add/")
    person = desk.get_by_role("combobox", name="Person:")
    person.click()
    desk.get_by_role("searchbox", name="Person:").fill("Ana")
    desk.locator(".select2-results__option--highlighted", has_text="Ana Example").click()
    desk.get_by_role("combobox", name=re.compile("^Person: .*Ana Example$")).wait_for()
