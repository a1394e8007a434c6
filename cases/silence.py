"""Whose names the public does not read: everybody for whom somebody asked for silence, while that lasts, and minors,
who are known by their pseudonyms.

Asked at most once in a request; outside of requests (commands, workers) every time.
"""

from itertools import chain

from asgiref.local import Local
from django.core.signals import request_finished, request_started
from django.db.models import Q

from .models import Person
from .withholding import Names

_request = Local()


def silenced(besides=None):
    """The `Names` of minors and of all persons with a pause in force, of these without the person `besides`."""
    kept = getattr(_request, "names", None)
    if kept is None:
        kept = _read()
        if hasattr(_request, "names"):
            _request.names = kept
    return kept.without(besides.pk) if besides is not None and besides.pk in kept.by_person else kept.all


class _Kept:
    """Texts by person, those of minors apart, and the names made of all of them."""

    def __init__(self, by_person, of_minors):
        self.by_person, self.of_minors = by_person, of_minors
        self.all = self.without(None)

    def without(self, key):
        others = (text for person, texts in self.by_person.items() if person != key for text in texts)
        return Names(chain(self.of_minors, others))


def _read():
    """Every name that is on record for them, published or not, in one statement. The address of a minor is no name."""
    hidden = Person.objects.filter(Q(pk__in=Person.objects.paused().order_by().values("pk")) | Q(is_minor=True))
    rows = hidden.order_by().values_list("pk", "is_minor", "slug", "display_name", "native_name", "names__text")
    by_person, of_minors = {}, set()
    for key, is_minor, slug, *own, other in rows:
        spelled = of_minors if is_minor else by_person.setdefault(key, {slug})
        spelled.update(filter(None, own))
        if other and len(other.split()) > 1:
            spelled.add(other)
    return _Kept(by_person, of_minors)


def _begin(**_kwargs):
    _request.names = None


def _end(**_kwargs):
    if hasattr(_request, "names"):
        del _request.names


request_started.connect(_begin, dispatch_uid="names are read once in a request")
request_finished.connect(_end, dispatch_uid="names are forgotten after a request")
