"""What campaign pages have in common: finding a campaign, and telling who it is about."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cases.lists import PUBLIC_NAME
from cases.models import SlugRedirect, State
from cases.silence import silenced
from cases.telling import short_term, tell_count, today_in
from cases.withholding import withhold

from ..models import Campaign, SigningState
from ..naming import naming_nobody_silent


class Elsewhere(Exception):
    """No public campaign stands at the address; each kind knows its `answer` to a request for the page `name`."""


class Moved(Elsewhere):
    """The address is an old one; `campaign` has a new one."""

    def __init__(self, campaign):
        self.campaign = campaign

    def answer(self, request, name):
        return redirect(reverse(f"campaigns:{name}", args=[self.campaign.slug]), permanent=True)


class TakenBack(Elsewhere):
    """The campaign was public once and is retracted."""

    def answer(self, request, name):
        return render(request, "campaigns/taken_back.html", {"noindex": True}, status=410)


def find_campaign(slug):
    """The public campaign at `slug`, with text, tally and standing.

    Raises Http404 for what was never public or is hidden because somebody asked for silence; Moved; TakenBack.
    """
    campaigns = Campaign.objects.public().with_standing().with_text(get_language())
    campaign = campaigns.select_related("tally", "proceeding", "organisation").filter(slug=slug).first()
    if campaign is not None and not naming_nobody_silent([campaign]):
        raise Http404
    if campaign is not None:
        withhold([campaign.organisation] if campaign.organisation else [], silenced())
        return campaign
    old = Q(public_id=SlugRedirect.objects.target(Campaign, slug) or "")
    if moved := campaigns.filter(old).first():
        raise Moved(moved)
    if Campaign.objects.filter(old | Q(slug=slug), state=State.RETRACTED).exists():
        raise TakenBack
    raise Http404


def campaign_with_tally(slug, **annotations):
    """The public campaign at `slug` for those who only count. Raises Http404."""
    campaigns = Campaign.objects.public().select_related("tally").annotate(**annotations)
    campaign = campaigns.filter(slug=slug).first()
    if campaign is None or not naming_nobody_silent([campaign]):
        raise Http404
    return campaign


@dataclass(frozen=True)
class Subject:
    """One person a campaign is about, as its page tells it."""

    name: str
    url: str
    note: str
    days: str
    number: int
    stale: bool
    held: bool
    is_kept_from_search: bool


def subjects_of(campaign):
    """The persons of a campaign with their day counts, longest held first; one query."""
    people = campaign.persons.select_related("standing").order_by(PUBLIC_NAME)
    return sorted(map(_subject, withhold(list(people), silenced())), key=lambda subject: -subject.number)


def _subject(person):
    standing = getattr(person, "standing", None)
    count = tell_count(standing, today_in(person.country))
    work = person.occupation.split(";")[0]
    return Subject(
        name=person.name,
        url=person.get_absolute_url(),
        note=" · ".join(filter(None, [work, short_term(standing.term_months) if standing else ""])),
        days=_days(count),
        number=count.days,
        stale=count.form in ("stale", "over"),
        held=bool(standing and standing.held),
        is_kept_from_search=person.is_kept_from_search,
    )


def _days(count):
    """The count in words: at least so many days where nothing recent confirms custody."""
    if count.form == "none":
        return ""
    days = ngettext("%(n)s day", "%(n)s days", count.days) % {"n": count.figure}
    return _("at least %(days)s") % {"days": days} if count.form in ("stale", "over") else days


def confirmed_days(subjects):
    """The span of the day counts, for the line above the form: “at least 464 to 838 days held”."""
    counted = [subject.number for subject in subjects if subject.number]
    if not counted:
        return ""
    low, high = min(counted), max(counted)
    numbers = f"{low:,}" if low == high else _("%(low)s to %(high)s") % {"low": f"{low:,}", "high": f"{high:,}"}
    if any(subject.stale for subject in subjects):
        return _("at least %(numbers)s days held") % {"numbers": numbers}
    return _("%(numbers)s days held") % {"numbers": numbers}


def status_line(state, subjects):
    """(mark, sentence) of the page's first line: whether one can sign, and how many are held as last confirmed."""
    held = sum(subject.held for subject in subjects)
    people = ngettext("%(n)s person held, as last confirmed", "%(n)s people held, as last confirmed", held) % {
        "n": held
    }
    match state:
        case SigningState.OPEN:
            words = _("Open")
        case SigningState.NOT_YET_OPEN:
            words = _("Not yet open")
        case SigningState.PAUSED:
            words = _("Signing is paused")
        case SigningState.NOBODY_HELD:
            return "released", _("Signing has ended: released or died, as sources say")
        case _:
            words = _("Closed")
    mark = "held" if held else "unknown" if subjects else "free"
    return mark, f"{words} · {people}" if held else words


def share_message(campaign, text):
    """What a reader may say, in their language where staff wrote it, else the ask itself."""
    kept = campaign.share_texts.filter(language__in=[get_language(), "en"])
    by_language = {row.language: row.text for row in kept}
    return by_language.get(get_language()) or by_language.get("en") or text.ask
