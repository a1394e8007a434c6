"""Partial dates: a day, a month, a year or an interval that a source states; an unknown date is ``None``.

The text form follows ISO 8601-2 (EDTF level 0 and open intervals): ``2024-08-19``, ``2024-08``, ``2024``,
``2024-08-15/2024-08-19``, ``../2024-08-19`` (not after), ``2024-08-15/..`` (not before).
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _

PART = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class UnreadableDate(ValueError):
    """The text is no partial date; the message is a sentence that names what is wrong."""


@dataclass(frozen=True, order=True)
class PartialDate:
    """All days from ``earliest`` to ``latest`` on which the thing may have happened; sorts by the first of them."""

    earliest: date
    latest: date

    def __post_init__(self):
        if self.earliest > self.latest:
            raise UnreadableDate(
                _("“%(from)s/%(until)s” ends before it begins.") % {"from": self.earliest, "until": self.latest}
            )

    @classmethod
    def parse(cls, text):
        """The partial date that `text` states, or None for an empty text. Raises `UnreadableDate`."""
        text = (text or "").strip()
        if not text:
            return None
        first, slash, second = text.partition("/")
        if not slash:
            return cls(*_bounds(first, text))
        return cls(
            date.min if first == ".." else _bounds(first, text)[0],
            date.max if second == ".." else _bounds(second, text)[1],
        )

    @classmethod
    def of(cls, value):
        """`value` as a partial date: one already, a `date`, a text, or None."""
        if value is None or isinstance(value, cls):
            return value
        return cls(value, value) if isinstance(value, date) else cls.parse(str(value))

    @property
    def precision(self):
        """``day``, ``month``, ``year`` or ``interval``."""
        return {10: "day", 7: "month", 4: "year"}.get(len(str(self)), "interval")

    @property
    def is_day(self):
        return self.earliest == self.latest

    @property
    def day(self):
        """The day, where one is known; else None."""
        return self.earliest if self.is_day else None

    def __str__(self):
        a, b = self.earliest, self.latest
        if a == b:
            return a.isoformat()
        if (a.month, a.day, b.month, b.day, a.year) == (1, 1, 12, 31, b.year):
            return f"{a.year:04}"
        if a.day == 1 and b == _last_of_month(a.year, a.month):
            return f"{a.year:04}-{a.month:02}"
        return "/".join(
            (".." if a == date.min else a.isoformat(), ".." if b == date.max else b.isoformat()),
        )

    def display(self, *, short=False):
        """As a reader sees it, in the active language: “19 August 2024”, “August 2024”, “15–19 August 2024”."""
        day = "j N Y" if short else "j F Y"
        say = formats.date_format
        a, b = self.earliest, self.latest
        match self.precision:
            case "day":
                return say(a, day)
            case "month":
                return say(a, "N Y" if short else "F Y")
            case "year":
                return say(a, "Y")
        if a == date.min:
            return _("not after %(day)s") % {"day": say(b, day)}
        if b == date.max:
            return _("not before %(day)s") % {"day": say(a, day)}
        if (a.year, a.month) == (b.year, b.month):
            return _("%(first)s–%(last)s") % {"first": say(a, "j"), "last": say(b, day)}
        return _("between %(first)s and %(last)s") % {"first": say(a, day), "last": say(b, day)}


def _bounds(part, whole):
    """The first and last day of one ISO part of the text `whole`."""
    found = PART.fullmatch(part)
    if not found:
        raise UnreadableDate(
            _("“%(text)s” is not a date: write 2024-08-19, 2024-08, 2024 or 2024-08-15/2024-08-19.") % {"text": whole}
        )
    year, month, day = (int(n) if n else None for n in found.groups())
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        raise UnreadableDate(_("“%(text)s” names a day that no calendar has.") % {"text": whole}) from None
    if day:
        return first, first
    return first, _last_of_month(year, month) if month else date(year, 12, 31)


def _last_of_month(year, month):
    return date(year, month, calendar.monthrange(year, month)[1])


def add_months(day, months):
    """The day `months` later, on the last day of the month where that month is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
