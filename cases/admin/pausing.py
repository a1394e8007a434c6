"""The pause switch on a person's page: silence when the family or a lawyer asks for it."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..actions.locking import release
from ..actions.pausing import lift, pause, prolong
from ..errors import Refusal
from ..models import Pause
from .workflow import AFTER_ACT

REVIEW = gettext_lazy("On this day the desk reminds you to ask again whether silence still helps.")
KEPT = gettext_lazy("Kept in the log with your name. The public does not see it.")


class PauseForm(forms.Form):
    asked_by = forms.CharField(
        label=gettext_lazy("Asked by"),
        max_length=200,
        help_text=gettext_lazy("A relative, a lawyer, the person. Private: not even the log says it."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), required=False, widget=forms.Textarea(attrs={"rows": 3, "cols": 60})
    )
    review_on = forms.DateField(label=gettext_lazy("Review on"), widget=AdminDateWidget, help_text=REVIEW)


class ProlongForm(forms.Form):
    review_on = forms.DateField(label=gettext_lazy("Review on"), widget=AdminDateWidget, help_text=REVIEW)
    because = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, help_text=KEPT)


class LiftForm(forms.Form):
    because = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, help_text=KEPT)


ACTS = {"pause": (PauseForm, pause), "prolong": (ProlongForm, prolong), "lift": (LiftForm, lift)}


class Pausing(admin.ModelAdmin):
    """For the drawer of persons: one page that begins a pause, prolongs it or ends it."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.pause_view)
        return [path("<int:object_id>/pause/", view, name="cases_person_pause"), *super().get_urls()]

    def pause_view(self, request, object_id):
        person = self.get_queryset(request).filter(pk=object_id).first()
        if person is None:
            raise Http404
        if not may_pause(request.user):
            raise PermissionDenied
        act = request.POST.get("act", "")
        forms = {name: form(prefix=name) for name, (form, _act) in ACTS.items()}
        if request.method == "POST" and act in ACTS:
            forms[act] = ACTS[act][0](request.POST, prefix=act)
            if forms[act].is_valid() and self._carried_out(request, person, act, forms[act]):
                release(person, by=request.user)
                return redirect(f"{reverse('admin:cases_person_change', args=[person.pk])}?{AFTER_ACT}={act}")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Pause"),
            "person": person,
            "pause": Pause.objects.in_force().filter(person=person).first(),
            "forms": forms,
            "media": self.media + forms["pause"].media,
        }
        request.current_app = self.admin_site.name
        return render(request, "admin/cases/pause.html", context)

    def _carried_out(self, request, person, act, form):
        try:
            ACTS[act][1](person, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            for sentence in refusal.messages:
                form.add_error(None, sentence)
            return False
        done = {
            "pause": _("“%(name)s” is hidden with everything that hangs on the page, until the pause is lifted."),
            "prolong": _("The pause of “%(name)s” stays in force."),
            "lift": _("The pause of “%(name)s” is lifted: what was public before is public again."),
        }[act]
        self.message_user(request, done % {"name": person})
        return True


def may_pause(user):
    """Who answers for the record, or for the rights of those in it. Whoever only adds asks one of them."""
    return user.has_perm("cases.change_pause")
