"""Sources as a page tells them: numbered in the order of their first appearance, side by side where they differ."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


@dataclass(frozen=True)
class Reference:
    """A small number with the publisher's name, leading to the page's list of sources."""

    number: int
    publisher: str


@dataclass(frozen=True)
class Statement:
    """One of several values that sources state, and who states it."""

    value: str
    citations: tuple


@dataclass(frozen=True)
class Difference:
    """What sources disagree about; never averaged, shown side by side."""

    about: str
    statements: tuple


ABOUT = {
    ("detentionorder", "months"): gettext_lazy("length of the order"),
    ("detentionorder", "court"): gettext_lazy("court"),
    ("detention", "from_on"): gettext_lazy("day of the arrest"),
    ("person", "display_name"): gettext_lazy("name"),
    ("charge", "provision"): gettext_lazy("article"),
    ("affiliation", "organisation"): gettext_lazy("tie to the organisation"),
    ("chargechange", "new"): gettext_lazy("the new charges"),
    ("chargechange", "on"): gettext_lazy("day"),
    ("chargeevent", "status"): gettext_lazy("outcome"),
    ("hearing", "on"): gettext_lazy("day"),
    ("sentence", "months"): gettext_lazy("length of the sentence"),
    ("sentence", "on"): gettext_lazy("day of the sentence"),
}


NAMED = 6


class SourceList:
    """Gives each source its number when it is first referred to. A page makes one and fills it from top to bottom."""

    def __init__(self):
        self.sources = {}

    def refs(self, citations, most_named=NAMED):
        """The references for `citations`, each source once, in the order of their numbers.

        More than `most_named` are told by their numbers alone: the names would drown the line they stand under.
        """
        numbers = {self._number(citation.source): citation.source for citation in citations}
        named = len(numbers) <= most_named
        return [
            Reference(number, short_publisher(source) if named else "") for number, source in sorted(numbers.items())
        ]

    def _number(self, source):
        return self.sources.setdefault(source.pk, (len(self.sources) + 1, source))[0]

    def differences(self, differences):
        """`differences` ready for a template: each value with its references."""
        return [
            {
                "about": difference.about,
                "values": [{"value": s.value, "refs": self.refs(s.citations)} for s in difference.statements],
            }
            for difference in differences
        ]

    def __len__(self):
        return len(self.sources)

    def entries(self):
        """The list at the foot of the page. Of a confidential source it tells nothing but that there is one."""
        return [entry(number, source) for number, source in self.sources.values()]

    def publishers(self):
        """How many names stand behind the sources of the page."""
        return len({source.publisher_id for _number, source in self.sources.values() if source.publisher_id})


def entry(number, source):
    if source.is_confidential:
        return {"number": number, "publisher": _("Confidential source"), "is_confidential": True}
    republished = source.copy in (source.Copy.REPUBLICATION, source.Copy.MIRROR)
    return {
        "number": number,
        "publisher": source.publisher.name if source.publisher else _("Publisher not known"),
        "title": source.title,
        "url": source.url,
        "archive_url": source.archive_url,
        "published": source.published_on.display() if source.published_on else "",
        "language": source.language,
        "copy": source.get_copy_display() if republished else "",
    }


def short_publisher(source):
    """The publisher's name without what stands in brackets after it."""
    if source.is_confidential:
        return _("Confidential source")
    return source.publisher.name.partition(" (")[0] if source.publisher else _("Publisher not known")


def differences(record, citations):
    """The `Difference`s among the `citations` of one record: a field of which several values are stated, or whose
    value a source contradicts."""
    by_field = defaultdict(list)
    for citation in citations:
        if citation.stated_value or citation.stance == citation.Stance.CONTRADICTS:
            by_field[citation.field].append(citation)
    return [_difference(record, field, said) for field, said in by_field.items() if _is_disputed(said)]


def agreed(citations):
    """The citations of one record that are not part of a difference."""
    citations = list(citations)
    told = {c.pk for d in differences(None, citations) for statement in d.statements for c in statement.citations}
    return [citation for citation in citations if citation.pk not in told]


def _is_disputed(said):
    return len({c.stated_value for c in said}) > 1 or any(c.stance == c.Stance.CONTRADICTS for c in said)


def _difference(record, field, said):
    values = defaultdict(list)
    for citation in sorted(said, key=lambda c: c.stance == c.Stance.CONTRADICTS):
        values[citation.stated_value or _("The source contradicts this.")].append(citation)
    return Difference(_about(record, field), tuple(Statement(value, tuple(who)) for value, who in values.items()))


def _about(record, field):
    """What the field is called; empty for the whole record."""
    if not field or record is None:
        return ""
    known = ABOUT.get((record._meta.model_name, field))
    names = {f.name: f.verbose_name for f in record._meta.concrete_fields}
    return str(known or names.get(field, field.replace("_", " ")))


def plain_citation(*, organisation, title, on, url):
    """How to cite a page of the record: who publishes it, what it is, the day it was read, where it stands."""
    return _("%(organisation)s. “%(title)s”. Case record, read on %(day)s. %(url)s") % {
        "organisation": organisation,
        "title": title,
        "day": on,
        "url": url,
    }
