"""Every public address, with an example of it: a new one is added here, and all promises hold for it."""

from dataclasses import dataclass

from django.urls import URLPattern, get_resolver
from makers import cite, make_event, make_organisation, make_proceeding
from makers_campaigns import make_campaign, make_signature, marked, newest_letter, token_of
from makers_pages import make_defendant, make_name
from makers_protection import make_portrait

from campaigns.links import NOT_ME, UNSUBSCRIBE
from campaigns.models import Campaign
from cases.models import Person, Proceeding

# The route as the site map writes it → the example. Words in braces come from the rows that `furnish` makes.
PAGES = {
    "": "/",
    "about/": "/about/",
    "methodology/": "/methodology/",
    "privacy/": "/privacy/",
    "cases/": "/cases/",
    "cases/<slug:slug>/": "/cases/ana-example/",
    "proceedings/<slug:slug>/": "/proceedings/example-trial/",
    "campaigns/": "/campaigns/",
    "campaigns/<slug:slug>/": "/campaigns/free-ana/",
    "campaigns/<slug:slug>/check-your-mail/": "/campaigns/free-ana/check-your-mail/",
    "campaigns/<slug:slug>/share/": "/campaigns/free-ana/share/",
}
# Pages that belong to one reader, so that no cache keeps them.
PRIVATE_PAGES = {
    "confirm/<str:token>/": "/confirm/{token}/",
    "not-me/<str:token>/": "/not-me/{not_me}/",
    "unsubscribe/<str:token>/": "/unsubscribe/{unsubscribe}/",
}
FILES = {
    "campaigns/<slug:slug>/count.json": "/campaigns/free-ana/count.json",
    "campaigns/<slug:slug>/series.json": "/campaigns/free-ana/series.json",
    "campaigns/<slug:slug>/series.csv": "/campaigns/free-ana/series.csv",
    "pictures/<slug:stem>-<int:width>.<slug:suffix>": "/pictures/{stem}-160.webp",
    "robots.txt": "/robots.txt",
    "sitemap.xml": "/sitemap.xml",
    ".well-known/security.txt": "/.well-known/security.txt",
    "healthz": "/healthz",
    "readyz": "/readyz",
}
POSTED = {
    "campaigns/<slug:slug>/sign/": "/campaigns/free-ana/sign/",
    "hooks/mail/": "/hooks/mail/",
}
EXAMPLES = {**PAGES, **PRIVATE_PAGES, **FILES, **POSTED}
# Not for readers: the staff's own, and the demonstration's mailbox.
NOT_PUBLIC = ("admin/", "accounts/", "demo/mail/", "metrics")
LISTS_WITH_A_QUERY = ["/cases/?q=example", "/cases/?page=1", "/cases/?q=nobody-at-all"]


def routes() -> list[str]:
    """All routes of the site map but the staff's, as they are written there."""
    found = []

    def walk(patterns, prefix):
        for pattern in patterns:
            route = prefix + ("" if hasattr(pattern.pattern, "prefix_default_language") else str(pattern.pattern))
            if isinstance(pattern, URLPattern):
                found.append(route)
            elif not route.startswith(NOT_PUBLIC):
                walk(pattern.url_patterns, route)

    walk(get_resolver().url_patterns, "")
    return [route for route in found if not route.startswith(NOT_PUBLIC)]


@dataclass(frozen=True)
class Furnished:
    token: str
    stem: str = ""
    not_me: str = ""
    unsubscribe: str = ""

    def address(self, example: str) -> str:
        return example.format(token=self.token, stem=self.stem, not_me=self.not_me, unsubscribe=self.unsubscribe)


def furnish() -> Furnished:
    """A site with one of everything. Invented people."""
    proceeding = make_proceeding("The Example trial", slug="example-trial")
    cite(proceeding)
    ana = make_defendant(proceeding, "Ana Example", slug="ana-example")
    cite(make_event(ana, kind="award", on="2024-12-01", summary="An award."))
    campaign = make_campaign(ana, slug="free-ana", featured_order=1)
    make_signature(campaign)
    picture = make_portrait(ana)
    letter = newest_letter(campaign)
    marks = {"not_me": marked(letter, NOT_ME), "unsubscribe": marked(letter, UNSUBSCRIBE)}
    return Furnished(token=token_of(letter), stem=picture.stem, **marks)


def furnish_more(count: int) -> None:
    """More of what pages list, beside what `furnish` made."""
    proceeding = Proceeding.objects.get(slug="example-trial")
    ana = Person.objects.get(slug="ana-example")
    for number in range(count):
        other = make_defendant(proceeding, f"Other Example {number}", slug=f"other-example-{number}")
        make_campaign(other, slug=f"free-other-{number}", featured_order=2 + number)
        make_campaign(ana, slug=f"ana-again-{number}")
        make_name(ana, f"Anna Example {number}")
        cite(make_event(ana, other, kind="award", on=f"2024-12-{number + 1:02}", summary=f"Award {number}."))
        make_signature(Campaign.objects.get(slug="free-ana"), confirmed=True)


def furnish_with_drafts(word: str) -> None:
    """Rows that nobody has published, each bearing the word: beside public ones and of their own."""
    proceeding = make_proceeding(f"The {word} trial", slug="draft-trial", public=False)
    hidden = make_defendant(proceeding, f"{word} Hidden", slug="draft-person", public=False)
    make_organisation(f"{word} Gazette", slug="draft-outlet", public=False)
    make_campaign(hidden, slug="draft-campaign", title=f"Free {word}", public=False)


DRAFTS = [
    "/cases/draft-person/",
    "/proceedings/draft-trial/",
    "/campaigns/draft-campaign/",
    "/campaigns/draft-campaign/share/",
    "/campaigns/draft-campaign/check-your-mail/",
    "/campaigns/draft-campaign/count.json",
    "/campaigns/draft-campaign/series.json",
    "/campaigns/draft-campaign/series.csv",
]
