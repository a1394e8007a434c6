"""`/readyz`: whether this node can serve, and what else is wrong.

Only what keeps this very node from serving (no database, a missing migration) is a 503; everything else is a reason
given with a 200, since no load balancer should take all nodes away for a mail host.
"""

from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.availability import database_is_away
from config import vitals
from config.probing import Probe

PATIENCE = 1.8  # Seconds for everything together.
LATE_MAIL = 300
LATE_COUNT = 60
SILENCE = 60


@require_safe
@never_cache
def readyz(request):
    return answer(probe.ask(PATIENCE))


def answer(found: dict):
    """What `look` found, as JSON with reasons in sentences; 503 where this node cannot serve."""
    ready = found.get("database") == "ok" and found.get("migrations") == "applied"
    body = {"ready": ready, "reasons": [*reasons(found)], **found}
    return JsonResponse(body, status=200 if ready else 503, headers={} if ready else {"Retry-After": "10"})


def look(found: dict, *, at=None) -> None:
    """Writes into `found` what can be seen; what cannot be seen any more is left out."""
    at = at or timezone.now()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        found["database"] = "ok"
        found["migrations"] = "applied" if migrations.are_applied() else "missing"
        if found["migrations"] == "applied":
            found["outbox_seconds"] = vitals.outbox_seconds(at)
            found["tally_seconds"] = vitals.tally_seconds(at)
            found["worker_silent_seconds"] = vitals.silent_seconds(at)
            found["switches"] = [name for name, thrown in vitals.switches().items() if thrown]
    except (DatabaseError, InterfaceError) as error:
        found["database"] = "away" if database_is_away(error) else "not as this release expects it"
    found["cache"] = "ok" if cache_answers() else "away"


probe = Probe(look)


def reasons(found: dict):
    """Whole sentences; the gravest first."""
    if (database := found.get("database", "silent")) != "ok":
        yield {
            "away": _("The database cannot be reached."),
            "silent": _("The database does not answer in time."),
        }.get(database, _("The database is not as this release expects it: run “manage.py migrate”."))
    elif found.get("migrations", "silent") != "applied":
        yield _("Migrations of this release are missing in the database: run “manage.py migrate”.")
    if found.get("cache") != "ok":
        yield _("The cache does not answer: pages are made anew each time and limits are not kept.")
    thrown = found.get("switches", ())
    for name in thrown:
        yield _("A kill switch is thrown: %(name)s.") % {"name": name}
    if (waited := found.get("outbox_seconds", 0)) > LATE_MAIL:
        yield _("The oldest letter has been waiting for %(seconds)d seconds.") % {"seconds": waited}
    if (waited := found.get("tally_seconds", 0)) > LATE_COUNT:
        yield _("A confirmed signature has been waiting for %(seconds)d seconds to be counted.") % {"seconds": waited}
    if "worker_silent_seconds" in found and "read-only" not in thrown:  # While it is thrown, workers rest.
        if (silent := found["worker_silent_seconds"]) is None:
            yield _("No worker has ever run: start “manage.py work”.")
        elif silent > SILENCE:
            yield _("No worker has been heard of for %(seconds)d seconds.") % {"seconds": silent}


class Migrations:
    """Remembers a yes: what is applied is not taken back under a running process."""

    applied = False

    def are_applied(self) -> bool:
        if not self.applied:
            executor = MigrationExecutor(connection)
            self.applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        return self.applied


migrations = Migrations()


def cache_answers() -> bool:
    """Whether what is put into the cache can be got again."""
    name, word = f"readyz:{get_random_string(12)}", get_random_string(12)
    try:
        cache.set(name, word, timeout=10)
        return cache.get(name) == word
    except Exception:  # Each backend has errors of its own, and all of them mean the same.
        return False
