"""Whom a row concerns: the persons whose standing it may change, and the public pages that show it."""

from django.db.models import Q

from ..models import (
    CaseEvent,
    ChargeEvent,
    ChargeSuccession,
    Citation,
    DetentionOrder,
    Hearing,
    LegalProvision,
    Organisation,
    Person,
    Proceeding,
    Publisher,
    Source,
)

PAGES = (Person, Proceeding, Organisation)


def persons_of(record):
    """The keys of all persons whose rows or standing `record` belongs to."""
    if isinstance(record, Citation):
        return persons_of(record.record)
    if isinstance(record, Person):
        return {record.pk}
    if hasattr(record, "person_id"):
        return {record.person_id}
    if hasattr(record, "persons"):
        return set(record.persons.values_list("pk", flat=True)) if record.pk else set()
    return set(_persons_through(record))


def pages_of(record):
    """The records with a page of their own on which the public reads `record`, persons first."""
    if isinstance(record, Citation):
        return pages_of(record.record)
    if isinstance(record, PAGES):
        return [record]
    if getattr(record, "waiting", None):  # What waits may name other pages; the row is published with these.
        record = type(record)._default_manager.get(pk=record.pk)
    if isinstance(record, LegalProvision | Source | Publisher):
        return []
    persons = list(Person.objects.filter(pk__in=persons_of(record)))
    if persons:
        return persons
    organisations = list(record.organisations.all()) if hasattr(record, "organisations") else []
    return organisations or ([record.proceeding] if getattr(record, "proceeding", None) else [])


def _persons_through(record):
    """For rows that reach a person through another row; empty for models that reach nobody."""
    if isinstance(record, DetentionOrder):
        return [record.detention.person_id]
    if isinstance(record, ChargeEvent):
        return [record.charge.person_id]
    if isinstance(record, ChargeSuccession):
        return [record.change.person_id]
    if isinstance(record, Proceeding | LegalProvision):
        return record.charges.values_list("person", flat=True)
    if isinstance(record, Organisation):
        return record.affiliations.values_list("person", flat=True)
    if isinstance(record, Source):
        return _persons_known_through(Q(source=record))
    if isinstance(record, Publisher):
        return _persons_known_through(Q(source__publisher=record))
    return []


def persons_of_all(rows):
    """The keys of everybody whose standing rests on one of `rows` (a queryset) and may be somebody else's page."""
    keys = list(rows.order_by().values_list("pk", flat=True).distinct())
    if not keys:
        return set()
    ways = {
        CaseEvent: lambda: Person.objects.filter(events__in=keys),
        Hearing: lambda: Person.objects.filter(hearings__in=keys),
        Proceeding: lambda: Person.objects.filter(charges__proceeding__in=keys),
        Organisation: lambda: Person.objects.filter(affiliations__organisation__in=keys),
    }
    if rows.model is Source:
        return set(_persons_known_through(Q(source__in=keys)))
    return set(ways[rows.model]().values_list("pk", flat=True)) if rows.model in ways else set()


def _persons_known_through(condition):
    """Persons whose badge rests on citations that meet `condition`."""
    cited = Citation.objects.filter(condition)
    return Person.objects.filter(
        Q(citations__in=cited) | Q(detentions__citations__in=cited) | Q(custody_reports__citations__in=cited)
    ).values_list("pk", flat=True)
