"""Rules across rows. Admin, import and commands all ask here, under a lock on the person."""

from itertools import combinations

from django.utils.translation import gettext as _

from ..daycount import certainly_overlap, possibly_overlap
from ..errors import Inconsistent
from ..models import ChargeSuccession, Detention, Person, Proceeding


def check_person(person):
    """Locks `person` and refuses with `Inconsistent` if its rows contradict each other."""
    Person.objects.select_for_update().get(pk=person.pk)
    problems = problems_of(person)
    if problems:
        raise Inconsistent(*problems)


def problems_of(person):
    """Every broken rule across the rows of `person`, one sentence each."""
    return [
        *_overlaps(person),
        *_foreign_charges(person),
        *_orders_outside(person),
        *_circles(person),
        *_sentences_of_others(person),
    ]


def doubts_of(person):
    """What is not wrong but wants an editor's eye: custody that may overlap, one sentence each."""
    return [
        _("%(a)s and %(b)s may overlap.") % {"a": _told(a), "b": _told(b)}
        for a, b in _pairs(person)
        if possibly_overlap(a.episode, b.episode) and not certainly_overlap(a.episode, b.episode)
    ]


def problems_of_proceeding(proceeding):
    """A proceeding that, through joinders or severances, leads back to itself."""
    problems = []
    for link in ("joined_into", "severed_from"):
        seen, step = {proceeding.pk}, getattr(proceeding, f"{link}_id")
        while step and step not in seen:
            seen.add(step)
            step = Proceeding.objects.filter(pk=step).values_list(f"{link}_id", flat=True).first()
        if step:
            problems.append(_("%(name)s leads back to itself.") % {"name": proceeding})
    return problems


def _pairs(person):
    """Pairs of detentions that rest on the same legal basis: only those must not overlap."""
    detentions = Detention.objects.filter(person=person).order_by("from_on", "sequence", "pk")
    return [(a, b) for a, b in combinations(detentions, 2) if a.legal_basis == b.legal_basis]


def _told(detention):
    return f"{detention.get_kind_display()} ({detention.from_on or '?'} – {detention.until_on or '…'})"


def _overlaps(person):
    for a, b in _pairs(person):
        if certainly_overlap(a.episode, b.episode):
            yield _(
                "%(a)s and %(b)s overlap on the same legal basis: end the first, correct the dates, or name the basis."
            ) % {"a": _told(a), "b": _told(b)}


def _successions(person):
    return ChargeSuccession.objects.filter(change__person=person).select_related("change", "charge__provision")


def _foreign_charges(person):
    for link in _successions(person).exclude(charge__person=person):
        yield _("%(change)s names a charge of somebody else: %(charge)s.") % {
            "change": link.change,
            "charge": link.charge,
        }


def _orders_outside(person):
    for detention in Detention.objects.filter(person=person).prefetch_related("orders"):
        for order in detention.orders.all():
            before = order.ordered_on and detention.from_on and order.ordered_on.latest < detention.from_on.earliest
            if before and order.kind != order.Kind.INITIAL:
                yield _("%(order)s comes before the detention it is about begins.") % {"order": order}


def _circles(person):
    """Charges that replace each other in a circle."""
    after = {}
    changes = {}
    for link in _successions(person):
        changes.setdefault(link.change_id, {"replaced": [], "new": []})[link.role].append(link.charge_id)
    for parts in changes.values():
        for old in parts["replaced"]:
            after.setdefault(old, set()).update(parts["new"])
    for start in after:
        seen, todo = set(), list(after[start])
        while todo:
            charge = todo.pop()
            if charge == start:
                yield _("A charge replaces itself through the changes of %(name)s.") % {"name": person}
                return
            if charge not in seen:
                seen.add(charge)
                todo.extend(after.get(charge, ()))


def _sentences_of_others(person):
    for sentence in person.sentences.exclude(revises=None).exclude(revises__person=person):
        yield _("%(sentence)s decides about the sentence of somebody else.") % {"sentence": sentence}
