"""Many kinds of rows in one statement: a page that tells fifteen kinds of facts need not ask fifteen times."""

import json
from datetime import UTC, datetime

from django.db import connections, models
from django.db.models import Func, JSONField, Value
from django.db.models.functions import JSONArray


def gather(*querysets):
    """The rows of each of `querysets`, as lists of model instances in the order of the arguments, in one statement.

    Each row travels as a JSON array of its concrete columns. Every list is ordered by primary key and free of
    duplicates (joins of a queryset may repeat a row). Ordering, `select_related` and annotations of the querysets
    are not kept; slices are refused.
    """
    if not querysets:
        return []
    if any(queryset.query.is_sliced for queryset in querysets):
        raise TypeError("Sliced querysets cannot be gathered.")
    parts = [_part(number, queryset) for number, queryset in enumerate(querysets)]
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    found = [{} for _queryset in querysets]
    readers = [_Reader(queryset) for queryset in querysets]
    for number, values in rows:
        row = readers[number].instance(values)
        found[number][row.pk] = row
    return [[rows[key] for key in sorted(rows)] for rows in found]


def _part(number, queryset):
    """`queryset` as rows of its number and an array of its columns."""
    columns = [models.F(field.attname) for field in queryset.model._meta.concrete_fields]
    plain = queryset.order_by().select_related(None)
    return plain.annotate(part_=Value(number), row_=_Row(*columns)).values_list("part_", "row_")


class _Row(JSONArray):
    """A JSON array without Django's question whether there is JSON: on SQLite that opens a writing transaction in
    every new thread, and reading must never wait for a writer. Both databases have it."""

    def as_sql(self, compiler, connection, **context):
        return Func.as_sql(self, compiler, connection, **context)


class _Reader:
    """Makes instances of one model from the JSON arrays of its columns."""

    def __init__(self, queryset):
        self.model = queryset.model
        self.alias = queryset.db
        self.fields = self.model._meta.concrete_fields
        self.names = [field.attname for field in self.fields]
        self.plain_json = connections[self.alias].vendor != "sqlite"

    def instance(self, values):
        cells = [self.cell(field, value) for field, value in zip(self.fields, values, strict=True)]
        return self.model.from_db(self.alias, self.names, cells)

    def cell(self, field, value):
        """The Python value of one column, as the field itself would read it."""
        if value is None:
            return None
        if isinstance(field, JSONField):
            return value if self.plain_json else json.loads(value)
        if isinstance(field, models.ForeignKey):
            return self.cell(field.target_field, value)
        if isinstance(field, models.DateTimeField):
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if hasattr(field, "from_db_value"):
            return field.from_db_value(value, None, connections[self.alias])
        return field.to_python(value)
