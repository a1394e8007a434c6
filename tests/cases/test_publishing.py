from datetime import timedelta

import pytest
from django.utils import timezone
from makers import (
    cite,
    make_charge,
    make_charge_event,
    make_court,
    make_detention,
    make_event,
    make_hearing,
    make_order,
    make_organisation,
    make_person,
    make_proceeding,
    make_publishable,
    make_publisher,
    make_report,
    make_source,
    make_staff,
)

from cases.actions.publishing import (
    draft_rows,
    missing_for_publication,
    publish,
    publish_demonstration,
    retract,
)
from cases.errors import NotPublishable, ReasonMissing, Refusal
from cases.models import (
    Change,
    ChargeEvent,
    Citation,
    ConsentRecord,
    Organisation,
    Pause,
    Person,
    PublicationBasis,
    RiskAssessment,
    Source,
    Standing,
)

pytestmark = pytest.mark.django_db


def codes(person, **asked):
    return {m.code for m in missing_for_publication(person, **asked)}


def test_publishing_makes_the_person_and_every_waiting_row_public():
    editor = make_staff()
    person = make_publishable(make_person(public=False), editor)
    stay = make_detention(person, public=False)
    order = make_order(stay, public=False, court=make_court(public=False))
    charge = make_charge(person, public=False, proceeding=make_proceeding(public=False))
    for row in (stay, order, charge, make_report(person, public=False), make_hearing(person, public=False)):
        cite(row, public=False)
    publish(person, by=editor, because="Reviewed")
    person.refresh_from_db()
    assert person.is_published and person in Person.objects.public()
    for row in (stay, order, charge, order.court, charge.proceeding):
        row.refresh_from_db()
        assert row.is_published, row
    for model in (Citation, Source):
        assert not model.objects.exclude(state="published").exists()
    assert Standing.objects.get(person=person).held
    assert draft_rows(person) == []


def test_an_act_is_logged_with_its_reason_and_who_did_it():
    editor = make_staff()
    person = make_publishable(make_person(public=False), editor)
    publish(person, by=editor, because="Reviewed")
    change = Change.objects.about(person).get()
    assert (change.verb, change.by, change.because) == ("publish", editor, "Reviewed")
    assert change.fields == {"state": ["draft", "published"]}


def test_publishing_again_publishes_what_was_added_and_leaves_taken_back_rows_alone():
    editor = make_staff()
    person = make_publishable(make_person(public=False), editor)
    charge = make_charge(person, public=False)
    cite(charge, public=False)
    publish(person, by=editor, because="Reviewed")
    added = make_charge_event(charge, "dropped", "2024-06-01", public=False)
    gone = make_event(person)
    type(gone).objects.update(state="retracted", retracted_at=timezone.now())
    assert draft_rows(person) == [(ChargeEvent, 1)]
    publish(person, by=editor, because="Charge dropped")
    added.refresh_from_db()
    gone.refresh_from_db()
    assert (added.state, gone.state) == ("published", "retracted")


def test_publishing_touches_no_row_of_another_person():
    editor = make_staff()
    person, other = make_publishable(make_person(public=False), editor), make_person("Ben Example", public=False)
    charge = make_charge(other, public=False)
    publish(person, by=editor, because="Reviewed")
    charge.refresh_from_db()
    other.refresh_from_db()
    assert (charge.state, other.state) == ("draft", "draft")


@pytest.mark.parametrize("because", ["", "   ", None])
def test_a_reason_is_asked_for(because):
    editor = make_staff()
    person = make_publishable(make_person(public=False), editor)
    with pytest.raises(ReasonMissing):
        publish(person, by=editor, because=because)
    with pytest.raises(ReasonMissing):
        retract(person, by=editor, because=because)


def test_an_empty_person_lacks_basis_risk_and_identity():
    person = make_person(public=False)
    assert codes(person) == {"basis", "risk", "identity"}
    with pytest.raises(NotPublishable) as refused:
        publish(person, by=make_staff(), because="Try")
    assert len(refused.value.messages) == 3
    person.refresh_from_db()
    assert person.state == "draft" and not Change.objects.exists()


def test_the_arrest_and_each_standing_charge_want_a_source():
    editor = make_staff()
    person = make_publishable(make_person(public=False), editor)
    stay = make_detention(person, public=False)
    charge, dropped = make_charge(person, public=False), make_charge(person, public=False)
    make_charge_event(dropped, "dropped", "2024-06-01", public=False)
    assert codes(person) == {"arrest", "charge"}
    cite(stay)
    cite(charge.events.get())
    assert codes(person) == set()


def test_a_withdrawn_or_expired_consent_closes_the_gate():
    editor = make_staff()
    person = make_publishable(make_person(public=False), editor)
    today = timezone.localdate()
    ConsentRecord.objects.update(withdrawn_on=today)
    assert codes(person) == {"consent"}
    ConsentRecord.objects.update(withdrawn_on=None, expires_on=today)
    assert codes(person) == set()
    assert codes(person, on=today + timedelta(days=1)) == {"consent"}


def test_a_risk_assessment_falls_due():
    editor = make_staff()
    person = make_publishable(make_person(public=False), editor)
    assert codes(person, on=timezone.localdate() + timedelta(days=90)) == set()
    assert codes(person, on=timezone.localdate() + timedelta(days=91)) == {"risk"}


def test_at_high_risk_two_different_people_publish():
    editor, second = make_staff(), make_staff("second")
    person = make_publishable(make_person(public=False), editor)
    RiskAssessment.objects.update(level="high")
    assert codes(person, by=editor) == {"second_person"}
    PublicationBasis.objects.update(second_person=second)
    assert codes(person, by=second) == {"second_person"}
    assert codes(person, by=editor) == set()


def test_a_public_record_needs_two_independent_publishers():
    editor = make_staff()
    person = make_publishable(make_person(public=False), editor)
    PublicationBasis.objects.update(kind="public_record", approved_by=editor)
    assert codes(person) == {"publishers"}
    cite(person, make_source(publisher=make_publisher()))
    assert codes(person) == set()


def test_a_pause_hides_a_public_person_and_closes_the_gate():
    editor = make_staff()
    person = make_publishable(make_person(), editor)
    pause = Pause.objects.create(person=person, asked_by="family", review_on=timezone.localdate())
    assert person not in Person.objects.public()
    assert codes(person) == {"pause"}
    pause.lifted_at = timezone.now()
    pause.save()
    assert person in Person.objects.public() and codes(person) == set()


def test_taking_back_and_publishing_again():
    editor = make_staff()
    person = make_publishable(make_person(), editor)
    retract(person, by=editor, because="The family asks")
    assert person not in Person.objects.public()
    with pytest.raises(Refusal, match="not public"):
        retract(person, by=editor, because="Again")
    publish(person, by=editor, because="The family agrees")
    assert person in Person.objects.public()
    assert list(Change.objects.about(person).values_list("verb", flat=True)) == ["publish", "retract"]


def test_an_organisation_and_a_proceeding_want_a_source():
    editor = make_staff()
    for record in (make_organisation(public=False), make_proceeding(public=False)):
        with pytest.raises(NotPublishable, match="No source"):
            publish(record, by=editor, because="Reviewed")
        cite(record, public=False)
        publish(record, by=editor, because="Reviewed")
        record.refresh_from_db()
        assert record.is_published


def test_the_demonstration_publishes_without_any_approval(settings):
    settings.DEMO = True
    person, bare = make_person(public=False), make_person("Ben Example", public=False)
    cite(person, public=False)
    publish_demonstration()
    person.refresh_from_db()
    bare.refresh_from_db()
    assert (person.state, bare.state) == ("published", "draft")
    basis = PublicationBasis.objects.get(person=person)
    assert (basis.kind, basis.approved_by, basis.second_person) == ("demonstration", None, None)
    assert not ConsentRecord.objects.exists() and not RiskAssessment.objects.exists()


def test_a_demonstration_basis_counts_nowhere_else(settings):
    settings.DEMO = False
    person = make_person(public=False)
    cite(person)
    PublicationBasis.objects.create(person=person, kind="demonstration")
    assert "basis" in codes(person) and "risk" in codes(person)
    with pytest.raises(Refusal, match="DEMO"):
        publish_demonstration()
    assert not Organisation.objects.exists()
