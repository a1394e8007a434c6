"""Every way round the gate is tried, and each is refused with a sentence or leaves a draft."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import NoReverseMatch
from makers import (
    cite,
    make_charge,
    make_detention,
    make_event,
    make_organisation,
    make_person,
    make_proceeding,
    make_publishable,
)
from makers_admin import add_url, as_shown, change_url, decide_url, list_url
from makers_data import write_tables
from makers_protection import make_picture
from site_addresses import POSTED, routes

from cases.actions.publishing import publish, publish_demonstration
from cases.errors import NotPublishable, Refusal
from cases.models import CaseEvent, Charge, Person, Picture, PublicationBasis

pytestmark = pytest.mark.django_db


@pytest.fixture
def bare():
    """Somebody of whom nothing is there that publishing asks for."""
    person = make_person("Ana Example", public=False, slug="ana", country="AZ")
    make_charge(person, public=False)
    return person


def still_a_draft(*records):
    for record in records:
        record.refresh_from_db()
        assert record.state == "draft", record


def test_the_action_itself_refuses_with_every_sentence(bare, admin_user):
    with pytest.raises(NotPublishable) as refused:
        publish(bare, by=admin_user, because="Try")
    assert {"There is no publication basis.", "No source is cited for who this person is."} <= {
        *refused.value.messages
    }
    still_a_draft(bare)


def test_a_direct_post_is_refused_with_the_sentences(admin_client, bare):
    answer = admin_client.post(decide_url(bare, "publish"), {"because": "Try"})
    assert "There is no publication basis." in answer.text and "Nothing was changed." in answer.text
    still_a_draft(bare)


def test_the_action_of_the_list_leads_to_the_same_refusal(admin_client, bare):
    chosen = {"action": "publish_selected", "_selected_action": [bare.pk], "because": "Try"}
    page = admin_client.post(list_url(Person), chosen)
    still_a_draft(bare)
    answer = admin_client.post(page.url, {"because": "Try"})
    assert "There is no publication basis." in answer.text
    still_a_draft(bare)


@pytest.mark.parametrize("popup", ["", "?_popup=1"])
def test_a_state_typed_into_a_form_is_not_read(admin_client, bare, popup):
    posted = {**as_shown(admin_client.get(change_url(bare))), "state": "published", "published_at": "2024-01-01"}
    posted |= {"charges-0-state": "published", "_popup": "1"} if popup else {"charges-0-state": "published"}
    admin_client.post(change_url(bare) + popup, posted)
    still_a_draft(bare, bare.charges.get())


def test_a_page_added_in_a_popup_is_a_draft(admin_client):
    admin_client.post(
        add_url(Person) + "?_popup=1",
        {**as_shown(admin_client.get(add_url(Person))), "display_name": "New Example", "country": "AZ",
         "state": "published", "published_at_0": "2024-01-01", "published_at_1": "10:00", "_popup": "1"},
    )  # fmt: skip
    still_a_draft(Person.objects.get(display_name="New Example"))


@pytest.mark.parametrize("model", [Charge, CaseEvent, Picture])
def test_a_row_alone_cannot_be_published(admin_client, bare, model):
    row = {Charge: bare.charges.get(), CaseEvent: make_event(bare, public=False)}.get(model) or make_picture(
        bare, public=False
    )
    with pytest.raises(NoReverseMatch):
        decide_url(row, "publish")
    assert admin_client.post(f"{change_url(row)}../publish/", {"because": "Try"}).status_code in (302, 404)
    assert admin_client.post(f"/admin/cases/{row._meta.model_name}/{row.pk}/publish/").status_code in (302, 404)
    still_a_draft(row)


def test_save_and_publish_saves_and_leads_to_the_gate(admin_client, bare):
    posted = {**as_shown(admin_client.get(change_url(bare))), "_publish": "1"}
    answer = admin_client.post(change_url(bare), posted)
    assert answer.url == decide_url(bare, "publish")
    still_a_draft(bare)


def test_the_page_of_an_organisation_or_a_proceeding_takes_no_person_along(admin_user, bare):
    outlet, trial = make_organisation(public=False), make_proceeding(public=False)
    bare.affiliations.create(organisation=outlet)
    Charge.objects.update(proceeding=trial)
    event = make_event(bare, public=False, organisations=[outlet], proceeding=trial, kind="ill_treatment")
    for page in (outlet, trial):
        cite(page, public=False)
        publish(page, by=admin_user, because="Reviewed")
    still_a_draft(bare, event, bare.charges.get(), bare.affiliations.get())


def test_the_page_of_somebody_else_takes_nobody_along(admin_user, bare):
    other = make_publishable(make_person("Ben Example", public=False), admin_user)
    event = make_event(other, bare, public=False, kind="award")
    publish(other, by=admin_user, because="Reviewed")
    event.refresh_from_db()
    assert event.is_published
    still_a_draft(bare)


def test_an_import_arrives_as_a_draft(tmp_path):
    write_tables(tmp_path, persons=[{"id": "ana"}])
    call_command("import_cases", str(tmp_path), verbosity=0)
    still_a_draft(Person.objects.get(public_id="ana"))


def test_no_command_publishes_outside_a_demonstration(settings, bare):
    settings.DEMO = False
    cite(bare)
    with pytest.raises(Refusal, match="DEMO"):
        publish_demonstration()
    PublicationBasis.objects.create(person=bare, kind="demonstration")
    with pytest.raises(NotPublishable, match="only in a demonstration"):
        publish(bare, by=None, because="Try")
    for name in ("publish", "publish_demonstration"):
        with pytest.raises(CommandError):
            call_command(name)
    still_a_draft(bare)


def test_a_file_of_rows_is_not_loaded_past_the_gate(tmp_path, bare):
    file = tmp_path / "rows.json"
    call_command("dumpdata", "cases.person", output=str(file))
    file.write_text(file.read_text("utf-8").replace('"state": "draft"', '"state": "published"'), "utf-8")
    with pytest.raises(CommandError, match="not loaded past the gate"):
        call_command("loaddata", str(file))
    still_a_draft(bare)


def test_there_is_no_address_outside_the_desk_that_publishes():
    assert not any("publish" in route or "api" in route for route in routes())
    assert sorted(POSTED) == ["campaigns/<slug:slug>/sign/", "hooks/mail/"]  # The second only stops mail.


def test_what_is_cited_later_is_missing_until_then(admin_user, bare):
    make_publishable(bare, admin_user)
    make_detention(bare, public=False)
    with pytest.raises(NotPublishable) as refused:
        publish(bare, by=admin_user, because="Try")
    assert len(refused.value.messages) == 2
    cite(bare.charges.get(), public=False)
    cite(bare.detentions.get(), public=False)
    publish(bare, by=admin_user, because="Reviewed")
    bare.refresh_from_db()
    assert bare.is_published
