"""When a page may be public, and when it is to become so by itself."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..errors import ReasonMissing, Refusal
from ..models import PublicationPlan
from .recording import record_change


def open_plan(page):
    """The plan for `page` that is not done, or None."""
    return PublicationPlan.objects.of(page).filter(done_at__isnull=True).select_related("by").first()


def last_refusal(page):
    """The newest plan for `page`, if the gate refused it and no other plan followed; else None."""
    newest = PublicationPlan.objects.of(page).order_by("-pk").select_related("by").first()
    return newest if newest and newest.refused else None


def embargo_in_force(page, at=None):
    """The moment before which nobody can publish `page`, or None once it is over."""
    plan = open_plan(page)
    until = plan.embargo_until if plan else None
    return until if until and until > (at or timezone.now()) else None


def embargoed(model, at=None):
    """The keys of the pages of `model` that an embargo holds back."""
    name = model._meta.model_name
    in_force = PublicationPlan.objects.filter(done_at__isnull=True, embargo_until__gt=at or timezone.now())
    return in_force.filter(**{f"{name}__isnull": False}).values_list(name, flat=True)


@transaction.atomic
def plan(page, *, by, because, embargo_until=None, publish_at=None):
    """Sets the plan for `page` in place of the one it had. Raises `ReasonMissing` or `Refusal`."""
    because = _reason(because)
    if not embargo_until and not publish_at:
        raise Refusal(_("Name the moment until which the page is held back, or the one at which it is published."))
    now = timezone.now()
    for moment in filter(None, (embargo_until, publish_at)):
        if moment <= now:
            raise Refusal(_("A plan is for a moment that is still to come."))
    if embargo_until and publish_at and publish_at < embargo_until:
        raise Refusal(_("The page cannot be published before its embargo ends."))
    page = type(page).objects.select_for_update().get(pk=page.pk)
    before = open_plan(page)
    moments = {"embargo_until": embargo_until, "publish_at": publish_at}
    told = {name: (getattr(before, name, None), value) for name, value in moments.items()}
    if before:
        before.delete()
    made = PublicationPlan.objects.create(**{page._meta.model_name: page}, **moments, because=because, by=by)
    record_change(page, verb="plan", by=by, because=because, fields=told)
    return made


@transaction.atomic
def cancel_plan(page, *, by, because):
    """Takes back the plan for `page`. Raises `ReasonMissing`, or `Refusal` where there is none."""
    because = _reason(because)
    page = type(page).objects.select_for_update().get(pk=page.pk)
    before = open_plan(page)
    if before is None:
        raise Refusal(_("There is no plan for “%(name)s”.") % {"name": page})
    told = {"embargo_until": (before.embargo_until, None), "publish_at": (before.publish_at, None)}
    before.delete()
    record_change(page, verb="unplan", by=by, because=because, fields=told)


def _reason(because):
    because = (because or "").strip()
    if not because:
        raise ReasonMissing(_("Give a reason: it is kept with the change."))
    return because
