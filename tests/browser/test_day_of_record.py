"""A case comes into the record: a researcher writes it down, an editor reviews it, a publisher makes it public, and
what is changed later waits for a publisher again."""

import pytest
from makers import make_held_person, make_provision, make_publishable, make_publisher
from makers_days import (
    add_basis_and_risk,
    add_row,
    add_source,
    choose,
    content,
    give_reason,
    make_draft,
    make_member,
    post,
    public_text,
    said,
    save,
)

from cases.actions.reviewing import submit
from cases.models import Person, State

pytestmark = pytest.mark.django_db(transaction=True)
ARTICLE = {"publisher": "The Daily Example", "title": "Reporter held", "address": "https://news.example/held"}


def test_a_researcher_writes_a_case_down_from_an_article_and_cannot_publish_it(at_desk):
    make_publisher("The Daily Example")
    make_provision("214.1", "Smuggling")
    page = at_desk(make_member("researcher"), "/admin/cases/person/add/")
    page.locator("#id_display_name").fill("Ana Example")
    page.locator("select[name=country]").select_option("DE")
    save(page)
    person = Person.objects.get()

    row = add_row(page, "names-group", "Add another Name")
    row.locator("[name$=text]").fill("Anna Example")
    add_source(page, row.locator("td.field-source"), **ARTICLE)
    row = add_row(page, "detentions-group", "Add another Detention")
    row.locator("select[name$=kind]").select_option("remand")
    row.locator("input[name$=from_on]").fill("2024-01-10")
    choose(page, row.locator("td.field-source"), "Reporter held")
    row = add_row(page, "charges-group", "Add another Charge")
    choose(page, row.locator("td.field-provision"), "214.1")
    choose(page, row.locator("td.field-source"), "Reporter held")
    save(page)
    charge = person.charges.get()
    page.goto(f"/admin/cases/charge/{charge.pk}/change/")
    row = add_row(page, "events-group", "Add another Charge event")
    row.locator("select[name$=status]").select_option("charged")
    row.locator("input[name$='-on']").fill("2024-01-11")
    choose(page, row.locator("td.field-source"), "Reporter held")
    save(page)
    assert charge.events.get().citations.get().source.title == "Reporter held"
    assert person.detentions.get().citations.get().source.publisher.name == "The Daily Example"

    address = f"/admin/cases/person/{person.pk}/"
    page.goto(address + "change/")
    assert page.get_by_role("button", name="Save and publish…").count() == 0
    page.goto(address + "publish/")
    assert "is for publishers" in content(page)
    assert page.get_by_label("Reason").count() == 0
    assert post(page, address + "publish/", because="It is true.") == 403

    page.goto(address + "review/")
    page.get_by_role("link", name="Submit for review…").click()
    give_reason(page, "From the article of 12 January.", "Submit for review")
    assert "“Ana Example” is in review." in said(page)
    assert post(page, address + "change/", display_name="Somebody else") == 403
    person.refresh_from_db()
    assert (person.state, person.display_name) == (State.IN_REVIEW, "Ana Example")
    assert public_text(page, "/cases/ana-example/") is None


def test_an_editor_reviews_says_what_is_missing_and_adds_basis_and_risk(at_desk):
    researcher = make_member("researcher")
    draft = submit(make_draft(researcher), by=researcher, because="From the article of 12 January.")
    address = f"/admin/cases/person/{draft.pk}/"
    page = at_desk(make_member("editor"), "/admin/")
    page.locator(".waits li", has_text="review").get_by_role("link").first.click()
    page.get_by_role("link", name="Ana Example").first.click()
    assert "There is no publication basis." in page.inner_text(".checklist")

    page.get_by_role("link", name="Review…").click()
    page.get_by_label("Comment:").fill("Which paper had it first?")
    page.get_by_role("button", name="Add the comment").click()
    assert "Which paper had it first?" in content(page)
    page.get_by_role("link", name="Send back…").click()
    give_reason(page, "Please add the day of the arrest.", "Send back")
    draft.refresh_from_db()
    assert draft.state == State.DRAFT
    submit(draft, by=researcher, because="Added.")

    page.goto(address + "review/")
    for remark in ("Please add the day of the arrest.", "Which paper had it first?"):
        page.locator(".comments > li", has_text=remark).get_by_role("button", name="Settled").click()
    assert "Nothing is open." in content(page)
    page.goto(address + "change/")
    add_basis_and_risk(page, approver="editor")
    save(page)
    assert "was changed successfully" in said(page)
    assert "Nothing is missing" in page.inner_text(".checklist")
    assert page.get_by_role("button", name="Save and publish…").count() == 0
    assert post(page, address + "publish/", because="It is true.") == 403
    assert public_text(page, "/cases/ana-example/") is None


def test_a_publisher_is_refused_by_the_gate_with_sentences_and_then_publishes(at_desk):
    researcher, publisher = make_member("researcher"), make_member("publisher")
    draft = submit(make_draft(researcher), by=researcher, because="From the article of 12 January.")
    address = f"/admin/cases/person/{draft.pk}/publish/"
    page = at_desk(publisher, address)
    give_reason(page, "Checked against both papers.", "Publish")
    refused = page.inner_text(".errorlist")
    assert "There is no publication basis." in refused
    assert "There is no risk assessment, or its review is overdue." in refused
    assert public_text(page, "/cases/ana-example/") is None

    make_publishable(draft, publisher)
    page.goto(address)
    assert "Nothing is missing." in content(page)
    give_reason(page, "Checked against both papers.", "Publish")
    assert "“Ana Example” is public now." in said(page)
    assert "Ana Example" in public_text(page, "/cases/ana-example/")


def test_what_an_editor_changes_waits_until_a_publisher_publishes(at_desk):
    publisher = make_member("publisher")
    person = make_publishable(make_held_person("Ana Example", slug="ana-example", country="DE"), publisher)
    address = f"/admin/cases/person/{person.pk}/"
    page = at_desk(make_member("editor"), address + "change/")
    page.locator("#id_summary").fill("A reporter of The Daily Example.")
    page.get_by_role("button", name="Save", exact=True).click()
    assert "waits until the page is published again" in said(page)
    assert "A reporter of The Daily Example." not in public_text(page, "/cases/ana-example/")
    page.goto(address + "preview/")
    assert "A reporter of The Daily Example." in page.inner_text("main")
    assert "Nobody else sees it." in page.inner_text("body")
    assert "A reporter of The Daily Example." not in public_text(page, "/cases/ana-example/")

    desk = at_desk(publisher, address + "publish/")
    assert "A reporter of The Daily Example." in desk.inner_text("table.difference")
    give_reason(desk, "Asked the paper.", "Publish")
    assert "A reporter of The Daily Example." in public_text(desk, "/cases/ana-example/")
