"""The case page: who somebody is, where they stand, on what charges, since when, and how we know."""

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from ..caching import public_page
from ..citing import SourceList, agreed, plain_citation
from ..counts import accusers, blocks, conviction, highest_penalty
from ..dates import PartialDate
from ..dossier import Dossier, public_person
from ..models import Person
from ..picture_files import WIDTHS, size_at
from ..telling import on_day, short_term, tell_bar, tell_count, tell_status, today_in
from ..timeline import by_year, kinds, story
from .addresses import moved_or_gone
from .facts import facts, told_differences
from .rolls import initials, longest_first, roll_row, work

PLATE = 480
"""The width for readers whose browser does not choose among several."""


@require_safe
@public_page()
def case(request, slug):
    try:
        person = public_person(slug)
    except Person.DoesNotExist:
        return moved_or_gone(request, Person, slug)
    return render(request, "cases/case.html", page(Dossier(person), today_in(person.country)))


def page(dossier, on):
    """Everything the template shows, made from top to bottom: a source gets its number where it first appears."""
    person, sources = dossier.person, SourceList()
    count = tell_count(dossier.standing, on)
    mark, status = tell_status(dossier.standing, count, person.country)
    context = {
        **head(dossier),
        "status_mark": mark,
        "status_text": status,
        "page_title": person.name,
        "page_description": description(person, status, count),
        "noindex": person.is_kept_from_search,
        **band(dossier, count, on, sources),
        **intro(dossier, on, sources),
        **charges(dossier, sources),
        **ledger(dossier, count, sources),
        "groups": tried_together(dossier, on),
    }
    url = settings.SITE_URL + person.get_absolute_url()
    today = PartialDate.of(on).display()
    context["cite"] = plain_citation(organisation=settings.ORGANISATION_NAME, title=person.name, on=today, url=url)
    return context | {"sources": sources.entries(), "publishers": sources.publishers()}


def head(dossier):
    """Name, other names, the plate's initials, the way back."""
    person = dossier.person
    proceedings = [{"name": p.name, "url": p.get_absolute_url()} for p in dossier.proceedings.values()]
    shown = {person.name, person.public_native_name}
    return {
        "person": person,
        "also": [name for name in dossier.names if name.text not in shown],
        "initials": initials(person.name),
        "portrait": portrait(dossier.picture),
        "work": work(person, dossier.affiliations),
        "proceedings": proceedings,
    }


def portrait(picture):
    """The addresses and sizes of the files of `picture`; None without one."""
    if picture is None:
        return None
    sizes = {width: size_at(width, picture.width, picture.height) for width in WIDTHS}
    width, height = sizes[PLATE]
    return {
        "picture": picture,
        "webp": _srcset(picture, sizes, "webp"),
        "jpeg": _srcset(picture, sizes, "jpg"),
        "url": _file(picture, PLATE, "jpg"),
        "width": width,
        "height": height,
    }


def _srcset(picture, sizes, suffix):
    files = {size[0]: _file(picture, width, suffix) for width, size in reversed(sizes.items())}
    return ", ".join(f"{address} {width}w" for width, address in sorted(files.items()))


def _file(picture, width, suffix):
    return reverse("cases:picture", args=[picture.stem, width, suffix])


def description(person, status, count):
    """One line for search engines and previews: pictures and previews outlive pages, so it says as of when."""
    days = ""
    if count.form in ("stale", "over"):
        said = ngettext(
            "At least %(n)s day, last confirmed %(on)s.", "At least %(n)s days, last confirmed %(on)s.", count.days
        )
        days = said % {"n": count.figure, "on": count.confirmed}
    return " ".join(filter(None, [f"{person.name}.", f"{status}.", days]))


def band(dossier, count, on, sources):
    """The day count, the bar, and what the last confirmation says."""
    standing, counted = dossier.standing, count.counted
    newest = max(dossier.reports, key=lambda r: (r.as_of, r.sequence), default=None)
    first = next((d for d in dossier.detentions if counted and d.from_on == counted.since), None)
    return {
        "count": count,
        "bar": tell_bar(standing, count, on),
        "since": on_day(counted.since) if counted and counted.since else "",
        "arrest_place": first.arrest_place if first else "",
        "earlier_stays": any(d.in_prison and _ended_before(d, counted) for d in dossier.detentions),
        "not_prison": any(d.kind == d.Kind.HOUSE_ARREST for d in dossier.detentions),
        "term": short_term(standing.term_months) if standing else "",
        "report": newest,
        "reported_on": newest.as_of.display() if newest else "",
        "report_refs": sources.refs(agreed(dossier.citations.of(newest))) if newest else [],
        "report_differs": told_differences(sources, newest, dossier) if newest else [],
    }


def _ended_before(detention, counted):
    """Whether this stay was over before the one began that the count names."""
    return bool(counted and counted.since and detention.until_on and detention.until_on < counted.since)


def intro(dossier, on, sources):
    """The lead and the facts beside the ask."""
    person = dossier.person
    return {
        "lead_refs": sources.refs(agreed(dossier.citations.of(person)), most_named=12),
        "lead_differs": told_differences(sources, person, dossier),
        "facts": [fact for fact in facts(dossier, on, sources) if fact],
    }


def charges(dossier, sources):
    told = blocks(dossier)
    for block in told:
        for count in (*block.was, *block.now):
            count.refs = [] if count in block.now and block.shared else sources.refs(count.citations)
            count.differs = sources.differences(count.differing)
        block.refs = sources.refs([*block.shared, *block.own])
        block.differs = sources.differences(block.differing)
    return {
        "blocks": told,
        "alleged_by": accusers(dossier),
        "conviction": conviction(dossier),
        "highest_penalty": highest_penalty(dossier),
    }


def ledger(dossier, count, sources):
    entries = story(dossier, count.counted)
    for entry in entries:
        entry.refs = sources.refs(entry.citations)
        entry.differs = sources.differences(entry.differing)
    return {"years": by_year(entries), "entries": len(entries), "kinds": kinds(entries)}


def tried_together(dossier, on):
    """For each proceeding with more than one public defendant: its name and the roll of those tried in it."""
    groups = []
    for proceeding in dossier.proceedings.values():
        tried = [p for p in dossier.co_defendants if _is_tried_in(dossier, p, proceeding)]
        if len(tried) > 1:
            rows = [roll_row(p, on, disputed=p.pk in dossier.disputed_ties) for p in tried]
            groups.append({"proceeding": proceeding, "rows": longest_first(rows)})
    return groups


def _is_tried_in(dossier, person, proceeding):
    return any(charge.proceeding_id == proceeding.pk for charge in dossier.tried_in[person.pk])
