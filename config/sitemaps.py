"""What search engines are told: the standing pages, and what each app publishes."""

from django.urls import reverse

from campaigns.sitemaps import sitemaps as campaigns
from cases.sitemaps import OurSitemap
from cases.sitemaps import sitemaps as cases


class StandingPages(OurSitemap):
    def items(self):
        return ["about", "methodology", "privacy"]

    def location(self, item):
        return reverse(item)


sitemaps = {"pages": StandingPages, **cases, **campaigns}
