"""What docs/editing.md tells, done as it tells it: from an empty site to a first published case.

Whatever is pressed here is called in the book what it is called on the page. With HABEAS_PICTURES=docs/editing the
walk leaves the book's pictures there.
"""

import os
import re
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import call_command
from makers_campaigns import make_campaign, make_signature
from makers_days import add_basis_and_risk, add_row, choose, content, make_member, public_text, said
from makers_staff import PASSWORD, set_up_app

from cases.models import Person

pytestmark = pytest.mark.django_db(transaction=True)
BOOK = (Path(__file__).parents[2] / "docs" / "editing.md").read_text("utf-8")
NAMED = set(re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", " ".join(BOOK.split())))
PICTURES = os.environ.get("HABEAS_PICTURES")


def told(words):
    """`words`, if the book names them as what is pressed."""
    assert words in NAMED, f"docs/editing.md does not name “{words}”."
    return words


def go(page, words, role="button"):
    with page.expect_navigation():
        page.get_by_role(role, name=words, exact=True).first.click()


def press(page, words, role="button"):
    """What the book tells to press."""
    go(page, told(words), role)


def add(page, drawer):
    """From the desk: “Add”, beside the name of the drawer."""
    page.goto("/admin/")
    with page.expect_navigation():
        page.locator("tr", has=page.get_by_role("link", name=drawer, exact=True)).locator(".addlink").click()


def give_reason(page, because, button):
    page.get_by_label("Reason").fill(because)
    go(page, button)


def picture(page, name, height=760, start="body"):
    """Keeps what the page shows, from `start` on, as a picture of the book; nothing unless asked for."""
    if PICTURES:
        page.set_viewport_size({"width": 1200, "height": height})
        page.evaluate("document.querySelectorAll('.tabular').forEach(table => { table.scrollLeft = 0 })")
        page.locator(start).first.evaluate("element => element.scrollIntoView()")
        page.wait_for_timeout(500)
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


# Getting in


def enter(page, name):
    """With name and password for the first time: nothing opens before there is a second factor."""
    page.context.set_default_timeout(60_000)  # Each page of a person asks a lot, and the machine may be busy.
    page.goto("/accounts/login/")
    page.get_by_label("User name or e-mail address").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    go(page, "Sign in")
    page.goto("/admin/")
    assert "Set up a second factor first" in page.inner_text("main")
    go(page, "Set up an app", "link")
    picture(page, "enrol", 900)
    set_up_app(page, get_user_model().objects.get(username=name))
    go(page, "The desk", "link")
    assert page.get_by_role("heading", name="The desk").is_visible()
    return page


def let_in(page, name, role):
    add(page, "Users")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Email address").fill(f"{name}@habeas.example")
    page.get_by_label(role, exact=True).check()
    go(page, "Save")
    assert "was invited by mail." in said(page)


def accept(page, name):
    """By the link in the letter, which is the newest that went to `name`."""
    (letter,) = [letter for letter in mail.outbox if letter.to == [f"{name}@habeas.example"]]
    page.goto(re.search(r"http://\S+/invitation/\S+", letter.body).group())
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password confirmation").fill(PASSWORD)
    go(page, "Set the password")
    return enter(page, name)


# Writing a case down


def write_law_down(page):
    add(page, "Legal codes")
    page.get_by_label("Name:").fill("Criminal Code")
    page.get_by_label("Kind:").select_option(label="criminal code")
    page.get_by_label("Country:").select_option("DE")
    go(page, "Save")
    add(page, "Legal provisions")
    choose(page, page.locator(".field-code"), "Criminal Code")
    page.get_by_label("Article:").fill("214.1")
    page.get_by_label("Heading:").fill("Smuggling")
    go(page, "Save")
    assert "was added successfully" in said(page)


def add_source(page, cell, publisher, title, day):
    """“+” beside the look-up, and in its window “+” once more: on an empty site there is no publisher either."""
    with page.expect_popup() as opened:
        cell.locator(".add-related").click()
    window = opened.value
    with window.expect_popup() as opened:
        window.locator(".field-publisher .add-related").click()
    opened.value.get_by_label("Name:", exact=True).fill(publisher)
    opened.value.get_by_role("button", name="Save", exact=True).click()
    window.locator(".field-publisher").get_by_title(publisher).wait_for()
    window.get_by_label("Title").fill(title)
    window.get_by_label("Address:", exact=True).fill(f"https://news.example/{day}")
    window.get_by_label("Published:").fill(day)
    picture(window, "source", 700)
    window.get_by_role("button", name="Save", exact=True).click()
    cell.get_by_title(f"{publisher}. {title}").wait_for()


def write_case_down(page):
    add(page, "Persons")
    page.locator("#id_display_name").fill("Ines Beispiel")
    page.get_by_label("Country:").select_option("DE")
    press(page, "Save and continue editing")
    row = add_row(page, "detentions-group", "Add another Detention")
    row.locator("select[name$=kind]").select_option("remand")
    row.locator("input[name$=from_on]").fill("2024-01-10")
    add_source(page, row.locator("td.field-source"), "The Daily Example", "Reporter held", "2024-01-12")
    picture(page, "rows", 620, start="#affiliations-group")
    row = add_row(page, "charges-group", "Add another Charge")
    choose(page, row.locator("td.field-provision"), "214.1")
    choose(page, row.locator("td.field-source"), "Reporter held")
    row = add_row(page, "citations-group", "Add another Citation")
    choose(page, row.locator("td.field-source"), "Reporter held")
    row = add_row(page, "citations-group", "Add another Citation")
    add_source(page, row.locator("td.field-source"), "The Evening Example", "Colleagues ask why", "2024-01-13")
    press(page, "Save and continue editing")
    return Person.objects.get()


def test_the_book_leads_from_an_empty_site_to_a_first_published_case(open_browser, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", username="first", email="first@habeas.example", interactive=False, verbosity=0)
    first = enter(open_browser(), "first")
    assert "Nothing waits for you." in content(first)
    for name in ("researcher", "editor", "publisher"):
        let_in(first, name, role=name)
    editor = accept(open_browser(), "editor")
    write_law_down(editor)

    desk = accept(open_browser(), "researcher")
    person = write_case_down(desk)
    press(desk, "Review…", "link")
    press(desk, "Submit for review…", "link")
    give_reason(desk, "From both papers.", "Submit for review")

    editor.goto("/admin/")
    picture(editor, "desk")
    go(editor, "1 person", "link")
    go(editor, "Ines Beispiel", "link")
    assert editor.locator(".missing li").all_inner_texts() == [
        "There is no publication basis. Go there",
        "There is no risk assessment, or its review is overdue. Go there",
    ]
    picture(editor, "checklist", 700)
    press(editor, "Review…", "link")
    editor.get_by_label("Comment:").fill("Which paper had it first?")
    go(editor, "Add the comment")
    picture(editor, "review")
    press(editor, "Settled")
    editor.goto(f"/admin/cases/person/{person.pk}/change/")
    add_basis_and_risk(editor, approver="editor")
    press(editor, "Save and continue editing")
    assert "Nothing is missing" in editor.inner_text(".checklist")
    with editor.expect_popup() as opened:
        editor.get_by_role("link", name=told("See it as the public would"), exact=True).click()
    assert "Nobody else sees it." in opened.value.inner_text("body")
    assert public_text(editor, "/cases/ines-beispiel/") is None

    publisher = accept(open_browser(), "publisher")
    publisher.goto(f"/admin/cases/person/{person.pk}/change/")
    press(publisher, "Publish…", "link")
    publisher.get_by_label("Reason").fill("Read both papers.")
    picture(publisher, "publish")
    give_reason(publisher, "Read both papers.", "Publish")
    assert "“Ines Beispiel” is public now." in said(publisher)
    public = public_text(publisher, "/cases/ines-beispiel/")
    for words in ("Ines Beispiel", "214.1", "The Daily Example", "The Evening Example"):
        assert words in public

    editor.goto(f"/admin/cases/person/{person.pk}/change/")
    editor.get_by_label("Occupation:").fill("Reporter of the harbour desk")
    editor.get_by_label("Summary:").fill("Reports on the harbour for The Daily Example.")
    press(editor, "Save and continue editing")
    assert "waits until the page is published again" in said(editor)
    editor.reload()
    picture(editor, "waiting")
    assert "harbour" in editor.inner_text("table.difference")
    assert "harbour" not in public_text(editor, "/cases/ines-beispiel/")


def test_the_book_tells_how_an_address_is_looked_at(at_desk):
    signature = make_signature(make_campaign(), "signer@example.org", confirmed=True)
    page = at_desk(make_member("data protection"), f"/admin/campaigns/signature/{signature.pk}/change/")
    press(page, "Show the address…", "link")
    picture(page, "address", 620)
    assert "Your password" in content(page)
