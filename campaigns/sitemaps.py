"""What search engines are told of campaigns."""

from django.db.models import Q
from django.urls import reverse

from cases.sitemaps import OurSitemap

from .models import Campaign
from .naming import naming_nobody_silent


class CampaignSitemap(OurSitemap):
    """Every public campaign, unless somebody it is about is kept out of search engines."""

    def items(self):
        kept_out = Q(persons__noindex=True) | Q(persons__is_minor=True)
        return naming_nobody_silent(Campaign.objects.public().exclude(kept_out).order_by("pk"))

    def lastmod(self, campaign):
        return campaign.updated_at


class CampaignListSitemap(OurSitemap):
    def items(self):
        return ["campaigns:list"]

    def location(self, item):
        return reverse(item)


sitemaps = {"campaigns": CampaignSitemap, "campaign_list": CampaignListSitemap}
