"""`/metrics`, for Prometheus: what requests cost in all processes of this node, and the state of the whole site."""

import os

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from cases.availability import database_is_away
from config import vitals
from config.probing import Probe
from config.ready import cache_answers

PATIENCE = 1.8


@require_safe
@never_cache
def metrics(request):
    """Raises Http404 unless METRICS_TOKEN is set and given: others learn not even that there is something."""
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        raise Http404
    body = generate_latest(registry_of_processes()) + generate_latest(State())
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)


def registry_of_processes():
    """The sums over all processes of this node, where the server has made a folder for them."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


def look(found: dict) -> None:
    """Writes into `found` what the database and the cache say, as far as they answer."""
    at = timezone.now()
    try:
        found["outbox"] = vitals.outbox_seconds(at)
        found["database"] = True
        found["tally"] = vitals.tally_seconds(at)
        found["silent"] = vitals.silent_seconds(at)
        found["backup"] = vitals.backup_seconds(at)
        found["switches"] = vitals.switches()
        found["signatures"] = vitals.signatures()
        found["letters"] = vitals.letters(at)
    except (DatabaseError, InterfaceError) as error:
        found["database"] = not database_is_away(error)
    found["cache"] = cache_answers()


probe = Probe(look)


class State:
    """What is the same whichever node is asked, read when it is asked for."""

    def collect(self):
        found = probe.ask(PATIENCE)
        yield _gauge("database_up", "Whether the database answers.", int(found.get("database", False)))
        yield _gauge("cache_up", "Whether the cache answers.", int(found.get("cache", False)))
        if "outbox" in found:
            yield _gauge("outbox_age_seconds", "How long the oldest letter due has been waiting.", found["outbox"])
        if "tally" in found:
            yield _gauge("tally_lag_seconds", "How long a confirmed signature waits to be counted.", found["tally"])
        if found.get("silent") is not None:
            yield _gauge("worker_silent_seconds", "How long no worker has held a duty.", found["silent"])
        if found.get("backup") is not None:
            yield _gauge("backup_age_seconds", "Age of the newest backup restored on trial.", found["backup"])
        if "switches" in found:
            yield _numbers("switch", "Kill switches: 1 while thrown.", "name", found["switches"])
        if "signatures" in found:
            yield _numbers("signatures", "Signatures; unconfirmed ones up to 10,000.", "state", found["signatures"])
        if "letters" in found:
            yield _numbers("letters", "Letters, each state up to 10,000.", "state", found["letters"])


def _gauge(name, told, value):
    return GaugeMetricFamily(f"habeas_{name}", told, value=value)


def _numbers(name, told, label, numbers):
    family = GaugeMetricFamily(f"habeas_{name}", told, labels=[label])
    for value, number in numbers.items():
        family.add_metric([value], number)
    return family
