"""Looking at the record as if what waits were public already. Everything is rolled back."""

import hashlib
import json
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from ..errors import Refusal
from ..models import CaseEvent, Person
from .amending import amendments_of, apply_amendments, differences, keys_amended
from .deriving import derive_standing
from .gate import Missing, missing_for
from .publishing import make_public
from .rows import WAITING, rows_of
from .stating import in_words, stated

MOST = 200
UNSAID = {"state", "published_at", "retracted_at", "created_at", "updated_at"}
SILENT = {"id", "public_id", "sequence", "person"}


@contextmanager
def as_public(page):
    """Inside the block `page` and its rows are as publishing would leave them, without the gate. Yields the page.

    Whatever is shown of it must be rendered inside the block.
    """
    with transaction.atomic():
        page = type(page)._default_manager.select_for_update().get(pk=page.pk)
        touched = apply_amendments(page, rows_of(page), by=None, log=False)
        now = timezone.now()
        make_public(type(page)._default_manager.filter(pk=page.pk), now)
        for rows in rows_of(page):
            make_public(rows.filter(state__in=WAITING), now)
        for person in Person.objects.filter(pk__in=touched | ({page.pk} if isinstance(page, Person) else set())):
            derive_standing(person)
        yield type(page)._default_manager.get(pk=page.pk)
        transaction.set_rollback(True)


def missing_as_public(page, *, by):
    """What the gate would miss if `page` were published by `by` now, with everything that waits. Changes nothing."""
    missing, rows = [], rows_of(page)
    if not amendments_of(page, rows):
        return missing_for(page, by=by)
    events = keys_amended(page, rows, CaseEvent)
    with transaction.atomic():
        try:
            apply_amendments(page, rows, by=None, log=False)
        except Refusal as refusal:
            missing = [Missing("waiting", sentence, "amendment") for sentence in refusal.messages]
        missing += missing_for(type(page)._default_manager.get(pk=page.pk), by=by, events=events)
        transaction.set_rollback(True)
    return missing


def compared(page):
    """What is public of `page` beside what waits: the changed rows (see `differences`) and the rows that are new.

    Of a new row its kind, its name and the fields that say something, as (label, words).
    """
    found = rows_of(page)
    new = [row for rows in found for row in rows.filter(state__in=WAITING).distinct()[:MOST]]
    drafts = [{"kind": row._meta.verbose_name, "record": row, "fields": _said_by(row)} for row in new]
    return differences(amendments_of(page, found)), drafts


def seal_of(page):
    """What tells one state of everything that waits for `page` from another, as a short text."""
    found = rows_of(page)
    said = [[a.table, a.record_id, a.fields] for a in amendments_of(page, found)]
    for rows in [type(page)._default_manager.filter(pk=page.pk), *found]:
        waiting = rows.filter(state__in=WAITING).order_by("pk").distinct()
        columns = [field.attname for field in rows.model._meta.concrete_fields if field.name not in UNSAID]
        said += [[rows.model._meta.model_name, *map(str, values)] for values in waiting.values_list(*columns)]
        for field in rows.model._meta.many_to_many:
            whole = rows.model._default_manager.filter(pk__in=waiting.order_by().values("pk"))
            said += whole.values_list("pk", field.name).order_by("pk", field.name)
    return hashlib.sha256(json.dumps(said, default=list, sort_keys=True).encode()).hexdigest()[:32]


def _said_by(row):
    fields = [field for field in row._meta.fields if field.editable and field.name not in SILENT]
    said = [field for field in fields if getattr(row, field.attname)]
    return [(field.verbose_name, in_words(field, stated(row, field.name))) for field in said]
