"""Campaigns whose words name somebody for whom silence was asked, or a minor, though they are not bound to them:
hidden, too."""

from cases.silence import silenced

from .models import Campaign, CampaignShareText, CampaignText


def naming_nobody_silent(campaigns):
    """Those of `campaigns` that the public may read, as a list in their order. One query more, and only while
    somebody has asked for silence."""
    campaigns = list(campaigns)
    names = silenced() if campaigns else None
    if not names:
        return campaigns
    said = {campaign.pk: [campaign.slug] for campaign in campaigns}
    texts = CampaignText.objects.filter(campaign__in=said).values_list("campaign", "title", "ask", "body", "context")
    shared = CampaignShareText.objects.filter(campaign__in=said).values_list("campaign", "text")
    for rows in (texts, shared):
        for key, *words in rows:
            said[key] += words
    return [campaign for campaign in campaigns if not names.within(*said[campaign.pk])]


def whose_letters_leave():
    """The public campaigns that name nobody silent and have their keys, to filter by: letters of all others wait. One
    query while nobody has asked for silence."""
    public = Campaign.objects.public().with_keys()
    if not silenced():
        return public
    return [campaign.pk for campaign in naming_nobody_silent(public.order_by("pk"))]
