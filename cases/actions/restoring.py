"""Back to an earlier state of one row, as the log of staff acts tells it."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ..errors import Inconsistent, ReasonMissing, Refusal
from ..models import Change
from ..models.identity import Slugged
from .addresses import keep_old_address
from .amending import NEVER, amend, must_wait
from .recording import record_change
from .stating import as_text, as_value, from_log, key_name, logged, stated

TOLD = ["change", "amend", "apply", "discard", "restore", "import"]
"""The acts of which the log keeps what stood before, field by field, so that it can be read back."""


def earlier_states(record):
    """The changes of `record` to before which it can be brought back, newest first."""
    return Change.objects.about(record).filter(verb__in=TOLD).select_related("by")


@transaction.atomic
def restore(record, change, *, by, because, only=None):
    """Gives the fields of `record` the values they had before `change`.

    Of a published row they wait like any other change. `only`: the names of the fields `by` may change, if not all.
    Raises `ReasonMissing`, `Refusal` where nothing would differ,
    and `Inconsistent` where a value of then cannot be read any more.
    """
    if not (because or "").strip():
        raise ReasonMissing(_("Give a reason: it is kept with the change."))
    record = type(record)._default_manager.select_for_update().get(pk=record.pk)
    values = values_before(record, change, only=only)
    if must_wait(record):
        done = amend(record, values, by=by, verb="restore", because=because.strip())
    else:
        done = _write(record, values, by=by, because=because.strip())
    if not done:
        raise Refusal(_("“%(name)s” is as it was then already.") % {"name": record})
    return type(record)._default_manager.get(pk=record.pk)


def values_before(record, change, *, only=None):
    """Field name → value before `change`, of every field (among `only`, if given) that changed then or since."""
    found = {}
    fields = [
        field for field in [*record._meta.fields, *record._meta.many_to_many] if only is None or field.name in only
    ]
    for act in earlier_states(record).filter(pk__gte=change.pk).order_by("pk"):
        for field in fields:
            kept = act.fields.get(key_name(field) if field.is_relation else field.name)
            if kept and field.name not in NEVER | set(found):
                found[field.name] = as_value(field, from_log(field, kept[0]))
    return found


def _write(record, values, *, by, because):
    """Writes `values` into a row that the public does not read. Returns whether anything was changed."""
    fields = {name: record._meta.get_field(name) for name in values}
    told, old_slug = {}, getattr(record, "slug", None)
    for name, value in values.items():
        if (text := as_text(fields[name], value)) != stated(record, name):
            told |= logged(type(record), name, stated(record, name), text)
    try:
        for name, value in values.items():
            if not fields[name].many_to_many:
                setattr(record, fields[name].attname, value)
        record.full_clean(exclude=[field.name for field in record._meta.fields if field.name not in values])
        with transaction.atomic():
            record.save()
    except (ValidationError, IntegrityError) as error:
        raise Inconsistent(_("The record does not allow the values of then any more.")) from error
    for name, value in values.items():
        if fields[name].many_to_many:
            getattr(record, name).set(value)
    if isinstance(record, Slugged) and record.slug != old_slug:
        keep_old_address(record, old_slug)
    if told:
        record_change(record, verb="restore", by=by, because=because, fields=told)
    return bool(told)
