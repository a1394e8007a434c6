"""Which rows become public with a page."""

from django.db.models import Q

from ..models import (
    Affiliation,
    Amendment,
    CaseEvent,
    Charge,
    ChargeChange,
    ChargeEvent,
    Citation,
    CustodyReport,
    Detention,
    DetentionOrder,
    Hearing,
    Organisation,
    Person,
    PersonName,
    Picture,
    Proceeding,
    Recognition,
    Sentence,
    Source,
    State,
    arc_name,
)
from .amending import amendments_of

WAITING = [State.DRAFT, State.IN_REVIEW]


def draft_rows(record):
    """What publishing `record` would make public: a list of (model, number), empty ones left out.

    Waiting rows by their model, and last the changes that wait in rows that are public already.
    """
    found = rows_of(record)
    counted = [(rows.model, rows.filter(state__in=WAITING).distinct().count()) for rows in found]
    counted.append((Amendment, len(amendments_of(record, found))))
    return [(model, number) for model, number in counted if number]


def rows_of(record):
    """Querysets of everything that becomes public with `record` and its page, cited sources last."""
    rows = {Person: _rows_of_person, Proceeding: _rows_of_proceeding, Organisation: _rows_of_organisation}[
        type(record)
    ](record)
    citations = Citation.objects.filter(_cites(record, rows))
    pictures = [Picture.objects.filter(person=record)] if isinstance(record, Person) else []
    return [*rows, *pictures, citations, Source.objects.filter(pk__in=_keys(citations, "source"))]


def _rows_of_person(person):
    detentions = Detention.objects.filter(person=person)
    orders = DetentionOrder.objects.filter(detention__person=person)
    hearings = Hearing.objects.filter(persons=person)
    events = CaseEvent.objects.filter(persons=person)
    return [
        PersonName.objects.filter(person=person),
        Affiliation.objects.filter(person=person),
        detentions,
        orders,
        CustodyReport.objects.filter(person=person),
        Charge.objects.filter(person=person),
        ChargeEvent.objects.filter(charge__person=person),
        ChargeChange.objects.filter(person=person),
        hearings,
        Sentence.objects.filter(person=person),
        events,
        Recognition.objects.filter(person=person),
        Proceeding.objects.filter(Q(charges__person=person) | Q(hearings__in=hearings)),
        Organisation.objects.filter(
            Q(affiliations__person=person)
            | Q(recognitions__person=person)
            | Q(pk__in=orders.values("court"))
            | Q(pk__in=hearings.values("court"))
            | Q(pk__in=ChargeEvent.objects.filter(charge__person=person).values("court"))
        ),
    ]


def _rows_of_proceeding(proceeding):
    hearings = Hearing.objects.filter(proceeding=proceeding, persons__isnull=True)
    events = CaseEvent.objects.filter(proceeding=proceeding, persons__isnull=True)
    return [hearings, events]


def _rows_of_organisation(organisation):
    return [CaseEvent.objects.filter(organisations=organisation, persons__isnull=True)]


def _cites(record, rows):
    """The condition under which a citation belongs to the page of `record`.

    By keys, since the plan for a condition over fifteen joined tables is a guess on every database.
    """
    condition = Q(**{arc_name(type(record)): record})
    for queryset in rows:
        if keys := _keys(queryset, "pk"):
            condition |= Q(**{f"{arc_name(queryset.model)}__in": keys})
    if isinstance(record, Person):
        condition |= Q(provision__in=_keys(record.charges.all(), "provision"))
    return condition


def _keys(queryset, name):
    return list(queryset.order_by().values_list(name, flat=True).distinct())
