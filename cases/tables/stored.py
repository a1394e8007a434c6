"""Stored rows as the values and cells of their table."""

from itertools import islice
from types import MappingProxyType

from django.db import connection
from django.db.models import F
from django.db.models.functions import Collate

from .record import CITED_BY

BATCH = 1000
EMPTY = MappingProxyType({})


def stored_rows(table, queryset=None, *, paths=EMPTY, among=EMPTY):
    """Yields (database key, values by column name) of the rows of `queryset`, by id in the order of the bytes.

    Streams: no more than a batch of rows is in memory. `paths` replaces where a column's stored value is
    found, `among` what the ids in a list may belong to.
    """
    rows = (table.model.objects.all() if queryset is None else queryset).order_by(_by_bytes())
    where = [paths.get(column.name, column.path) for column in table.values]
    pointers = [f"{arc}__public_id" for arc in CITED_BY.values()] if table.cites else []
    stream = rows.values_list("pk", *where, *pointers).iterator(chunk_size=BATCH)
    while batch := list(islice(stream, BATCH)):
        keys = [row[0] for row in batch]
        lists = {column.name: column.stored(keys, among.get(column.name)) for column in table.lists}
        for key, *found in batch:
            values = {column.name: value for column, value in zip(table.values, found, strict=False)}
            values.update({name: stored.get(key, ()) for name, stored in lists.items()})
            if table.cites:
                values.update(_pointer(found[len(where) :]))
            yield key, values


def stored_by_id(table, public_ids):
    """The stored rows among `public_ids`: id → (database key, values)."""
    return {
        values["id"]: (key, values)
        for key, values in stored_rows(table, table.model.objects.filter(public_id__in=public_ids))
    }


def _pointer(ids):
    """Which of the cited tables' `ids` is set."""
    name, public_id = next((name, found) for name, found in zip(CITED_BY, ids, strict=True) if found)
    return {"record_table": name, "record_id": public_id}


def _by_bytes():
    """The order by id that every database gives alike."""
    return Collate(F("public_id"), "C") if connection.vendor == "postgresql" else F("public_id").asc()
