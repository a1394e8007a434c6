"""The rules of campaigns that no single row can hold, proved again."""

from ..models import Campaign, CampaignKey
from .recounting import wrong_tallies
from .running import is_bound


def broken_rules():
    """One sentence for each rule that a published campaign breaks, and for each tally that its rows contradict."""
    wrong = set(wrong_tallies())
    campaigns = Campaign.objects.published().order_by("slug")
    return [f"{campaign.slug}: {sentence}" for campaign in campaigns for sentence in _problems(campaign, wrong)]


def _problems(campaign, wrong):
    if not is_bound(campaign):
        yield "it is about no person, proceeding or organisation."
    if not campaign.recipients.exists():
        yield "it asks nobody."
    if not campaign.texts.exists():
        yield "it has no text."
    if not CampaignKey.objects.filter(campaign=campaign).exists():
        yield "it has no keys, so nobody can sign it."
    if campaign.pk in wrong:
        yield "its tally is not what its signatures say; run recount."
