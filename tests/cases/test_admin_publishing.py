"""Publishing and taking back on the editors' desk: through the gate, with a reason, in the log."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from makers import (
    cite,
    make_charge,
    make_detention,
    make_event,
    make_held_person,
    make_organisation,
    make_person,
    make_proceeding,
    make_publishable,
    make_source,
)
from makers_admin import another_row, as_shown, change_url, decide_url, list_url
from makers_staff import sign_in

from cases.actions.amending import amend
from cases.models import CaseEvent, Change, ChargeEvent, Person, Proceeding, Source, Standing


def ready_person(by):
    return make_publishable(make_person(public=False, country="DE"), by)


def test_the_page_says_what_is_missing_and_where_it_is_added(admin_client):
    person = make_person(public=False)
    page = admin_client.get(decide_url(person, "publish")).content.decode()
    assert "There is no risk assessment, or its review is overdue." in page
    assert f"{change_url(person)}#risk_assessments-group" in page
    assert "No source is cited for who this person is." in page
    assert f"{change_url(person)}#citations-group" in page


def test_the_places_named_for_what_is_missing_exist_on_the_persons_page(admin_client):
    person = make_person(public=False)
    make_charge(person, public=False)
    places = [
        address.partition("#")[2]
        for decision in admin_client.get(decide_url(person, "publish")).context["decisions"]
        for _sentence, address in decision.missing
    ]
    page = admin_client.get(change_url(person)).content.decode()
    assert len(places) >= 3
    assert [place for place in places if f'id="{place}"' not in page] == []


def test_publishing_refuses_through_the_gate_with_its_sentences(admin_client):
    person = make_person(public=False)
    answer = admin_client.post(decide_url(person, "publish"), {"because": "It is time."})
    assert "There is no risk assessment, or its review is overdue." in str(answer.context["form"].errors)
    person.refresh_from_db()
    assert person.state == "draft"
    assert not Change.objects.exists()


def test_publishing_without_a_reason_is_refused(admin_client, admin_user):
    person = ready_person(admin_user)
    for reason in ("", "   "):
        answer = admin_client.post(decide_url(person, "publish"), {"because": reason})
        assert "Give a reason: it is kept with the change." in str(answer.context["form"].errors)
    person.refresh_from_db()
    assert person.state == "draft"


def test_a_person_with_all_that_is_asked_for_becomes_public_with_a_reason_in_the_log(admin_client, admin_user):
    person = ready_person(admin_user)
    make_charge(person, public=False).citations.create(source=make_source())
    page = admin_client.get(decide_url(person, "publish")).content.decode()
    assert "1 charge</li>" in page and "1 charge event</li>" in page
    answer = admin_client.post(decide_url(person, "publish"), {"because": "Both editors agree."}, follow=True)
    assert answer.redirect_chain[-1][0].startswith(change_url(person))
    assert person.get_absolute_url() in answer.content.decode()
    person.refresh_from_db()
    assert person.state == "published"
    assert ChargeEvent.objects.get().state == "published"
    change = Change.objects.get()
    assert (change.verb, change.because, change.by) == ("publish", "Both editors agree.", admin_user)


def test_looking_at_the_page_publishes_nothing(admin_client, admin_user):
    person = ready_person(admin_user)
    admin_client.get(decide_url(person, "publish"), {"because": "By a link."})
    person.refresh_from_db()
    assert person.state == "draft"


def test_new_rows_of_a_public_person_are_announced_as_waiting(admin_client):
    person = make_held_person()
    make_charge(person, public=False)
    page = admin_client.get(change_url(person)).content.decode()
    assert "2 rows of “Ana Example” are not public yet:" in page
    assert decide_url(person, "publish") in page


def test_save_and_publish_leads_from_a_charge_to_the_reason_of_its_person(admin_client, admin_user):
    person = make_publishable(make_held_person(), admin_user)
    charge, source = person.charges.get(), make_source(public=False)
    posted = as_shown(admin_client.get(change_url(charge)))
    another_row(posted, "events", status="on_trial", on="2024-05-02", sequence=0, source=source.pk)
    answer = admin_client.post(change_url(charge), {**posted, "_publish": "1"})
    assert answer.headers["Location"] == decide_url(person, "publish")
    assert charge.events.get(status="on_trial").state == "draft"
    admin_client.post(answer.headers["Location"], {"because": "The trial has begun."})
    event = charge.events.get(status="on_trial")
    assert (event.state, event.citations.get().state, Source.objects.get(pk=source.pk).state) == ("published",) * 3


def test_a_public_person_can_be_taken_back_with_a_reason(admin_client, admin_user):
    person = make_held_person()
    assert decide_url(person, "retract") in admin_client.get(change_url(person)).content.decode()
    admin_client.post(decide_url(person, "retract"), {"because": "The family asked."})
    person.refresh_from_db()
    assert person.state == "retracted"
    assert not Person.objects.public().exists()
    change = Change.objects.get()
    assert (change.verb, change.because, change.by) == ("retract", "The family asked.", admin_user)


def test_one_wrong_row_is_taken_back_alone_and_the_standing_follows(admin_client):
    person = make_held_person(confirmed="2024-03-01")
    report = person.custody_reports.get()
    admin_client.post(decide_url(report, "retract"), {"because": "The source took it back."})
    report.refresh_from_db()
    person.refresh_from_db()
    assert (report.state, person.state) == ("retracted", "published")
    assert not Standing.objects.get(person=person).held


def test_a_row_taken_back_by_mistake_waits_again_and_is_published_with_its_page(admin_client, admin_user):
    person = make_publishable(make_held_person(), admin_user)
    report = person.custody_reports.get()
    assert decide_url(report, "reopen") not in admin_client.get(change_url(report)).content.decode()
    admin_client.post(decide_url(report, "retract"), {"because": "The wrong row."})
    assert decide_url(report, "reopen") in admin_client.get(change_url(report)).content.decode()
    admin_client.post(decide_url(report, "reopen"), {"because": "It was the right one."})
    report.refresh_from_db()
    assert (report.state, report.retracted_at) == ("draft", None)
    assert not Standing.objects.get(person=person).held
    admin_client.post(decide_url(person, "publish"), {"because": "As before."})
    assert Standing.objects.get(person=person).held
    assert list(Change.objects.order_by("pk").values_list("verb", flat=True)) == ["retract", "reopen", "publish"]


def test_only_what_was_taken_back_can_be_brought_back(admin_client):
    report = make_held_person().custody_reports.get()
    answer = admin_client.post(decide_url(report, "reopen"), {"because": "Anyway."})
    assert "was not taken back" in str(answer.context["form"].errors)
    answer = admin_client.post(decide_url(report, "reopen"), {"because": " "})
    assert "Give a reason: it is kept with the change." in str(answer.context["form"].errors)


def test_what_is_not_public_cannot_be_taken_back(admin_client):
    person = make_person(public=False)
    answer = admin_client.post(decide_url(person, "retract"), {"because": "Anyway."})
    assert "is not public, so there is nothing to take back." in str(answer.context["form"].errors)


@pytest.mark.parametrize("make", [make_proceeding, make_organisation])
def test_proceedings_and_organisations_are_published_with_a_source_and_not_without(admin_client, make):
    record = make("Without a source", public=False)
    answer = admin_client.post(decide_url(record, "publish"), {"because": "It is time."})
    assert "No source is cited" in str(answer.context["form"].errors)
    cite(record, public=False)
    admin_client.post(decide_url(record, "publish"), {"because": "It is time."})
    record.refresh_from_db()
    assert (record.state, record.citations.get().state) == ("published", "published")


def test_several_are_published_together_or_none(admin_client):
    cited, bare = make_proceeding("Cited", public=False), make_proceeding("Bare", public=False)
    cite(cited, public=False)
    chosen = {"action": "publish_selected", "_selected_action": [cited.pk, bare.pk]}
    page = admin_client.post(list_url(Proceeding), chosen)
    assert page.status_code == 302
    answer = admin_client.post(page.headers["Location"], {"because": "It is time."})
    assert "Bare: No source is cited for “Bare”." in answer.context["form"].non_field_errors()
    assert set(Proceeding.objects.values_list("state", flat=True)) == {"draft"}
    assert not Change.objects.exists()
    cite(bare, public=False)
    admin_client.post(page.headers["Location"], {"because": "It is time."})
    assert set(Proceeding.objects.values_list("state", flat=True)) == {"published"}
    assert Change.objects.count() == 2


def test_nothing_chosen_is_nothing_to_decide_on(admin_client):
    address = reverse("admin:cases_person_publish_several")
    for asked in ("", "?ids=", "?ids=x,9999", "?ids=²", f"?ids={10**30}"):
        assert admin_client.get(address + asked).status_code == 404


def test_staff_who_may_only_look_cannot_publish(client, django_user_model, admin_user):
    looker = django_user_model.objects.create_user("looker", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_person"))
    sign_in(client, looker)
    person = ready_person(admin_user)
    assert client.get(change_url(person)).status_code == 200
    assert client.post(decide_url(person, "publish"), {"because": "I may not."}).status_code == 403
    person.refresh_from_db()
    assert person.state == "draft"


def test_a_row_that_cannot_exist_is_not_found(admin_client):
    assert admin_client.get(f"/admin/cases/person/{10**30}/publish/").status_code == 404


def seen_on(page):
    """What the form of a decision sends along."""
    return dict(re.findall(r'name="(seen-\d+)" value="(\w+)"', page.text))


def test_what_was_added_or_changed_after_the_publisher_looked_is_not_published_unseen(admin_client, admin_user):
    person = ready_person(admin_user)
    event = make_event(person, public=False, summary="As it was.")
    for change in (
        lambda: make_detention(person, public=False) and cite(person.detentions.get(), public=False),
        lambda: CaseEvent.objects.update(summary="Slander."),
        lambda: event.persons.add(make_person("Ben Example")),
        lambda: Person.objects.filter(pk=person.pk).update(summary="Slander."),
    ):
        looked = admin_client.get(decide_url(person, "publish"))
        assert len(seen_on(looked)) == 1
        change()
        answer = admin_client.post(decide_url(person, "publish"), {"because": "Seen.", **seen_on(looked)})
        assert "was changed after you opened this page" in str(answer.context["form"].errors)
        person.refresh_from_db()
        assert person.state == "draft"
    answer = admin_client.post(decide_url(person, "publish"), {"because": "Seen.", **seen_on(answer)})
    assert answer.status_code == 302
    person.refresh_from_db()
    amend(person, {"summary": "Better."}, by=admin_user)
    looked = admin_client.get(decide_url(person, "publish"))
    amend(person, {"summary": "Slander."}, by=admin_user)
    answer = admin_client.post(decide_url(person, "publish"), {"because": "Seen.", **seen_on(looked)})
    assert "was changed after you opened this page" in str(answer.context["form"].errors)


def test_where_something_is_missing_the_page_is_open_and_folded_where_nothing_is(admin_client, admin_user):
    person = make_publishable(make_person(public=False, country="DE"), admin_user)
    person.basis.delete()
    page = admin_client.get(change_url(person))
    folded = {rows.formset.prefix: rows.is_collapsible for rows in page.context["inline_admin_formsets"]}
    assert f"{change_url(person)}#basis-group" in page.text
    assert (folded["basis"], folded["consents"], folded["risk_assessments"]) == (False, True, True)
