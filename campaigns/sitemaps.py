"""What search engines are told of campaigns."""

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from .models import Campaign
from .naming import naming_nobody_silent


class CampaignSitemap(Sitemap):
    """Every public campaign."""

    def items(self):
        return naming_nobody_silent(Campaign.objects.public().order_by("pk"))

    def lastmod(self, campaign):
        return campaign.updated_at


class CampaignListSitemap(Sitemap):
    def items(self):
        return ["campaigns:list"]

    def location(self, item):
        return reverse(item)


sitemaps = {"campaigns": CampaignSitemap, "campaign_list": CampaignListSitemap}
