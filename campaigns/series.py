"""The count over time, from the sums of hours: what was confirmed, withdrawn and set aside, and the total after it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True)
class Step:
    """One hour or one day of the campaign as a whole; `begins` is its first moment or its date, `total` the count at
    its end."""

    begins: datetime | date
    confirmed: int
    withdrawn: int
    set_aside: int
    total: int


NOTHING = (0, 0, 0)


def steps(sums: dict, begins: Iterable, *, before: int = 0) -> Iterator[Step]:
    """A Step for each of `begins`, also where `sums` ({begin: (confirmed, withdrawn, set aside)}) has nothing;
    `before` is the count when the first one begins."""
    total = before
    for begin in begins:
        confirmed, withdrawn, set_aside = sums.get(begin, NOTHING)
        total += confirmed - withdrawn - set_aside
        yield Step(begin, confirmed, withdrawn, set_aside, total)


def hours_until(last: datetime, number: int) -> list[datetime]:
    """The last `number` whole hours; the last of them is the hour of `last`."""
    hour = last.replace(minute=0, second=0, microsecond=0)
    return [hour - timedelta(hours=number - 1 - place) for place in range(number)]


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=place) for place in range((last - first).days + 1)]
