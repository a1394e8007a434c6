"""Forms of the editors' desk: every refusal is a sentence beside what was typed."""

import re
from itertools import chain

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Max
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..actions.amending import amend, lay_over, must_wait
from ..actions.stating import as_value
from ..errors import Refusal
from ..models import Citation, SlugRedirect, Source
from ..models.publication import Publishable
from .beside import SourcesBeside, cited
from .permitting import COUNTRIES, countries_of, outside

NAMED = re.compile(r"\b(an?_\w+|the_\w+|consent_\w+)\b")


class RecordForm(forms.ModelForm):
    """`refused`: sentences from an attempt to save that was rolled back; the form shows them and stays as typed.

    `own_names`: fields that name a member of staff; each of us can put only their own name there.
    """

    refused = ()
    own_names = ()
    user = None
    waits = is_kept = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in set(self.own_names) & set(self.fields):
            people = {self.user and self.user.pk, getattr(self.instance, f"{name}_id")}
            self.fields[name].queryset = get_user_model().objects.filter(pk__in=people - {None})
            self.fields[name].widget.can_add_related = False
        if "slug" in self.fields:
            self.fields["slug"].required = False
        self._show_waiting_lists()
        if self.instance.pk and self.user and countries_of(self.user):
            self._keep_what_is_chosen()

    def _keep_what_is_chosen(self):
        """What the row has of countries its reader does not work on is shown and stays, or saving would take it
        away."""
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField) and field.queryset.model in COUNTRIES:
                now = self.initial.get(name)
                keys = [getattr(one, "pk", one) for one in (now if isinstance(now, list) else [now])]
                field.queryset = field.queryset | field.queryset.model._default_manager.filter(pk__in=keys)

    def _show_waiting_lists(self):
        """Of many-to-many fields, too, the form shows what waits; the others are laid over the instance itself."""
        waiting = getattr(self.instance, "waiting", None)
        for field in self._meta.model._meta.many_to_many:
            if waiting and field.name in waiting.fields:
                self.initial[field.name] = as_value(field, waiting.fields[field.name])

    def clean(self):
        cleaned = super().clean()
        for sentence in self.refused:
            self.add_error(None, sentence)
        return cleaned

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        was = SlugRedirect.objects.target(type(self.instance), slug)
        if was and was != self.instance.public_id:
            raise ValidationError(_("This address already leads to another page: choose another one."))
        return slug

    def clean_country(self):
        country = self.cleaned_data["country"]
        if self.user and (sentence := outside(self.user, self.instance, str(country))):
            raise ValidationError(sentence)
        return country

    def add_error(self, field, error):
        """Says a broken constraint in words: its name is a sentence."""
        if isinstance(error, ValidationError):
            _say_in_words(error, self._meta.model)
        super().add_error(field, error)

    def _get_validation_exclusions(self):
        # A slug left empty is made from the name when the record is saved.
        left_out = super()._get_validation_exclusions()
        return left_out | {"slug"} if "slug" in self.fields and not self.cleaned_data.get("slug") else left_out


def may_read_waiting(user):
    """Whether `user` sees what waits in public rows; who does not is shown what the public reads."""
    return user is not None and user.has_perm("cases.view_amendment")


def changed_values(form):
    """Field → new value of what `form` changed in its row; a slug left empty stays as it was."""
    kept = {field.name for field in [*form.instance._meta.fields, *form.instance._meta.many_to_many]}
    values = {name: form.cleaned_data.get(name) for name in form.changed_data if name in kept}
    if "slug" in values:
        values["slug"] = values["slug"] or form.initial.get("slug")
    return values


class RecordFormSet(BaseInlineFormSet):
    """Rows of a page. What has once been public is taken back with a reason, never deleted."""

    def get_queryset(self):
        """The rows as they will be, with what waits in them."""
        is_known = hasattr(self, "_queryset")
        rows = super().get_queryset()
        if not is_known and issubclass(self.model, Publishable) and may_read_waiting(self.form.user):
            lay_over(list(rows))
        return rows

    def save_existing(self, form, obj, commit=True):
        """What was typed into a published row waits."""
        form.waits = must_wait(obj)
        if form.waits:
            form.is_kept = amend(obj, changed_values(form), by=form.user)
            return obj
        return super().save_existing(form, obj, commit)

    def save_new(self, form, commit=True):
        """A new row stands last, unless its place was typed."""
        if hasattr(form.instance, "sequence") and "sequence" not in form.changed_data:
            siblings = self.model._default_manager.filter(**{self.fk.name: self.instance})
            form.instance.sequence = (siblings.aggregate(last=Max("sequence"))["last"] or 0) + 1
        return super().save_new(form, commit)

    def clean(self):
        super().clean()
        for form in self.deleted_forms:
            if getattr(form.instance, "published_at", None):
                raise ValidationError(
                    _("“%(row)s” has been public: it cannot be deleted. Open it and take it back.")
                    % {"row": form.instance}
                )


class SourcedForm(RecordForm):
    """A row with one more field: the source that says so, kept as a citation of the whole row."""

    source = forms.ModelChoiceField(
        label=gettext_lazy("source that says so"),
        queryset=Source.objects.select_related("publisher"),
        required=False,
        help_text=gettext_lazy("Adds a citation. Those already there stand below."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "source" in self.fields:
            self.fields["source"].widget.cited = cited(self.instance)


def with_source_lookup(form, admin_site):
    """Gives the field “source” of the form class `form` the look-up and the “+” that source fields have elsewhere."""
    link = Citation._meta.get_field("source")
    widget = AutocompleteSelect(link, admin_site)
    field = form.base_fields["source"]
    widget.choices = field.widget.choices
    field.widget = SourcesBeside(widget, link.remote_field, admin_site, can_add_related=True)
    return form


def said(error):
    """The sentences that `error`, a refusal or a broken constraint, has for an editor."""
    if isinstance(error, Refusal):
        return error.messages
    if isinstance(error, IntegrityError):
        found = NAMED.search(_constraint_name(error))
        return [_broken(found.group())] if found else [_("A row that is kept only once would stand there twice.")]
    raise error


def _constraint_name(error):
    """PostgreSQL names the constraint; SQLite writes it into the text."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or str(error)


def _broken(name):
    return _("This cannot be, by a rule of the record: %(rule)s.") % {"rule": name.replace("_", " ")}


def _say_in_words(error, model):
    names = {str(c.get_violation_error_message()): c.name for c in model._meta.constraints}
    by_field = getattr(error, "error_dict", {None: error.error_list} if hasattr(error, "error_list") else {})
    for part in chain.from_iterable(by_field.values()):
        if part.message in names:
            part.message = _broken(names[part.message])
