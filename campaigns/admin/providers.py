"""Mail by provider: whether letters arrive where many have their mailbox, and what stands out.

Domains that are not known to be everybody's are one line together: alone, one would name its owner.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min, Q
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from cases.admin.waits import Line, Number, Section

from ..models import Letter
from .figures import MAIL

SPAN = timedelta(days=2)
RIPE = timedelta(hours=1)  # Who was written to later may not have read it yet.
AT_MOST = 20_000  # The newest of each kind: looking costs the same on the day when everybody signs.
ENOUGH = 50  # Letters below which a share says nothing.
FEW_CONFIRM = 0.5  # Of the share that confirms elsewhere.
MANY_REFUSED, MANY_UNWANTED = 0.1, 0.003
REMEMBERED = "mail.providers.alarms"
FRESH_SECONDS = 60


@dataclass
class Provider:
    """What became of the letters to one provider; `name` is "" for all that are not named."""

    name: str
    sent: int = 0
    ripe: int = 0
    confirmed: int = 0
    returned: int = 0
    unwanted: int = 0
    waiting: int = 0
    oldest: object = None
    stuck: int = 0
    alarms: list = field(default_factory=list)

    @property
    def label(self):
        return self.name or _("all other domains")

    @property
    def rate(self):
        """Per cent of those written to more than an hour ago who have confirmed, or None."""
        return 100 * self.confirmed // self.ripe if self.ripe else None

    def rows(self, **which):
        listed = reverse("admin:campaigns_letter_changelist")
        return f"{listed}?{urlencode({'provider__exact': self.name, **which})}"

    @property
    def waiting_rows(self):
        return self.rows(state__exact=Letter.State.QUEUED)

    @property
    def stuck_rows(self):
        return self.rows(state__in=f"{Letter.State.FAILED},{Letter.State.HELD}")


def providers(at):
    """A Provider for each that was written to in the last two days, those with alarms and many letters first."""
    found = {}
    for numbers in (_sent(at), _waiting(), _stuck(at)):
        for row in numbers:
            one = found.setdefault(row["provider"], Provider(row.pop("provider")))
            for name, value in row.items():
                setattr(one, name, value)
    for one in found.values():
        one.alarms = list(_alarms(one, [other for other in found.values() if other is not one]))
    return sorted(found.values(), key=lambda one: (-len(one.alarms), -one.sent - one.waiting, one.name))


def _sent(at):
    newest = Letter.objects.sent_within(SPAN, at=at).opening().order_by("-sent_at").values("pk")[:AT_MOST]
    ripe = Q(sent_at__lt=at - RIPE)
    return _by_provider(
        newest,
        sent=Count("pk"),
        ripe=Count("pk", filter=ripe),
        confirmed=Count("pk", filter=ripe & Q(signature__confirmed_at__isnull=False)),
        returned=Count("pk", filter=Q(last_error__startswith="came back")),
        unwanted=Count("pk", filter=Q(last_error="reported as unwanted")),
    )


def _waiting():
    first = Letter.objects.waiting().order_by("due_at").values("pk")[:AT_MOST]
    return _by_provider(first, waiting=Count("pk"), oldest=Min("created_at"))


def _stuck(at):
    newest = Letter.objects.stuck().filter(created_at__gt=at - SPAN).order_by("-pk").values("pk")[:AT_MOST]
    return _by_provider(newest, stuck=Count("pk"))


def _by_provider(some, **numbers):
    return Letter.objects.filter(pk__in=some).order_by().values("provider").annotate(**numbers)


def _alarms(one, others):
    """Sentences about what stands out."""
    ripe, confirmed = sum(other.ripe for other in others), sum(other.confirmed for other in others)
    if min(one.ripe, ripe) >= ENOUGH and one.confirmed * ripe < FEW_CONFIRM * confirmed * one.ripe:
        told = {"here": one.rate, "elsewhere": 100 * confirmed // ripe}
        yield _("%(here)d %% confirm, %(elsewhere)d %% elsewhere: our letters may be filed as unwanted.") % told
    refused, tried = one.stuck + one.returned, one.sent + one.stuck
    if tried >= ENOUGH and refused >= MANY_REFUSED * tried:
        yield _("%(refused)d of %(tried)d letters were refused or came back.") % {"refused": refused, "tried": tried}
    if one.unwanted >= max(2, MANY_UNWANTED * one.sent):
        yield _("%(n)d readers reported a letter as unwanted.") % {"n": one.unwanted}


class ShowsProviders:
    """For the drawer of letters: the page with the figures."""

    change_list_template = "admin/campaigns/letters.html"

    def get_urls(self):
        view = self.admin_site.admin_view(require_safe(self.show_providers))
        return [path("providers/", view, name="campaigns_letter_providers"), *super().get_urls()]

    def show_providers(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        told = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Mail by provider"),
            "providers": providers(timezone.now()),
            "at_most": AT_MOST,
        }
        request.current_app = self.admin_site.name
        return render(request, "admin/campaigns/providers.html", told)


def with_alarms(sections, request):
    """The desk's sections, with a line in that of mail where a provider stands out; looked up once a minute."""
    if not request.user.has_perm("campaigns.view_letter"):
        return sections
    count = cache.get_or_set(REMEMBERED, _count_alarms, FRESH_SECONDS)
    if not count:
        return sections
    noun = ngettext("provider", "providers", count)
    number = Number(count, noun, reverse("admin:campaigns_letter_providers"))
    line = Line(_("Letters to it fare worse than others"), True, [number])
    for section in sections:
        if str(section.heading) == str(MAIL):
            section.lines.append(line)
            return sections
    return [*sections, Section(MAIL, [line])]


def _count_alarms():
    return sum(bool(one.alarms) for one in providers(timezone.now()))
