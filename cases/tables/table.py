"""One table: its file, its model, its columns, and what must be unique in it."""

from dataclasses import dataclass, field
from functools import cached_property

from django.db import models
from django.utils.translation import gettext as _

from .columns import BadCell, Column, ListColumn, column_for


class RecordTableColumn(Column):
    """Of which table the cited record is: one of `words`."""

    def __init__(self, words):
        super().__init__("record_table", None)
        self.words = words

    def read(self, cell):
        if cell not in self.words:
            words = ", ".join(self.words)
            raise BadCell(_("“%(cell)s” is not one of %(words)s.") % {"cell": cell, "words": words})
        return cell


class RecordIdColumn(Column):
    """The id of the cited record."""

    def __init__(self):
        super().__init__("record_id", None)

    def read(self, cell):
        if not cell:
            raise BadCell(_("This must not be empty: a citation is of one record."))
        return cell


@dataclass(frozen=True, eq=False)
class Table:
    """`names`: the fields that are columns, after the id. `staff`: those the public never gets.

    `unique`: columns whose values together occur once (of a list: each of its ids). `person`: the way from a row to
    the person whose record it belongs to. `extra`: columns that are no field of the model.
    """

    name: str
    model: type[models.Model]
    names: str
    staff: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    person: str = ""
    extra: tuple[Column, ...] = field(default=())

    @cached_property
    def columns(self):
        """All columns in the order of the file; the id stands first."""
        names = ["id", *self.names.split()]
        return (*(column_for(self.model, name, staff=name in self.staff) for name in names), *self.extra)

    @cached_property
    def values(self):
        """The columns that hold a field of the row itself: all but the lists and the pointer of a citation."""
        return tuple(column for column in self.columns if column.field is not None)

    @cached_property
    def lists(self):
        return tuple(column for column in self.columns if isinstance(column, ListColumn))

    @cached_property
    def references(self):
        return tuple(column for column in self.columns if column.target)

    @cached_property
    def column(self):
        """The columns by name."""
        return {column.name: column for column in self.columns}

    @property
    def file(self):
        return f"{self.name}.csv"

    @property
    def has_state(self):
        return any(f.name == "state" for f in self.model._meta.fields)

    @property
    def has_slug(self):
        return "slug" in self.column

    @property
    def cites(self):
        """Whether the rows point to records of any citable table."""
        return "record_table" in self.column

    def cells(self, values, columns=None):
        """The cells of a row whose values by column name are `values`."""
        return [column.write(values[column.name]) for column in columns or self.columns]
