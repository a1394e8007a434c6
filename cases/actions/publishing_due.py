"""Publishing what was planned for a moment that has come."""

from django.db import transaction
from django.utils.translation import gettext as _

from ..errors import Refusal
from ..models import PublicationPlan
from .publishing import publish


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
        publish(plan.page, by=plan.by, because=plan.because)
        refused = ""
    except Refusal as refusal:
        refused = "\n".join(refusal.messages)
    PublicationPlan.objects.filter(pk=key).update(refused=refused, done_at=at)
    return not refused


def may_publish(user, page):
    """Whether `user` has the right to make pages of this kind public."""
    return user.is_active and user.is_staff and user.has_perm(f"cases.publish_{page._meta.model_name}")
