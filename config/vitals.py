"""Whether the machinery keeps up, in figures: how long letters and the count have waited, and who works.

Each is read from a partial index or from sums; what could be many is counted up to a limit, so that looking costs the
same on the day when everything waits.
"""

from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q, Sum

from campaigns.actions.leasing import TOO_FAR_AHEAD
from campaigns.models import Lease, Letter, Signature, Tally
from campaigns.models.switches import Switch, thrown_switches
from campaigns.naming import whose_letters_leave
from cases.models import SecurityEvent

AT_MOST = 10_000  # Beyond this the figures say "that many", which is alarm enough.
FIRST = 1000


def outbox_seconds(at) -> int:
    """How long the oldest letter that may leave has been waiting to; 0 when none waits. Letters of campaigns that are
    paused or hidden wait on purpose."""
    queued = Letter.objects.due(at).filter(signature__campaign__in=whose_letters_leave()).order_by("due_at")
    leased = Letter.objects.filter(state=Letter.State.LEASED, due_at__lte=at)
    moments = [queued.values_list("due_at", flat=True).first(), leased.aggregate(oldest=Min("due_at"))["oldest"]]
    return _seconds_since(min(filter(None, moments), default=None), at)


def tally_seconds(at) -> int:
    """How long the oldest confirmed signature has been waiting to be counted; 0 when none waits."""
    waiting = Signature.objects.standing().filter(counted_at__isnull=True).order_by("pk").values("confirmed_at")
    return _seconds_since(waiting[:FIRST].aggregate(oldest=Min("confirmed_at"))["oldest"], at)


def silent_seconds(at) -> int | None:
    """How long no worker has held any duty; 0 while one does, None where none ever has."""
    leases = Lease.objects.filter(until__lt=at + TOO_FAR_AHEAD)  # Others were taken before the clock was set back.
    until = leases.aggregate(newest=Max("until"))["newest"]
    return None if until is None else _seconds_since(until, at)


def backup_seconds(at) -> int | None:
    """How old the newest backup is that was restored on trial and found whole; None where none ever was."""
    tried = SecurityEvent.objects.filter(user=None, kind=SecurityEvent.Kind.BACKUP_TRIED).order_by()
    made_at = tried.aggregate(newest=Max("detail"))["newest"]  # ISO 8601 in UTC, so the latest is the greatest.
    return _seconds_since(datetime.fromisoformat(made_at), at) if made_at else None


def signatures() -> dict[str, int]:
    """By state; all but the unconfirmed from the sums."""
    sums = Tally.objects.aggregate(
        counted=Sum("total", default=0), withdrawn=Sum("withdrawn", default=0), set_aside=Sum("set_aside", default=0)
    )
    unconfirmed = Signature.objects.filter(confirmed_at__isnull=True)
    return {**sums, "unconfirmed": _up_to_limit(unconfirmed)}


def letters(at) -> dict[str, int]:
    """By state; of those sent only the last minute's."""
    queued = Letter.objects.filter(state=Letter.State.QUEUED)
    oldest = queued.order_by("due_at").values("attempts")[:AT_MOST]
    return {
        "queued": _up_to_limit(queued),
        "queued_again": oldest.aggregate(again=Count("attempts", filter=Q(attempts__gt=0)))["again"],
        "leased": _up_to_limit(Letter.objects.filter(state=Letter.State.LEASED)),
        "failed": _up_to_limit(Letter.objects.filter(state=Letter.State.FAILED)),
        "held": _up_to_limit(Letter.objects.filter(state=Letter.State.HELD)),
        "sent_last_minute": _up_to_limit(Letter.objects.sent_within(timedelta(minutes=1), at=at)),
    }


def switches() -> dict[str, int]:
    """1 for each kill switch that is thrown, 0 for the others."""
    thrown = thrown_switches()
    return {name: int(name in thrown) for name, _words in Switch.Name.pairs()}


def _up_to_limit(rows) -> int:
    return rows.order_by().values("pk")[:AT_MOST].count()


def _seconds_since(moment, at) -> int:
    return max(int((at - moment).total_seconds()), 0) if moment else 0
