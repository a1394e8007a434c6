"""Duties that only one of many workers does at a time."""

import os
import secrets
import socket
from datetime import timedelta

from django.db.models import Q

from ..models import Lease

TOO_FAR_AHEAD = timedelta(minutes=5)  # Longer than any lease, and than clocks of machines differ.


def worker_name():
    """A name no other worker has: machine, process and a random part."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


def take_lease(name, *, holder, at, seconds):
    """Whether `holder` has the duty `name` until `at` + `seconds`. Repeating it prolongs the lease."""
    until = at + timedelta(seconds=seconds)
    # A lease that ends too far ahead was written before the clock was set back: it is over, too.
    mine_or_over = Q(holder=holder) | Q(until__lte=at) | Q(until__gt=at + TOO_FAR_AHEAD)
    if Lease.objects.filter(mine_or_over, name=name).update(holder=holder, until=until):
        return True
    Lease.objects.bulk_create([Lease(name=name, holder=holder, until=until)], ignore_conflicts=True)
    return Lease.objects.filter(name=name, holder=holder).exists()


def give_lease_back(name, *, holder, at):
    """Let the next worker take the duty at once."""
    Lease.objects.filter(name=name, holder=holder).update(until=at)
