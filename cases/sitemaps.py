"""What search engines are told of cases: public pages that nobody asked to keep out."""

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from .models import Person, Proceeding


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
        return Proceeding.objects.public().order_by("pk")

    def lastmod(self, proceeding):
        return proceeding.updated_at


sitemaps = {"home": Pages, "cases": Cases, "proceedings": Proceedings}
