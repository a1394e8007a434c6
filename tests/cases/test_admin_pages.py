"""Every page of the editors' desk opens, is named, and costs the same however many rows there are."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from makers import (
    cite,
    make_affiliation,
    make_change,
    make_charge,
    make_court,
    make_event,
    make_hearing,
    make_held_person,
    make_order,
    make_organisation,
    make_person,
    make_proceeding,
    make_sentence,
    make_source,
    make_staff,
)
from makers_admin import add_url, as_shown, change_url, list_url
from makers_protection import make_picture

from cases.actions.recording import record_change
from cases.models import (
    Change,
    Charge,
    ChargeChange,
    LegalCode,
    OffenceType,
    PersonName,
    Place,
    Recognition,
    SlugRedirect,
)

DRAWERS = sorted(
    (model for model in admin.site._registry if model._meta.app_label == "cases"), key=lambda m: m._meta.model_name
)
READ_ONLY = {"change", "slugredirect", "citation", "securityevent"}
EDITABLE = [model for model in DRAWERS if model._meta.model_name not in READ_ONLY]


def names(models):
    return [model._meta.model_name for model in models]


def fill_the_record(count=1):
    """One row, or more, for every drawer."""
    for number in range(count):
        mark = f"{number}-{Charge.objects.count()}"
        proceeding, court, outlet = make_proceeding(), make_court(), make_organisation()
        person = make_held_person(f"Ana Example {mark}")
        person.names.create(text=f"Ana Beispiel {mark}")
        charge = make_charge(person, proceeding=proceeding)
        make_change(person, new=[charge])
        make_order(person.detentions.get(), court=court)
        make_hearing(person, court=court, proceeding=proceeding)
        make_event(person, organisations=[outlet], proceeding=proceeding)
        make_sentence(person, text="Three years")
        make_picture(person)
        make_affiliation(person, outlet)
        person.recognitions.create(recognised_by="A group")
        Place.objects.create(country="XK", city=f"City {mark}")
        OffenceType.objects.create(name=f"Offence {mark}")
        LegalCode.objects.create(name=f"Code {mark}", kind="law")
        for row in (proceeding, outlet, charge.provision):
            cite(row)
        SlugRedirect.objects.create(kind="person", old_slug=f"old-{mark}", target=person.public_id)
        record_change(person, verb="change", by=None, fields={"summary": ("", "New")})


@pytest.mark.parametrize("model", DRAWERS, ids=names(DRAWERS))
def test_every_list_every_form_and_every_row_opens(admin_client, model):
    fill_the_record()
    assert admin_client.get(list_url(model)).status_code == 200
    assert admin_client.get(list_url(model), {"q": "Example"}).status_code == 200
    assert admin_client.get(change_url(model.objects.first())).status_code == 200
    expected = 403 if model._meta.model_name in READ_ONLY else 200
    assert admin_client.get(add_url(model)).status_code == expected


@pytest.mark.parametrize("model", DRAWERS, ids=names(DRAWERS))
def test_a_list_costs_the_same_however_many_rows_it_has(admin_client, model):
    fill_the_record(2)
    with CaptureQueriesContext(connection) as few:
        admin_client.get(list_url(model))
    fill_the_record(4)
    with CaptureQueriesContext(connection) as many:
        admin_client.get(list_url(model))
    assert len(many) <= len(few), "\n".join(query["sql"] for query in many)


def test_looking_up_a_source_costs_the_same_however_many_are_found(admin_client):
    look_up = {"app_label": "cases", "model_name": "citation", "field_name": "source", "term": "Title"}
    make_source()
    with CaptureQueriesContext(connection) as few:
        assert admin_client.get(reverse("admin:autocomplete"), look_up).status_code == 200
    for _number in range(5):
        make_source()
    with CaptureQueriesContext(connection) as many:
        assert len(admin_client.get(reverse("admin:autocomplete"), look_up).json()["results"]) == 6
    assert len(many) == len(few)


def test_the_desk_shows_the_drawers_in_an_editors_order_and_what_was_done_last(admin_client):
    fill_the_record()
    page = admin_client.get(reverse("admin:index")).content.decode()
    order = ["Who and what", "Custody", "Charges and courts", "How we know", "Law", "The log", "Staff accounts"]
    assert [page.index(f"{heading}</a>") for heading in order] == sorted(
        page.index(f"{heading}</a>") for heading in order
    )
    assert "change: Ana Example" in page


def test_every_drawer_stands_under_one_heading(admin_client):
    shown = admin_client.get(reverse("admin:index")).context["app_list"]
    listed = [model["object_name"] for drawer in shown for model in drawer["models"]]
    assert sorted(listed) == sorted(model.__name__ for model in admin.site._registry)


def test_a_person_has_everything_on_one_page_in_the_order_of_work(admin_client):
    person = make_held_person()
    shown = [s.formset.prefix for s in admin_client.get(change_url(person)).context["inline_admin_formsets"]]
    assert shown == [
        "names", "affiliations", "detentions", "custody_reports", "charges", "charge_changes", "sentences",
        "recognitions", "citations", "basis", "consents", "risk_assessments", "pauses", "pictures",
    ]  # fmt: skip


def test_the_way_back_from_a_charge_leads_to_its_person(admin_client):
    person = make_held_person()
    page = admin_client.get(change_url(person.charges.get())).content.decode()
    assert f'<a href="{change_url(person)}">{person}</a>' in page


def test_a_public_person_can_be_seen_on_the_site_and_a_draft_cannot(admin_client):
    public, draft = make_held_person(), make_person(public=False)
    assert public.get_absolute_url() in admin_client.get(change_url(public)).content.decode()
    assert "View on site" not in admin_client.get(change_url(draft)).content.decode()


def test_no_page_of_the_desk_carries_a_script_or_style_of_its_own(admin_client):
    fill_the_record()
    pages = [reverse("admin:index"), *(list_url(model) for model in DRAWERS)]
    pages += [change_url(model.objects.first()) for model in DRAWERS]
    for page in pages:
        text = admin_client.get(page).content.decode()
        for forbidden in ("<style", " style=", "onclick=", "onload=", "<script>"):
            assert forbidden not in text, f"{page}: {forbidden}"


def test_the_log_can_be_read_and_not_written(admin_client):
    make_staff()
    record_change(make_person(), verb="change", by=None)
    change = Change.objects.get()
    assert admin_client.post(change_url(change), {"because": "Otherwise"}).status_code == 403
    assert Change.objects.get().because == ""


def test_the_history_of_a_row_is_its_part_of_the_log(admin_client):
    person, other = make_person(), make_person("Ben Example")
    record_change(person, verb="change", by=None, fields={"summary": ("", "New")})
    record_change(other, verb="change", by=None)
    page = admin_client.get(reverse("admin:cases_person_history", args=[person.pk]), follow=True)
    assert [change.label for change in page.context["cl"].result_list] == ["Ana Example"]


def test_other_names_find_a_person_on_the_desk(admin_client):
    person = make_person()
    PersonName.objects.create(person=person, text="Anna Beispiel")
    Recognition.objects.create(person=person, recognised_by="A group")
    assert list(admin_client.get(list_url(type(person)), {"q": "Beispiel"}).context["cl"].result_list) == [person]


def test_the_desk_finds_a_person_however_the_name_is_spelled(admin_client):
    person, _other = make_person("Ana Vagifgizi"), make_person("Ben Example")
    found = admin_client.get(list_url(type(person)), {"q": "Vaqifqızı"}).context["cl"]
    assert list(found.result_list) == [person]


@pytest.mark.parametrize("model", EDITABLE, ids=names(EDITABLE))
def test_every_field_that_can_be_edited_stands_on_its_page(admin_client, model):
    """Citations are the exception: what they cite follows from the page they stand on."""
    fill_the_record()
    shown = set(admin_client.get(add_url(model)).context["adminform"].form.fields)
    links = {ChargeChange: {"charges"}}.get(model, set())
    fields = [field for field in model._meta.get_fields() if field.concrete and field.editable]
    told = {field.name for field in fields if not getattr(field, "auto_created", False)} - {"id", "public_id"}
    assert told - links - shown == set()


def test_markup_in_a_name_or_a_reason_is_only_text(admin_client, admin_user):
    hostile = "<script>alert(1)</script>"
    person = make_held_person(hostile)
    make_charge(person, public=False)
    record_change(person, verb="change", by=admin_user, because=hostile, fields={"summary": (hostile, hostile)})
    pages = [
        list_url(type(person)),
        change_url(person),
        change_url(person.charges.first()),
        reverse("admin:cases_person_publish", args=[person.pk]),
        list_url(Change),
        change_url(Change.objects.get()),
        reverse("admin:index"),
    ]
    for page in pages:
        text = admin_client.get(page).content.decode()
        assert "alert(1)" in text, page
        assert hostile not in text, page
    saved = admin_client.post(change_url(person), as_shown(admin_client.get(change_url(person))), follow=True)
    assert hostile not in saved.content.decode()
