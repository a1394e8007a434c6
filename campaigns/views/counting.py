"""The count over time as open data: totals of the campaign, never by country."""

import csv
from dataclasses import asdict

from django.db.models import F, Sum
from django.db.models.functions import TruncDate
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.caching import public_page

from ..models import TallyBucket
from ..series import days_between, hours_until, steps
from .pages import FRESH_SECONDS, readable_from_anywhere
from .reading import campaign_with_tally

HOURS = 72
PARTS = ("confirmed", "withdrawn", "set_aside")
COLUMNS = ("period", "begins", *PARTS, "total")


@require_safe
@public_page(seconds=FRESH_SECONDS)
def series_json(request, slug):
    """`hours`: the last 72; `days`: every day since the opening. docs/count.md explains each field."""
    campaign, hours, days = _series(slug)
    told = {
        "campaign": campaign.public_id,
        "total": campaign.tally.total,
        "counted_at": campaign.tally.updated_at.isoformat(timespec="seconds"),
        "time_zone": timezone.get_default_timezone_name(),
        "hours": [{**asdict(step), "begins": step.begins.isoformat()} for step in hours],
        "days": [{**asdict(step), "begins": step.begins.isoformat()} for step in days],
    }
    return readable_from_anywhere(JsonResponse(told))


@require_safe
@public_page(seconds=FRESH_SECONDS)
def series_csv(request, slug):
    """The same as a table, days first. No cell can begin a formula: words, dates, and numbers never below 0."""
    campaign, hours, days = _series(slug)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{campaign.slug}-series.csv"'
    rows = csv.writer(response)
    rows.writerow(COLUMNS)
    for period, series in (("day", days), ("hour", hours)):
        for step in series:
            rows.writerow([period, step.begins.isoformat(), *(getattr(step, part) for part in PARTS), step.total])
    return readable_from_anywhere(response)


def _series(slug):
    """(campaign, its last hours, its days)."""
    campaign = campaign_with_tally(slug)
    buckets = TallyBucket.objects.filter(campaign=campaign).order_by()
    by_day = _sums(buckets.annotate(begins=TruncDate("hour", tzinfo=timezone.get_default_timezone())))
    hours = hours_until(timezone.localtime(), HOURS)
    by_hour = _sums(buckets.filter(hour__gte=hours[0]).annotate(begins=F("hour")))
    # Entries from before the opening or after today are there when somebody has moved either; none is left out.
    today, opened = timezone.localdate(), timezone.localdate(campaign.opens_at)
    days = list(steps(by_day, days_between(min([*by_day, today, opened]), max([*by_day, today]))))
    since = sum(c - w - s for hour, (c, w, s) in by_hour.items())
    return campaign, list(steps(by_hour, hours, before=days[-1].total - since)), days


def _sums(buckets):
    rows = buckets.values("begins").annotate(**{f"sum_{name}": Sum(name) for name in PARTS})
    return {row["begins"]: tuple(row[f"sum_{name}"] for name in PARTS) for row in rows}
