"""Throwing and lifting kill switches. Each act is logged with its reason and reaches every process in seconds."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions.recording import record_change
from cases.caching import forget_pages
from cases.errors import ReasonMissing

from ..models import Switch
from ..models.switches import memory

NORMAL = {Switch.Name.SIGNING: "on", Switch.Name.MAIL: "on", Switch.Name.READ_ONLY: "off"}
"""How each switch stands when nothing is thrown."""


def set_switch(name, position, *, by, because=""):
    """Bring the switch `name` into `position` ("on" or "off"); returns whether that changed anything.

    Leaving the normal position needs a reason: raises ReasonMissing.
    """
    return _lift(name, by, because) if position == NORMAL[name] else _throw(name, by, because)


@transaction.atomic
def _throw(name, by, because):
    if not because.strip():
        raise ReasonMissing(_("Say why: the reason is kept with the act."))
    values = {"reason": because.strip()[:300], "since": timezone.now()}
    switch, is_new = Switch.objects.get_or_create(name=name, defaults=values)
    if is_new:
        _tell(switch, "off" if NORMAL[name] == "on" else "on", by, because)
    return is_new


@transaction.atomic
def _lift(name, by, because):
    switch = Switch.objects.select_for_update().filter(name=name).first()
    if switch is None:
        return False
    _tell(switch, NORMAL[name], by, because)
    switch.delete()
    return True


def _tell(switch, position, by, because):
    record_change(switch, verb=f"switch_{switch.name}_{position}", by=by, because=because)
    forget_pages()
    memory.forget()
    transaction.on_commit(memory.forget)
