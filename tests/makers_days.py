"""What a day at the desk is made of: a member of staff with a role, look-ups, sources, and what the public reads."""

from datetime import timedelta

from django.utils import timezone
from makers import cite, make_charge, make_detention, make_person
from makers_roles import make_role

from cases.actions.recording import record_change


def make_member(role, name=None):
    """Somebody with one role and nothing else, named after it."""
    return make_role(role, name or role.replace(" ", ""))


def make_draft(by, name="Ana Example", slug="ana-example"):
    """A draft as `by` wrote it down: a stay, a charge, and two papers."""
    person = make_person(name, slug=slug, country="DE", public=False)
    record_change(person, verb="add", by=by)
    for row in (person, make_detention(person, public=False), make_charge(person, public=False)):
        cite(row, public=False)
    return person


def choose(page, cell, words):
    """Picks the first suggestion of a look-up field."""
    cell.locator(".select2-selection").click()
    page.locator("input.select2-search__field:visible").last.fill(words)
    page.locator(".select2-results__option--highlighted", has_text=words).click()


def add_source(page, cell, *, publisher, title, address):
    """The “+” beside a look-up: a new source in a window of its own, chosen once it is saved."""
    with page.expect_popup() as opened:
        cell.locator(".add-related").click()
    window = opened.value
    choose(window, window.locator(".field-publisher"), publisher)
    window.get_by_label("Title").fill(title)
    window.get_by_label("Address:", exact=True).fill(address)
    window.get_by_role("button", name="Save", exact=True).click()
    cell.get_by_title(f"{publisher}. {title}").wait_for()


def add_row(page, group, words):
    """Opens an empty row in the table `group` of a page, and gives it."""
    page.locator(f"#{group}").get_by_text(words, exact=True).click()
    return page.locator(f"#{group} tr.form-row:not(.empty-form)").last


def add_basis_and_risk(page, approver):
    """Why the page may be public and what could happen, typed where they are missing, which stands open; not saved."""
    row = page.locator("#basis-group .form-row:not(.empty-form)").last
    if page.locator("#basis-group .add-row a").is_visible():
        row = add_row(page, "basis-group", page.locator("#basis-group .add-row a").inner_text())
    row.locator("select[name$=kind]").select_option("public_record")
    row.locator("select[name$=approved_by]").select_option(label=approver)
    row = add_row(page, "risk_assessments-group", "Add another Risk assessment")
    today = timezone.localdate()
    row.locator("select[name$=level]").select_option("low")
    row.locator("input[name$=assessed_on]").fill(today.isoformat())
    row.locator("select[name$=assessed_by]").select_option(label=approver)
    row.locator("input[name$=review_due_on]").fill((today + timedelta(days=60)).isoformat())


def give_reason(page, because, button):
    page.get_by_label("Reason").fill(because)
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def save(page):
    with page.expect_navigation():
        page.get_by_role("button", name="Save and continue editing").click()


def content(page):
    return page.inner_text("#content-main")


def said(page):
    return page.inner_text(".messagelist")


def post(page, address, **data):
    """Posts from the page's own session, as somebody would who does not care for buttons; gives the status."""
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    form = {"csrfmiddlewaretoken": token, **data}
    return page.request.post(address, form=form, headers={"Referer": page.url}, max_redirects=0).status


def public_text(page, address):
    """What a reader without an account reads now at `address`; None where there is nothing."""
    reader = page.context.browser.new_context()
    try:
        tab = reader.new_page()
        host = "/".join(page.url.split("/", 3)[:3])
        return tab.inner_text("main") if tab.goto(host + address).status == 200 else None
    finally:
        reader.close()
