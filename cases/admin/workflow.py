"""What belongs to editing a row that others may read or edit: waiting changes, the edit lock, earlier states."""

from django import forms
from django.apps import apps
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from ..actions.amending import amend, amended, differences, must_wait
from ..actions.locking import held_by_other, hold, release, take_over
from ..actions.restoring import TOLD, earlier_states, restore, values_before
from ..actions.reviewing import SPEAKING, stay_with
from ..actions.stating import as_text, in_words, stated
from ..errors import Refusal
from ..models import Change
from .concerned import pages_of, persons_of
from .forms import changed_values, may_read_waiting
from .settling import lock, settle

SHOWN = 100
AFTER_ACT = "done"
"""In the address to which an act leads back: whoever lands there is done with the page, until they save again."""


class ReasonForm(forms.Form):
    """Why somebody does what the page is about."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["because"] = forms.CharField(
            label=_("Reason"),
            widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
            help_text=_("Kept in the log with your name. The public does not see it."),
            error_messages={"required": _("Give a reason: it is kept with the change.")},
            max_length=2000,
        )


class Workflow:
    """For a drawer: what is typed into published rows waits, one person edits at a time, and nothing is lost."""

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/take-over/", wrap(self.take_over_view), name=f"{name}_take_over"),
            path("<path:object_id>/earlier/", wrap(self.earlier_view), name=f"{name}_earlier"),
            path("<path:object_id>/earlier/<int:change_id>/", wrap(self.restore_view), name=f"{name}_restore"),
            *super().get_urls(),
        ]

    def get_object(self, request, object_id, from_field=None):
        """The row as it will be, with what waits; as it is public for those who do not read what waits."""
        record = super().get_object(request, object_id, from_field)
        return amended(record) if record and may_read_waiting(request.user) else record

    # One at a time

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        record = self._to_edit(request, object_id)
        if record is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        if "_take_over" in request.POST:
            take_over(record, by=request.user)
        only_looks = request.method == "GET" and AFTER_ACT in request.GET
        lock_of_other = (held_by_other if only_looks else hold)(record, by=request.user)
        told = _told_lock(lock_of_other) if lock_of_other else ""
        # Both: the form that is shown again counts as read, so it must say all that happened meanwhile.
        refused = list(filter(None, [told, self._changed_since(request, record)]))
        if request.method == "POST" and refused:
            request.refused = [" ".join([*refused, _("Nothing was saved; what you typed is still here.")])]
        context = {"locked": told, "seen": newest_act(), **(extra_context or {})}
        response = super().changeform_view(request, object_id, form_url, context)
        if request.method == "POST" and response.status_code == 302 and "_continue" not in request.POST:
            release(record, by=request.user)
        return response

    def _changed_since(self, request, record):
        """A lock lapses, a form stays open: says who changed the row after the form was drawn, or nothing. Whoever
        presses the button once more has read it."""
        seen = request.POST.get("_seen", "")
        if not seen.isdecimal():
            return ""
        about = Q(~Q(verb__in=SPEAKING), table=record._meta.model_name, record_id=str(record.pk))
        for table, keys in self._rows_below(request, record):
            about |= Q(table=table, record_id__in=keys, verb__in=TOLD)
        later = Change.objects.filter(about, pk__gt=int(seen[:18])).exclude(by=request.user)
        newest, *earlier = [*later.select_related("by").order_by("-pk")[:SHOWN]] or [None]
        if newest is None:
            return ""
        who = (newest.by.get_full_name() or newest.by.get_username()) if newest.by else _("the system")
        moment = date_format(timezone.localtime(newest.at), "j F Y, H:i")
        sentence = _(
            "This was changed by %(name)s on %(moment)s, after you opened it (%(fields)s). Read it again, then save: "
            "what stands below is written over it."
        )
        return sentence % {"name": who, "moment": moment, "fields": _fields_of([newest, *earlier])}

    def _rows_below(self, request, record):
        """(table, keys) of the rows that are edited on the page of `record`: a form typed long ago holds them, too."""
        for formset, inline in self.get_formsets_with_inlines(request, record):
            if inline.has_change_permission(request, record):
                rows = inline.model._default_manager.filter(**{formset.fk.name: record.pk})
                yield inline.opts.model_name, [str(key) for key in rows.values_list("pk", flat=True)]

    def _to_edit(self, request, object_id):
        """The row that is opened for editing by somebody who may; else None."""
        record = super().get_object(request, unquote(object_id)) if object_id else None
        return record if record and self.has_change_permission(request, record) else None

    def take_over_view(self, request, object_id):
        record = self._changeable(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        take_over(record, by=request.user)
        self.message_user(request, _("You are the one who edits this now."))
        return redirect(self._address(record))

    # What waits

    def keep_waiting(self, request, obj, form):
        """Keeps what `form` changed of the published `obj` as what waits for publishing."""
        request.kept_waiting = amend(obj, changed_values(form), by=request.user)
        request.waiting_rows = [obj] if request.kept_waiting else []
        form.save_m2m = lambda: None
        form.waits = True

    def stay_in_review(self, obj, rows):
        for page in pages_of(obj):
            stay_with(page, rows)

    def waiting_of(self, obj):
        """What waits for `obj` itself, field by field."""
        waiting = getattr(obj, "waiting", None)
        return differences([waiting]) if waiting else []

    # Earlier states

    def earlier_view(self, request, object_id):
        """The acts that changed the row, each with the way back to before it."""
        record = self._changeable(request, object_id)
        acts = [
            {
                "change": act,
                "url": reverse(f"admin:{self._name()}_restore", args=[record.pk, act.pk]),
                "told": _told(act),
            }
            for act in earlier_states(record)[:SHOWN]
        ]
        return self._render(request, "earlier", record, title=_("Earlier states"), acts=acts)

    def restore_view(self, request, object_id, change_id):
        """GET shows what stood before an act and what stands now; POST brings it back, with a reason."""
        record = self._changeable(request, object_id)
        change = get_object_or_404(earlier_states(record), pk=change_id)
        only = set(self.get_form(request, record, change=True).base_fields)
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                with transaction.atomic():
                    touched = lock(persons_of(record))
                    restore(record, change, by=request.user, because=form.cleaned_data["because"], only=only)
                    settle(touched, waiting=[record])
            except Refusal as refusal:
                for sentence in refusal.messages:
                    form.add_error(None, sentence)
            else:
                sentence = _("The earlier values of “%(name)s” are back.") % {"name": record}
                if must_wait(record):
                    sentence += " " + _("The public reads them once the page is published again.")
                self.message_user(request, sentence)
                return redirect(self._address(record))
        rows = _then_and_now(amended(record), values_before(record, change, only=only))
        return self._render(request, "restore", record, title=_("Bring back"), rows=rows, change=change, form=form)

    def _changeable(self, request, object_id):
        """The stored row. Raises Http404, or PermissionDenied for those who may not change it."""
        record = super().get_object(request, unquote(object_id))
        if record is None:
            raise Http404
        if not self.has_change_permission(request, record):
            raise PermissionDenied
        return record

    def _render(self, request, name, record, **context):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "record": record,
            "url": self._address(record),
            **context,
        }
        request.current_app = self.admin_site.name
        return render(request, f"admin/cases/{name}.html", context)

    def _address(self, record):
        return reverse(f"admin:{self._name()}_change", args=[record.pk])

    def _name(self):
        return f"{self.opts.app_label}_{self.opts.model_name}"


def newest_act():
    """The number of the newest act in the log; 0 without one. What is changed later was not seen."""
    return Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _told_lock(held):
    name = held.by.get_full_name() or held.by.get_username()
    since = timezone.localtime(held.since)
    moment = time_format(since, "H:i") if since.date() == timezone.localdate() else f"{since:%Y-%m-%d %H:%M}"
    return _("%(name)s has been editing this since %(moment)s.") % {"name": name, "moment": moment}


def _told(change):
    """What an act changed: (field, before, after); the keys that stand beside the words are left out."""
    return [
        (name, before, after)
        for name, (before, after) in change.fields.items()
        if not (name.endswith(("_id", "_ids")) and name.rsplit("_", 1)[0] in change.fields)
    ]


def _fields_of(acts):
    """What `acts` changed, as it is labelled on the page; of an act without fields, what it was."""
    found = {}
    for act in acts:
        meta = apps.get_model("cases", act.table)._meta
        labels = {field.name: field.verbose_name for field in [*meta.fields, *meta.many_to_many]}
        names = [labels.get(name, name) for name, _before, _after in _told(act)] or [act.act]
        found |= dict.fromkeys(map(str, names))
    return ", ".join(found)


def _then_and_now(record, values):
    """(label, as it was, as it is) of every one of `values` that differs."""
    rows = []
    for name, value in values.items():
        field = record._meta.get_field(name)
        waiting = getattr(record, "waiting", None)
        kept = waiting.fields if waiting else {}
        now, then = kept.get(name, stated(record, name)), as_text(field, value)
        if then != now:
            rows.append((field.verbose_name, in_words(field, then), in_words(field, now)))
    return rows
