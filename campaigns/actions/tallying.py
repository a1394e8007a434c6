"""The count: confirmed signatures are taken into sums once each, and taken out again by entries of their own.

No page counts rows and no confirmation touches a sum: a late commit cannot be missed, a crash cannot count twice.
"""

from collections import Counter

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ..models import Signature, Tally, TallyBucket

BATCH = 2000
SUMS = ("confirmed", "withdrawn", "set_aside")


def tally_up(*, at):
    """Bring the sums up to date; returns how many signatures were taken in or out. Any number may run at once."""
    done = 0
    for take in (_take_in, _take_out, _take_in_again):
        while changed := take(at):
            done += changed
            if changed < BATCH:
                break
    return done


@transaction.atomic
def _take_in(at):
    rows = _lock(Signature.objects.standing().filter(counted_at__isnull=True))
    _mark(rows, counted_at=at)
    _enter(Counter((_bucket(row, row.confirmed_at), "confirmed") for row in rows), at)
    return len(rows)


@transaction.atomic
def _take_out(at):
    rows = _lock(Signature.objects.to_uncount())
    entries = Counter()
    for kind, group in _by_kind(rows).items():
        _mark(group, uncounted_at=at, uncounted_as=kind)
        entries.update((_bucket(row, at), str(kind)) for row in group)
    _enter(entries, at)
    return len(rows)


@transaction.atomic
def _take_in_again(at):
    """What was withdrawn or set aside and stands again: the negative entry is taken back where it was made."""
    rows = _lock(Signature.objects.standing().filter(uncounted_at__isnull=False))
    entries = Counter((_bucket(row, row.uncounted_at), row.uncounted_as) for row in rows)
    _mark(rows, uncounted_at=None, uncounted_as="")
    _enter(Counter({entry: -number for entry, number in entries.items()}), at)
    return len(rows)


def _lock(signatures):
    fields = ["campaign", "channel", "country", "confirmed_at", "withdrawn_at", "uncounted_at", "uncounted_as"]
    return list(signatures.only(*fields).order_by("pk").select_for_update(skip_locked=True, no_key=True)[:BATCH])


def _mark(rows, **values):
    if rows:
        Signature.objects.filter(pk__in=[row.pk for row in rows]).update(**values)


def _by_kind(rows):
    kinds = {kind: [] for kind in Signature.Uncounted}
    for row in rows:
        kinds[Signature.Uncounted.WITHDRAWN if row.withdrawn_at else Signature.Uncounted.SET_ASIDE].append(row)
    return kinds


def _bucket(row, moment):
    hour = moment.astimezone(timezone.get_default_timezone()).replace(minute=0, second=0, microsecond=0)
    return row.campaign_id, hour, row.channel, row.country


def _enter(entries, at):
    """Add the numbers to buckets and totals. The totals' rows are locked first, in one order, so that two workers
    wait for each other and never block each other for good."""
    campaigns = sorted({bucket[0] for bucket, _sum in entries})
    if not campaigns:
        return
    ensure_tallies(campaigns, at=at)
    list(Tally.objects.filter(campaign__in=campaigns).order_by("campaign_id").select_for_update().values("pk"))
    for bucket in sorted({bucket for bucket, _sum in entries}):
        _add_to_bucket(bucket, {name: entries[bucket, name] for name in SUMS if entries[bucket, name]})
    for campaign in campaigns:
        _add_to_total(campaign, entries, at)


def _add_to_bucket(bucket, numbers):
    keys = dict(zip(("campaign_id", "hour", "channel", "country"), bucket, strict=True))
    sums = {name: F(name) + number for name, number in numbers.items()}
    if not TallyBucket.objects.filter(**keys).update(**sums):
        TallyBucket.objects.create(**keys, **numbers)


def _add_to_total(campaign, entries, at):
    sums = dict.fromkeys(SUMS, 0)
    for (bucket, name), number in entries.items():
        if bucket[0] == campaign:
            sums[name] += number
    net = sums["confirmed"] - sums["withdrawn"] - sums["set_aside"]
    Tally.objects.filter(campaign=campaign).update(
        total=F("total") + net, updated_at=at, **{name: F(name) + number for name, number in sums.items()}
    )


def ensure_tallies(campaign_ids, *, at):
    """Give each campaign a tally of zero where it has none."""
    have = set(Tally.objects.filter(campaign__in=campaign_ids).values_list("campaign_id", flat=True))
    missing = [Tally(campaign_id=pk, updated_at=at) for pk in campaign_ids if pk not in have]
    if missing:
        Tally.objects.bulk_create(missing, ignore_conflicts=True)
