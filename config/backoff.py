"""Growing waits after wrong passwords and wrong codes, kept in the cache that every process shares.

The first failures cost nothing but the attempt; from then on each one closes the door for twice as long as the one
before. While it is closed nothing is looked at, so the right password waits like a wrong one.
"""

import math
import time
from dataclasses import dataclass

from django.core.cache import cache
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, ngettext

FREE_FOR_ACCOUNT = 5
FREE_FOR_NETWORK = 10  # An office shares one network.
FIRST_WAIT = 60
LONGEST_WAIT = 60 * 60
FORGOTTEN_AFTER = 24 * 60 * 60


@dataclass(frozen=True)
class Door:
    """Who is waiting, as a key that tells nobody who it is, and how many failures are free."""

    key: str
    free: int

    def seconds_left(self) -> int:
        until = cache.get(f"{self.key}:closed") or 0
        return max(0, math.ceil(until - time.time()))

    def claim(self) -> bool:
        """Counts an attempt before it is looked at, so that many at once get no more turns than one after another.
        False if another one got the turn."""
        wait = wait_after(failures := self._count(), free=self.free)
        if failures < self.free:
            return True
        return cache.add(f"{self.key}:closed", time.time() + wait, timeout=wait)

    def forgive(self) -> None:
        """The attempt was a good one: everything before it is forgotten."""
        cache.delete_many([f"{self.key}:failures", f"{self.key}:closed"])

    def uncount(self) -> None:
        """The attempt was a good one and is taken back; the failures of others before it stand."""
        try:
            cache.decr(f"{self.key}:failures")
        except ValueError:
            return
        cache.delete(f"{self.key}:closed")

    def _count(self) -> int:
        name = f"{self.key}:failures"
        cache.add(name, 0, timeout=FORGOTTEN_AFTER)
        try:
            return cache.incr(name)
        except ValueError:  # The entry was evicted in between: counting starts anew.
            cache.set(name, 1, timeout=FORGOTTEN_AFTER)
            return 1


def door(kind: str, name, *, free: int = FREE_FOR_ACCOUNT) -> Door:
    """The door of one account, network or device; its name goes into the key as a keyed hash."""
    digest = salted_hmac("config.backoff", f"{kind}:{name}", algorithm="sha256").hexdigest()[:40]
    return Door(f"door:{kind}:{digest}", free)


def wait_after(failures: int, *, free: int) -> int:
    """Seconds: one minute, two, four … at most one hour."""
    # The exponent is held small: nobody needs two to the power of a million.
    return min(FIRST_WAIT * 2 ** min(max(failures - free, 0), 10), LONGEST_WAIT)


def seconds_to_wait(*doors: Door) -> int:
    """0 if every door is open and this attempt has been counted at each; else how long until it may be tried again."""
    if wait := max(one.seconds_left() for one in doors):
        return wait
    if all(one.claim() for one in doors):
        return 0
    return max(1, *(one.seconds_left() for one in doors))


def sentence(seconds: int) -> str:
    """What whoever waits is told."""
    minutes = math.ceil(seconds / 60)
    when = ngettext("%(minutes)d minute", "%(minutes)d minutes", minutes) % {"minutes": minutes}
    return gettext("Too many failed login attempts. Try again in %(when)s.") % {"when": when}
