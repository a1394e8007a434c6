"""What lists of people ask of the record: who is held, where, and for how many days. Reads, never writes."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Case, Count, F, Q, Value, When

from .models import (
    Affiliation,
    CaseEvent,
    ChargeChange,
    Citation,
    DetentionOrder,
    Hearing,
    Person,
    Source,
)

PUBLIC_NAME = Case(When(is_minor=True, then=F("pseudonym")), default=F("display_name"))
"""What lists are sorted by: the place of a minor would tell how the name begins."""


def term_is_over(on):
    """A condition on persons: the known term ended by the calendar before the day `on`, and no end is recorded."""
    return Q(standing__is_open=True, standing__term_ends_on__lt=on)


def with_days(people, on):
    """`people` with `days`: the days held as counted on the day `on` (see `cases.daycount`), empty where unknown."""
    fresh_from = on - timedelta(days=settings.CUSTODY_FRESH_DAYS)
    fresh = Q(standing__is_open=True, standing__confirmed_on__begins_from=fresh_from)
    running = fresh & (Q(standing__term_ends_on__isnull=True) | Q(standing__term_ends_on__gte=on))
    until = Case(When(running, then=Value(on.toordinal())), default=F("standing__count_until"))
    return people.annotate(days=until - F("standing__count_from") + 1)


def held_people(on):
    """The public persons held as last confirmed, longest first, those whose term is over at the end."""
    people = with_days(Person.objects.public().filter(standing__held=True), on).select_related("standing")
    over = Case(When(term_is_over(on), then=1), default=0)
    return people.order_by(over, F("days").desc(nulls_last=True), PUBLIC_NAME, "pk")


def held_by_country(on):
    """For each country code: how many are held, and how many more whose term is over without news."""
    held = Person.objects.public().filter(standing__held=True).order_by().values("country")
    over = term_is_over(on)
    numbers = held.annotate(held=Count("pk", filter=~over), over=Count("pk", filter=over))
    return {row["country"]: (row["held"], row["over"]) for row in numbers}


def outlets_of(people):
    """The name of the first undisputed organisation of each of `people`, by the person's key."""
    ties = Affiliation.objects.public().filter(person__in=[person.pk for person in people])
    ties = ties.exclude(attribution=Affiliation.Attribution.DISPUTED).order_by("-sequence", "-pk")
    return dict(ties.values_list("person", "organisation__name"))


def figures():
    """How many sources are public, how many dated happenings, and in how many places sources differ."""
    dated = [(Hearing, "on"), (CaseEvent, "on"), (DetentionOrder, "ordered_on"), (ChargeChange, "on")]
    parts = [_number("sources", Source.objects.published())]
    parts += [_number("events", model.objects.published().filter(**{f"{on}__isnull": False})) for model, on in dated]
    found = {}
    for what, number in parts[0].union(*parts[1:], all=True):
        found[what] = found.get(what, 0) + number
    disputed = Citation.objects.public().filter(stance=Citation.Stance.CONTRADICTS).order_by()
    keys = [f.attname for f in Citation._meta.fields if f.is_relation and f.name != "source"]
    return {**found, "differing": disputed.values(*keys, "field").distinct().count()}


def _number(what, rows):
    return (
        rows.order_by()
        .annotate(what=Value(what))
        .values("what")
        .annotate(number=Count("pk"))
        .values_list("what", "number")
    )
