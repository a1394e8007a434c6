"""Plain functions that fill in the forms of the editors' desk as a browser would."""

import re

from django.forms import MultiWidget
from django.urls import reverse


def change_url(record):
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])


def delete_url(record):
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_delete", args=[record.pk])


def add_url(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def list_url(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def decide_url(record, verb):
    return reverse(f"admin:cases_{record._meta.model_name}_{verb}", args=[record.pk])


def review_url(page):
    return reverse(f"admin:cases_{page._meta.model_name}_review", args=[page.pk])


def as_shown(response):
    """Everything that the form on the page would post if nothing were touched."""
    formsets = [shown.formset for shown in response.context["inline_admin_formsets"]]
    forms = [response.context["adminform"].form]
    for formset in formsets:
        forms += [formset.management_form, *formset.forms]
    seen = re.search(r'name="_seen" value="(\d+)"', response.content.decode())
    posted = {"_seen": seen[1]} if seen else {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is None or value is False:
                continue
            if isinstance(bound.field.widget, MultiWidget):
                parts = enumerate(bound.field.widget.decompress(value))
                posted |= {f"{bound.html_name}_{place}": str(part) for place, part in parts if part is not None}
                continue
            is_several = isinstance(value, list | tuple)
            posted[bound.html_name] = (
                [_text(one) for one in value] if is_several else "on" if value is True else _text(value)
            )
    return posted


def save(client, record, **changed):
    """Posts the page of `record` as it is shown, with `changed`."""
    posted = as_shown(client.get(change_url(record)))
    return client.post(change_url(record), {**posted, **changed})


def another_row(posted, prefix, **fields):
    """Adds one new row to the inline `prefix`, as “Add another” does."""
    number = int(posted[f"{prefix}-TOTAL_FORMS"])
    posted[f"{prefix}-TOTAL_FORMS"] = str(number + 1)
    posted.update({f"{prefix}-{number}-{name}": str(value) for name, value in fields.items()})
    return posted


def sentences(response):
    """Every error on the page, in the order of its forms."""
    errors = response.context["errors"]
    return [str(sentence) for group in errors for sentence in (group if isinstance(group, list) else [group])]


def _text(value):
    return str(getattr(value, "pk", value))
