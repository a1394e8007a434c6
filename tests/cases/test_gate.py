"""Every rule of the gate beside those that `test_publishing` proves, and the ways round it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from makers import (
    cite,
    make_change,
    make_charge,
    make_charge_event,
    make_detention,
    make_event,
    make_organisation,
    make_person,
    make_proceeding,
    make_publishable,
    make_publisher,
    make_source,
    make_staff,
)
from makers_protection import agree, make_picture

from cases.actions.amending import amend
from cases.actions.gate import missing_for_publication
from cases.actions.previewing import missing_as_public
from cases.actions.publishing import publish
from cases.actions.recording import record_change
from cases.actions.reviewing import submit
from cases.errors import NotPublishable
from cases.models import (
    CaseEvent,
    Citation,
    ConsentRecord,
    Detention,
    Person,
    PublicationBasis,
    RiskAssessment,
    Source,
)

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate


@pytest.fixture
def person():
    return make_publishable(make_person(public=False), make_staff())


def codes(person, **asked):
    return {missing.code for missing in missing_for_publication(person, **asked)}


def on_public_record(person):
    PublicationBasis.objects.filter(person=person).update(kind="public_record", approved_by=make_staff("approver"))
    cite(person, make_source(publisher=make_publisher()))


@pytest.mark.parametrize(("kind", "scope"), [("ill_treatment", "health"), ("family_targeted", "family")])
def test_events_of_health_and_family_want_a_consent_of_their_own(person, kind, scope):
    event = make_event(person, kind=kind, public=False)
    assert codes(person) == {"scope"}
    assert missing_for_publication(person)[0].row == event
    consent = agree(person, scope)
    assert codes(person) == set()
    ConsentRecord.objects.filter(pk=consent.pk).update(withdrawn_on=TODAY())
    assert codes(person) == {"scope"}


def test_a_consent_to_one_thing_is_none_to_another(person):
    make_event(person, kind="ill_treatment", public=False)
    for scope in ("family", "photo", "campaign", "letters"):
        agree(person, scope)
    assert codes(person) == {"scope"}


def test_a_consent_not_yet_given_does_not_count(person):
    make_event(person, kind="ill_treatment", public=False)
    agree(person, "health", given_on=TODAY() + timedelta(days=1))
    assert codes(person) == {"scope"}
    assert codes(person, on=TODAY() + timedelta(days=1)) == set()


def test_everybody_public_in_an_event_is_asked(person):
    agree(person, "health")
    other, draft = make_person("Ben Example"), make_person("Cem Example", public=False)
    event = make_event(person, draft, kind="ill_treatment", public=False)
    assert codes(person) == set()
    event.persons.add(other)
    assert codes(person) == {"scope"}


def test_an_event_that_passes_to_somebody_else_is_asked_about_for_them(person):
    editor = make_staff("publisher")
    publish(person, by=editor, because="Reviewed")
    other, event = make_person("Ben Example"), make_event(person, kind="arrest")
    cite(event)
    amend(event, {"persons": [other], "kind": "ill_treatment"}, by=editor)
    assert [missing.code for missing in missing_as_public(person, by=editor)] == ["scope"]
    with pytest.raises(NotPublishable, match="needs a consent to “health”"):
        publish(person, by=editor, because="The other one, it was")
    event.refresh_from_db()
    assert event.kind == "arrest" and list(event.persons.all()) == [person]
    PublicationBasis.objects.create(person=other, kind="consent")
    agree(other, "health")
    publish(person, by=editor, because="The other one, it was")
    assert list(event.persons.all()) == [other]


def test_an_event_of_health_that_names_nobody_is_not_told(person):
    editor, event = make_staff("publisher"), make_event(person, kind="ill_treatment", public=False)
    agree(person, "health")
    publish(person, by=editor, because="Reviewed")
    amend(event, {"persons": []}, by=editor)
    with pytest.raises(NotPublishable, match="names nobody"):
        publish(person, by=editor, because="Of nobody")


@pytest.mark.parametrize("page", ["proceeding", "organisation"])
def test_no_page_tells_of_health_without_saying_whose(page):
    record = {"proceeding": make_proceeding, "organisation": make_organisation}[page](public=False)
    cite(record, public=False)
    event = make_event(kind="ill_treatment", public=False, summary="Ana Example was beaten.")
    if page == "proceeding":
        CaseEvent.objects.update(proceeding=record)
    else:
        event.organisations.set([record])
    with pytest.raises(NotPublishable, match="names nobody"):
        publish(record, by=make_staff("publisher"), because="Reviewed")
    CaseEvent.objects.update(kind="raid")
    publish(record, by=make_staff("another"), because="Reviewed")


@pytest.mark.parametrize("kind", ["ill_treatment", "family_targeted"])
def test_a_public_record_shows_the_least_whatever_else_is_recorded(person, kind):
    on_public_record(person)
    assert codes(person) == set()
    make_event(person, kind=kind, public=False)
    for scope in ("health", "family"):
        agree(person, scope)
    assert codes(person) == {"scope"}


def test_a_demonstration_shows_the_least(person, settings):
    settings.DEMO = True
    PublicationBasis.objects.update(kind="demonstration")
    assert codes(person) == set()
    make_event(person, kind="ill_treatment", public=False)
    agree(person, "health")
    assert codes(person) == {"scope"}


def test_a_row_taken_back_stands_in_nobodys_way(person):
    event = make_event(person, kind="ill_treatment", public=False)
    type(event).objects.update(state="retracted", retracted_at=timezone.now())
    assert codes(person) == set()


def test_a_hunger_strike_is_an_act_and_wants_no_consent_to_health(person):
    make_event(person, kind="hunger_strike", public=False)
    assert codes(person) == set()


def test_of_a_minor_neither_year_nor_native_name_is_published():
    minor = make_person(
        "Ana Example", public=False, slug="x", is_minor=True, pseudonym="Sparrow", birth_year=2012, native_name="Ана"
    )
    make_publishable(minor, make_staff())
    assert codes(minor) == {"minor"}
    minor.birth_year, minor.native_name = None, ""
    minor.save()
    assert codes(minor) == set()


@pytest.mark.parametrize(
    "told",
    [
        {"slug": "ana-example"},
        {"summary": "Here is Ana, aged fourteen."},
        {"occupation": "Pupil, brother of A. Example"},
        {"pseudonym": "Little Ana"},
    ],
)
def test_nothing_told_of_a_minor_leads_back_to_the_name(told):
    fields = {"slug": "x", "is_minor": True, "pseudonym": "Sparrow", **told}
    minor = make_publishable(make_person("Ana Example", public=False, **fields), make_staff())
    assert codes(minor) == {"minor_name"}


def test_no_picture_of_a_minor():
    minor = make_person("Ana Example", public=False, slug="x", is_minor=True, pseudonym="Sparrow")
    make_publishable(minor, make_staff())
    agree(minor, "photo")
    make_picture(minor, public=False)
    assert codes(minor) == {"photo"}


def test_a_picture_wants_consent_and_a_licence(person):
    make_picture(person, public=False, licence_expires_on=TODAY())
    assert codes(person) == {"photo"}
    agree(person, "photo")
    assert codes(person) == set()
    assert codes(person, on=TODAY() + timedelta(days=1)) == {"licence"}


def test_no_picture_on_a_public_record(person):
    on_public_record(person)
    agree(person, "photo")
    make_picture(person, public=False)
    assert codes(person) == {"photo"}


def test_no_assessment_counts_for_longer_than_ninety_days(person):
    RiskAssessment.objects.update(review_due_on=TODAY() + timedelta(days=900))
    assert codes(person, on=TODAY() + timedelta(days=90)) == set()
    assert codes(person, on=TODAY() + timedelta(days=91)) == {"risk"}


def test_an_overdue_review_keeps_nothing_public_from_being_read(person):
    editor = make_staff("publisher")
    publish(person, by=editor, because="Reviewed")
    RiskAssessment.objects.update(assessed_on=TODAY() - timedelta(days=91), review_due_on=TODAY() - timedelta(days=1))
    assert type(person).objects.public().filter(pk=person.pk).exists()
    with pytest.raises(NotPublishable, match="overdue"):
        publish(person, by=editor, because="More")


def test_at_high_risk_somebody_else_reads_what_the_publisher_changed(person):
    second, author, editor = make_staff("second"), make_staff("author"), make_staff("another")
    PublicationBasis.objects.update(second_person=second)
    RiskAssessment.objects.update(level="high")
    publish(person, by=author, because="Reviewed")
    amend(person, {"summary": "Alone."}, by=author)
    assert [missing.code for missing in missing_as_public(person, by=author)] == ["own_change"]
    with pytest.raises(NotPublishable, match="somebody else reads what you changed"):
        publish(person, by=author, because="Alone")
    submit(person, by=author, because="I read it myself")
    assert {missing.code for missing in missing_as_public(person, by=author)} == {"own_change", "submitter"}
    submit(person, by=editor, because="I have read it")
    assert missing_as_public(person, by=author) == []
    event = make_event(person, public=False)
    record_change(event, verb="add", by=author)
    assert [missing.code for missing in missing_as_public(person, by=author)] == ["own_change"]
    submit(person, by=editor, because="I have read that, too")
    publish(person, by=author, because="Read by two")
    assert Person.objects.get().summary == "Alone."


def test_at_high_risk_a_publisher_who_changed_nothing_publishes_what_others_did(person):
    PublicationBasis.objects.update(second_person=make_staff("second"))
    RiskAssessment.objects.update(level="high")
    amend_by, publisher = make_staff("author"), make_staff("another")
    publish(person, by=publisher, because="Reviewed")
    amend(person, {"summary": "By another."}, by=amend_by)
    publish(person, by=publisher, because="Read")
    assert Person.objects.get().summary == "By another."


def test_whoever_finds_the_risk_no_longer_high_does_not_publish(person):
    author, publisher = make_staff("author"), make_staff("another")
    high = RiskAssessment.objects.get()
    RiskAssessment.objects.update(level="high")
    fields = {"assessed_on": high.assessed_on, "review_due_on": high.review_due_on}
    RiskAssessment.objects.create(person=person, level="medium", assessed_by=author, **fields)
    assert [missing.code for missing in missing_for_publication(person, by=author)] == ["lowered"]
    with pytest.raises(NotPublishable, match="somebody else publishes"):
        publish(person, by=author, because="Not so bad")
    publish(person, by=publisher, because="Read by two")
    assert Person.objects.public().exists()


@pytest.mark.parametrize("stance", ["contradicts", "context"])
def test_a_source_that_does_not_say_so_proves_nothing(person, stance):
    Citation.objects.update(stance=stance)
    assert codes(person) == {"identity"}


@pytest.mark.parametrize("model", [Citation, Source])
def test_what_was_taken_back_proves_nothing(person, model):
    cite(make_detention(person, public=False))
    cite(make_charge(person, public=False))
    assert codes(person) == set()
    model.objects.update(state="retracted", retracted_at=timezone.now())
    assert codes(person) == {"identity", "arrest", "charge"}


def test_what_was_taken_back_wants_no_source(person):
    make_detention(person, public=False)
    make_charge(person, public=False)
    assert codes(person) == {"arrest", "charge"}
    for model in (Detention, person.charges.model):
        model.objects.update(state="retracted", retracted_at=timezone.now())
    assert codes(person) == set()


def test_a_charge_whose_end_was_taken_back_is_current_again(person):
    charge = make_charge(person, public=False)
    ended = make_charge_event(charge, "dropped", "2024-06-01", public=False)
    assert codes(person) == set()
    type(ended).objects.filter(pk=ended.pk).update(state="retracted", retracted_at=timezone.now())
    assert codes(person) == {"charge"}


def test_a_charge_whose_replacement_was_taken_back_is_current_again(person):
    old, new = make_charge(person, public=False), make_charge(person, public=False)
    cite(new)
    change = make_change(person, replaced=[old], new=[new], public=False)
    assert codes(person) == set()
    type(change).objects.update(state="retracted", retracted_at=timezone.now())
    assert codes(person) == {"charge"}
