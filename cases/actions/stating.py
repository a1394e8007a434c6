"""The value of a field as text that can be read back, and as words for people."""

from django.db import models
from django.utils.translation import gettext as _


def as_text(field, value):
    """`value` of `field` as the JSON of a waiting change keeps it: text, None, or a list of keys."""
    if field.many_to_many:
        return sorted(str(getattr(one, "pk", one)) for one in value or ())
    value = getattr(value, "pk", value) if field.is_relation else value
    if value is None:
        return None
    return field.value_to_string(field.model(**{field.attname: value}))


def as_value(field, text):
    """What `as_text` kept as a value again: of a foreign key the key, of many-to-many the rows that still exist."""
    if field.many_to_many:
        return list(field.related_model._default_manager.filter(pk__in=text or ()))
    return None if text is None else field.to_python(text)


def in_words(field, text):
    """The kept `text` of `field` as an editor reads it; "" for nothing."""
    if text is None or text == "" or text == []:
        return ""
    if field.is_relation:
        keys = text if field.many_to_many else [text]
        found = {str(row.pk): str(row) for row in field.related_model._default_manager.filter(pk__in=keys)}
        return ", ".join(found.get(str(key), f"({key})") for key in keys)
    if isinstance(field, models.BooleanField):
        return _("yes") if as_value(field, text) else _("no")
    return str(dict(field.flatchoices).get(text, text))


def stated(record, name):
    """The text of the field `name` of `record` as it is now."""
    field = record._meta.get_field(name)
    if field.many_to_many:
        return as_text(field, getattr(record, name).all()) if record.pk else []
    return as_text(field, field.value_from_object(record))


def logged(model, name, before, after):
    """What the log keeps of one field whose kept text was `before` and is `after`: words and, of a relation, keys."""
    field = model._meta.get_field(name)
    told = {name: (in_words(field, before), in_words(field, after))}
    if field.is_relation:
        told[key_name(field)] = (_keys(before), _keys(after))
    return told


def key_name(field):
    """Under which name the log keeps the key (or keys) of a relation."""
    return f"{field.name}_ids" if field.many_to_many else field.attname


def from_log(field, before):
    """The kept text of `field` that the log's `before` (of a relation: its keys) stands for."""
    if field.many_to_many:
        return [key for key in before.split(",") if key]
    if isinstance(field, models.BooleanField):
        return before.capitalize()  # An import writes “true”.
    return None if before == "" and field.null else before


def _keys(text):
    return ",".join(text) if isinstance(text, list) else text or ""
