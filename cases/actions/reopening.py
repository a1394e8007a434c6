"""Bringing back a row that was taken back by mistake."""

from django.db import transaction
from django.utils.translation import gettext as _

from ..errors import ReasonMissing, Refusal
from ..models import State
from .recording import record_change


@transaction.atomic
def reopen(record, *, by, because):
    """Lets a row that was taken back wait again: the next publishing of its page makes it public.

    `by`: the staff member. `because`: the reason, kept in the log. Raises `ReasonMissing`, or `Refusal` for a row
    that was not taken back.
    """
    if not (because or "").strip():
        raise ReasonMissing(_("Give a reason: it is kept with the change."))
    record = type(record).objects.select_for_update().get(pk=record.pk)
    if record.state != State.RETRACTED:
        raise Refusal(_("“%(name)s” was not taken back, so there is nothing to bring back.") % {"name": record})
    type(record).objects.filter(pk=record.pk).update(state=State.DRAFT, retracted_at=None)
    record_change(record, verb="reopen", by=by, because=because.strip(), fields={"state": (record.state, State.DRAFT)})
    record.refresh_from_db()
    return record
