"""What search engines are told of cases: public pages that nobody asked to keep out."""

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from .models import Person, Proceeding
from .silence import silenced


class Pages(Sitemap):
    def items(self):
        return ["cases:home", "cases:list"]

    def location(self, item):
        return reverse(item)


class Cases(Sitemap):
    def items(self):
        return Person.objects.public().filter(noindex=False).order_by("pk")

    def lastmod(self, person):
        return person.updated_at


class Proceedings(Sitemap):
    def items(self):
        names = silenced()
        return [p for p in Proceeding.objects.public().order_by("pk") if not names.within(p.name, p.slug)]

    def lastmod(self, proceeding):
        return proceeding.updated_at


sitemaps = {"home": Pages, "cases": Cases, "proceedings": Proceedings}
