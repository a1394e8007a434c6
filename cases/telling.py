"""Where a person stands, in words: the status sentence, the day count, the bar, the term.

Pure: everything is read from the `Standing` and the day asked for. A sentence never claims more than the last source:
what is not freshly confirmed is told “as last confirmed”.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .dates import PartialDate, add_months
from .daycount import Episode, count_days
from .midnight import note_zone

CAPITAL_TIME = {
    "AM": "Asia/Yerevan", "AZ": "Asia/Baku", "BY": "Europe/Minsk", "CN": "Asia/Shanghai", "CU": "America/Havana",
    "EG": "Africa/Cairo", "ER": "Africa/Asmara", "ET": "Africa/Addis_Ababa", "GE": "Asia/Tbilisi",
    "HK": "Asia/Hong_Kong", "IR": "Asia/Tehran", "KG": "Asia/Bishkek", "KZ": "Asia/Almaty", "MM": "Asia/Yangon",
    "NI": "America/Managua", "RU": "Europe/Moscow", "SA": "Asia/Riyadh", "TJ": "Asia/Dushanbe",
    "TM": "Asia/Ashgabat", "TR": "Europe/Istanbul", "UZ": "Asia/Tashkent", "VE": "America/Caracas",
    "VN": "Asia/Ho_Chi_Minh",
}  # fmt: skip
"""A day of detention is a day in the country of detention; elsewhere the site's own time zone counts."""

FREED = ("released", "died")
SQUARES = {
    "pretrial_detention": "held", "on_trial_detained": "held", "convicted_imprisoned": "held",
    "released": "released", "": "unknown", "unknown": "unknown",
}  # fmt: skip


def today_in(country):
    """The current day where somebody is held; `country` is a two-letter code."""
    name = CAPITAL_TIME.get(str(country))
    if not name:
        return timezone.localdate()
    zone = ZoneInfo(name)
    note_zone(zone)
    return timezone.localdate(timezone=zone)


def days_held(standing, on):
    """The `DayCount` of `standing` on the day `on`; None where no beginning is known."""
    read = PartialDate.parse
    return count_days(
        [Episode(read(since), read(until), ended) for since, until, ended in standing.episodes],
        on=on,
        confirmed_on=standing.confirmed_on,
        fresh_days=settings.CUSTODY_FRESH_DAYS,
        term_ends_on=standing.term_ends_on,
    )


@dataclass
class ToldCount:
    """The day count as the page shows it.

    `form`: fresh (“Day 1,099”), stale (“At least 659 days”), over (term run out, no news), ended, or none.
    `days` is the figure, `figure` the figure as written (a range where the dates are partial).
    """

    form: str = "none"
    days: int = 0
    figure: str = ""
    confirmed: str = ""
    freed: bool = False
    counted: object = field(default=None, repr=False)


def tell_count(standing, on):
    """The `ToldCount` of `standing` (may be None) on the day `on`."""
    counted = days_held(standing, on) if standing else None
    if counted is None:
        return ToldCount()
    form = "over" if counted.term_over else "fresh" if counted.running else "stale" if counted.stale else "ended"
    figure = _number(counted.low)
    if not counted.exact and form in ("fresh", "ended"):
        figure = _("%(low)s to %(high)s") % {"low": figure, "high": _number(counted.high)}
    return ToldCount(
        form=form,
        days=counted.low,
        figure=figure,
        confirmed=counted.confirmed_on.display() if counted.confirmed_on else "",
        freed=form == "ended" and standing.status in FREED,
        counted=counted,
    )


def tell_status(standing, count, country):
    """The status as a sentence that stands alone, and the square beside it: (mark, text)."""
    status = standing.status if standing else ""
    if count.form == "over":
        return "unknown", _("Not known whether still held")
    where = {"country": country.name, "term": term_in_words(standing.term_months) if standing else ""}
    said = _sentence(status, bool(standing and standing.term_months)) % where
    mark = SQUARES.get(status, "free")
    if count.form == "fresh" or not (standing and standing.status_as_of):
        return mark, said
    if status in FREED:
        return mark, _("%(said)s %(on_day)s") % {"said": said, "on_day": on_day(standing.status_as_of)}
    return mark, _("%(said)s — as last confirmed %(on_day)s") % {"said": said, "on_day": on_day(standing.status_as_of)}


def _sentence(status, has_term):
    if status == "convicted_imprisoned" and has_term:
        return _("Held in %(country)s, serving %(term)s")
    return {
        "pretrial_detention": _("Held in %(country)s before trial"),
        "on_trial_detained": _("Held in %(country)s, on trial"),
        "convicted_imprisoned": _("Held in %(country)s after a sentence"),
        "on_trial_at_liberty": _("On trial in %(country)s, at liberty"),
        "conditional_sentence": _("Given a conditional sentence in %(country)s"),
        "house_arrest": _("Under house arrest in %(country)s"),
        "travel_ban": _("Under a travel ban in %(country)s"),
        "released": _("Released"),
        "died": _("Died"),
    }.get(status, _("Not known whether held"))


def on_day(date):
    """The partial date inside a sentence: “on 9 September 2025”, “in August 2024”."""
    words = {"day": _("on %(date)s"), "interval": "%(date)s"}.get(date.precision, _("in %(date)s"))
    return words % {"date": date.display()}


def term_in_words(months):
    """A term as people say it: “nine years”, “seven years and six months”; empty for none."""
    years, rest = divmod(months or 0, 12)
    parts = []
    if years:
        parts.append(ngettext("%(n)s year", "%(n)s years", years) % {"n": apnumber(years)})
    if rest:
        parts.append(ngettext("%(n)s month", "%(n)s months", rest) % {"n": apnumber(rest)})
    return _(" and ").join(parts)


def short_term(months):
    """A term in figures: “9 years”, “7 years 6 months”."""
    years, rest = divmod(months or 0, 12)
    parts = [ngettext("%(n)d year", "%(n)d years", years) % {"n": years}] if years else []
    parts += [ngettext("%(n)d month", "%(n)d months", rest) % {"n": rest}] if rest else []
    return " ".join(parts)


def penalty(provision):
    """The penalty range of a provision, as far as somebody read it."""
    low, high = provision.penalty_min_months, provision.penalty_max_months
    if low and high and low % 12 == high % 12 == 0:
        said = _("%(low)d to %(high)d years") % {"low": low // 12, "high": high // 12}
    elif low and high:
        said = _("%(low)s to %(high)s") % {"low": short_term(low), "high": short_term(high)}
    elif high:
        said = _("up to %(high)s") % {"high": short_term(high)}
    elif low:
        said = _("from %(low)s") % {"low": short_term(low)}
    else:
        return _("life imprisonment") if provision.life_imprisonment else _("penalty not recorded")
    return _("%(range)s or life imprisonment") % {"range": said} if provision.life_imprisonment else said


def tell_bar(standing, count, on):
    """The bar of the days against the term, as the custody bar's template expects it; None where there is nothing
    to measure against: no arrest date, or neither term nor end."""
    counted = count.counted
    if counted is None or not counted.since:
        return None
    if count.form == "ended":
        return _ended_bar(counted, freed=count.freed) if counted.until else None
    if not standing.term_months or not counted.since.day:
        return None
    return _term_bar(standing, count, on)


def _ended_bar(counted, *, freed):
    return {
        "done": 100, "silent": 0, "tick": "", "tick_text": "",
        "start_on": counted.since.display(), "start_text": _("arrested"),
        "end_on": counted.until.display(), "end_text": _("released") if freed else _("left custody"),
        "sentence": ngettext("%(n)s day held.", "%(n)s days held.", counted.low) % {"n": _number(counted.low)},
    }  # fmt: skip


def _term_bar(standing, count, on):
    counted, since = count.counted, count.counted.since.day
    ends = standing.term_ends_on or add_months(since, standing.term_months) - timedelta(days=1)
    total = max((ends - since).days + 1, 1)
    silent = 0 if count.form == "fresh" else max(min((on - since).days + 1, total) - counted.low, 0)
    verdict = standing.verdict_on.day if standing.verdict_on else None
    verdict = verdict if verdict and since <= verdict <= ends else None
    nth = (verdict - since).days + 1 if verdict else 0
    return {
        "done": _percent(counted.low, total),
        "silent": _percent(silent, total),
        "tick": _percent(nth, total) if verdict else "",
        "tick_text": _("Verdict, day %(n)s") % {"n": _number(nth)} if verdict else "",
        "start_on": counted.since.display(),
        "start_text": _("arrested"),
        "end_on": PartialDate.of(ends).display(),
        "end_text": _("%(term)s from the arrest") % {"term": term_in_words(standing.term_months)},
        "sentence": _bar_sentence(counted.low, total, silent),
    }


def _bar_sentence(done, total, silent):
    said = _("%(done)s of the %(total)s days of the term.") % {"done": _number(done), "total": _number(total)}
    if not silent:
        return said
    return _("%(said)s Nothing is known of the %(silent)s days since.") % {"said": said, "silent": _number(silent)}


def _percent(part, whole):
    return round(100 * min(part / whole, 1), 2)


def _number(n):
    return formats.number_format(n, decimal_pos=0, use_l10n=True, force_grouping=True)
