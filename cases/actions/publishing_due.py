"""Publishing what was planned for a moment that has come."""

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from ..errors import Refusal
from ..models import Change, PublicationPlan, StaffScope
from .amending import amendments_of
from .publishing import publish
from .restoring import TOLD
from .rows import WAITING, rows_of


def publish_due(*, at):
    """Publishes every page whose moment has come by `at`, in the name of whoever planned it. Returns how many.

    Each goes through `publish` and its gate; a refusal is written to the plan, which is then done.
    """
    due = PublicationPlan.objects.filter(done_at__isnull=True, publish_at__lte=at).order_by("publish_at", "pk")
    return sum(_publish_one(key, at) for key in list(due.values_list("pk", flat=True)))


@transaction.atomic
def _publish_one(key, at):
    plan = PublicationPlan.objects.select_for_update().filter(pk=key, done_at__isnull=True).first()
    if plan is None:
        return False
    try:
        if not may_publish(plan.by, plan.page):
            raise Refusal(_("Whoever planned it may not publish this page any more."))
        if was_changed_by_others(plan.page):
            raise Refusal(_("What waits was changed after it was planned, by somebody who does not publish: read it."))
        publish(plan.page, by=plan.by, because=plan.because)
        refused = ""
    except Refusal as refusal:
        refused = "\n".join(refusal.messages)
    PublicationPlan.objects.filter(pk=key).update(refused=refused, done_at=at)
    return not refused


def may_publish(user, page):
    """Whether `user` has the right to make pages of this kind public, in the country of this one."""
    if not (user.is_active and user.is_staff and user.has_perm(f"cases.publish_{page._meta.model_name}")):
        return False
    scope = StaffScope.objects.filter(user=user).first()
    codes = {country.code for country in scope.countries} if scope else set()
    return not codes or not page.country or page.country.code in codes


def was_changed_by_others(page):
    """Whether anybody who could not publish `page` has changed what waits for it since its publication was planned:
    no publisher has seen that."""
    planned = Change.objects.about(page).filter(verb="plan").order_by("-pk").values_list("pk", flat=True).first()
    later = Change.objects.filter(_about(page), pk__gt=planned or 0, verb__in=["add", *TOLD])
    members = get_user_model().objects.filter(pk__in=later.order_by().values("by").distinct())
    return any(not may_publish(member, page) for member in members)


def _about(page):
    """The acts on the page and on the rows in which something waits for it."""
    found = rows_of(page)
    about = Q(table=page._meta.model_name, record_id=str(page.pk))
    for rows in found:
        if keys := list(rows.filter(state__in=WAITING).order_by().values_list("pk", flat=True).distinct()):
            about |= Q(table=rows.model._meta.model_name, record_id__in=list(map(str, keys)))
    for amendment in amendments_of(page, found):
        about |= Q(table=amendment.table, record_id=amendment.record_id)
    return about
