"""The dossier of a person: everything published that the case page tells, in two statements.

Reads, never writes. What is not published is not here: neither rows, nor their citations, nor the names of courts,
organisations and proceedings that have no page yet.
"""

from collections import defaultdict

from .gathering import gather
from .models import (
    Affiliation,
    CaseEvent,
    Charge,
    ChargeChange,
    ChargeEvent,
    ChargeSuccession,
    Citation,
    CustodyReport,
    Detention,
    DetentionOrder,
    Hearing,
    LegalProvision,
    Organisation,
    Person,
    PersonName,
    Place,
    Proceeding,
    Publisher,
    Recognition,
    Sentence,
    Source,
    Standing,
    arc_name,
)

ROLES = ChargeSuccession.Role


class Citations:
    """The citations of many records, each with its source and publisher."""

    def __init__(self, citations, sources, publishers):
        publishers = by_key(publishers)
        sources = by_key(sources)
        for source in sources.values():
            source.publisher = publishers.get(source.publisher_id)
        self.found = defaultdict(list)
        for citation in sorted(citations, key=lambda c: (c.sequence, c.pk)):
            citation.source = sources[citation.source_id]
            name = next(name for name in arc_names() if getattr(citation, f"{name}_id"))
            self.found[name, getattr(citation, f"{name}_id")].append(citation)

    def of(self, *records):
        """The citations of `records`, in that order."""
        return [citation for record in records for citation in self.found[arc_name(type(record)), record.pk]]


class Dossier:
    """Published rows about one person, tied together. Orders and charges know their events, changes their charges."""

    def __init__(self, person):
        self.person = person
        self.standing = getattr(person, "standing", None)
        rows, cited = _rows_of(person), _citations_of(person)
        around = _around(person)
        parts = iter(gather(*rows.values(), *cited, *around.values()))
        found = {name: next(parts) for name in rows}
        citations = [citation for _arc in cited for citation in next(parts)]
        found |= {name: next(parts) for name in around}
        provisions, places, organisations, sources, publishers = gather(
            LegalProvision.objects.filter(pk__in={c.provision_id for c in found["charges"]}),
            *_named_by(found),
            *_behind(citations),
        )
        self.citations = Citations(citations, sources, publishers)
        self._tie(found, by_key(provisions), by_key(places), by_key(organisations))

    def _tie(self, found, provisions, places, organisations):
        self.names = [] if self.person.is_minor else sort(found["names"])
        self.affiliations = [a for a in sort(found["affiliations"]) if a.organisation_id in organisations]
        for affiliation in self.affiliations:
            affiliation.organisation = organisations[affiliation.organisation_id]
        self.reports, self.recognitions = sort(found["reports"], "as_of"), sort(found["recognitions"])
        self.hearings, self.sentences = sort(found["hearings"], "on"), sort(found["sentences"], "on")
        self.events = sort(found["events"], "on")
        self.proceedings = by_key(found["proceedings"])
        self._tie_custody(found, places)
        self._tie_charges(found, provisions)
        self._tie_co_defendants(found)
        for row in [*self.orders, *self.hearings, *found["charge_events"]]:
            row.court = organisations.get(row.court_id)

    def _tie_custody(self, found, places):
        self.detentions = sort(found["detentions"], "from_on")
        for detention in self.detentions:
            detention.place = places.get(detention.place_id)
        detentions = by_key(self.detentions)
        self.orders = sort(found["orders"], "ordered_on")
        for order in self.orders:
            order.detention = detentions[order.detention_id]

    def _tie_charges(self, found, provisions):
        self.charges, self.changes = sort(found["charges"]), sort(found["changes"], "on")
        events = group(found["charge_events"], "charge_id")
        for charge in self.charges:
            charge.provision = provisions[charge.provision_id]
            charge.proceeding = self.proceedings.get(charge.proceeding_id)
            charge.told = events[charge.pk]
        charges, parts = by_key(self.charges), group(found["successions"], "change_id")
        for change in self.changes:
            change.replaced, change.new = (
                [charges[s.charge_id] for s in parts[change.pk] if s.role == role and s.charge_id in charges]
                for role in (ROLES.REPLACED, ROLES.NEW)
            )

    def _tie_co_defendants(self, found):
        standings = by_key(found["standings"])
        self.co_defendants = sorted(found["co_defendants"], key=lambda p: p.pk)
        for person in self.co_defendants:
            person._state.fields_cache["standing"] = standings.get(person.pk)
        self.tried_in = group(found["their_charges"], "person_id")
        self.disputed_ties = {a.person_id for a in found["their_ties"]}


def public_person(slug):
    """The public person at this address, with where they stand. Raises `Person.DoesNotExist`."""
    return Person.objects.public().select_related("standing").get(slug=slug)


def arc_names():
    return [f.name for f in Citation._meta.fields if f.is_relation and f.name != "source"]


def by_key(rows):
    return {row.pk: row for row in rows}


def group(rows, name):
    """`rows` by the value of one column."""
    grouped = defaultdict(list)
    for row in rows:
        grouped[getattr(row, name)].append(row)
    return grouped


def sort(rows, date=None):
    """By date (unknown ones last), then in the order an editor gave them."""
    if date is None:
        return sorted(rows, key=lambda row: (row.sequence, row.pk))
    dated = sorted((r for r in rows if getattr(r, date)), key=lambda r: (getattr(r, date), r.sequence, r.pk))
    return dated + sorted((r for r in rows if not getattr(r, date)), key=lambda r: (r.sequence, r.pk))


def _rows_of(person):
    """The published rows that hang on `person`, by the name the dossier gives them."""
    mine = {"person": person}
    detentions = Detention.objects.published().filter(**mine)
    charges = Charge.objects.published().filter(**mine)
    changes = ChargeChange.objects.published().filter(**mine)
    return {
        "names": PersonName.objects.published().filter(**mine).exclude(kind=PersonName.Kind.MISSPELLING),
        "affiliations": Affiliation.objects.public().filter(**mine),
        "detentions": detentions,
        "orders": DetentionOrder.objects.published().filter(detention__in=detentions),
        "reports": CustodyReport.objects.published().filter(**mine),
        "charges": charges,
        "charge_events": ChargeEvent.objects.published().filter(charge__in=charges),
        "changes": changes,
        "sentences": Sentence.objects.published().filter(**mine),
        "hearings": Hearing.objects.published().filter(persons=person),
        "events": CaseEvent.objects.published().filter(persons=person),
        "recognitions": Recognition.objects.published().filter(**mine),
        "successions": ChargeSuccession.objects.filter(change__in=changes),
    }


def _citations_of(person):
    """The public citations of `person`, of the provisions of the charges and of every row above, by kind of record."""
    public = Citation.objects.public()
    rows = {name: rows for name, rows in _rows_of(person).items() if name != "successions"}
    cited = [public.filter(**{f"{arc_name(queryset.model)}__in": queryset.values("pk")}) for queryset in rows.values()]
    provisions = Charge.objects.published().filter(person=person).values("provision")
    return [public.filter(person=person), public.filter(provision__in=provisions), *cited]


def _around(person):
    """The proceedings of the person's charges, and everybody who is tried in them."""
    charges = Charge.objects.published().filter(proceeding__state="published")
    proceedings = charges.filter(person=person).values("proceeding")
    theirs = charges.filter(proceeding__in=proceedings)
    people = Person.objects.public().filter(pk__in=theirs.values("person"))
    disputed = Affiliation.objects.published().filter(attribution=Affiliation.Attribution.DISPUTED)
    return {
        "proceedings": Proceeding.objects.published().filter(pk__in=proceedings),
        "co_defendants": people,
        "standings": Standing.objects.filter(person__in=people.values("pk")),
        "their_charges": theirs,
        "their_ties": disputed.filter(person__in=people.values("pk"), organisation__state="published"),
    }


def _named_by(found):
    """The places and the published organisations that rows name."""
    courts = [row for name in ("orders", "hearings", "charge_events") for row in found[name]]
    organisations = {row.court_id for row in courts} | {row.organisation_id for row in found["affiliations"]}
    places = {row.place_id for row in found["detentions"]}
    return (
        Place.objects.filter(pk__in=places - {None}),
        Organisation.objects.published().filter(pk__in=organisations - {None}),
    )


def _behind(citations):
    """The sources of `citations` and their publishers."""
    sources = {citation.source_id for citation in citations}
    return Source.objects.filter(pk__in=sources), Publisher.objects.filter(sources__in=sources)
