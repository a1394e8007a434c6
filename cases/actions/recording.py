"""Writing the log of staff acts."""

from django.db import connection, transaction
from django.utils import timezone

from ..caching import forget_pages
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
    if not LogEnd.objects.update(digest=change.digest):
        LogEnd.objects.create(pk=LogEnd.ONLY, digest=change.digest)
    forget_pages()  # What staff did may show on any page.
    return change


def broken_links():
    """The changes whose digest does not fit what they say, or that do not follow the row before them."""
    expected = ORIGIN
    for change in Change.objects.order_by("pk").iterator():
        if change.previous != expected or change.digest != change.compute_digest():
            yield change
        expected = change.digest


def is_cut_off():
    """Whether the newest act that was written is no longer the newest, or nothing tells any more which one it was."""
    newest = Change.objects.order_by("-pk").values_list("digest", flat=True).first()
    return newest != LogEnd.objects.values_list("digest", flat=True).first()


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
