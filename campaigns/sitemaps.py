"""What search engines are told of campaigns."""

from django.urls import reverse

from cases.sitemaps import OurSitemap

from .models import Campaign


class CampaignSitemap(OurSitemap):
    """Every public campaign."""

    def items(self):
        return Campaign.objects.public().order_by("pk")

    def lastmod(self, campaign):
        return campaign.updated_at


class CampaignListSitemap(OurSitemap):
    def items(self):
        return ["campaigns:list"]

    def location(self, item):
        return reverse(item)


sitemaps = {"campaigns": CampaignSitemap, "campaign_list": CampaignListSitemap}
