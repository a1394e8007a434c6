"""Whose page is public although what proved it was taken back since: the gate would refuse it today.

Each question begins at what was taken back, which is little, and not at the persons, who are many.
"""

from functools import reduce
from operator import or_

from django.db.models import Exists, F, OuterRef, Q

from ..independence import independent_publishers
from ..models import CaseEvent, Charge, Citation, Person, PublicationBasis, Source, State

GIVEN = Q(stance=Citation.Stance.SUPPORTS)
ALL = Q()
OF_AN_ARREST = Q(event__isnull=True) | Q(event__kind=CaseEvent.Kind.ARREST)
PUBLISHERS_OF = ("person", "detention__person", "charge__person")
"""The citations whose publishers the gate counts."""


def unproved(at, user):
    """What proved who this is, the arrest or a charge was taken back, citation or source, and nothing else proves it;
    or a public record rests on fewer than two independent publishers now."""
    charges = Charge.objects.exclude(state=State.RETRACTED).filter(_lost("charge", "charge_event__charge"))
    return Q(
        _lost("person", "name__person")
        | _lost("detention__person", "event__persons", only=OF_AN_ARREST)
        | Q(pk__in=charges.order_by().values("person"))
        | Q(pk__in=_with_few_publishers()),
        state=State.PUBLISHED,
    )


def _with_few_publishers():
    """The keys of those who are public on a public record and lost a source: read here, since it takes the gate's own
    count to tell."""
    on_record = Person.objects.published().filter(basis__kind=PublicationBasis.Kind.PUBLIC_RECORD)
    sources = {key: {} for key in on_record.filter(_rested_on_it(*PUBLISHERS_OF)).values_list("pk", flat=True)}
    if not sources:
        return []
    for way in PUBLISHERS_OF:
        cited = _kept().filter(**{f"{way}__in": list(sources)}).select_related("source__publisher")
        for citation in cited.annotate(of=F(way)):
            sources[citation.of][citation.source_id] = citation.source
    return [key for key, found in sources.items() if len(independent_publishers(found.values())) < 2]


def _lost(*ways, only=ALL):
    """Rows to which one of `ways` leads from a citation that was taken back, and none from one that still counts."""
    counting = [Exists(_kept().filter(only, **{way: OuterRef("pk")})) for way in ways]
    return Q(_rested_on_it(*ways, only=only), ~reduce(or_, counting))


def _rested_on_it(*ways, only=ALL):
    gone = (Q(state=State.RETRACTED), Q(source__in=Source.objects.filter(state=State.RETRACTED).order_by()))
    citations = [Citation.objects.filter(GIVEN, only, taken_back).order_by() for taken_back in gone]
    return reduce(
        or_, (Q(pk__in=cited.filter(**{f"{way}__isnull": False}).values(way)) for cited in citations for way in ways)
    )


def _kept():
    """The citations that still count."""
    return (
        Citation.objects.filter(GIVEN).exclude(state=State.RETRACTED).exclude(source__state=State.RETRACTED).order_by()
    )
