"""Redis as the cache that every process shares, and a site that goes on without it.

Nothing is kept in it that could not be made anew: pages, limits, the day's key for networks. While it does not answer,
whatever is looked for is not there and whatever is kept is not kept: pages are made each time, limits let everybody
through, signing and confirming go on. It is said in the log once a minute, and by `/readyz`.
"""

import logging
import threading
import time
from functools import wraps

from django.core.cache.backends.redis import RedisCache, RedisCacheClient

log = logging.getLogger(__name__)

ANSWER_SECONDS = 0.5
PAUSE = 2.0  # Seconds in which it is not asked again: half a second lost once, not with every request.
SAY_EVERY = 60.0


def or_else(instead):
    """Answers `instead(self, arguments)` where Redis does not answer."""

    def decorate(method):
        @wraps(method)
        def patient(self, *args, **kwargs):
            return self._ask(lambda: method(self, *args, **kwargs), lambda: instead(*args, **kwargs))

        return patient

    return decorate


def _missing(*args, **kwargs):
    """As Django's own caches do for a key that is not there: whoever counts begins anew."""
    raise ValueError("The cache does not answer.")


class KeptClient(RedisCacheClient):
    """Django makes a client of the library for every command, which costs as much as the command; one is enough."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._kept = {}

    def get_client(self, key=None, *, write=False):
        place = self._get_connection_pool_index(write)
        if place not in self._kept:
            self._kept[place] = super().get_client(key, write=write)
        return self._kept[place]


class PatientRedisCache(RedisCache):
    """Django's, with whatever is no answer turned into a miss."""

    def __init__(self, server, params):
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        waits = {"socket_connect_timeout": ANSWER_SECONDS, "socket_timeout": ANSWER_SECONDS}
        options = {**waits, "retry": Retry(NoBackoff(), 1), **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})
        self._class = KeptClient
        self._state = _State.of(server)

    def _ask(self, ask, instead):
        from redis.exceptions import RedisError

        state = self._state
        if time.monotonic() < state.away_until:
            state.missed = True
            return instead()
        try:
            if state.missed:
                self._forget_what_may_be_old()
            return ask()
        except RedisError as error:  # Silence, a refusal, a wrong password: whatever it is, the site goes on.
            state.note(error)
        return instead()

    def _forget_what_may_be_old(self):
        """What this process wanted forgotten meanwhile may still be there: no page kept before is shown again."""
        from cases.caching import GENERATION

        super().delete(GENERATION)
        self._state.missed = False

    add = or_else(lambda *args, **kwargs: True)(RedisCache.add)
    get = or_else(lambda key, default=None, version=None: default)(RedisCache.get)
    set = or_else(lambda *args, **kwargs: None)(RedisCache.set)
    touch = or_else(lambda *args, **kwargs: False)(RedisCache.touch)
    delete = or_else(lambda *args, **kwargs: False)(RedisCache.delete)
    get_many = or_else(lambda *args, **kwargs: {})(RedisCache.get_many)
    has_key = or_else(lambda *args, **kwargs: False)(RedisCache.has_key)
    incr = or_else(_missing)(RedisCache.incr)
    set_many = or_else(lambda data, *args, **kwargs: list(data))(RedisCache.set_many)
    delete_many = or_else(lambda *args, **kwargs: None)(RedisCache.delete_many)
    clear = or_else(lambda *args, **kwargs: False)(RedisCache.clear)


class _State:
    """What the threads of a process know of one Redis: Django makes a cache object for each of them."""

    known: dict[str, "_State"] = {}
    lock = threading.Lock()

    def __init__(self):
        self.away_until = 0.0
        self.said_at = float("-inf")
        self.missed = False

    @classmethod
    def of(cls, server) -> "_State":
        with cls.lock:
            return cls.known.setdefault(str(server), cls())

    def note(self, error: Exception) -> None:
        self.missed = True
        self.away_until = time.monotonic() + PAUSE
        if time.monotonic() - self.said_at >= SAY_EVERY:
            self.said_at = time.monotonic()
            log.warning(
                "the shared cache does not answer: pages are made anew, limits let everybody through (%s)",
                _reason(error),
            )


def _reason(error: Exception) -> str:
    """The class of the error; the code with which Redis begins what it says, where the library has no class for it."""
    code = str(error).partition(" ")[0]
    return (
        code if type(error).__name__ == "ResponseError" and len(code) > 2 and code.isupper() else type(error).__name__
    )
