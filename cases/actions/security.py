"""The security log: what happened to the accounts of staff, and on whose hand. Rows are added and never edited; after
two years they go."""

from datetime import timedelta

from ..models import SecurityEvent

LONGEST_DETAIL = 200
KEPT = timedelta(days=730)


def log_security(kind, user=None, *, by=None, detail=""):
    """Adds one row: `kind` (SecurityEvent.Kind) happened to `user`, done `by` somebody else where it was not they.

    `user` is None where a sign-in named no account we have; what was typed is not kept, it may be a password. The
    detail says no address, no network and no device's name.
    """
    return SecurityEvent.objects.create(
        kind=kind, user=user, by=by if by and by.pk else None, detail=str(detail)[:LONGEST_DETAIL]
    )


def forget_old_events(*, at):
    """Delete the rows that are older than two years; returns their number."""
    return SecurityEvent.objects.filter(at__lt=at - KEPT).delete()[0]
