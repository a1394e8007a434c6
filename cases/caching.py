"""Public pages, kept ready for the next reader.

A page is kept in the shared cache, plain and compressed, under its path and the few parameters it knows. Every act of
staff begins a new generation, and what is older is not shown again: an edit or a take-down is seen at once by the
process that made it, and within 20 milliseconds by every other. What changes by itself (counts, the passing of time)
is made anew after some seconds, and no page outlives a midnight of the places whose days it counts. While the database
is away, the last page that was true is shown.
"""

import gzip
import hashlib
import logging
import re
import secrets
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date

from .availability import database_is_away
from .metrics import PAGES
from .midnight import next_midnight, zones_told

log = logging.getLogger(__name__)
HIT, MISS = PAGES.labels("hit"), PAGES.labels("miss")

GENERATION = "pages:generation"
# A browser asks each time, and mostly learns that nothing changed; caches that serve many keep it for moments. Where
# no node answers them they show what they have for half a minute, as long as a restart may take, and no longer: they
# do not know what was taken back since, though they may have told it to somebody.
SHARED = "public, max-age=0, s-maxage=5, stale-while-revalidate=2, stale-if-error=30"
ABSENT = "public, max-age=0, s-maxage=5"
"""That nothing stands at an address, or stands elsewhere, is told no longer than what stands there; unasked, browsers
keep a 301 for good."""
FRONT_SECONDS = "1"
"""What our own front may keep a page for (nginx reads X-Accel-Expires and passes it to nobody)."""
KEPT_HEADERS = (
    "Content-Disposition",
    "Content-Type",
    "Content-Language",
    "Link",
    "Access-Control-Allow-Origin",
    "Cross-Origin-Resource-Policy",
)
SKEW = 5  # Seconds; a page made later than that from now was made before somebody set the clock back.
MOST_AT_HAND, LARGEST_AT_HAND = 100, 200_000
"""How many answers a process has at hand, and of how many bytes at most: 20 MB if all were as large."""
_at_hand: dict[str, "Kept"] = {}
TRUSTED = 0.02
"""Seconds for which a process believes what it has read of the present generation: in a rush one question serves many
readers."""
_read: tuple[str | None, float] = (None, 0.0)
TURN = 1.5
"""Seconds for which a reader waits for another for whom the same page is made; one who can be shown what was true a
moment ago does not wait."""
_being_made: dict[str, Future] = {}
WORTH_COMPRESSING = 500  # Bytes.
GZIP_REFUSED = re.compile(r"gzip\s*;\s*q=0(?:\.0*)?\s*(?:,|$)")


@dataclass(frozen=True)
class Kept:
    """An answer as the cache holds it, for one encoding. Moments are seconds since 1970."""

    generation: str
    fresh_until: float
    true_until: float
    made_at: int
    tag: str
    body: bytes
    encoding: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def answer(self, request):
        response = HttpResponse(self.body, headers=dict(self.headers))
        if self.encoding:
            response.headers["Content-Encoding"] = self.encoding
        response.headers["ETag"] = self.tag
        response.headers["Last-Modified"] = http_date(self.made_at)
        patch_vary_headers(response, ["Accept-Encoding"])
        return get_conditional_response(request, etag=self.tag, last_modified=self.made_at, response=response)


def public_page(
    *, seconds: int | None = None, varies: Mapping[str, Callable[[str], str]] | None = None, never_with=()
):
    """Decorates a view whose answer is the same for everybody who asks for the address.

    `seconds`: how long it is fresh (settings.PAGE_CACHE_SECONDS unless told). `varies`: the parameters of the query
    string it knows, each with the function that tells which values mean the same; any other parameter is nobody's
    concern. `never_with`: parameters with which the answer is too particular to be kept.
    """

    def decorate(view):
        @wraps(view)
        def kept_view(request, *args, **kwargs):
            lasts = settings.PAGE_CACHE_SECONDS if seconds is None else min(seconds, settings.PAGE_CACHE_SECONDS)
            if request.method not in ("GET", "HEAD"):
                return view(request, *args, **kwargs)
            make = Maker(view, request, args, kwargs)
            if not lasts or any(any(request.GET.getlist(name)) for name in never_with):
                return make.unkept()
            return _from_cache(request, _name(request, varies or {}), make, lasts)

        return kept_view

    return decorate


def forget_pages():
    """Begin a new generation once the present transaction is committed: no page made before is shown again."""
    transaction.on_commit(begin_generation)


def begin_generation():
    """Returns the new generation's name."""
    global _read
    name = secrets.token_hex(8)
    try:
        cache.set(GENERATION, name, timeout=None)
    except OSError:  # No room on the disk of a cache of files: then there is none, and no kept page is believed.
        cache.delete(GENERATION)
    _read = (None, 0.0)
    return name


def forget_at_hand():
    """What this process has at hand is not believed any more: for whoever empties the shared cache by hand."""
    global _read
    _at_hand.clear()
    _read = (None, 0.0)


def _present_generation():
    """Only for showing what is at hand; what a page is kept under is always asked for before it is made."""
    global _read
    name, until = _read
    if name is None or time.monotonic() >= until:
        asked_at = time.monotonic()
        name = cache.get(GENERATION)
        _read = (name, asked_at + TRUSTED)
    return name


class Maker:
    """Makes the page anew."""

    def __init__(self, view, request, args, kwargs):
        self.view, self.request, self.args, self.kwargs = view, request, args, kwargs

    def plain(self):
        """The view's answer, rendered, saying how it may be kept by others."""
        response = self.view(self.request, *self.args, **self.kwargs)
        if hasattr(response, "render"):
            response.render()
        if is_for_everybody(self.request, response):
            response.headers.setdefault("Cache-Control", SHARED)
            response.headers["X-Accel-Expires"] = FRONT_SECONDS
        return response

    def unkept(self):
        """As a kept page is told, compressed and with what a second request may ask by, but kept by nobody here."""
        response = self.plain()
        if not is_for_everybody(self.request, response):
            return response
        told = _as_kept(response)
        return (_compressed(told) if _takes_gzip(self.request) else told).answer(self.request)


def is_for_everybody(request, response):
    """Only a whole page that touched no cookie and forbids no keeping."""
    return response.status_code == 200 and _concerns_nobody(request, response)


def tell_absence(request, response):
    """Says how long others may keep it that a public address is empty, or has moved within this site: so a page that
    was taken back leaves the front within a second or two, and is not shown there until its time is up."""
    if (
        response.status_code in (301, 404, 410)
        and request.method in ("GET", "HEAD")
        and not response.has_header("Cache-Control")
        and response.get("Location", "/").startswith("/")
        and _concerns_nobody(request, response)
    ):
        response.headers["Cache-Control"] = ABSENT
        response.headers["X-Accel-Expires"] = FRONT_SECONDS


def _concerns_nobody(request, response):
    return (
        not response.streaming
        and not response.cookies
        and not response.has_header("Set-Cookie")
        and "no-store" not in response.get("Cache-Control", "")
        and "private" not in response.get("Cache-Control", "")
        and "Cookie" not in response.get("Vary", "")
        and not getattr(getattr(request, "session", None), "accessed", False)
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
    )


def _from_cache(request, name, make, lasts):
    wanted = f"{name}:gzip" if _takes_gzip(request) else name
    generation, kept = _look(wanted)
    is_valid = _is_valid(kept, generation)
    if is_valid and time.time() < kept.fresh_until:
        HIT.inc()
        return kept.answer(request)
    with _turn(name, patience=0 if is_valid else TURN) as somebody_else_had_it:
        if somebody_else_had_it:
            generation, kept = _look(wanted)
            if _is_valid(kept, generation):
                HIT.inc()
                return kept.answer(request)
        return _made_anew(request, name, wanted, make, lasts, generation, kept)


def _made_anew(request, name, wanted, make, lasts, generation, kept):
    """Made by the view; or `kept` once more, where that is of the present `generation` and the database is away."""
    # Where there is none yet it begins before the page is made: an act of staff meanwhile begins another.
    begun = generation or begin_generation()
    try:
        with zones_told() as zones:
            response = make.plain()
    except (DatabaseError, InterfaceError) as error:
        if not (_is_valid(kept, generation) and database_is_away(error)):
            raise
        log.warning("the database is away: a kept page is shown")
        return kept.answer(request)
    if not is_for_everybody(request, response):
        return response
    MISS.inc()
    return _keep(name, response, begun, lasts, zones)[wanted].answer(request)


def _is_valid(kept, generation):
    return kept is not None and kept.generation == generation and kept.made_at - SKEW <= time.time() < kept.true_until


@contextmanager
def _turn(name, *, patience):
    """One thread of a process at a time makes a page anew: of many readers of one that was just forgotten, one.

    Tells whether another was at it, after waiting for `patience` seconds at most, so that one who is stuck holds up
    nobody. Raises what the other met where that is a database that is away: it is not asked once more by each.
    """
    mine = Future()
    first = _being_made.setdefault(name, mine)
    if first is not mine:
        if patience and (error := _error_of(first, patience)) and database_is_away(error):
            raise error
        yield True
        return
    try:
        yield False
    except BaseException as error:
        mine.set_exception(error)
        raise
    else:
        mine.set_result(None)
    finally:
        _being_made.pop(name, None)


def _error_of(future, patience):
    try:
        return future.exception(patience)
    except TimeoutError:
        return None


def _look(wanted):
    """(the present generation, the answer kept as `wanted` or None). A copy at hand in this process saves bringing the
    page over."""
    kept = _at_hand.get(wanted)
    if kept is not None and time.time() < kept.fresh_until and kept.generation == _present_generation():
        return kept.generation, kept
    found = cache.get_many([GENERATION, wanted])
    kept = found.get(wanted)
    if kept is not None and len(kept.body) <= LARGEST_AT_HAND:
        if len(_at_hand) >= MOST_AT_HAND:
            _at_hand.clear()
        _at_hand[wanted] = kept
    return found.get(GENERATION), kept


def _keep(name, response, generation, lasts, zones):
    """Puts the answer into the cache, plain and compressed; returns both by the names they are kept under."""
    now = time.time()
    true_until = next_midnight(zones, at=timezone.now()).timestamp()
    plain = _as_kept(response, generation, min(now + lasts, true_until), true_until)
    entries = {name: plain, f"{name}:gzip": _compressed(plain)}
    try:
        cache.set_many(entries, timeout=max(true_until - now, 1))
    except OSError as error:  # No room on the disk of a cache of files: the page is shown all the same.
        log.warning("a page cannot be kept: %s", type(error).__name__)
    return entries


def _as_kept(response, generation="", fresh_until=0.0, true_until=0.0):
    body = bytes(response.content)
    return Kept(
        generation=generation,
        fresh_until=fresh_until,
        true_until=true_until,
        made_at=int(time.time()),
        tag=f'W/"{hashlib.sha256(body).hexdigest()[:32]}"',
        body=body,
        headers={
            key: response.headers[key]
            for key in (*KEPT_HEADERS, "Cache-Control", "X-Accel-Expires")
            if key in response.headers
        },
    )


def _compressed(kept):
    """The same for those who take it so; as it is where that is no gain."""
    if len(kept.body) < WORTH_COMPRESSING:
        return kept
    # What is here is the same for everybody and holds no secret that its length could betray (BREACH).
    return replace(kept, body=gzip.compress(kept.body, 6, mtime=0), encoding="gzip")


def _name(request, varies):
    known = [(key, clean(value)) for key, clean in varies.items() for value in request.GET.getlist(key)[:20]]
    address = f"{request.path}?{urlencode([pair for pair in known if pair[1]])}"
    return f"page:{hashlib.sha256(address.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _takes_gzip(request):
    asked = request.META.get("HTTP_ACCEPT_ENCODING", "").lower()
    return "gzip" in asked and not GZIP_REFUSED.search(asked)
