"""What time takes away: leases of the dead, signatures nobody confirmed, hashes of networks, traces of staff."""

import time
from datetime import timedelta
from math import inf

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from cases.actions.security import forget_old_events

from ..models import Letter, Signature
from .leasing import TOO_FAR_AHEAD
from .sending import LEASE, reclaim_abandoned

UNCONFIRMED_DAYS = 14
LONGEST_BACK_OFF = timedelta(hours=5)  # A little more than a letter ever waits between two attempts.
BATCH = 500


def sweep(*, at, seconds=inf):
    """Do all of it once; returns the numbers by what was swept. Repeating it does no harm. Where much is to be
    forgotten, it stops after so many `seconds`."""
    return {
        "letters": reclaim(at=at),
        "unconfirmed": forget_unconfirmed(at=at, seconds=seconds),
        "networks": forget_networks(at=at),
    }


def reclaim(*, at):
    """Bring back letters that nobody would send any more; returns how many a dead worker held."""
    return_from_the_future(at=at)
    return reclaim_abandoned(at=at)


def purge(*, at, seconds=inf):
    """The whole of retention: what `sweep` does, and what staff leave behind. Returns the numbers by what went."""
    sessions, _by_model = Session.objects.filter(expire_date__lt=at).delete()
    return {**sweep(at=at, seconds=seconds), "sessions": sessions, "security events": forget_old_events(at=at)}


def return_from_the_future(*, at):
    """Letters that wait for a moment that was written before the clock was set back would wait until it is that late
    again: they are due now, and their leases end soon unless the worker lives and prolongs them."""
    far = at + TOO_FAR_AHEAD
    Letter.objects.filter(state=Letter.State.LEASED, leased_until__gt=far).update(leased_until=at + LEASE)
    written_later = Q(created_at__gt=at) | Q(attempts__gt=0, due_at__gt=at + LONGEST_BACK_OFF)
    Letter.objects.filter(written_later, state=Letter.State.QUEUED, due_at__gt=far).update(due_at=at)


def forget_unconfirmed(*, at, seconds=inf):
    """Delete signatures, with their letters, that were not confirmed within 14 days of the last signing."""
    old = Signature.objects.unconfirmed_since(at - timedelta(days=UNCONFIRMED_DAYS))
    began, forgotten = time.monotonic(), 0
    while gone := _forget_some(old):
        forgotten += gone
        if time.monotonic() - began >= seconds:
            break
    return forgotten


@transaction.atomic
def _forget_some(old):
    """Held before they are deleted: whoever signs anew in this moment waits, and is a new row then."""
    # By the order of their index: by key, a rush would be searched from its first row for the few that are old.
    held = old.order_by("signed_at").select_for_update(skip_locked=True)
    _total, by_model = Signature.objects.filter(pk__in=list(held.values_list("pk", flat=True)[:BATCH])).delete()
    return by_model.get(Signature._meta.label, 0)


def forget_networks(*, at):
    """Drop the keyed hash of the network from rows older than a day; its key is gone by then anyway."""
    old = Signature.objects.filter(network_key__isnull=False, signed_at__lt=at - timedelta(days=1))
    return old.update(network_key=None)
