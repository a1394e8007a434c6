"""The rules across rows, asked about the record as it will be: with what waits in public rows."""

from django.db import transaction

from ..errors import Inconsistent
from ..models import Amendment, Charge, ChargeChange, Detention, DetentionOrder, Person, Sentence
from .amending import write_waiting
from .checking import problems_of

RULED = {
    Detention: "person",
    DetentionOrder: "detention__person",
    Charge: "person",
    ChargeChange: "person",
    Sentence: "person",
}
"""The models that the rules are about → the way to the person."""


def prove(persons, records=()):
    """Refuses with `Inconsistent` if the rows of `persons` (keys) contradict each other as they will be, or if what
    waits in `records` cannot be stored. Locks the persons; changes nothing."""
    with transaction.atomic():
        for record in records:
            write_waiting(record)
        transaction.set_rollback(True)
    problems = []
    for person in Person.objects.select_for_update().filter(pk__in=persons).order_by("pk"):
        problems += problems_as_amended(person)
    if problems:
        raise Inconsistent(*problems)


def problems_as_amended(person):
    """Every broken rule across the rows of `person` as they will be, one sentence each."""
    waiting = list(_waiting_rows(person))
    if not waiting:
        return problems_of(person)
    with transaction.atomic():
        for row in waiting:
            write_waiting(row)
        problems = problems_of(person)
        transaction.set_rollback(True)
    return problems


def _waiting_rows(person):
    """The rows of `person` in which something waits that the rules are about."""
    names = {model._meta.model_name: model for model in RULED}
    keys = {}
    for table, key in Amendment.objects.filter(table__in=names).values_list("table", "record_id"):
        keys.setdefault(names[table], []).append(key)
    for model, found in keys.items():
        yield from model.objects.filter(pk__in=found, **{RULED[model]: person})
