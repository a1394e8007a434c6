"""Writing the log of staff acts."""

from django.db import connection, transaction
from django.utils import timezone

from ..caching import forget_pages
from ..log_sealing import fits, seal_of
from ..models import Change, LogEnd

ORIGIN = "0" * 64
# Any number, as long as nothing else in the database waits for the same.
TURN = 0x1061_0F_AC75


@transaction.atomic
def record_change(record, *, verb, by, because="", fields=None):
    """Adds one `Change` row about `record` and returns it.

    `fields` maps a field's name to its value before and after; values are kept as text. The rows form a chain: acts
    wait for each other until they are committed, so two at once cannot follow the same row.
    """
    _wait_for_our_turn()
    newest = Change.objects.order_by("-pk").first()
    change = Change(
        at=timezone.now(),
        by=by,
        verb=verb,
        table=record._meta.model_name,
        record_id=str(record.pk or ""),
        label=str(record)[:250],
        fields={name: [_text(before), _text(after)] for name, (before, after) in (fields or {}).items()},
        because=because,
        previous=newest.digest if newest else ORIGIN,
    )
    change.digest = change.compute_digest()
    change.save(force_insert=True)
    _renew_the_end(newest, change)
    forget_pages()  # What staff did may show on any page.
    return change


def broken_links():
    """The changes whose digest does not fit what they say, or that do not follow the row before them."""
    expected = ORIGIN
    for change in Change.objects.order_by("pk").iterator():
        if change.previous != expected or change.digest != change.compute_digest():
            yield change
        expected = change.digest


@transaction.atomic
def ends_as_it_was_left():
    """Whether the newest act, and the number of acts, are those that were sealed when the last one was written."""
    _wait_for_our_turn()
    newest = Change.objects.order_by("-pk").first()
    end = LogEnd.objects.first()
    return _is_whole(end, newest) and (end is None or end.number == Change.objects.count())


def _is_whole(end, newest):
    if end is None or newest is None:
        return end is None and newest is None
    return end.digest == newest.digest and fits(end.seal, end.digest, end.number)


def _renew_the_end(newest, change):
    """Seals the log at `change`, unless it did not end at `newest` as it should: the next act must not mend a cut."""
    end = LogEnd.objects.first()
    number = (end.number if end else 0) + 1
    seal = seal_of(change.digest, number) if _is_whole(end, newest) else ""
    LogEnd.objects.update_or_create(pk=LogEnd.ONLY, defaults={"digest": change.digest, "number": number, "seal": seal})


def _wait_for_our_turn():
    """Until the transaction ends nobody else writes to the log.

    On SQLite a transaction has the only write lock from its beginning. On PostgreSQL a lock on the newest row is not
    enough: whoever waited for it would get the same row again, although a newer one has been committed meanwhile.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])


def _text(value):
    return "" if value is None else str(value)
