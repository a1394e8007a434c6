"""What a reader chose in the list of cases, and the boxes to choose from."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from ..models import Affiliation, Charge, CustodyReport, LegalProvision, Organisation, Person
from ..searching import LONGEST_QUERY, search_words
from ..silence import silenced

SORTS = ("days", "name", "change")
FACETS = ("organisation", "custody", "article")
MOST_CHOSEN = 20
SHOWN = 8
"""How many boxes of a facet stand open; the rest are folded."""


@dataclass(frozen=True, eq=False)
class Choice:
    """The state of the list, read from the query string; unknown orders fall back to days held."""

    q: str = ""
    organisation: tuple = ()
    custody: tuple = ()
    article: tuple = ()
    sort: str = "days"
    page: str = "1"

    @classmethod
    def read(cls, asked):
        chosen = {name: tuple(dict.fromkeys(asked.getlist(name)[:MOST_CHOSEN])) for name in FACETS}
        sort = asked.get("sort", "days")
        return cls(
            q=asked.get("q", "")[:LONGEST_QUERY].strip(),
            sort=sort if sort in SORTS else "days",
            page=asked.get("page", "1"),
            **chosen,
        )

    @property
    def is_narrowed(self):
        return bool(self.q or self.organisation or self.custody or self.article)

    @property
    def kept(self):
        """What the search form sends along: [(name, value)]."""
        pairs = [(name, value) for name in FACETS for value in getattr(self, name)]
        return pairs + ([("sort", self.sort)] if self.sort != "days" else [])

    def query(self, **other):
        """The query string of this state with some parts put otherwise. A page is kept only if it is named."""
        state = {"q": self.q, **{name: getattr(self, name) for name in FACETS}, "sort": self.sort, **other}
        pairs = [("q", state["q"])] if state["q"] else []
        pairs += [(name, value) for name in FACETS for value in state[name]]
        pairs += [("sort", state["sort"])] if state["sort"] != "days" else []
        pairs += [("page", state["page"])] if state.get("page", 1) != 1 else []
        return "?" + urlencode(pairs)

    def toggled(self, facet, value):
        """The query string with one box ticked or unticked."""
        now = getattr(self, facet)
        return self.query(**{facet: tuple(v for v in now if v != value) if value in now else (*now, value)})

    def narrow(self, people, but=""):
        """`people` that fit the search and every facet, except the facet `but`."""
        for word in search_words(self.q):
            people = people.filter(standing__search_text__contains=word)
        if self.q and not search_words(self.q):
            return people.none()
        if self.custody and but != "custody":
            people = people.filter(standing__status__in=self.custody)
        if self.organisation and but != "organisation":
            ties = Affiliation.objects.published().filter(organisation__in=[key for key, *_ in self.organisations])
            people = people.filter(Exists(ties.filter(person=OuterRef("pk"))))
        if self.article and but != "article":
            charges = Charge.objects.published().filter(provision__in=[key for key, *_ in self.provisions])
            people = people.filter(Exists(charges.filter(person=OuterRef("pk"))))
        return people

    @cached_property
    def organisations(self):
        """(key, slug, name) of the chosen public organisations; asked for once, so that every count needs no join."""
        chosen = Organisation.objects.public().filter(slug__in=self.organisation)
        found = chosen.values_list("pk", "slug", "name") if self.organisation else []
        return [box for box in found if not silenced().within(*box[1:])]

    @cached_property
    def provisions(self):
        """(key, public id, article, heading) of the chosen provisions."""
        chosen = LegalProvision.objects.filter(public_id__in=self.article)
        return list(chosen.values_list("pk", "public_id", "article", "heading")) if self.article else []

    def chips(self, boxes):
        """What was chosen, each with the address that takes it away."""
        chips = [{"label": f"“{self.q}”", "query": self.query(q="")}] if self.q else []
        return chips + [
            {"label": box["label"], "query": box["query"]}
            for facet in boxes
            for box in facet["boxes"]
            if box["chosen"]
        ]

    def orders(self):
        """The three orders: [(label, query string, whether it is the present one)]."""
        labels = {"days": _("days held"), "name": _("name"), "change": _("last change")}
        return [(label, self.query(sort=sort), sort == self.sort) for sort, label in labels.items()]


def facets(choice):
    """The three facets with their boxes, the most frequent first; a number says how many people a box would show."""
    told = [
        ("organisation", _("Organisation"), _organisations(choice)),
        ("custody", _("Custody"), _custody(choice)),
        ("article", _("Article"), _articles(choice)),
    ]
    return [
        {"title": title, "boxes": boxes, "shown": boxes[: _open(boxes)], "folded": boxes[_open(boxes) :]}
        for name, title, found in told
        if (boxes := _boxes(choice, name, found))
    ]


def _open(boxes):
    """How many boxes stand open: a few more rather than two or three folded ones."""
    return len(boxes) if len(boxes) <= SHOWN + 3 else max(SHOWN, sum(box["chosen"] for box in boxes))


def _boxes(choice, facet, found):
    """[(value, label, number)] as boxes, the ticked ones first."""
    chosen = getattr(choice, facet)
    boxes = [
        {
            "label": label,
            "number": number,
            "chosen": value in chosen,
            "query": choice.toggled(facet, value),
        }
        for value, label, number in found
    ]
    return sorted(boxes, key=lambda box: not box["chosen"])


def _organisations(choice):
    people = choice.narrow(Person.objects.public(), but="organisation")
    tied = people.filter(affiliations__state="published", affiliations__organisation__state="published")
    numbers = _counted(tied, "affiliations__organisation__slug", "affiliations__organisation__name")
    names = silenced()
    found = [box for box in numbers if not names.within(*box[:2])]
    shown = {slug for slug, _name, _n in found}
    return found + [(slug, name, 0) for _key, slug, name in choice.organisations if slug not in shown]


def _custody(choice):
    people = choice.narrow(Person.objects.public(), but="custody").order_by()
    numbers = dict(people.values_list("standing__status").annotate(n=Count("pk")))
    statuses = CustodyReport.Status
    return [
        (status.value, status.label, numbers.get(status.value, 0))
        for status in statuses
        if numbers.get(status.value) or status.value in choice.custody
    ]


def _articles(choice):
    people = choice.narrow(Person.objects.public(), but="article")
    numbers = _counted(people.filter(charges__state="published"), "charges__provision")
    # Their names are read apart: twenty thousand numbers are sorted in half the time of as many headings.
    named = LegalProvision.objects.in_bulk(key for key, _n in numbers)
    told = sorted((-n, named[key].article, named[key].heading, named[key].public_id) for key, n in numbers)
    found = [(key, f"{article} {heading}".strip(), -n) for n, article, heading, key in told]
    shown = {key for key, _label, _n in found}
    chosen = [(key, f"{article} {heading}".strip(), 0) for _pk, key, article, heading in choice.provisions]
    return found + [box for box in chosen if box[0] not in shown]


def _counted(people, *columns):
    """How many of `people` there are for each value of `columns`, the most frequent first."""
    numbers = people.order_by().values_list(*columns).annotate(n=Count("pk", distinct=True))
    return numbers.order_by("-n", *columns[1:])
