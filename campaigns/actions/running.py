"""What staff do with a campaign: write its text, publish, open, pause, close. Each act leaves a Change row."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions.addresses import keep_old_address
from cases.actions.gate import missing_for_campaign
from cases.actions.recording import record_change
from cases.errors import NotPublishable, ReasonMissing
from cases.models.publication import State

from ..errors import CampaignUnfit
from ..models import Campaign, CampaignKey, CampaignText
from ..texts import render_markdown
from .signing import keep_wordings
from .tallying import ensure_tallies


def missing_for_publication(campaign):
    """Whole sentences saying what keeps the campaign from being published; empty when nothing does."""
    missing = []
    if not is_bound(campaign):
        missing.append(_("Say whom the campaign is about: persons, a proceeding or an organisation."))
    if not campaign.recipients.exists():
        missing.append(_("Say who is asked: add a recipient."))
    if not campaign.texts.exists():
        missing.append(_("Write the text that people sign."))
    return missing + _hidden_records(campaign) + missing_for_campaign(campaign.persons.all())


def is_bound(campaign):
    """Whether the campaign is about anybody or anything: the rule that one row cannot hold."""
    return bool(campaign.proceeding_id or campaign.organisation_id or campaign.persons.exists())


def _hidden_records(campaign):
    records = [*campaign.persons.all(), campaign.proceeding, campaign.organisation]
    hidden = [each for each in records if each and not type(each).objects.public().filter(pk=each.pk).exists()]
    return [_("“%(name)s” is not public, so this campaign cannot be.") % {"name": each} for each in hidden]


@transaction.atomic
def write_text(campaign, *, title, ask, body, by, because="", context="", language="en"):
    """Add the next version of the text in a language. Older versions stay, with the signatures under them."""
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    newest = campaign.texts.filter(language=language).order_by("-version").first()
    text = CampaignText.objects.create(
        campaign=campaign,
        language=language,
        version=newest.version + 1 if newest else 1,
        title=title,
        ask=ask,
        body=body,
        body_html=render_markdown(body),
        context=context,
        created_at=timezone.now(),
    )
    record_change(campaign, verb="write_text", by=by, because=because, fields={"text": (newest, text)})
    return text


@transaction.atomic
def publish_campaign(campaign, *, by, because):
    """Make the campaign public and give it its keys and its tally. Raises NotPublishable with every reason."""
    _need(because)
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if missing := missing_for_publication(campaign):
        raise NotPublishable(*missing)
    if campaign.is_published:
        return campaign
    CampaignKey.objects.make_for(campaign)
    ensure_tallies([campaign.pk], at=timezone.now())
    for language, _name in settings.LANGUAGES:
        keep_wordings(language=language)
    return _change(
        campaign,
        "publish",
        by,
        because,
        state=State.PUBLISHED,
        published_at=campaign.published_at or timezone.now(),
        retracted_at=None,
    )


@transaction.atomic
def retract_campaign(campaign, *, by, because):
    """Take the campaign back: its pages are gone, its letters wait, its signatures stay as they are."""
    _need(because)
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if not campaign.is_published:
        return campaign
    return _change(campaign, "retract", by, because, state=State.RETRACTED, retracted_at=timezone.now())


@transaction.atomic
def open_campaign(campaign, *, by, because):
    """Take signatures from now on: ends a pause, and brings the opening forward. Raises CampaignUnfit once closed."""
    _need(because)
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    now = timezone.now()
    if campaign.closes_at and campaign.closes_at <= now:
        raise CampaignUnfit(_("The campaign has closed; its signatures are being delivered or erased."))
    if not campaign.paused_at and campaign.opens_at <= now:
        return campaign
    return _change(
        campaign, "open", by, because, paused_at=None, pause_reason="", opens_at=min(campaign.opens_at, now)
    )


@transaction.atomic
def pause_campaign(campaign, *, by, because):
    """Take no signatures until opened again; the page says why in the words of `because`."""
    _need(because)
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if campaign.paused_at:
        return campaign
    return _change(campaign, "pause", by, because, paused_at=timezone.now(), pause_reason=because[:300])


@transaction.atomic
def close_campaign(campaign, *, by, because):
    """Take no signatures any more. Links mailed before still confirm for seven days."""
    _need(because)
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    now = timezone.now()
    if campaign.closes_at and campaign.closes_at <= now:
        return campaign
    if campaign.opens_at >= now:
        raise CampaignUnfit(_("The campaign has not opened yet; retract it instead."))
    return _change(campaign, "close", by, because, closes_at=now)


@transaction.atomic
def move_campaign(campaign, *, slug, by, because):
    """Give the campaign another address; the old one leads to it from now on."""
    old = campaign.slug
    if slug != old:
        campaign = _change(campaign, "move", by, because, slug=slug)
        keep_old_address(campaign, old)
    return campaign


def _need(because):
    if not because.strip():
        raise ReasonMissing(_("Say why: the reason is kept with the act."))


def _change(campaign, verb, by, because, **values):
    fields = {name: (getattr(campaign, name), value) for name, value in values.items()}
    for name, value in values.items():
        setattr(campaign, name, value)
    campaign.save(update_fields=[*values, "updated_at"])
    record_change(campaign, verb=verb, by=by, because=because, fields=fields)
    return campaign
