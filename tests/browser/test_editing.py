"""An editor adds a charge event with its source, publishes it, and the public reads it."""

import pytest
from makers import make_held_person, make_proceeding, make_publishable, make_publisher, make_staff
from makers_staff import sign_in_with_browser

from cases.models import Change

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def editor():
    return make_staff()


@pytest.fixture
def person(editor):
    person = make_publishable(make_held_person("Ana Example", slug="ana-example", country="DE"), editor)
    person.charges.update(proceeding=make_proceeding("The Example proceeding"))
    return person


def choose(page, cell, words):
    """Picks the first suggestion of a look-up field."""
    cell.locator(".select2-selection").click()
    page.locator("input.select2-search__field").fill(words)
    page.locator(".select2-results__option--highlighted", has_text=words).click()


def add_source(page, cell):
    """The “+” beside a look-up: a new source in a window of its own, chosen once it is saved."""
    with page.expect_popup() as opened:
        cell.locator(".add-related").click()
    window = opened.value
    choose(window, window.locator(".field-publisher"), "The Daily Example")
    window.get_by_label("Title").fill("The trial opened on Tuesday")
    window.get_by_label("Address:", exact=True).fill("https://news.example/trial")
    window.get_by_role("button", name="Save", exact=True).click()
    cell.get_by_title("The Daily Example. The trial opened on Tuesday").wait_for()


def test_an_editor_adds_a_charge_event_with_its_source_and_the_public_reads_it(page, editor, person):
    make_publisher("The Daily Example")
    charge = person.charges.get()
    sign_in_with_browser(page, editor, f"/admin/cases/charge/{charge.pk}/change/")

    page.get_by_role("button", name="Add another Charge event").click()
    row = page.locator("#events-group tr.form-row:not(.empty-form)").last
    row.locator("select[name$=status]").select_option("on_trial")
    row.locator("input[name$='-on']").fill("2024-06-04")
    row.locator("textarea[name$=summary]").fill("The court read out the indictment.")
    add_source(page, row.locator("td.field-source"))
    page.get_by_role("button", name="Save and publish…").click()

    assert page.url.endswith(f"/admin/cases/person/{person.pk}/publish/")
    assert "1 charge event" in page.inner_text("#content-main")
    assert "The court read out the indictment." not in public_text(page, person)
    page.get_by_label("Reason").fill("Read in the newspaper.")
    page.get_by_role("button", name="Publish").click()

    page.get_by_role("link", name="See it", exact=True).click()
    assert page.url.endswith("/cases/ana-example/")
    text = page.inner_text("main")
    assert "The court read out the indictment." in text
    assert "The Daily Example" in text
    assert Change.objects.filter(verb="publish", because="Read in the newspaper.").count() == 1


def test_what_cannot_be_stays_on_the_page_as_typed_with_a_sentence(page, editor, person):
    sign_in_with_browser(page, editor, f"/admin/cases/person/{person.pk}/change/")
    page.get_by_role("button", name="Add another Detention", exact=True).click()
    row = page.locator("#detentions-group tr.form-row:not(.empty-form)").last
    row.locator("select[name$=kind]").select_option("administrative")
    row.locator("input[name$=from_on]").fill("2024-02-01")
    row.locator("input[name$=authority]").fill("The district police")
    page.get_by_role("button", name="Save", exact=True).click()
    assert "overlap on the same legal basis" in page.inner_text("#content-main")
    assert row.locator("input[name$=authority]").input_value() == "The district police"
    assert person.detentions.count() == 1


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_the_door_for_staff_is_open_to_everybody_who_works_here(page, barriers, db, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/accounts/login/")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("User name or e-mail address").fill("editor")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert "Enter your password." in page.inner_text("main")
    assert page.get_by_label("User name or e-mail address").input_value() == "editor"


def public_text(page, person):
    """What a reader sees now, beside the editor's window."""
    reader = page.context.browser.new_context()
    try:
        tab = reader.new_page()
        tab.goto(page.url.partition("/admin/")[0] + f"/cases/{person.slug}/")
        return tab.inner_text("main")
    finally:
        reader.close()
