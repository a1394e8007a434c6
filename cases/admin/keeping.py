"""What a save changed, told for the log of staff acts."""

from django.forms import ModelChoiceField, ModelMultipleChoiceField

from ..actions.recording import record_change
from ..actions.stating import key_name
from ..models import ConfidentialSource, ConsentRecord, Pause, PublicationBasis, RiskAssessment

PRIVATE = (ConfidentialSource, ConsentRecord, Pause, PublicationBasis, RiskAssessment)
WITHHELD = "(private)"


def changes_in(form):
    """Field → (before, after) of everything that `form` changed; the contents of private tables stay in them."""
    kept = {field.name for field in form._meta.model._meta.get_fields()}
    names = [name for name in form.changed_data if name in kept]
    if isinstance(form.instance, PRIVATE):
        return dict.fromkeys(names, (WITHHELD, WITHHELD))
    told = {name: (_before(form, name), _text(form.cleaned_data.get(name))) for name in names}
    return told | _keys_in(form, names)


def keep_form(form, *, added, by, because=""):
    """One `Change` about the row of `form`, unless nothing in it changed."""
    changes = changes_in(form)
    if added or changes:
        record_change(form.instance, verb="add" if added else "change", by=by, because=because, fields=changes)


def _keys_in(form, names):
    """Of every relation the keys, too: an earlier state is read back from them, not from names."""
    keys = {}
    for name in names:
        field = form._meta.model._meta.get_field(name)
        if field.is_relation:
            keys[key_name(field)] = (_keys(form.initial.get(name)), _keys(form.cleaned_data.get(name)))
    return keys


def _keys(value):
    several = value if hasattr(value, "__iter__") and not isinstance(value, str) else [value]
    return ",".join(str(getattr(one, "pk", one)) for one in several if one not in (None, ""))


def _before(form, name):
    value, field = form.initial.get(name), form.fields[name]
    if value and isinstance(field, ModelChoiceField) and not isinstance(field, ModelMultipleChoiceField):
        key = getattr(value, "pk", value)
        return _text(field.queryset.model._default_manager.filter(pk=key).first() or value)
    return _text(value)


def _text(value):
    if value is None:
        return ""
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return str(value)
    return ", ".join(map(str, value))
