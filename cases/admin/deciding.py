"""Making public and taking back: one page that shows what would happen and asks why."""

from dataclasses import dataclass, field

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import BigIntegerField
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..actions.amending import differences, discard, waiting_for
from ..actions.locking import release
from ..actions.previewing import compared, seal_of
from ..actions.publishing import draft_rows, publish, retract
from ..actions.reopening import reopen
from ..actions.reviewing import open_comments, send_back, submit
from ..errors import Refusal
from .checklist import checklist
from .concerned import PAGES, persons_of
from .desk import RecordAdmin
from .permitting import may_publish
from .reviewing import PageWorkflow
from .settling import lock, settle
from .showing import with_link
from .workflow import AFTER_ACT

MOST = 50
FOR_PUBLISHERS = ("publish", "retract")
TITLES = {
    "publish": gettext_lazy("Publish"),
    "retract": gettext_lazy("Take back"),
    "reopen": gettext_lazy("Bring back"),
    "discard": gettext_lazy("Discard what waits"),
    "submit": gettext_lazy("Submit for review"),
    "send_back": gettext_lazy("Send back"),
}
DONE = {
    "publish": gettext_lazy("“%(name)s” is public now."),
    "retract": gettext_lazy("“%(name)s” is no longer public."),
    "reopen": gettext_lazy("“%(name)s” waits to be published again."),
    "discard": gettext_lazy("What waited for “%(name)s” is discarded."),
    "submit": gettext_lazy("“%(name)s” is in review."),
    "send_back": gettext_lazy("“%(name)s” was sent back with your comment."),
}


class DecisionForm(forms.Form):
    because = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text=gettext_lazy("Kept in the log with your name. The public does not see it."),
        error_messages={"required": gettext_lazy("Give a reason: it is kept with the change.")},
        max_length=2000,
    )


@dataclass
class Decision:
    """One record on the page: what stands in the way, what would become public."""

    record: object
    url: str
    missing: list = field(default_factory=list)
    waiting: list = field(default_factory=list)
    changes: list = field(default_factory=list)
    drafts: list = field(default_factory=list)
    comments: list = field(default_factory=list)
    seal: str = ""


class RetractableAdmin(RecordAdmin):
    """A drawer of rows that can be taken back, and brought back."""

    verbs = {"retract": retract, "reopen": reopen, "discard": discard}

    def get_urls(self):
        return [*(url for verb in self.verbs for url in self._decision_urls(verb)), *super().get_urls()]

    def _decision_urls(self, verb):
        name = f"{self.opts.app_label}_{self.opts.model_name}_{verb}"
        one = self.admin_site.admin_view(lambda request, object_id: self.decide(request, verb, [object_id]))
        several = self.admin_site.admin_view(lambda request: self.decide(request, verb, asked_for(request)))
        return [
            path(f"{verb}/", several, name=f"{name}_several"),
            path(f"<int:object_id>/{verb}/", one, name=name),
        ]

    def decide(self, request, verb, keys):
        """GET shows what would happen; POST does it for all records or, where one is refused, for none."""
        possible = [key for key in keys if key <= BigIntegerField.MAX_BIGINT]
        records = list(self.get_queryset(request).filter(pk__in=possible)[:MOST])
        if not records:
            raise Http404
        if not all(self.has_change_permission(request, record) for record in records):
            raise PermissionDenied
        if verb in FOR_PUBLISHERS and not all(may_publish(request.user, record) for record in records):
            return self._show(request, verb, records, None, status=403 if request.method == "POST" else 200)
        form = DecisionForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            seen = {record.pk: request.POST.get(f"seen-{record.pk}") for record in records}
            refused = self._carry_out(verb, records, by=request.user, because=form.cleaned_data["because"], seen=seen)
            if not refused:
                return self._done(request, verb, records)
            for sentence in refused:
                form.add_error(None, sentence)
        return self._show(request, verb, records, form)

    def _carry_out(self, verb, records, *, by, because, seen):
        """Every sentence with which one of `records` was refused; an empty list once all of it is done.

        `seen`: what waited when `by` looked, by the record's key; None where nobody said.
        """
        refused = []
        with transaction.atomic():
            for record in records:
                try:
                    self._carry_out_one(verb, record, by=by, because=because, seen=seen[record.pk])
                except Refusal as refusal:
                    refused += [f"{record}: {sentence}" for sentence in refusal.messages]
            transaction.set_rollback(bool(refused))
        return refused

    def _carry_out_one(self, verb, record, *, by, because, seen):
        with transaction.atomic():
            touched = lock(persons_of(record))
            if verb == "publish" and seen and seen != seal_of(record):
                raise Refusal(_("What waits was changed after you opened this page. Read it again, then publish."))
            self.verbs[verb](record, by=by, because=because)
            settle(touched)

    def _done(self, request, verb, records):
        """Says what was done. Whoever did it is done editing, too: nobody waits for their lock to lapse."""
        for record in records:
            record.refresh_from_db()
            release(record, by=request.user)
            sentence, address = DONE[verb] % {"name": record}, self.view_on_site(record)
            self.message_user(request, with_link(sentence, address, _("See it")) if address else sentence)
        if len(records) == 1:
            return redirect(f"{self._address(records[0])}?{AFTER_ACT}={verb}")
        return redirect(f"admin:cases_{self.opts.model_name}_changelist")

    def _show(self, request, verb, records, form, *, status=200):
        """Without a form for whoever may see what is missing but not decide."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": TITLES[verb],
            "verb": verb,
            "decisions": [decision_on(record, verb, by=request.user) for record in records],
            "form": form,
        }
        request.current_app = self.admin_site.name
        return render(request, "admin/cases/decide.html", context, status=status)


class PageAdmin(PageWorkflow, RetractableAdmin):
    """A drawer of records with a page of their own, which can be published and taken back."""

    verbs = {
        "publish": publish,
        "retract": retract,
        "submit": submit,
        "send_back": send_back,
        "discard": discard,
    }
    actions = ["publish_selected", "retract_selected"]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["checklist"] = checklist(obj, by=request.user) if obj else []
        # Where something is missing is open: the list's link leads there, not to a closed heading.
        places = {address.rpartition("#")[2] for _sentence, address in context["checklist"] if address}
        for rows in context["inline_admin_formsets"]:
            if f"{rows.formset.prefix}-group" in places:
                rows.classes = ""
        return super().render_change_form(request, context, add, change, form_url, obj)

    def has_publish_permission(self, request):
        return request.user.has_perm(f"cases.publish_{self.opts.model_name}")

    @admin.action(description=gettext_lazy("Publish…"), permissions=["publish"])
    def publish_selected(self, request, queryset):
        return self._decide_on(queryset, "publish")

    @admin.action(description=gettext_lazy("Take back…"), permissions=["publish"])
    def retract_selected(self, request, queryset):
        return self._decide_on(queryset, "retract")

    def _decide_on(self, queryset, verb):
        keys = ",".join(str(key) for key in queryset.values_list("pk", flat=True)[:MOST])
        return redirect(f"{reverse(f'admin:cases_{self.opts.model_name}_{verb}_several')}?ids={keys}")


def asked_for(request):
    """The keys in ?ids=1,2,3; what is not a number is left out."""
    return [int(key) for key in request.GET.get("ids", "").split(",") if key.isascii() and key.isdigit()][:MOST]


def decision_on(record, verb, *, by):
    """What the page says about `record` before anybody decides."""
    url = reverse(f"admin:cases_{record._meta.model_name}_change", args=[record.pk])
    decision = Decision(record, url)
    if verb == "publish":
        decision.seal = seal_of(record)
        decision.missing = checklist(record, by=by)
    if isinstance(record, PAGES) and verb in ("publish", "submit", "send_back"):
        decision.waiting = [(plural(model, number), number) for model, number in draft_rows(record)]
        decision.changes, decision.drafts = compared(record)
        decision.comments = list(open_comments(record))
    elif verb == "discard":
        decision.changes = differences([waiting] if (waiting := waiting_for(record)) else [])
    return decision


def plural(model, number):
    return model._meta.verbose_name if number == 1 else model._meta.verbose_name_plural
