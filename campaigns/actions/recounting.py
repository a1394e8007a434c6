"""The proof of the count: what the sums say is compared with the rows, mended, and the correction told in public.

Comparing takes no lock: it looks until it has seen sums and rows of one and the same moment. Only where they differ
is the campaign's tally locked, which makes its tally wait and never those who sign. Memory grows with the number of
buckets (hours, countries), not with the number of signatures.
"""

import time
from datetime import datetime, timedelta
from datetime import time as clock

from django.db import transaction
from django.db.models import Count, F, Q
from django.db.models.functions import TruncHour
from django.utils import timezone
from django.utils.translation import gettext_noop

from cases.caching import forget_pages

from ..models import Campaign, Signature, Tally, TallyBucket, TallyCorrection
from .tallying import SUMS, ensure_tallies

CHECK_AT = clock(3, 0)  # Of the site's own day.
LOOKS = 3
ROUND_SECONDS = 2.0  # The clock has other duties: a night's work is done in slices.
TOTAL_WRONG = gettext_noop("The count was not what its signatures say, and was made right.")
PARTS_WRONG = gettext_noop("The parts of the count were not what its signatures say, and were made right.")
HOURS_WRONG = gettext_noop("The figures by the hour were not what the signatures say, and were made right.")


def check_tallies(*, at):
    """Check every tally that was not checked since 3 o'clock, for a moment; returns how many were looked at.

    A check that is cut short goes on where it stopped: each tally remembers when it was checked. One that was checked
    in the future was checked before somebody set the clock back.
    """
    _restore_missing(at)
    unchecked = Q(checked_at__isnull=True) | Q(checked_at__lt=_last_check(at)) | Q(checked_at__gt=at)
    began, done = time.monotonic(), 0
    for campaign_id in Tally.objects.filter(unchecked).order_by("campaign_id").values_list("campaign_id", flat=True):
        check_tally(campaign_id, at=at)
        done += 1
        if time.monotonic() - began > ROUND_SECONDS:
            break
    return done


def recount(*, at):
    """Check every campaign that was ever published; returns the ids of those that were wrong."""
    _restore_missing(at)
    campaigns = Tally.objects.order_by("campaign_id").values_list("campaign_id", flat=True)
    return [campaign_id for campaign_id in list(campaigns) if check_tally(campaign_id, at=at)]


def check_tally(campaign_id, *, at):
    """Compare one campaign's sums with its rows and make them right; returns whether they were wrong."""
    is_wrong = not _agrees(campaign_id) and _repair(campaign_id, at)
    Tally.objects.filter(campaign=campaign_id).update(checked_at=at)
    return is_wrong


def wrong_tallies():
    """The ids of campaigns whose sums are not what their counted rows say."""
    campaigns = Campaign.objects.filter(published_at__isnull=False).order_by("pk").values_list("pk", flat=True)
    return [campaign_id for campaign_id in list(campaigns) if not _agrees(campaign_id)]


def _restore_missing(at):
    """A campaign has its tally from when it is published, and no page of it can be shown without. One that is gone
    begins at zero, and is wrong until it is checked, which is next."""
    gone = Campaign.objects.filter(published_at__isnull=False, tally=None)
    ensure_tallies(list(gone.values_list("pk", flat=True)), at=at)


def _last_check(at):
    """The newest 3 o'clock that has passed."""
    local = timezone.localtime(at)
    today = timezone.make_aware(datetime.combine(local.date(), CHECK_AT))
    return today if today <= at else timezone.make_aware(datetime.combine(local.date() - timedelta(days=1), CHECK_AT))


def _agrees(campaign_id):
    """Whether sums and rows agree. Looks again while a tally comes in between, which `updated_at` betrays."""
    for _look in range(LOOKS):
        before = _tally_of(campaign_id)
        said, true = _said(campaign_id, before), _true(campaign_id)
        if said == true:
            return True
        if _tally_of(campaign_id) == before:
            return False
    return False


@transaction.atomic
def _repair(campaign_id, at):
    """With the tally locked no sum of this campaign can change, so this comparison is certain."""
    ensure_tallies([campaign_id], at=at)
    tally = Tally.objects.select_for_update().values("updated_at", "total", *SUMS).get(campaign=campaign_id)
    (said_sums, said_buckets), (sums, buckets) = _said(campaign_id, tally), _true(campaign_id)
    if (said_sums, said_buckets) == (sums, buckets):
        return False
    TallyBucket.objects.filter(campaign=campaign_id).delete()
    rows = (_bucket(campaign_id, key, numbers) for key, numbers in buckets.items())
    TallyBucket.objects.bulk_create(rows, batch_size=1000)
    Tally.objects.filter(campaign=campaign_id).update(updated_at=at, **sums)
    before, after = tally["total"], sums["total"]
    reason = TOTAL_WRONG if before != after else PARTS_WRONG if said_sums != sums else HOURS_WRONG
    TallyCorrection.objects.create(campaign_id=campaign_id, at=at, before=before, after=after, reason=reason)
    forget_pages()
    return True


def _bucket(campaign_id, key, numbers):
    hour, channel, country = key
    parts = dict(zip(SUMS, numbers, strict=True))
    return TallyBucket(campaign_id=campaign_id, hour=hour, channel=channel, country=country, **parts)


def _tally_of(campaign_id):
    return Tally.objects.filter(campaign=campaign_id).values("updated_at", "total", *SUMS).first()


def _said(campaign_id, tally):
    """(sums, buckets) as stored; buckets are {(hour, channel, country): (confirmed, withdrawn, set aside)}."""
    sums = {name: tally[name] if tally else 0 for name in ("total", *SUMS)}
    stored = TallyBucket.objects.filter(campaign=campaign_id).exclude(**dict.fromkeys(SUMS, 0))
    rows = stored.values_list("hour", "channel", "country", *SUMS).iterator(chunk_size=2000)
    return sums, {tuple(row[:3]): tuple(row[3:]) for row in rows}


def _true(campaign_id):
    """The same, from the counted rows; one statement, so that all of it is of one moment."""
    buckets = {}
    for hour, channel, country, kind, out_hour, number in _grouped(campaign_id):
        buckets.setdefault((hour, channel, country), [0, 0, 0])[0] += number
        if kind:
            buckets.setdefault((out_hour, channel, country), [0, 0, 0])[SUMS.index(kind)] += number
    columns = list(zip(*buckets.values(), strict=True)) or [(), (), ()]
    sums = dict(zip(SUMS, map(sum, columns), strict=True))
    sums["total"] = sums["confirmed"] - sums["withdrawn"] - sums["set_aside"]
    return sums, {key: tuple(numbers) for key, numbers in buckets.items()}


def _grouped(campaign_id):
    zone = timezone.get_default_timezone()
    counted = Signature.objects.filter(campaign=campaign_id, counted_at__isnull=False).order_by()
    hours = counted.annotate(
        hour=TruncHour("confirmed_at", tzinfo=zone),
        out_hour=TruncHour("uncounted_at", tzinfo=zone),
        kind=F("uncounted_as"),
    )
    grouped = hours.values("hour", "channel", "country", "kind", "out_hour").annotate(number=Count("pk"))
    return grouped.values_list("hour", "channel", "country", "kind", "out_hour", "number").iterator(chunk_size=2000)
