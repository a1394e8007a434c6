"""What a process remembers for moments, so that a rush of readers asks the database once and not a thousand times.

Nothing is remembered past the next act of staff: each begins a new generation in the shared cache (see
`cases.caching`), and what was read before it is read again. Without that cache nothing is remembered at all.
"""

import time

from django.conf import settings
from django.core.cache import cache

from .caching import GENERATION

LONGEST = 5.0
"""Seconds after which what changes by itself is read again."""
MOST = 500
_kept: dict[tuple, tuple[str, float, object]] = {}


def remembered(key, make):
    """What `make` gave for `key` a moment ago, or gives now. Shared by all threads: whoever gets it changes nothing
    in it. That there is nothing (None) is never remembered.
    """
    # Read before `make` reads the database, so that what is kept is never older than its generation says.
    generation = cache.get(GENERATION) if settings.PAGE_CACHE_SECONDS else None
    if generation is None:
        return make()
    kept_in, until, found = _kept.get(key, ("", 0.0, None))
    if kept_in == generation and time.monotonic() < until:
        return found
    found = make()
    if found is not None:
        if len(_kept) >= MOST:
            _kept.clear()
        _kept[key] = (generation, time.monotonic() + min(LONGEST, settings.PAGE_CACHE_SECONDS), found)
    return found
