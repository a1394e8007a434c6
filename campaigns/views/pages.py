"""Reading: the list, the campaign, its count."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, OuterRef, Prefetch, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.caching import public_page
from cases.models import CaseEvent, Citation, Person
from cases.silence import silenced
from cases.withholding import withhold

from ..forms import SignForm
from ..links import absolute, make_stamp
from ..models import Campaign, CampaignText, SigningState, TallyBucket, TallyCorrection
from ..models.switches import signing_is_off
from ..naming import naming_nobody_silent
from ..sharing import known_channel, share_links
from .reading import (
    Elsewhere,
    campaign_with_tally,
    confirmed_days,
    find_campaign,
    share_message,
    status_line,
    subjects_of,
)

FRESH_SECONDS = 3  # With the tally's own two, the front's and other caches' five, a figure is never older than ten.
EVENTS_SHOWN = 6
CORRECTIONS_SHOWN = 5
PERSONS_NAMED = SOURCES_NAMED = 3


@require_safe
@public_page(seconds=FRESH_SECONDS)
def campaign_list(request):
    """All public campaigns; the open ones first."""
    now = timezone.now()
    campaigns = Campaign.objects.public().with_standing().with_text(get_language()).select_related("tally")
    listed = sorted(
        naming_nobody_silent(campaigns.featured_first()), key=lambda c: c.signing_state(now) != SigningState.OPEN
    )
    for campaign in listed:
        campaign.state_now = campaign.signing_state(now)
    response = render(
        request,
        "campaigns/list.html",
        {
            "campaigns": listed,
            "page_title": _("Campaigns"),
            "page_description": _("Appeals you can sign, and how many have."),
        },
    )
    return response


@require_safe
@public_page(seconds=FRESH_SECONDS, varies={"via": known_channel})
def campaign_page(request, slug):
    try:
        campaign = find_campaign(slug)
    except Elsewhere as elsewhere:
        return elsewhere.answer(request, "campaign")
    return campaign_response(request, campaign)


@require_safe
@public_page(seconds=FRESH_SECONDS)
def count(request, slug):
    """The count and its parts, from sums; readable from anywhere."""
    corrected = TallyCorrection.objects.filter(campaign=OuterRef("pk")).order_by().values("campaign")
    number = Coalesce(Subquery(corrected.annotate(number=Count("pk")).values("number")), 0)
    campaign = campaign_with_tally(slug, corrections_number=number)
    tally = campaign.tally
    response = JsonResponse(
        {
            "campaign": campaign.public_id,
            "total": tally.total,
            "confirmed": tally.confirmed,
            "withdrawn": tally.withdrawn,
            "set_aside": tally.set_aside,
            "goal": campaign.goal,
            "counted_at": tally.updated_at.isoformat(timespec="seconds"),
            "corrections": campaign.corrections_number,
            "corrections_url": f"{absolute(campaign.get_absolute_url())}#count",
        }
    )
    return readable_from_anywhere(response)


def readable_from_anywhere(response):
    """Open data: other sites may show it, and keep it for moments."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
    return response


def campaign_response(request, campaign, *, form=None, notice="", status=200):
    """The campaign's page; with `form` as somebody filled it in, and `notice` saying why it came back."""
    now = timezone.now()
    texts = CampaignText.objects.filter(campaign=campaign)
    text = texts.best_first(get_language()).first()
    state = campaign.signing_state(now)
    subjects = subjects_of(campaign)
    stamp = make_stamp(text.pk, at=now)
    if form is None:
        via = known_channel(request.GET.get("via", ""))
        form = SignForm(questions=campaign.questions.all(), initial={"stamp": stamp, "via": via})
    is_off = state == SigningState.OPEN and signing_is_off()
    mark, sentence = status_line(SigningState.PAUSED if is_off else state, subjects)
    context = {
        "campaign": campaign,
        "text": text,
        "form": form,
        "stamp": stamp,
        "notice": notice,
        "state": state,
        # What somebody typed is shown to them even where it cannot be kept now.
        "is_open": state == SigningState.OPEN and not (is_off and not form.is_bound),
        "is_off": is_off,
        "status_mark": mark,
        "status_text": sentence,
        "asked": campaign.asked.select_related("recipient"),
        "subjects": subjects,
        "noindex": any(subject.is_kept_from_search for subject in subjects),
        "proceeding_url": campaign.proceeding.get_absolute_url() if campaign.proceeding else "",
        "days_held": confirmed_days(subjects),
        "events": _events(campaign),
        "last_day": _last_day(campaign, now),
        "corrections": campaign.corrections.all()[:CORRECTIONS_SHOWN],
        "networks": share_links(
            absolute(campaign.get_absolute_url()), message=share_message(campaign, text), subject=text.title
        )[:4],
        "provenance": _provenance(text),
        "crumbs": [{"name": _("Campaigns"), "url": reverse("campaigns:list")}],
        "page_title": text.title,
        "page_description": text.ask,
    }
    return render(request, "campaigns/campaign.html", context, status=status)


def _events(campaign):
    """The newest dated events of those it is about, oldest first."""
    persons = campaign.persons.through.objects.filter(campaign=campaign).values("person")
    about = Q(pk__in=CaseEvent.persons.through.objects.filter(person__in=persons).values("caseevent"))
    if campaign.proceeding_id:
        about |= Q(proceeding=campaign.proceeding_id)
    if campaign.organisation_id:
        with_body = CaseEvent.organisations.through.objects.filter(organisation=campaign.organisation_id)
        about |= Q(pk__in=with_body.values("caseevent"))
    newest = CaseEvent.objects.public().filter(about, on__isnull=False).exclude(summary="")
    citations = Citation.objects.public().exclude(source__url="").select_related("source__publisher")
    whole = newest.prefetch_related(
        Prefetch("persons", Person.objects.public(), to_attr="public_persons"),
        Prefetch("citations", citations, to_attr="public_citations"),
    )
    events = list(reversed(whole.order_by("-on", "-sequence", "-pk")[:EVENTS_SHOWN]))
    names = silenced()
    for event in withhold(events, names):
        withhold([citation.source for citation in event.public_citations], names)
    return [_told(event) for event in events]


def _told(event):
    """An event as the page tells it: when, whom it happened to, what, and who says so."""
    is_exact = event.on.precision in ("day", "month", "year")
    return {
        "when": event.on.display(short=True),
        "iso": str(event.on) if is_exact else "",
        "persons": event.public_persons if len(event.public_persons) <= PERSONS_NAMED else [],
        "summary": event.summary,
        "sources": _named({citation.source for citation in event.public_citations}),
    }


def _named(sources):
    """The first sources that can be opened, as links named after their publishers."""
    named = [(source.publisher.name, source.url) for source in sources if source.publisher and source.url]
    return [{"publisher": name, "url": url} for name, url in sorted(named)[:SOURCES_NAMED]]


def _last_day(campaign, now):
    """The net number counted in the last 24 hours, from the hourly sums."""
    hours = TallyBucket.objects.filter(campaign=campaign, hour__gt=now - timedelta(hours=24))
    sums = hours.aggregate(confirmed=Sum("confirmed"), withdrawn=Sum("withdrawn"), set_aside=Sum("set_aside"))
    return (sums["confirmed"] or 0) - (sums["withdrawn"] or 0) - (sums["set_aside"] or 0)


def _provenance(text):
    since = date_format(timezone.localdate(text.created_at), "j F Y")
    counted = _("%(organisation)s; confirmed signatures, to the last 10 seconds")
    return [
        {
            "label": _("Text version"),
            "value": _("%(n)s, since %(day)s") % {"n": text.version, "day": since},
            "href": "",
        },
        {"label": _("Whose count"), "value": counted % {"organisation": settings.ORGANISATION_NAME}, "href": ""},
    ]
