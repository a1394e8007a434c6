"""Whose names the public does not read at the moment: everybody for whom somebody asked for silence.

Asked at most once in a request; outside of requests (commands, workers) every time.
"""

from asgiref.local import Local
from django.core.signals import request_finished, request_started

from .models import Person
from .withholding import Names

_request = Local()


def silenced(besides=None):
    """The `Names` of all persons with a pause in force, but not those of the person `besides`."""
    kept = getattr(_request, "names", None)
    if kept is None:
        kept = _read()
        if hasattr(_request, "names"):
            _request.names = kept
    return kept.without(besides.pk) if besides is not None and besides.pk in kept.by_person else kept.all


class _Kept:
    """Texts by person, and the names made of all of them."""

    def __init__(self, by_person):
        self.by_person = by_person
        self.all = Names(text for texts in by_person.values() for text in texts)

    def without(self, key):
        return Names(text for person, texts in self.by_person.items() if person != key for text in texts)


def _read():
    """Every name that is on record for them, published or not, in one statement."""
    paused = Person.objects.paused().order_by()
    rows = paused.values_list("pk", "display_name", "native_name", "slug", "names__text")
    by_person = {}
    for key, *own, other in rows:
        spelled = by_person.setdefault(key, set())
        spelled.update(filter(None, own))
        if other and len(other.split()) > 1:
            spelled.add(other)
    return _Kept(by_person)


def _begin(**_kwargs):
    _request.names = None


def _end(**_kwargs):
    if hasattr(_request, "names"):
        del _request.names


request_started.connect(_begin, dispatch_uid="names are read once in a request")
request_finished.connect(_end, dispatch_uid="names are forgotten after a request")
