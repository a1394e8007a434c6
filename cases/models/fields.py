"""Model fields of the record."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.lookups import BuiltinLookup
from django.utils.translation import gettext_lazy as _

from ..dates import PartialDate, UnreadableDate

FIRST, LAST = date.min.isoformat(), date.max.isoformat()


class PartialDateField(models.Field):
    """A `PartialDate` in one column, stored as ``earliest/latest``: sorting by the column sorts by time.

    NULL is an unknown date. Lookups take a `date`:
    ``on__begins_by=d`` (may have happened by d), ``on__over_by=d`` (certainly happened by d),
    ``on__begins_from=d`` (certainly not before d), ``on__overlaps=(a, b)`` (may lie within a to b).
    """

    description = _("partial date")
    empty_strings_allowed = False

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def get_internal_type(self):
        return "CharField"

    def db_type(self, connection):
        return "varchar(21)"

    def db_check(self, connection):
        column = connection.ops.quote_name(self.column)
        return f"length({column}) = 21 AND substr({column}, 1, 10) <= substr({column}, 12, 10)"

    def db_type_parameters(self, connection):
        return {**super().db_type_parameters(connection), "max_length": 21}

    def from_db_value(self, value, expression, connection):
        return None if value is None else PartialDate(*map(date.fromisoformat, value.split("/")))

    def to_python(self, value):
        try:
            if isinstance(value, str) and len(value) == 21 and value.count("/") == 1 and ".." not in value:
                return PartialDate(*map(date.fromisoformat, value.split("/")))
            return PartialDate.of(value or None)
        except UnreadableDate as error:
            raise ValidationError(str(error), code="invalid") from None

    def get_prep_value(self, value):
        value = PartialDate.of(value or None)
        return None if value is None else f"{value.earliest.isoformat()}/{value.latest.isoformat()}"

    def value_to_string(self, obj):
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    def formfield(self, **kwargs):
        from ..forms import PartialDateFormField

        return super().formfield(**{"form_class": PartialDateFormField, **kwargs})


class _DayLookup(BuiltinLookup):
    """Compares one side of the stored pair with a day."""

    prepare_rhs = False
    template = "{column} {operator} {value}"
    operator = "<="

    def written(self, day):
        return day.isoformat()

    def as_sql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        return self.template.format(column=column, operator=self.operator, value="%s"), [
            *params,
            self.written(self.rhs),
        ]


@PartialDateField.register_lookup
class BeginsBy(_DayLookup):
    lookup_name = "begins_by"

    def written(self, day):
        return f"{day.isoformat()}/{LAST}"


@PartialDateField.register_lookup
class BeginsFrom(_DayLookup):
    lookup_name = "begins_from"
    operator = ">="


@PartialDateField.register_lookup
class OverBy(_DayLookup):
    lookup_name = "over_by"
    template = "substr({column}, 12, 10) {operator} {value}"


@PartialDateField.register_lookup
class Overlaps(_DayLookup):
    lookup_name = "overlaps"

    def as_sql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        first, last = self.rhs
        sql = f"({column} <= %s AND substr({column}, 12, 10) >= %s)"
        return sql, [*params, f"{last.isoformat()}/{LAST}", *params, first.isoformat()]
