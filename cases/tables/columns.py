"""How one cell is read and written, for each kind of model field."""

import re
from datetime import date, time

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django_countries import countries
from django_countries.fields import CountryField

from ..dates import PartialDate, UnreadableDate
from ..models.fields import PartialDateField
from .cells import JOINT

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
TRUTH = {"true": True, "false": False}


class BadCell(ValueError):
    """The cell cannot be read; the message is a sentence."""


class Column:
    """A column whose cell is the value of one model field. `staff`: never part of the public tables."""

    target = None  # the model that the cell refers to, for references
    many = False

    def __init__(self, name, field, *, staff=False):
        self.name, self.field, self.staff = name, field, staff

    @property
    def path(self):
        """Where the stored value is, as a query says it."""
        return self.field.name

    def read(self, cell):
        """The value that `cell` states. Raises `BadCell`."""
        if cell == "":
            return self._empty()
        value = self._parse(cell)
        try:
            self.field.run_validators(value)
        except ValidationError as error:
            raise BadCell(" ".join(error.messages)) from None
        return value

    def write(self, value):
        """`value` as a cell."""
        return "" if value is None else str(value)

    def _empty(self):
        if self.field.null:
            return None
        if self.field.has_default() and not callable(self.field.default):
            return self.field.default
        if self.field.blank:
            return ""
        raise BadCell(_("This must not be empty."))

    def _parse(self, cell):
        return cell


class ChoiceColumn(Column):
    def _empty(self):
        if self.field.blank:
            return ""
        raise BadCell(_("This must not be empty: write one of %(words)s.") % {"words": ", ".join(self.words)})

    @property
    def words(self):
        return [str(word) for word, _label in self.field.flatchoices if word]

    def _parse(self, cell):
        if cell not in self.words:
            raise BadCell(_("“%(cell)s” is not one of %(words)s.") % {"cell": cell, "words": ", ".join(self.words)})
        return cell


class CountryColumn(Column):
    def _parse(self, cell):
        if cell not in countries:
            raise BadCell(_("“%(cell)s” is no country code of two capital letters (ISO 3166).") % {"cell": cell})
        return cell


class PartialDateColumn(Column):
    def _empty(self):
        if self.field.null:
            return None
        raise BadCell(_("This must not be empty."))

    def _parse(self, cell):
        try:
            return PartialDate.parse(cell)
        except UnreadableDate as error:
            raise BadCell(str(error)) from None


class DayColumn(Column):
    def _parse(self, cell):
        try:
            if DAY.fullmatch(cell):
                return date.fromisoformat(cell)
        except ValueError:
            raise BadCell(_("“%(cell)s” names a day that no calendar has.") % {"cell": cell}) from None
        raise BadCell(_("“%(cell)s” is not a day: write 2024-08-19.") % {"cell": cell})


class TimeColumn(Column):
    def _parse(self, cell):
        try:
            return time.fromisoformat(cell) if re.fullmatch(r"\d{2}:\d{2}(:\d{2})?", cell) else time(24)
        except ValueError:
            raise BadCell(_("“%(cell)s” is not a time of day: write 14:30.") % {"cell": cell}) from None

    def write(self, value):
        return "" if value is None else value.isoformat("seconds" if value.second else "minutes")


class TruthColumn(Column):
    def _parse(self, cell):
        if cell not in TRUTH:
            raise BadCell(_("“%(cell)s” is neither true nor false.") % {"cell": cell})
        return TRUTH[cell]

    def write(self, value):
        return "" if value is None else str(value).lower()


class NumberColumn(Column):
    def _parse(self, cell):
        if not re.fullmatch(r"[0-9]{1,9}", cell):
            raise BadCell(_("“%(cell)s” is not a whole number.") % {"cell": cell})
        return int(cell)


class ReferenceColumn(Column):
    """The id of one row of another table."""

    def __init__(self, name, field, *, staff=False):
        super().__init__(name, field, staff=staff)
        self.target = field.related_model

    @property
    def path(self):
        return f"{self.field.name}__public_id"

    def read(self, cell):
        if cell == "" and not self.field.null:
            raise BadCell(_("This must not be empty: write the id of a row of the table it refers to."))
        return cell or None


class ListColumn(Column):
    """The ids of several rows of another table, joined with semicolons and written in their order.

    `through`: the model of the pairs; `here` and `there`: its keys; `fixed`: what all its rows have in this column.
    """

    many = True

    def __init__(self, name, target, through, here, there, fixed=None):
        super().__init__(name, None)
        self.target, self.through, self.here, self.there, self.fixed = target, through, here, there, fixed or {}

    @classmethod
    def of(cls, field):
        through = field.remote_field.through
        return cls(field.name, field.related_model, through, field.m2m_field_name(), field.m2m_reverse_field_name())

    def read(self, cell):
        ids = cell.split(JOINT) if cell else []
        if "" in ids:
            raise BadCell(_("There is nothing between two semicolons."))
        if len(set(ids)) < len(ids):
            raise BadCell(_("The same id stands here twice."))
        return tuple(sorted(ids))

    def write(self, value):
        return JOINT.join(value)

    def stored(self, keys, among=None):
        """For each of the database `keys`, the tuple of ids that its cell holds (only of rows `among` those given)."""
        pairs = self.through.objects.filter(**self.fixed, **{f"{self.here}__in": keys})
        if among is not None:
            pairs = pairs.filter(**{f"{self.there}__in": among})
        found = {}
        for key, public_id in pairs.values_list(f"{self.here}_id", f"{self.there}__public_id"):
            found.setdefault(key, []).append(public_id)
        return {key: tuple(sorted(ids)) for key, ids in found.items()}


def column_for(model, name, *, staff=False):
    """The column of the field `name` of `model`."""
    field = model._meta.get_field("public_id" if name == "id" else name)
    if field.many_to_many:
        return ListColumn.of(field)
    if field.is_relation:
        return ReferenceColumn(name, field, staff=staff)
    kinds = [
        (CountryField, CountryColumn),
        (PartialDateField, PartialDateColumn),
        (models.DateField, DayColumn),
        (models.TimeField, TimeColumn),
        (models.BooleanField, TruthColumn),
        (models.IntegerField, NumberColumn),
    ]
    kind = next((column for of, column in kinds if isinstance(field, of)), ChoiceColumn if field.choices else Column)
    return kind(name, field, staff=staff)
