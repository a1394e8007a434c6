"""Whose names the public does not read: everybody for whom somebody asked for silence, while that lasts, and minors,
who are known by their pseudonyms.

Asked at most once in a request; outside of requests (commands, workers) every time.
"""

from functools import reduce
from itertools import chain
from operator import or_

from asgiref.local import Local
from django.core.signals import request_finished, request_started
from django.db.models import Q

from .models import Person, Standing
from .withholding import Names, is_surname_in, surname_in

_request = Local()


def silenced(besides=None):
    """The `Names` of minors and of all persons with a pause in force, of these without the person `besides`."""
    kept = getattr(_request, "names", None)
    if kept is None:
        kept = _read()
        if hasattr(_request, "names"):
            _request.names = kept
    return kept.without(besides.pk) if besides is not None and besides.pk in kept.paused else kept.all


class _Kept:
    """Names by person: `spelled`, whole, and `surnames`, those that are nobody else's. `paused`: whose are they."""

    def __init__(self, spelled, surnames, minors):
        self.spelled, self.surnames = spelled, surnames
        self.paused = spelled.keys() - minors
        self.all = self.without(None)

    def without(self, key):
        others = self.spelled.keys() - {key}
        return Names(
            chain.from_iterable(self.spelled[person] for person in others),
            chain.from_iterable(self.surnames[person] for person in others),
        )


def _read():
    """Every name that is on record for them, published or not, in one statement, and a second one while there is
    anybody. The address of a minor is no name."""
    hidden = Person.objects.filter(Q(pk__in=Person.objects.paused().order_by().values("pk")) | Q(is_minor=True))
    rows = hidden.order_by().values_list("pk", "is_minor", "slug", "display_name", "native_name", "names__text")
    names, addresses, minors = {}, {}, set()
    for key, is_minor, slug, *own, other in rows:
        names.setdefault(key, set()).update(filter(None, own))
        if other and len(other.split()) > 1:
            names[key].add(other)
        if is_minor:
            minors.add(key)
        addresses[key] = set() if is_minor else {slug}
    return _Kept({key: names[key] | addresses[key] for key in names}, own_surnames(names), minors)


def own_surnames(names):
    """For each person (key → how they are called) the surnames, folded, that nobody else on record bears in any form.

    What others are called is read where they are searched for; whoever is also known by the same word makes it no
    one's own.
    """
    found = {key: {surname_in(text) for text in spelled} - {""} for key, spelled in names.items()}
    wanted = reduce(or_, (Q(search_text__contains=one) for own in found.values() for one in own), Q())
    bearers = Standing.objects.filter(wanted).values_list("pk", "search_text") if wanted else ()
    for bearer, text in bearers:
        for key in found.keys() - {bearer}:
            found[key] = {surname for surname in found[key] if not is_surname_in(surname, text)}
    return found


def _begin(**_kwargs):
    _request.names = None


def _end(**_kwargs):
    if hasattr(_request, "names"):
        del _request.names


request_started.connect(_begin, dispatch_uid="names are read once in a request")
request_finished.connect(_end, dispatch_uid="names are forgotten after a request")
