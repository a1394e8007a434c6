"""Who is editing a record just now. A lock holds others back and lapses by itself."""

from datetime import timedelta

from django.utils import timezone

from ..models import EditLock

LAPSES_AFTER = timedelta(minutes=15)


def hold(record, *, by, at=None):
    """Takes or refreshes the lock of `record` for `by`. Returns None, or the live lock of somebody else."""
    at = at or timezone.now()
    mine = EditLock.objects.filter(**_key(record))
    if mine.filter(by=by, seen_at__gt=at - LAPSES_AFTER).update(seen_at=at):
        return None
    if mine.filter(seen_at__lte=at - LAPSES_AFTER).update(by=by, since=at, seen_at=at):
        return None
    EditLock.objects.bulk_create([EditLock(**_key(record), by=by, since=at, seen_at=at)], ignore_conflicts=True)
    return held_by_other(record, by=by, at=at)


def held_by_other(record, *, by, at=None):
    """The live lock that somebody else has on `record`, or None."""
    live = EditLock.objects.filter(**_key(record), seen_at__gt=(at or timezone.now()) - LAPSES_AFTER)
    return live.exclude(by=by).select_related("by").first()


def take_over(record, *, by, at=None):
    """The lock of `record` is `by`'s from now on, whoever had it."""
    at = at or timezone.now()
    EditLock.objects.update_or_create(**_key(record), defaults={"by": by, "since": at, "seen_at": at})


def release(record, *, by):
    """`by` is done with `record`."""
    EditLock.objects.filter(**_key(record), by=by).delete()


def _key(record):
    return {"table": record._meta.model_name, "record_id": str(record.pk)}
