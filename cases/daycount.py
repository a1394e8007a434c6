"""How long somebody has been held, counted from dated episodes.

Day 1 is the day of arrest, so day n counts both ends; a day covered by two episodes counts once. An episode with no
recorded end runs to the last day on which custody was confirmed, and to today only while that is recent.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from .dates import PartialDate


@dataclass(frozen=True)
class Episode:
    """One stay in custody. `ended` without `until` means that it ended on a day nobody recorded."""

    since: PartialDate | None
    until: PartialDate | None = None
    ended: bool = False

    @property
    def is_open(self):
        return not self.ended and self.until is None


@dataclass(frozen=True)
class DayCount:
    """The count as it is told: `low` to `high` days (equal where the dates are exact).

    `running`: custody is freshly confirmed, the count goes to today (“Day 1,099”).
    `stale`: nothing recent confirms custody, the count stops at `confirmed_on` (“At least 659 days”).
    `term_over`: stale, and the known term has run out by the calendar without a reported release.
    """

    low: int
    high: int
    running: bool = False
    stale: bool = False
    term_over: bool = False
    since: PartialDate | None = None
    until: PartialDate | None = None
    confirmed_on: PartialDate | None = None

    @property
    def exact(self):
        return self.low == self.high


def count_days(episodes, *, on, confirmed_on=None, fresh_days=90, term_ends_on=None):
    """The `DayCount` of `episodes` on the day `on`; None where no beginning is known.

    `confirmed_on` is the partial date of the newest observation of custody, `term_ends_on` the day on which the
    sentence now in force ends by the calendar (None where no term is known).
    """
    dated = sorted((e for e in episodes if e.since and e.since.earliest <= on), key=lambda e: e.since)
    if not dated:
        return None
    is_open = any(e.is_open for e in dated)
    confirmed_on = confirmed_on if confirmed_on and confirmed_on.earliest <= on else None
    # What is only known to lie in a month or a year is as old as the first day of it.
    fresh = bool(confirmed_on) and confirmed_on.earliest >= on - timedelta(days=fresh_days)
    outlasted = bool(confirmed_on and term_ends_on) and confirmed_on.earliest > term_ends_on
    term_over = is_open and bool(term_ends_on) and term_ends_on < on and not outlasted
    running = is_open and fresh and not term_over
    low = _length(dated, lambda e: _shortest(e, on, running, confirmed_on))
    high = _length(dated, lambda e: _longest(e, on, running, confirmed_on))
    ends = [e.until for e in dated if e.until]
    return DayCount(
        low=low,
        high=max(low, high),
        running=running,
        stale=is_open and not running,
        term_over=term_over,
        since=_spell(dated)[0].since,
        until=None if is_open or not ends else max(ends),
        confirmed_on=confirmed_on,
    )


def _spell(dated):
    """The last unbroken run of episodes: those that touch or overlap the one after them."""
    run = [dated[-1]]
    for earlier in reversed(dated[:-1]):
        end = earlier.until.latest if earlier.until else (date.max if earlier.is_open else earlier.since.latest)
        if end < run[0].since.earliest - timedelta(days=1):
            break
        run.insert(0, earlier)
    return run


def _shortest(episode, on, running, confirmed_on):
    """The days that are certain: from the latest beginning to the earliest end."""
    first = episode.since.latest
    if episode.until:
        last = episode.until.earliest
    elif episode.ended:
        last = first
    elif running:
        last = on
    else:
        last = max(first, confirmed_on.earliest) if confirmed_on else first
    return first, min(last, on)


def _longest(episode, on, running, confirmed_on):
    """The days that are possible; an open stay is never drawn out past its last confirmation."""
    first = episode.since.earliest
    if episode.until:
        last = episode.until.latest
    elif episode.ended or not episode.is_open:
        last = episode.since.latest
    elif running:
        last = on
    else:
        last = max(episode.since.latest, confirmed_on.earliest) if confirmed_on else episode.since.latest
    return first, min(last, on)


def _length(dated, reach):
    """Days covered by the reaches of all episodes, each day once."""
    total, covered = 0, None
    for first, last in sorted(reach(e) for e in dated):
        if covered is not None and first <= covered:
            first = covered + timedelta(days=1)
        if last >= first:
            total += (last - first).days + 1
            covered = last if covered is None else max(covered, last)
    return total


def certainly_overlap(a, b):
    """Whether the dates alone prove that two episodes share a day besides the day one passes into the other."""
    if not (a.since and b.since):
        return False
    a_end = a.until.earliest if a.until else (date.max if a.is_open else a.since.latest)
    b_end = b.until.earliest if b.until else (date.max if b.is_open else b.since.latest)
    return a.since.latest < b_end and b.since.latest < a_end


def possibly_overlap(a, b):
    """Whether the dates leave room for a shared day (flagged for an editor, never refused)."""
    if not (a.since and b.since):
        return False
    a_end = a.until.latest if a.until else date.max
    b_end = b.until.latest if b.until else date.max
    return a.since.earliest < b_end and b.since.earliest < a_end
