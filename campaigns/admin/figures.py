"""What waits in campaigns and mail, and the desk's small charts."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.cache import cache
from django.db.models import Count, F, Q, Sum, Value
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.admin.waits import Waiting, WaitsFilter
from cases.models import State

from ..models import Campaign, Letter, Signature, TallyBucket

SOON = timedelta(days=14)
LATE = timedelta(minutes=15)
NEAR_GOAL = 0.8  # A part, and no per cent: a hundred times a large goal is no whole number of PostgreSQL any more.
SIGNED_DAYS = 30
CONFIRMED_DAYS = 14  # Signatures that nobody confirms are forgotten after that.
HEIGHT, STEP, WIDTH = 60, 10, 8
REMEMBERED = "signatures.unconfirmed"
FRESH_SECONDS = 60


def near_goal(at, user):
    return Q(state=State.PUBLISHED, goal__isnull=False, tally__total__gte=F("goal") * NEAR_GOAL)


def ends_soon(at, user):
    return Q(state=State.PUBLISHED, closes_at__gt=at, closes_at__lte=at + SOON)


def held(at, user):
    return Q(state=Letter.State.HELD)


def failed(at, user):
    return Q(state=Letter.State.FAILED)


def late(at, user):
    # Said twice, because each state has an index of its own.
    due = Q(due_at__lte=at - LATE)
    return Q(due, state=Letter.State.QUEUED) | Q(due, state=Letter.State.LEASED)


CAMPAIGNS, MAIL = gettext_lazy("Campaigns"), gettext_lazy("Mail")
WAITINGS = (
    Waiting("near_goal", CAMPAIGNS, gettext_lazy("At four fifths of the goal or beyond"), {Campaign: near_goal}),
    Waiting("ends_soon", CAMPAIGNS, gettext_lazy("Signing closes within 14 days"), {Campaign: ends_soon}),
    Waiting("late", MAIL, gettext_lazy("Should have left more than 15 minutes ago"), {Letter: late}, (), True),
    Waiting("held", MAIL, gettext_lazy("Nobody knows whether it arrived"), {Letter: held}, (), True),
    Waiting("failed", MAIL, gettext_lazy("Refused by the mail host for good"), {Letter: failed}),
)


class CampaignWaitsFilter(WaitsFilter):
    waitings = WAITINGS


@dataclass(frozen=True)
class Bar:
    """One day: its name, what is said of it, where its rows are, and its place in the picture."""

    day: str
    said: str
    url: str
    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Chart:
    title: str
    told: str
    url: str
    bars: list[Bar]
    width: int
    height: int = HEIGHT
    bar_width: int = WIDTH


def charts(request):
    """The charts of whoever may look at signatures: signatures by day, and the share of them that was confirmed."""
    if not request.user.has_perm("campaigns.view_signature"):
        return []
    today = timezone.localdate()
    confirmed = _confirmed_by_day(today - timedelta(days=SIGNED_DAYS - 1))
    since = today - timedelta(days=CONFIRMED_DAYS - 1)
    unconfirmed = cache.get_or_set(f"{REMEMBERED}:{since}", lambda: _unconfirmed_by_day(since), FRESH_SECONDS)
    return [_signatures(today, confirmed), _confirm_rate(today, confirmed, unconfirmed)]


def _confirmed_by_day(since):
    """From the sums, so that the desk counts no signatures."""
    buckets = TallyBucket.objects.filter(hour__gte=_begin(since)).annotate(day=TruncDate("hour")).order_by()
    return dict(buckets.values("day").annotate(number=Sum("confirmed")).values_list("day", "number"))


def _unconfirmed_by_day(since):
    """Each day is counted in its own stretch of an index, in one statement. There is no sum of them, and in a rush
    they are many, so the desk asks once a minute."""
    rows = Signature.objects.filter(confirmed_at__isnull=True).order_by()
    days = [since + timedelta(days=number) for number in range(CONFIRMED_DAYS)]
    counted = [
        rows.filter(signed_at__gte=_begin(day), signed_at__lt=_begin(day + timedelta(days=1)))
        .annotate(day=Value(day.isoformat()))
        .values("day")
        .annotate(number=Count("*"))
        .values_list("day", "number")
        for day in days
    ]
    return {date.fromisoformat(day): number for day, number in counted[0].union(*counted[1:], all=True)}


def _signatures(today, confirmed):
    days = _days(today, SIGNED_DAYS)
    numbers = [confirmed.get(day, 0) for day in days]
    total = sum(numbers)
    said = [ngettext("%(n)d confirmed", "%(n)d confirmed", number) % {"n": number} for number in numbers]
    told = ngettext(
        "%(n)d signature confirmed in the last 30 days", "%(n)d signatures confirmed in the last 30 days", total
    ) % {"n": total}
    return _chart(_("Signatures a day"), told, "confirmed_at", days, numbers, said, top=max([*numbers, 1]))


def _confirm_rate(today, confirmed, unconfirmed):
    days = _days(today, CONFIRMED_DAYS)
    pairs = [(confirmed.get(day, 0), unconfirmed.get(day, 0)) for day in days]
    said = [_("%(yes)d confirmed, %(no)d not yet") % {"yes": yes, "no": no} for yes, no in pairs]
    rate = _percent(sum(yes for yes, _no in pairs), sum(no for _yes, no in pairs))
    told = _("%(rate)d %% of the signatures of the last 14 days are confirmed") % {"rate": rate}
    if not any(map(any, pairs)):
        told = _("Nobody has signed in the last 14 days")
    return _chart(_("Share confirmed"), told, "signed_at", days, [_percent(*pair) for pair in pairs], said, top=100)


def _percent(yes, no):
    return 100 * yes // (yes + no) if yes + no else 0


def _chart(title, told, field, days, numbers, said, *, top):
    listed = reverse("admin:campaigns_signature_changelist")
    bars = [
        Bar(
            day=date_format(day, "j M"),
            said=words,
            url=f"{listed}?{_within(field, day, day)}",
            x=place * STEP,
            y=HEIGHT - _height(number, top),
            height=_height(number, top),
        )
        for place, (day, number, words) in enumerate(zip(days, numbers, said, strict=True))
    ]
    return Chart(title, told, f"{listed}?{_within(field, days[0], days[-1])}", bars, len(days) * STEP)


def _height(number, top):
    return max(round(number * HEIGHT / top), 1)


def _within(field, first, last):
    return urlencode({f"{field}__gte": _begin(first), f"{field}__lt": _begin(last + timedelta(days=1))})


def _days(today, number):
    return [today - timedelta(days=number - 1 - place) for place in range(number)]


def _begin(day):
    return timezone.make_aware(datetime.combine(day, time.min))
