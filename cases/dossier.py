"""The dossier of a person: everything published that the case page tells, in three statements.

Reads, never writes. What is not published is not here: neither rows, nor their citations, nor the names of courts,
organisations and proceedings that have no page yet. Each statement asks by keys that the one before it found: a
database that knows nothing yet of its tables could plan a condition over them badly.
"""

from collections import defaultdict
from itertools import chain

from django.utils import timezone

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
    Picture,
    Place,
    Proceeding,
    Publisher,
    Recognition,
    Sentence,
    Source,
    Standing,
    arc_name,
)
from .silence import silenced
from .withholding import withhold

ROLES = ChargeSuccession.Role
NOT_OF_A_MINOR = ["display_name", "native_name", "slug", "birth_year"]
"""What no source is shown to state of a minor."""
CITED = [
    "names", "affiliations", "detentions", "orders", "reports", "charges", "charge_events", "changes", "sentences",
    "hearings", "events", "recognitions",
]  # fmt: skip


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
        found = _prune(ask(_rows_of(person)))
        provisions = {charge.provision_id for charge in found["charges"]}
        cited = citations_of([person], *(found[name] for name in CITED), provisions=provisions)
        found |= ask({**_named_by(found), **cited})
        citations = [citation for name in cited for citation in found[name]]
        found |= ask({**behind(citations), **_around(found)})
        keep_silent(found, person)
        if person.is_minor:
            citations = [c for c in citations if not (c.person_id and c.field in NOT_OF_A_MINOR)]
        self.citations = Citations(citations, found["sources"], found["publishers"])
        self._tie(found)

    def _tie(self, found):
        organisations = by_key(found["organisations"])
        self.names = [] if self.person.is_minor else sort(found["names"])
        self.picture = next(iter([] if self.person.is_minor else found["pictures"]), None)
        self.affiliations = [a for a in sort(found["affiliations"]) if a.organisation_id in organisations]
        for affiliation in self.affiliations:
            affiliation.organisation = organisations[affiliation.organisation_id]
        self.reports, self.recognitions = sort(found["reports"], "as_of"), sort(found["recognitions"])
        self.hearings, self.sentences = sort(found["hearings"], "on"), sort(found["sentences"], "on")
        self.events = sort(found["events"], "on")
        attended = group(found["at_hearings"], "hearing_id")
        for hearing in self.hearings:
            hearing.of_one = len(attended[hearing.pk]) == 1
        self.proceedings = by_key(found["proceedings"])
        self._tie_custody(found, by_key(found["places"]))
        self._tie_charges(found, by_key(found["provisions"]))
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
        self.co_defendants = with_standings(found["people"], found["standings"])
        self.tried_in = group(found["their_charges"], "person_id")
        self.disputed_ties = {affiliation.person_id for affiliation in found["disputed"]}


def public_person(slug):
    """The public person at this address, with where they stand. Raises `Person.DoesNotExist`."""
    return Person.objects.public().select_related("standing").get(slug=slug)


def with_standings(people, standings):
    """`people`, each knowing where they stand without another question."""
    standings = by_key(standings)
    for person in people:
        person._state.fields_cache["standing"] = standings.get(person.pk)
    return people


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


def keep_silent(found, person=None):
    """Takes out of all rows `found` what names people for whom silence was asked, `person` excepted (their own page
    is previewed), and the proceedings that are called after them."""
    names = silenced(besides=person)
    if names:
        found["proceedings"] = [p for p in found.get("proceedings", ()) if not names.within(p.name, p.slug)]
        withhold([*([person] if person else []), *chain.from_iterable(found.values())], names)
    return found


def ask(querysets):
    """The rows of named querysets, in one statement."""
    return dict(zip(querysets, gather(*querysets.values()), strict=True))


def _rows_of(person):
    """The published rows that hang on `person`, by the name the dossier gives them."""
    mine = {"person": person}
    return {
        "names": PersonName.objects.published().filter(**mine).exclude(kind=PersonName.Kind.MISSPELLING),
        "affiliations": Affiliation.objects.published().filter(**mine),
        "detentions": Detention.objects.published().filter(**mine),
        "orders": DetentionOrder.objects.published().filter(detention__person=person),
        "reports": CustodyReport.objects.published().filter(**mine),
        "charges": Charge.objects.published().filter(**mine),
        "charge_events": ChargeEvent.objects.published().filter(charge__person=person),
        "changes": ChargeChange.objects.published().filter(**mine),
        "sentences": Sentence.objects.published().filter(**mine),
        "hearings": Hearing.objects.published().filter(persons=person),
        "at_hearings": Hearing.persons.through.objects.filter(hearing__persons=person),
        "events": CaseEvent.objects.published().filter(persons=person),
        "recognitions": Recognition.objects.published().filter(**mine),
        "pictures": Picture.objects.published().licensed(timezone.localdate()).filter(**mine),
        "successions": ChargeSuccession.objects.filter(change__person=person),
    }


def _prune(found):
    """Takes away what hangs on rows that are not published themselves."""
    for name, key, parents in [
        ("orders", "detention_id", "detentions"),
        ("charge_events", "charge_id", "charges"),
        ("successions", "change_id", "changes"),
    ]:
        kept = by_key(found[parents])
        found[name] = [row for row in found[name] if getattr(row, key) in kept]
    return found


def _named_by(found):
    """What rows name by key: provisions, places, published organisations and proceedings, and who is charged there."""
    courts = [row.court_id for name in ("orders", "hearings", "charge_events") for row in found[name]]
    organisations = {*courts, *(row.organisation_id for row in found["affiliations"])} - {None}
    places = {row.place_id for row in found["detentions"]} - {None}
    proceedings = {charge.proceeding_id for charge in found["charges"]} - {None}
    return {
        "provisions": LegalProvision.objects.filter(pk__in={charge.provision_id for charge in found["charges"]}),
        "places": Place.objects.filter(pk__in=places),
        "organisations": Organisation.objects.published().filter(pk__in=organisations),
        "proceedings": Proceeding.objects.public().filter(pk__in=proceedings),
        "their_charges": Charge.objects.published().filter(proceeding__in=proceedings, proceeding__state="published"),
    }


def citations_of(*groups, provisions=()):
    """The public citations of the rows in `groups` (each of one model) and of the provisions with these keys, by the
    name of the arc."""
    keys = {arc_name(type(rows[0])): [row.pk for row in rows] for rows in groups if rows}
    keys |= {"provision": provisions} if provisions else {}
    return {f"of_{name}": Citation.objects.public().filter(**{f"{name}__in": pks}) for name, pks in keys.items()}


def behind(citations):
    """The sources of `citations` and their publishers."""
    sources = {citation.source_id for citation in citations}
    return {
        "sources": Source.objects.filter(pk__in=sources),
        "publishers": Publisher.objects.filter(sources__in=sources),
    }


def _around(found):
    """The public people who are tried together with the person."""
    return people({charge.person_id for charge in found["their_charges"]})


def people(keys):
    """The public persons with these keys, where they stand, and their disputed ties."""
    disputed = Affiliation.objects.published().filter(attribution=Affiliation.Attribution.DISPUTED)
    return {
        "people": Person.objects.public().filter(pk__in=keys),
        "standings": Standing.objects.filter(person__in=keys),
        "disputed": disputed.filter(person__in=keys, organisation__state="published"),
    }
