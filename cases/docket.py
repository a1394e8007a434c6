"""The docket of a proceeding: everything published that its page tells, in two statements. Reads, never writes.

Only public people are on it: a hearing or event that names nobody else is left out while a page is paused.
"""

from .dossier import Citations, by_key, group, sort
from .gathering import gather
from .models import (
    Affiliation,
    CaseEvent,
    Charge,
    Citation,
    Hearing,
    LegalProvision,
    Organisation,
    Person,
    Publisher,
    Source,
    Standing,
    arc_name,
)


class Docket:
    """Published rows about one proceeding, tied together."""

    def __init__(self, proceeding):
        self.proceeding = proceeding
        rows, cited = _rows_of(proceeding), _citations_of(proceeding)
        parts = iter(gather(*rows.values(), *cited))
        found = {name: next(parts) for name in rows}
        citations = [citation for _arc in cited for citation in next(parts)]
        courts = {hearing.court_id for hearing in found["hearings"]} - {None}
        sources = {citation.source_id for citation in citations}
        provisions, courts, sources, publishers = gather(
            LegalProvision.objects.filter(pk__in={c.provision_id for c in found["charges"]}),
            Organisation.objects.published().filter(pk__in=courts),
            Source.objects.filter(pk__in=sources),
            Publisher.objects.filter(sources__in=sources),
        )
        self.citations = Citations(citations, sources, publishers)
        self._tie(found, by_key(provisions), by_key(courts))

    def _tie(self, found, provisions, courts):
        standings = by_key(found["standings"])
        self.defendants = found["people"]
        for person in self.defendants:
            person._state.fields_cache["standing"] = standings.get(person.pk)
        self.disputed_ties = {tie.person_id for tie in found["ties"]}
        self.charges = sort(found["charges"])
        for charge in self.charges:
            charge.provision = provisions[charge.provision_id]
        public = by_key(self.defendants)
        self.hearings = _about_somebody(found["hearings"], found["at_hearings"], "hearing_id", public)
        self.events = _about_somebody(found["events"], found["at_events"], "caseevent_id", public)
        for hearing in self.hearings:
            hearing.court = courts.get(hearing.court_id)


def _rows_of(proceeding):
    """The published rows of the proceeding and its public defendants, by the name the docket gives them."""
    charges = Charge.objects.public().filter(proceeding=proceeding)
    people = Person.objects.public().filter(pk__in=charges.values("person"))
    hearings = Hearing.objects.published().filter(proceeding=proceeding)
    events = CaseEvent.objects.published().filter(proceeding=proceeding)
    ties = Affiliation.objects.public().filter(attribution=Affiliation.Attribution.DISPUTED)
    return {
        "charges": charges,
        "people": people,
        "standings": Standing.objects.filter(person__in=people.values("pk")),
        "ties": ties.filter(person__in=people.values("pk")),
        "hearings": hearings,
        "at_hearings": Hearing.persons.through.objects.filter(hearing__in=hearings.values("pk")),
        "events": events,
        "at_events": CaseEvent.persons.through.objects.filter(caseevent__in=events.values("pk")),
    }


def _citations_of(proceeding):
    """The public citations of the proceeding, its charges, hearings and events."""
    rows, public = _rows_of(proceeding), Citation.objects.public()
    cited = [rows[name] for name in ("charges", "hearings", "events")]
    return [
        public.filter(proceeding=proceeding),
        *(public.filter(**{f"{arc_name(queryset.model)}__in": queryset.values("pk")}) for queryset in cited),
    ]


def _about_somebody(rows, ties, key, public):
    """The rows that name a public defendant, or nobody at all; each with the public people it names."""
    named = group(ties, key)
    for row in rows:
        row.people = [public[tie.person_id] for tie in named[row.pk] if tie.person_id in public]
    return sort([row for row in rows if row.people or not named[row.pk]], "on")
