"""What search engines are told of cases: public pages that nobody asked to keep out."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from .models import Person, Proceeding
from .silence import silenced


class OurSitemap(Sitemap):
    """Names the address of the site as it is set, whatever host was asked: many read what one asked for."""

    def get_protocol(self, protocol=None):
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc


class Pages(OurSitemap):
    def items(self):
        return ["cases:home", "cases:list"]

    def location(self, item):
        return reverse(item)


class Cases(OurSitemap):
    def items(self):
        return Person.objects.public().for_search_engines().only("slug", "updated_at").order_by("pk")

    def lastmod(self, person):
        return person.updated_at


class Proceedings(OurSitemap):
    def items(self):
        names = silenced()
        return [p for p in Proceeding.objects.public().order_by("pk") if not names.within(p.name, p.slug)]

    def lastmod(self, proceeding):
        return proceeding.updated_at


sitemaps = {"home": Pages, "cases": Cases, "proceedings": Proceedings}
