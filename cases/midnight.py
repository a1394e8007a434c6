"""Until when a page is true: days are counted in the country of detention, so it is over at the next midnight of any
place whose day it tells."""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

_told: ContextVar[set | None] = ContextVar("zones whose day is told", default=None)


def note_zone(zone: ZoneInfo) -> None:
    """Says that the page being made tells the present day of `zone`."""
    if (zones := _told.get()) is not None:
        zones.add(zone)


@contextmanager
def zones_told():
    """The set of time zones whose day is told while the block runs; the site's own is always among them."""
    zones = {timezone.get_default_timezone()}
    token = _told.set(zones)
    try:
        yield zones
    finally:
        _told.reset(token)


def next_midnight(zones, *, at: datetime) -> datetime:
    """The first moment after `at` at which a new day begins in one of `zones`."""
    return min(_midnight_after(at.astimezone(zone)) for zone in zones)


def _midnight_after(local: datetime) -> datetime:
    tomorrow = local.date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=local.tzinfo)
