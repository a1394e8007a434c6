"""Whose page is public although what proved it was taken back since: the gate would refuse it today."""

from functools import reduce
from operator import or_

from django.db.models import Case, Count, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from ..models import CaseEvent, Charge, Citation, Person, PublicationBasis, Source, State

PUBLISHERS_OF = ("person", "detention__person", "charge__person")
"""The citations whose publishers the gate counts."""


def unproved(at, user):
    """What proved who this is, the arrest or a charge was taken back, citation or source, and nothing else proves it;
    or a public record rests on fewer than two independent publishers now."""
    given = Citation.objects.filter(stance=Citation.Stance.SUPPORTS).order_by()
    gone = Q(state=State.RETRACTED) | Q(source__state=State.RETRACTED)
    kept = given.exclude(gone)
    charges = Charge.objects.exclude(state=State.RETRACTED).order_by()
    lost = charges.filter(_charge(given), ~_charge(kept)).values("person")
    concerned = _rests_on(given.filter(gone), *PUBLISHERS_OF) & Q(basis__kind=PublicationBasis.Kind.PUBLIC_RECORD)
    few = Person.objects.filter(concerned).annotate(behind=_publishers(kept)).filter(behind__lt=2).order_by()
    return Q(
        (_identity(given) & ~_identity(kept))
        | (_arrest(given) & ~_arrest(kept))
        | Q(pk__in=lost)
        | Q(pk__in=few.values("pk")),
        state=State.PUBLISHED,
    )


def _identity(citations):
    return _rests_on(citations, "person", "name__person")


def _arrest(citations):
    arrests = citations.filter(event__kind=CaseEvent.Kind.ARREST)
    return _rests_on(citations, "detention__person") | _rests_on(arrests, "event__persons")


def _charge(citations):
    return _rests_on(citations, "charge", "charge_event__charge")


def _rests_on(citations, *ways):
    """Rows to which one of `ways` leads from one of the citations."""
    return reduce(or_, (Q(pk__in=citations.filter(**{f"{way}__isnull": False}).values(way)) for way in ways))


def _publishers(citations):
    """How many publishers stand behind a person, each counted as `independence.independent_publishers` does."""
    mine = reduce(or_, (Q(**{way: OuterRef("pk")}) for way in PUBLISHERS_OF))
    own = Case(When(~Q(source__copy=Source.Copy.REPUBLICATION), then="source__publisher"))
    counted = citations.filter(mine).annotate(who=Coalesce("source__publisher__counts_as", own), all=Value(1))
    return Coalesce(Subquery(counted.values("all").annotate(n=Count("who", distinct=True)).values("n")), 0)
