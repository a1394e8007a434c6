"""The security log: what happened to the accounts of staff, and on whose hand. Rows are only ever added."""

from ..models import SecurityEvent

LONGEST_DETAIL = 200


def log_security(kind, user=None, *, by=None, detail=""):
    """Adds one row: `kind` (SecurityEvent.Kind) happened to `user`, done `by` somebody else where it was not they.

    `user` is None where a sign-in named no account we have; what was typed is not kept, it may be a password. The
    detail says no address, no network and no device's name.
    """
    return SecurityEvent.objects.create(
        kind=kind, user=user, by=by if by and by.pk else None, detail=str(detail)[:LONGEST_DETAIL]
    )
