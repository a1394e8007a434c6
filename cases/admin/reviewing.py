"""Review of a page: what is said about it, when it is to be public, how the public would see it."""

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from ..actions.planning import cancel_plan, last_refusal, open_plan, plan
from ..actions.previewing import as_public, compared
from ..actions.reviewing import comment, is_in_review, open_comments, settle_comment
from ..docket import Docket
from ..dossier import Dossier
from ..errors import Refusal
from ..models import Person, Proceeding, ReviewComment
from ..telling import today_in
from ..views.case import page as case_page
from ..views.proceeding import page as proceeding_page
from .forms import may_read_waiting

SETTLED_SHOWN = 20
SHOWN_BY = {
    Person: (Dossier, case_page, "cases/case.html"),
    Proceeding: (Docket, proceeding_page, "cases/proceeding.html"),
}
"""What has a public page: who gathers it, who tells it, on which template."""


class CommentForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Comment"), widget=forms.Textarea(attrs={"rows": 3, "cols": 60}), max_length=4000
    )


class PlanForm(forms.Form):
    embargo_until = forms.SplitDateTimeField(
        label=gettext_lazy("Embargo until"),
        help_text=gettext_lazy("Nobody can publish before this moment. Days and hours are those of %(zone)s."),
        widget=AdminSplitDateTime,
        required=False,
    )
    publish_at = forms.SplitDateTimeField(
        label=gettext_lazy("Publish at"),
        help_text=gettext_lazy(
            "The page becomes public then, in your name, if the gate still agrees. "
            "Days and hours are those of %(zone)s."
        ),
        widget=AdminSplitDateTime,
        required=False,
    )
    because = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 2, "cols": 60}), max_length=2000
    )

    def __init__(self, *args, **kwargs):
        """A moment without its time zone would be another one for whoever works elsewhere."""
        super().__init__(*args, **kwargs)
        for name in ("embargo_until", "publish_at"):
            field = self.fields[name]
            field.help_text = field.help_text % {"zone": timezone.get_current_timezone_name()}


class PageWorkflow:
    """For the drawer of records with a page of their own."""

    def get_urls(self):
        name, wrap = f"{self.opts.app_label}_{self.opts.model_name}", self.admin_site.admin_view
        urls = [path("<int:object_id>/review/", wrap(self.review_view), name=f"{name}_review")]
        if self.model in SHOWN_BY:
            urls.append(path("<int:object_id>/preview/", wrap(self.preview_view), name=f"{name}_preview"))
        return [*urls, *super().get_urls()]

    def review_view(self, request, object_id):
        """Comments, the plan, and what waits. POST does the one thing its button says."""
        page = self._seen(request, object_id)
        bound = {"comment": None, "plan": None}
        act = request.POST.get("act", "")
        if request.method == "POST":
            if act not in REVIEW_ACTS:
                raise Http404
            if not self._may(request, page, act):
                raise PermissionDenied
            try:
                bound = REVIEW_ACTS[act](request, page) or bound
            except Refusal as refusal:
                bound = self._refused(request, act, refusal)
            if not any(bound.values()):
                return redirect(reverse(f"admin:{self._name()}_review", args=[page.pk]))
        return self._show_review(request, page, bound)

    def _may(self, request, page, act):
        if act == "comment":
            return request.user.has_perm("cases.add_reviewcomment")
        if act in ("plan", "cancel_plan"):
            return self.has_publish_permission(request) and self.has_change_permission(request, page)
        return self.has_change_permission(request, page)

    def _refused(self, request, act, refusal):
        form = PlanForm(request.POST) if "plan" in act else CommentForm(request.POST)
        for sentence in refusal.messages:
            form.add_error(None, sentence)
        return {"plan": form} if "plan" in act else {"comment": form}

    def _show_review(self, request, page, bound):
        changes, drafts = compared(page)
        planned = open_plan(page)
        settled = ReviewComment.objects.of(page).filter(resolved_at__isnull=False).select_related("by", "resolved_by")
        return self._render(
            request,
            "review",
            page,
            title=_("Review"),
            comments=open_comments(page),
            settled=settled.order_by("-resolved_at")[:SETTLED_SHOWN],
            changes=changes if may_read_waiting(request.user) else [],
            drafts=drafts,
            plan=planned,
            refused=last_refusal(page),
            in_review=is_in_review(page),
            can_change=self.has_change_permission(request, page),
            can_comment=self._may(request, page, "comment"),
            can_plan=self._may(request, page, "plan"),
            can_preview=self.model in SHOWN_BY,
            comment_form=bound.get("comment") or CommentForm(),
            plan_form=bound.get("plan") or PlanForm(initial=_still_to_come(planned)),
        )

    @method_decorator(never_cache)
    def preview_view(self, request, object_id):
        """The page as the public would read it once everything that waits is published."""
        page = self._changeable(request, str(object_id))
        gather, tell, template = SHOWN_BY[self.model]
        try:
            with as_public(page) as shown:
                context = tell(gather(shown), today_in(shown.country))
                context |= {"noindex": True, "preview_of": self._address(page)}
                response = render(request, template, context)
        except Refusal as refusal:
            for sentence in refusal.messages:
                self.message_user(request, sentence, level="ERROR")
            return redirect(self._address(page))
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _seen(self, request, object_id):
        """The stored page. Raises Http404, or PermissionDenied for those who may not see it."""
        page = super().get_queryset(request).filter(pk=object_id).first()
        if page is None:
            raise Http404
        if not request.user.has_perm("cases.view_reviewcomment"):
            raise PermissionDenied
        return page


def _still_to_come(planned):
    """What the form of a plan begins with: whoever moves one moment does not lose the other."""
    moments = {name: getattr(planned, name, None) for name in ("embargo_until", "publish_at")}
    return {name: moment for name, moment in moments.items() if moment and moment > timezone.now()}


def _comment(request, page):
    form = CommentForm(request.POST)
    if not form.is_valid():
        return {"comment": form}
    comment(page, text=form.cleaned_data["text"], by=request.user)
    return None


def _settle(request, page):
    key = request.POST.get("comment", "")
    for remark in ReviewComment.objects.of(page).filter(pk=key if key.isascii() and key.isdigit() else 0):
        settle_comment(remark, by=request.user)


def _plan(request, page):
    form = PlanForm(request.POST)
    if not form.is_valid():
        return {"plan": form}
    plan(page, by=request.user, **form.cleaned_data)
    return None


def _cancel_plan(request, page):
    cancel_plan(page, by=request.user, because=request.POST.get("because"))


REVIEW_ACTS = {"comment": _comment, "settle": _settle, "plan": _plan, "cancel_plan": _cancel_plan}
