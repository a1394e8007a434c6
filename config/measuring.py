"""What each request costs, by route: never by who asked, or for what.

Stands around everything else, so that static files and refusals are counted, too. A request that fails or is slow
leaves one line in the log; with LOG_REQUESTS every request does.
"""

import logging
import time

from django.conf import settings
from django.db import connection
from prometheus_client import Counter, Gauge, Histogram

import cases.metrics  # noqa: F401  (so that every process has these counters)
from config.logs import Asked, asked
from config.statements import sent

log = logging.getLogger("habeas.requests")

BUCKETS = (0.005, 0.02, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
REQUESTS = Counter("habeas_requests", "Requests answered.", ["route", "method", "status"])
SECONDS = Histogram("habeas_request_seconds", "Time to answer.", ["route"], buckets=BUCKETS)
STATEMENTS = Counter("habeas_statements", "Statements sent to the database while answering.", ["route"])
SIGNINGS = Counter("habeas_signings", "Posts of the signing form, by what came of them.", ["outcome"])
CONFIRMATIONS = Counter("habeas_confirmations", "Posts of the confirm page, by what came of them.", ["outcome"])
POOL = Gauge("habeas_pool_connections", "Connections of the pools.", ["state"], multiprocess_mode="livesum")
POOL_TIMEOUTS = Counter("habeas_pool_timeouts", "Requests that got no connection in time.")

METHODS = {"GET", "HEAD", "POST"}
# The views answer each outcome with a status of its own, so nothing below needs to know that it is counted.
OUTCOMES = {
    "campaigns:sign": (
        SIGNINGS,
        {303: "kept", 403: "foreign", 409: "closed", 422: "invalid", 429: "throttled", 500: "failed", 503: "away"},
    ),
    "campaigns:confirm": (
        CONFIRMATIONS,
        {303: "kept", 403: "foreign", 404: "unknown", 409: "changed", 410: "expired", 500: "failed", 503: "away"},
    ),
}
for _counter, _outcomes in OUTCOMES.values():
    for _outcome in (*_outcomes.values(), "other"):
        _counter.labels(_outcome)
SLOW = 1.0  # Seconds after which a request is told in the log.
POOL_EVERY = 1.0


def measure(get_response):
    """Counts, times, and tells of failures; with one of them goes the id under which the log speaks of it."""

    def middleware(request):
        about = Asked(request)
        token = asked.set(about)
        before, began = sent.number, time.perf_counter()
        try:
            response = get_response(request)
            took = time.perf_counter() - began
            try:
                note(request, response.status_code, took, sent.number - before)
            except OSError:  # The folder of the figures is gone or full: no reason to refuse anybody a page.
                log.warning("The figures cannot be kept.")
            if response.status_code >= 500:
                response.headers["X-Request-ID"] = about.id
            return response
        finally:
            asked.reset(token)

    return middleware


def note(request, status, took, statements):
    route = route_of(request)
    method = request.method if request.method in METHODS else "other"
    requests, seconds, spent, outcome = children(route, method, status)
    requests.inc()
    seconds.observe(took)
    if statements:
        spent.inc(statements)
    if outcome is not None:
        outcome.inc()
    pool.look()
    if settings.LOG_REQUESTS or status >= 500 or took >= SLOW:
        facts = {"method": method, "status": status, "ms": round(took * 1000), "queries": statements}
        level = logging.ERROR if status >= 500 else logging.INFO
        log.log(level, "%s %s: %s in %d ms", method, route, status, facts["ms"], extra=facts)


def route_of(request) -> str:
    """A name out of a bounded set: the staff site has some hundred addresses and goes as one."""
    match = request.resolver_match
    if match is None:
        return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"
    return "admin" if match.namespaces[:1] == ["admin"] else match.view_name


_children: dict[tuple[str, str, int], tuple] = {}


def children(route, method, status):
    """The figures for such a request; looked up once, since that costs more than counting."""
    found = _children.get((route, method, status))
    if found is None:
        counter, outcomes = OUTCOMES.get(route, (None, {}))
        outcome = counter.labels(outcomes.get(status, "other")) if counter and method == "POST" else None
        labels = REQUESTS.labels(route, method, str(status)), SECONDS.labels(route), STATEMENTS.labels(route)
        found = _children[route, method, status] = (*labels, outcome)
    return found


class Pool:
    """Looks at the process's pool of PostgreSQL connections, at most once a second, when somebody has asked."""

    def __init__(self):
        self.next_at, self.timeouts = 0.0, 0

    def look(self):
        now = time.monotonic()
        if now < self.next_at:
            return
        self.next_at = now + POOL_EVERY
        if connection.vendor != "postgresql" or not (pool := connection.pool):
            return
        seen = pool.get_stats()
        POOL.labels("open").set(seen.get("pool_size", 0))
        POOL.labels("free").set(seen.get("pool_available", 0))
        POOL.labels("most").set(seen.get("pool_max", 0))
        POOL.labels("waited_for").set(seen.get("requests_waiting", 0))
        timeouts = seen.get("requests_errors", 0)
        POOL_TIMEOUTS.inc(max(timeouts - self.timeouts, 0))
        self.timeouts = timeouts


pool = Pool()
for _state in ("open", "free", "most", "waited_for"):
    POOL.labels(_state)
