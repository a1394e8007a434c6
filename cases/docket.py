"""The docket of a proceeding: everything published that its page tells, in three statements. Reads, never writes.

Only public people are on it: a hearing or event that names nobody else is left out while a page is paused.
"""

from .dossier import Citations, ask, behind, by_key, citations_of, group, keep_silent, people, sort, with_standings
from .models import CaseEvent, Charge, Hearing, LegalProvision, Organisation
from .silence import silenced
from .withholding import withhold


class Docket:
    """Published rows about one proceeding, tied together."""

    def __init__(self, proceeding):
        self.proceeding = proceeding
        found = ask(_rows_of(proceeding))
        cited = citations_of([proceeding], found["charges"], found["hearings"], found["events"])
        found |= ask({**_named_by(found), **cited})
        citations = [citation for name in cited for citation in found[name]]
        found |= ask(behind(citations))
        keep_silent(found)
        withhold([proceeding], silenced())
        self.citations = Citations(citations, found["sources"], found["publishers"])
        self._tie(found)

    def _tie(self, found):
        self.defendants = with_standings(found["people"], found["standings"])
        self.disputed_ties = {affiliation.person_id for affiliation in found["disputed"]}
        public = by_key(self.defendants)
        provisions, courts = by_key(found["provisions"]), by_key(found["courts"])
        self.charges = sort([charge for charge in found["charges"] if charge.person_id in public])
        for charge in self.charges:
            charge.provision = provisions[charge.provision_id]
        self.hearings = _about_somebody(found["hearings"], found["at_hearings"], "hearing_id", public)
        self.events = _about_somebody(found["events"], found["at_events"], "caseevent_id", public)
        for hearing in self.hearings:
            hearing.court = courts.get(hearing.court_id)


def _rows_of(proceeding):
    """The published rows of the proceeding, by the name the docket gives them."""
    mine = {"proceeding": proceeding}
    return {
        "charges": Charge.objects.published().filter(**mine),
        "hearings": Hearing.objects.published().filter(**mine),
        "events": CaseEvent.objects.published().filter(**mine),
        "at_hearings": Hearing.persons.through.objects.filter(hearing__proceeding=proceeding),
        "at_events": CaseEvent.persons.through.objects.filter(caseevent__proceeding=proceeding),
    }


def _named_by(found):
    """What rows name by key: provisions, published courts, and the public people who are charged."""
    courts = {hearing.court_id for hearing in found["hearings"]} - {None}
    named = [charge.person_id for charge in found["charges"]]
    return {
        "provisions": LegalProvision.objects.filter(pk__in={charge.provision_id for charge in found["charges"]}),
        "courts": Organisation.objects.published().filter(pk__in=courts),
        **people(set(named)),
    }


def _about_somebody(rows, ties, key, public):
    """The rows that name a public defendant, or nobody at all; each with the public people it names."""
    named = group(ties, key)
    for row in rows:
        row.people = [public[tie.person_id] for tie in named[row.pk] if tie.person_id in public]
    return sort([row for row in rows if row.people or not named[row.pk]], "on")
