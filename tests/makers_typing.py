"""Hostile texts as an insider enters them: typed into everything that takes words, in every form of the staff site."""

import dataclasses

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone
from makers import numbers
from makers_admin import another_row, as_shown, change_url
from makers_markup import ATTACKS, WEB, our_models

from cases.models import Amendment, Person, State

TRIES = 5


def take_all_back_to_draft():
    """What is typed into a draft is stored at once; where the public reads the row, it waits.

    Returns the function that puts every row where it was.
    """
    Amendment.objects.all().delete()
    were = []
    for model in our_models():
        names = {field.name for field in model._meta.concrete_fields}
        kept = [name for name in ("state", "published_at", "retracted_at") if name in names]
        if "published_at" in kept:
            rows = models.QuerySet(model)
            were += [(rows, pk, dict(zip(kept, values, strict=True))) for pk, *values in rows.values_list("pk", *kept)]
            rows.update(**{name: State.DRAFT if name == "state" else None for name in kept})

    def put_back():
        for rows, pk, values in were:
            rows.filter(pk=pk).update(**values)

    return put_back


@dataclasses.dataclass
class Typed:
    """What became of the attacks, by the names of fields. `offered`: all that the forms let anybody word."""

    offered: set = dataclasses.field(default_factory=set)
    kept: dict = dataclasses.field(default_factory=dict)
    refused: dict = dataclasses.field(default_factory=dict)


def type_attacks(staff):
    """Types into the form of one row of each drawer, as `staff`, until it is taken."""
    typed = Typed()
    for model in admin.site._registry:
        row = _row_of(model)
        answer = staff.get(change_url(row)) if row else None
        if answer is not None and answer.status_code == 200 and answer.context["has_change_permission"]:
            _type(staff, row, answer, typed)
    return typed


def _row_of(model):
    rows = model._base_manager.order_by("pk")
    if model is get_user_model():
        return rows.filter(is_superuser=False).first()
    return rows.get(slug="ana-example") if model is Person else rows.first()


def _words(fields):
    return [name for name, field in fields.items() if isinstance(field, forms.CharField) and not field.disabled]


def _type(staff, row, answer, typed):
    """An attack in every field at once; what is refused with a sentence is put back, and the rest sent again."""
    posted, places = as_shown(answer), _places(answer.context["adminform"].form)
    for inline in answer.context["inline_admin_formsets"]:
        rows, empty = inline.formset.forms, inline.formset.empty_form
        if inline.has_change_permission:
            places += [place for form in rows for place in _places(form)]
        if inline.has_add_permission and not (rows and inline.has_change_permission):
            prefix = inline.formset.prefix
            new = f"{prefix}-{posted[f'{prefix}-TOTAL_FORMS']}"
            another_row(posted, prefix, **_needed(empty))
            places += _places(empty, prefix=new)
        if inline.has_add_permission or inline.has_change_permission:
            typed.offered |= {name for name, _field, _html_name in _places(empty)}
    typed.offered |= {name for name, _field, _html_name in places}
    shown = dict(posted)
    attacks = {html_name: (name, _attack(field)) for name, field, html_name in places}
    for _try in range(TRIES):
        answer = staff.post(change_url(row), {**posted, **{key: attack for key, (_name, attack) in attacks.items()}})
        if answer.status_code == 302:
            typed.kept.update(attacks.values())
            return
        errors = _errors(answer)
        assert set(errors) and set(errors) <= set(attacks), f"{row!r}: {errors}"
        for html_name, sentences in errors.items():
            typed.refused[attacks.pop(html_name)[0]] = sentences
            posted[html_name] = shown.get(html_name, "")
    raise AssertionError(f"{row!r} is never taken: {typed.refused}")


def _places(form, prefix=None):
    """(name of the model's field, form field, name in what is posted) for every field that takes words; a reason is
    none: it goes into the log."""
    form.prefix = prefix or form.prefix
    meta = form._meta.model._meta
    names = {field.name for field in meta.fields}.intersection(_words(form.fields))
    return [(f"{meta.label_lower}.{name}", form.fields[name], form.add_prefix(name)) for name in sorted(names)]


def _attack(field):
    start, end = WEB if isinstance(field, forms.URLField) else "", str(next(numbers))
    room = [text for attack in ATTACKS if len(text := start + attack + end) <= (field.max_length or 9999)]
    return (room or [ATTACKS[-1]])[0]


def _needed(form):
    """Of a new row, what it cannot do without and that is no words."""
    needed = {}
    for name, field in form.fields.items():
        if field.initial is not None:
            needed[name] = field.initial
        elif field.required and isinstance(field, forms.DateField):
            needed[name] = timezone.localdate()
        elif field.required and isinstance(field, forms.ModelChoiceField):
            needed[name] = field.queryset.first().pk
        elif field.required and isinstance(field, forms.ChoiceField):
            needed[name] = next(key for key, _label in field.choices if key)
    return needed


def _errors(answer):
    inlines = [inline.formset for inline in answer.context["inline_admin_formsets"]]
    shown = [answer.context["adminform"].form, *(form for formset in inlines for form in formset.forms)]
    found = {form.add_prefix(name): list(sentences) for form in shown for name, sentences in form.errors.items()}
    return found | {
        formset.prefix: list(formset.non_form_errors()) for formset in inlines if formset.non_form_errors()
    }
