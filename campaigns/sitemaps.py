"""What search engines are told of campaigns."""

from django.urls import reverse

from cases.sitemaps import OurSitemap

from .models import Campaign
from .naming import naming_nobody_silent


class CampaignSitemap(OurSitemap):
    """Every public campaign."""

    def items(self):
        return naming_nobody_silent(Campaign.objects.public().order_by("pk"))

    def lastmod(self, campaign):
        return campaign.updated_at


class CampaignListSitemap(OurSitemap):
    def items(self):
        return ["campaigns:list"]

    def location(self, item):
        return reverse(item)


sitemaps = {"campaigns": CampaignSitemap, "campaign_list": CampaignListSitemap}
