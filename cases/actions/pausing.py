"""Silence when the family or a lawyer asks for it: the page is hidden with all that hangs on it, the record is kept.

Nothing is switched off one by one. `Person.objects.public()` leaves out whoever has a pause in force; lists,
proceedings, campaigns, waiting letters, counts, exports and pictures all begin there.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..errors import ReasonMissing, Refusal
from ..models import Pause, Person
from .recording import record_change


@transaction.atomic
def pause(person, *, asked_by, review_on, by, reason=""):
    """Hides the page of `person` from now on and returns the pause.

    `asked_by` and `reason` stay in the private table: the log says that there is a pause, not who asked. `review_on`:
    the day on which somebody looks at it again. Raises `Refusal`.
    """
    _lock(person)
    if not (asked_by or "").strip():
        raise Refusal(_("Say who asked for silence."))
    if Pause.objects.in_force().filter(person=person).exists():
        raise Refusal(_("There is a pause in force already."))
    _need_a_day_ahead(review_on)
    made = Pause.objects.create(person=person, asked_by=asked_by.strip(), reason=reason, review_on=review_on)
    record_change(person, verb="pause", by=by, fields={"review_on": ("", review_on)})
    return made


@transaction.atomic
def prolong(person, *, review_on, by, because):
    """Leaves the pause in force, to be looked at again on `review_on`. Raises `ReasonMissing` or `Refusal`."""
    found = _in_force(person, because)
    _need_a_day_ahead(review_on)
    was = found.review_on
    Pause.objects.filter(pk=found.pk).update(review_on=review_on)
    record_change(person, verb="prolong", by=by, because=because.strip(), fields={"review_on": (was, review_on)})
    found.refresh_from_db()
    return found


@transaction.atomic
def lift(person, *, by, because):
    """Ends the pause: what was public before is public again. Raises `ReasonMissing` or `Refusal`."""
    found = _in_force(person, because)
    Pause.objects.filter(pk=found.pk).update(lifted_at=timezone.now())
    record_change(person, verb="lift", by=by, because=because.strip())
    found.refresh_from_db()
    return found


def _in_force(person, because):
    _lock(person)
    if not (because or "").strip():
        raise ReasonMissing(_("Give a reason: it is kept with the change."))
    found = Pause.objects.in_force().filter(person=person).first()
    if found is None:
        raise Refusal(_("There is no pause in force."))
    return found


def _need_a_day_ahead(review_on):
    if review_on <= timezone.localdate():
        raise Refusal(_("Choose a day to come on which the pause is looked at again."))


def _lock(person):
    Person.objects.select_for_update().get(pk=person.pk)
