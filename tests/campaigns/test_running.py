"""What staff do with a campaign: each act has a reason, leaves a Change, and harms nothing when repeated."""

from datetime import timedelta

import pytest
from django.utils import timezone
from makers import make_person, make_staff
from makers_campaigns import make_campaign, make_recipient, make_text

from campaigns.actions.running import (
    close_campaign,
    missing_for_publication,
    move_campaign,
    open_campaign,
    pause_campaign,
    publish_campaign,
    retract_campaign,
)
from campaigns.errors import CampaignUnfit
from campaigns.models import Campaign, CampaignKey, CampaignText, SigningState, Tally
from campaigns.texts import render_markdown
from cases.errors import NotPublishable, ReasonMissing
from cases.models import Change, SlugRedirect

pytestmark = pytest.mark.django_db
BECAUSE = "The board decided so."


def state_of(campaign, *, at=None):
    return Campaign.objects.with_standing().get(pk=campaign.pk).signing_state(at or timezone.now())


def test_publishing_gives_keys_and_a_tally_of_zero_and_is_kept():
    editor = make_staff()
    campaign = make_campaign(public=False)
    publish_campaign(campaign, by=editor, because=BECAUSE)
    assert Campaign.objects.public().get() == campaign
    assert Tally.objects.get(campaign=campaign).total == 0
    secrets = CampaignKey.objects.get(campaign=campaign).unwrapped()
    assert secrets.open(secrets.seal("a word", "name"), "name") == "a word"
    change = Change.objects.first()
    assert (change.verb, change.by, change.because) == ("publish", editor, BECAUSE)


def test_publishing_again_keeps_the_same_keys():
    campaign = make_campaign()
    before = CampaignKey.objects.values().get(campaign=campaign)
    changes = Change.objects.count()
    publish_campaign(campaign, by=None, because=BECAUSE)
    assert CampaignKey.objects.values().get(campaign=campaign) == before
    assert Change.objects.count() == changes


def test_two_campaigns_never_share_a_key():
    first, second = make_campaign().key.unwrapped(), make_campaign().key.unwrapped()
    assert first.mac != second.mac
    assert first.data != second.data


def test_a_campaign_about_nobody_that_asks_nobody_nothing_is_refused_with_every_reason():
    campaign = Campaign.objects.create(title="Empty", slug="empty")
    with pytest.raises(NotPublishable) as refusal:
        publish_campaign(campaign, by=None, because=BECAUSE)
    assert len(refusal.value.messages) == 3
    assert all(message.endswith(".") for message in refusal.value.messages)
    assert not Campaign.objects.public().exists()


def test_a_campaign_about_a_hidden_person_is_refused():
    campaign = make_campaign(make_person("Hidden Example", public=False), public=False)
    assert "Hidden Example" in missing_for_publication(campaign)[0]
    with pytest.raises(NotPublishable):
        publish_campaign(campaign, by=None, because=BECAUSE)


@pytest.mark.parametrize("action", [publish_campaign, retract_campaign, open_campaign, pause_campaign, close_campaign])
def test_no_act_without_a_reason(action):
    with pytest.raises(ReasonMissing):
        action(make_campaign(), by=None, because="  ")


def test_pausing_and_opening_again():
    campaign = make_campaign()
    pause_campaign(campaign, by=None, because=BECAUSE)
    assert state_of(campaign) == SigningState.PAUSED
    assert not Campaign.objects.open(timezone.now()).exists()
    open_campaign(campaign, by=None, because=BECAUSE)
    assert state_of(campaign) == SigningState.OPEN
    assert Campaign.objects.open(timezone.now()).exists()


def test_closing_is_for_good():
    campaign = make_campaign()
    close_campaign(campaign, by=None, because=BECAUSE)
    assert state_of(campaign) == SigningState.CLOSED
    with pytest.raises(CampaignUnfit):
        open_campaign(campaign, by=None, because=BECAUSE)


def test_opening_brings_the_day_forward():
    campaign = make_campaign(opens_at=timezone.now() + timedelta(days=3))
    assert state_of(campaign) == SigningState.NOT_YET_OPEN
    with pytest.raises(CampaignUnfit):
        close_campaign(campaign, by=None, because=BECAUSE)
    open_campaign(campaign, by=None, because=BECAUSE)
    assert state_of(campaign) == SigningState.OPEN


@pytest.mark.parametrize("action", [pause_campaign, close_campaign, retract_campaign])
def test_an_act_that_is_repeated_is_kept_once(action):
    campaign = make_campaign()
    action(campaign, by=None, because=BECAUSE)
    changes = Change.objects.count()
    action(campaign, by=None, because=BECAUSE)
    assert Change.objects.count() == changes


def test_a_moved_campaign_keeps_its_old_address():
    campaign = make_campaign(slug="first")
    move_campaign(campaign, slug="second", by=None, because=BECAUSE)
    assert SlugRedirect.objects.target(Campaign, "first") == campaign.public_id


def test_texts_are_numbered_and_the_newest_is_shown():
    campaign = make_campaign()
    make_text(campaign, ask="The second ask.")
    make_text(campaign, ask="Die Bitte.", language="de")
    assert sorted(campaign.texts.values_list("language", "version")) == [("de", 1), ("en", 1), ("en", 2)]
    shown = {language: CampaignText.objects.best_first(language).first().ask for language in ("en", "de", "fr")}
    assert shown == {"en": "The second ask.", "de": "Die Bitte.", "fr": "The second ask."}


def test_a_text_holds_no_markup_of_its_own():
    html = render_markdown("Hello <script>alert(1)</script> **you** [x](javascript:alert(1)) [y](https://y.example)")
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "<strong>you</strong>" in html
    assert 'rel="noopener noreferrer nofollow"' in html


def test_a_recipient_may_be_an_office_without_a_name():
    assert str(make_recipient("Ministry")) == "Ministry"
    assert str(make_recipient("Ministry", name="A. Minister")) == "A. Minister, Ministry"
