"""The three campaigns of a demonstration: their asks are the report's recommendations, and they start at zero."""

import pytest
from makers import make_charge, make_organisation, make_person, make_proceeding

from campaigns.actions.demonstrating import DEMO_CAMPAIGNS, open_demo_campaigns
from campaigns.models import Campaign, Recipient
from cases.errors import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(settings):
    settings.DEMO = True
    make_person("Anar Mammadli", public_id="mammadli-anar")
    proceeding = make_proceeding("The AbzasMedia proceeding", public_id="abzas")
    for name in ("Ulvi Hasanli", "Sevinj Vagifgizi"):
        make_charge(make_person(name), proceeding=proceeding)
    make_organisation("Toplum TV", public_id="toplumtv")


def test_a_person_a_proceeding_and_an_outlet_have_an_open_campaign_at_zero(record, client):
    open_demo_campaigns()
    campaigns = Campaign.objects.public().featured_first()
    assert [campaign.slug for campaign in campaigns] == ["abzasmedia", "anar-mammadli", "toplum-tv"]
    assert [campaign.tally.total for campaign in campaigns] == [0, 0, 0]
    assert [campaign.persons.count() for campaign in campaigns] == [2, 1, 0]
    for campaign in campaigns:
        page = client.get(campaign.get_absolute_url()).content.decode()
        assert "Human Rights Watch and Freedom Now" in page
        assert "nobody named here is said to be in it" in page
        assert "Sign this appeal" in page


def test_each_ask_is_a_recommendation_word_for_word_in_the_text_people_sign(record):
    open_demo_campaigns()
    for each in DEMO_CAMPAIGNS:
        assert each.recommendation in Campaign.objects.get(public_id=each.public_id).texts.get().body


def test_the_government_is_asked_and_no_person_in_it_is_named(record):
    open_demo_campaigns()
    recipient = Recipient.objects.get()
    assert (recipient.office, recipient.name) == ("Government of Azerbaijan", "")


def test_opening_them_again_changes_nothing(record):
    first = open_demo_campaigns()
    assert open_demo_campaigns() == first
    assert Campaign.objects.count() == 3


def test_outside_a_demonstration_none_is_opened(record, settings):
    settings.DEMO = False
    with pytest.raises(Refusal):
        open_demo_campaigns()


def test_a_record_that_lacks_one_of_them_is_refused_by_name_and_nothing_is_kept(settings):
    settings.DEMO = True
    with pytest.raises(Refusal, match="abzas"):
        open_demo_campaigns()
    assert not Campaign.objects.exists()
