"""The page of a proceeding: who is tried together, on what counts, and what the court did."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from ..caching import public_page
from ..citing import SourceList, agreed, differences, plain_citation
from ..dates import PartialDate
from ..docket import Docket
from ..models import Proceeding
from ..silence import silenced
from ..telling import penalty, today_in
from ..timeline import by_year, happenings, kinds
from .addresses import moved_or_gone
from .rolls import longest_first, roll_row


@require_safe
@public_page()
def proceeding(request, slug):
    try:
        record = Proceeding.objects.public().get(slug=slug)
    except Proceeding.DoesNotExist:
        return moved_or_gone(request, Proceeding, slug)
    if silenced().within(record.name, record.slug):
        raise Http404
    return render(request, "cases/proceeding.html", page(Docket(record), today_in(record.country)))


def page(docket, on):
    """Everything the template shows, made from top to bottom, as the sources are numbered."""
    record, sources = docket.proceeding, SourceList()
    rows = [roll_row(p, on, disputed=p.pk in docket.disputed_ties) for p in docket.defendants]
    cited = docket.citations.of(record)
    context = {
        "proceeding": record,
        "page_title": record.name,
        "page_description": description(record, len(rows)),
        "rows": longest_first(rows),
        "lead_refs": sources.refs(agreed(cited)),
        "lead_differs": sources.differences(differences(record, cited)),
        "counts": counts(docket, sources),
    }
    entries = happenings(docket)
    for entry in entries:
        entry.refs, entry.differs = sources.refs(entry.citations), sources.differences(entry.differing)
    context |= {"years": by_year(entries), "entries": len(entries), "kinds": kinds(entries)}
    url = settings.SITE_URL + record.get_absolute_url()
    today = PartialDate.of(on).display()
    context["cite"] = plain_citation(organisation=settings.ORGANISATION_NAME, title=record.name, on=today, url=url)
    return context | {"sources": sources.entries(), "publishers": sources.publishers()}


def description(record, defendants):
    tried = ngettext("%(n)d person prosecuted.", "%(n)d people prosecuted together.", defendants) % {"n": defendants}
    return f"{record.name}. {tried}"


def counts(docket, sources):
    """The provisions that people are charged under here, those that concern most people first."""
    by_provision = {}
    for charge in docket.charges:
        by_provision.setdefault(charge.provision_id, []).append(charge)
    told = sorted(by_provision.values(), key=lambda charges: (-len(_people(charges)), charges[0].provision.article))
    return [_count(charges, len(docket.defendants), docket, sources) for charges in told]


def _count(charges, defendants, docket, sources):
    people = len(_people(charges))
    whom = _("against all of them") if people == defendants and people > 1 else ngettext(
        "against %(n)d person", "against %(n)d people", people
    ) % {"n": people}  # fmt: skip
    provision = charges[0].provision
    return {
        "article": provision.article,
        "heading": provision.heading,
        "told": f"{whom} · {penalty(provision)}",
        "refs": sources.refs(agreed(docket.citations.of(*charges))),
    }


def _people(charges):
    return {charge.person_id for charge in charges}
