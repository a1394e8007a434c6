"""A consent that ended and a licence that ran out take back what rested on them."""

from datetime import timedelta

import pytest
from django.utils import timezone
from makers import make_event, make_person, make_publishable, make_staff
from makers_admin import another_row, as_shown, change_url
from makers_campaigns import make_campaign
from makers_protection import agree, in_days, make_picture

from campaigns.actions.running import missing_for_publication
from campaigns.actions.working import drain
from campaigns.models import Campaign
from cases.actions.expiring import expire
from cases.actions.publishing import publish
from cases.errors import NotPublishable
from cases.models import CaseEvent, Change, ConsentRecord, Person, Picture, PublicationBasis, RiskAssessment

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make_publishable(make_person(slug="ana", country="AZ"), make_staff("maker"))


def test_nothing_is_taken_back_while_consent_and_licence_hold(person):
    agree(person, "photo")
    agree(person, "health")
    make_picture(person, licence_expires_on=in_days(0))
    make_event(person, kind="ill_treatment")
    make_person("Without a basis")
    assert expire(at=timezone.now()) == 0


@pytest.mark.parametrize("ended", [{"withdrawn_on": in_days(0)}, {"expires_on": in_days(-1)}])
def test_a_page_is_taken_back_when_the_consent_to_the_name_ends(client, person, ended):
    ConsentRecord.objects.update(given_on=in_days(-30), **ended)
    assert expire(at=timezone.now()) == 1
    person.refresh_from_db()
    assert person.state == "retracted" and client.get("/cases/ana/").status_code == 410
    change = Change.objects.about(person).get()
    assert (change.verb, change.by) == ("retract", None) and "withdrawn or has expired" in change.because
    assert expire(at=timezone.now()) == 0
    with pytest.raises(NotPublishable, match="No consent"):
        publish(person, by=make_staff("other"), because="Again")


def test_a_consent_ends_on_its_day_and_not_before(person):
    ConsentRecord.objects.update(expires_on=in_days(3))
    assert expire(at=timezone.now() + timedelta(days=3)) == 0
    assert expire(at=timezone.now() + timedelta(days=4)) == 1


def test_another_basis_needs_no_consent_to_the_name(person):
    PublicationBasis.objects.update(kind="public_record", approved_by=make_staff("approver"))
    ConsentRecord.objects.update(withdrawn_on=in_days(0))
    assert expire(at=timezone.now()) == 0


@pytest.mark.parametrize(("kind", "scope"), [("ill_treatment", "health"), ("family_targeted", "family")])
def test_what_is_told_of_health_and_family_goes_alone(person, kind, scope):
    event, award = make_event(person, kind=kind, on="2024-06-01"), make_event(person, kind="award", on="2024-05-01")
    consent = agree(person, scope)
    assert expire(at=timezone.now()) == 0
    ConsentRecord.objects.filter(pk=consent.pk).update(withdrawn_on=in_days(0))
    assert expire(at=timezone.now()) == 1
    assert set(CaseEvent.objects.published()) == {award}
    person.refresh_from_db()
    assert person.is_published and str(person.standing.last_event_on) == "2024-05-01"
    event.refresh_from_db()
    assert event.state == "retracted"


@pytest.mark.parametrize("what", ["licence", "consent", "basis"])
def test_a_picture_goes_with_its_licence_its_consent_or_the_basis(person, what):
    agree(person, "photo")
    picture = make_picture(person, licence_expires_on=in_days(1))
    if what == "licence":
        Picture.objects.update(licence_expires_on=in_days(-1))
    elif what == "consent":
        ConsentRecord.objects.filter(scope="photo").update(withdrawn_on=in_days(0))
    else:
        PublicationBasis.objects.update(kind="public_record", approved_by=make_staff("approver"))
    assert expire(at=timezone.now()) == 1
    picture.refresh_from_db()
    assert picture.state == "retracted" and Person.objects.public().filter(pk=person.pk).exists()


def test_the_worker_does_it(person):
    ConsentRecord.objects.update(withdrawn_on=in_days(0))
    drain(worker="w")
    person.refresh_from_db()
    assert person.state == "retracted"


def test_a_withdrawal_typed_on_the_desk_works_at_once(admin_client, client, person):
    posted = as_shown(admin_client.get(change_url(person)))
    posted["consents-0-withdrawn_on"] = in_days(0).isoformat()
    assert "was taken back" in admin_client.post(change_url(person), posted, follow=True).text
    assert client.get("/cases/ana/").status_code == 410


def test_a_review_beyond_ninety_days_is_refused_on_the_desk(admin_client, person):
    row = {"level": "low", "assessed_on": in_days(0).isoformat(), "review_due_on": in_days(91).isoformat()}
    posted = another_row(as_shown(admin_client.get(change_url(person))), "risk_assessments", **row)
    assert "within 90 days" in admin_client.post(change_url(person), posted).text


def test_an_assessment_is_not_changed_on_the_desk_but_followed_by_another(admin_client, person):
    before = RiskAssessment.objects.values().get()
    row = {"level": "high", "assessed_on": in_days(0).isoformat(), "review_due_on": in_days(9).isoformat()}
    posted = as_shown(admin_client.get(change_url(person)))
    posted |= {f"risk_assessments-0-{name}": value for name, value in row.items()}
    posted["risk_assessments-0-id"] = before["id"]
    admin_client.post(change_url(person), posted)
    assert RiskAssessment.objects.values().get() == before


def test_a_campaign_about_somebody_who_was_asked_wants_consent_to_it(person):
    campaign = make_campaign(person, public=False)
    assert "has not agreed to a campaign" in missing_for_publication(campaign)[0]
    agree(person, "campaign")
    assert missing_for_publication(campaign) == []


def test_a_campaign_is_gone_at_once_with_the_consent_to_it(client, person):
    consent = agree(person, "campaign")
    campaign = make_campaign(person, slug="free-ana")
    assert campaign in Campaign.objects.public() and client.get("/campaigns/free-ana/").status_code == 200
    ConsentRecord.objects.filter(pk=consent.pk).update(withdrawn_on=in_days(0))
    assert campaign not in Campaign.objects.public() and client.get("/campaigns/free-ana/").status_code == 404
    assert client.get("/cases/ana/").status_code == 200


def test_on_another_basis_a_campaign_wants_no_consent(person):
    PublicationBasis.objects.update(kind="public_record", approved_by=make_staff("approver"))
    assert missing_for_publication(make_campaign(person, public=False)) == []
