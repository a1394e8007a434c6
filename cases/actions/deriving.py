"""Rebuilding the derived `Standing` of a person from the published record. Nothing else writes that table."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ..charging import stands
from ..dates import add_months
from ..daycount import count_days
from ..independence import has_court_document, independent_publishers
from ..models import (
    CaseEvent,
    Charge,
    ChargeChange,
    ChargeEvent,
    ChargeSuccession,
    Citation,
    CustodyReport,
    DetentionOrder,
    Hearing,
    Person,
    Sentence,
    Standing,
)
from ..searching import search_text

HAPPENINGS = (
    (CaseEvent, "on", "persons"),
    (Hearing, "on", "persons"),
    (DetentionOrder, "ordered_on", "detention__person"),
    (ChargeChange, "on", "person"),
    (ChargeEvent, "on", "charge__person"),
    (Sentence, "on", "person"),
)
"""What happens on a day: the model, the field of the day, the way to the persons."""
LATELY = timedelta(days=31)
NO_TERM = [Sentence.Kind.QUASHED, Sentence.Kind.PARDONED]
FREED = [CustodyReport.Status.RELEASED, CustodyReport.Status.DIED]


def derive_standing(person):
    """Writes the standing of `person` anew and returns it. Call it inside the transaction that changed the record."""
    fields = compute(person)
    standing, _created = Standing.objects.update_or_create(person=person, defaults=fields)
    return standing


@transaction.atomic
def derive_what_has_come(*, at):
    """Derives anew the standing of everybody for whom a day that lay ahead has come, a hearing's for example; returns
    how many they were. Nobody's record changed, so nobody else would."""
    on = timezone.localdate(at)
    keys = set()
    for model, field, way in HAPPENINGS:
        lately = {f"{field}__begins_by": on, f"{field}__begins_from": on - LATELY}
        keys.update(model.objects.published().filter(**lately).values_list(way, flat=True))
    persons = Person.objects.select_for_update().filter(pk__in=keys - {None}).order_by("pk")
    return sum(derive_standing(person) is not None for person in persons if not is_derived(person))


def is_derived(person):
    """Whether the stored standing is what the record says now."""
    stored = Standing.objects.filter(person=person).first()
    if stored is None:
        return False
    return all(getattr(stored, name) == value for name, value in compute(person).items())


def compute(person):
    """The fields of the standing of `person`, read from published rows only."""
    detentions = list(person.detentions.published())
    reports = sorted(person.custody_reports.published(), key=lambda r: (r.as_of, r.sequence))
    sentences = list(person.sentences.published())
    return {
        **_custody(detentions, reports, sentences),
        **_charges(person),
        **_knowledge(person),
        "verdict_on": _verdict_on(sentences),
        "last_event_on": _last_event_on(person, reports),
        "search_text": _search_text(person),
    }


def _custody(detentions, reports, sentences):
    """Status, stays in prison, the day count's two ends, and the term in force."""
    stays = [d for d in detentions if d.in_prison]
    episodes = [d.episode for d in stays]
    status, as_of, witness = _status(stays, reports)
    held = status in CustodyReport.HELD
    since = max((e.since for e in episodes if e.since), default=None)
    confirmed = [r.as_of for r in reports if r.confirms_custody and not (since and r.as_of.latest < since.earliest)]
    confirmed_on = max(confirmed, default=None)
    count = _count(episodes, confirmed_on)
    term = _term(sentences)
    return {
        "status": status,
        "status_as_of": as_of,
        "held": held,
        "release_cited": bool(witness) and status in FREED and _is_cited(witness),
        "episodes": [[str(e.since or ""), str(e.until or ""), e.ended] for e in episodes],
        "confirmed_on": confirmed_on,
        "is_open": any(e.is_open for e in episodes),
        "term_months": term.months if term else None,
        "term_text": term.text if term else "",
        "term_ends_on": _term_ends_on(term, count, confirmed_on),
        **_ends(count, episodes, confirmed_on),
    }


def _status(stays, reports):
    """The newest dated word on the person's situation: (status, as of, the row that says so)."""
    facts = [(r.as_of, 1, r.sequence, r.status, r) for r in reports]
    if stays and not any(d.episode.is_open for d in stays):
        ended = [d for d in stays if d.until_on and d.release and d.release != d.Release.TRANSFERRED]
        facts += [(d.until_on, 0, d.sequence, "died" if d.release == "died" else "released", d) for d in ended]
    if not facts:
        return "", None, None
    as_of, _rank, _sequence, status, row = max(facts, key=lambda fact: fact[:3])
    return str(status), as_of, row


def _is_cited(row):
    """Whether a published source supports `row` and none contradicts it."""
    stances = set(Citation.objects.of(row).public().values_list("stance", flat=True))
    return Citation.Stance.SUPPORTS in stances and Citation.Stance.CONTRADICTS not in stances


def _count(episodes, confirmed_on):
    """The day count as it stands when nothing runs on: at the recorded end or at the last confirmation."""
    ends = [e.until.latest for e in episodes if e.until] + [date.today()]
    return count_days(episodes, on=max(ends), confirmed_on=confirmed_on, fresh_days=-1)


def _ends(count, episodes, confirmed_on):
    """The two ordinals between which the days are counted, gaps taken out at the beginning."""
    if count is None:
        return {"count_from": None, "count_until": None}
    ends = [e.until.earliest for e in episodes if e.until]
    if any(e.is_open for e in episodes):
        ends = [max(confirmed_on.earliest, count.since.latest) if confirmed_on else count.since.latest]
    until = max(ends, default=count.since.latest).toordinal()
    return {"count_from": until - count.low + 1, "count_until": until}


def _term(sentences):
    """The decision that states the term in force; None where there is none or it was taken away."""
    decisions = sorted(
        (s for s in sentences if s.form in (Sentence.Form.IMPRISONMENT, Sentence.Form.ADMINISTRATIVE)),
        key=lambda s: (s.on is None, s.on.earliest if s.on else date.max, s.sequence, s.pk),
    )
    if not decisions or decisions[-1].kind in NO_TERM:
        return None
    stated = [s for s in decisions if s.months]
    return stated[-1] if stated else None


def _term_ends_on(term, count, confirmed_on):
    """The last day of the term by the calendar, counted from the arrest; None once custody was confirmed after it."""
    if term is None or count is None or count.since is None:
        return None
    last_day = add_months(count.since.latest, term.months) - timedelta(days=1)
    return None if confirmed_on and confirmed_on.earliest > last_day else last_day


def _verdict_on(sentences):
    imposed = [s.on for s in sentences if s.kind == Sentence.Kind.IMPOSED and s.on]
    return max(imposed, default=None)


def _charges(person):
    """The charges that stand, counted, and the heading of the first."""
    charges = list(person.charges.published().select_related("provision"))
    events, replaced = {}, set()
    for event in ChargeEvent.objects.published().filter(charge__person=person):
        events.setdefault(event.charge_id, []).append(event)
    links = ChargeSuccession.objects.filter(change__person=person, change__state="published")
    replaced.update(links.filter(role=ChargeSuccession.Role.REPLACED).values_list("charge_id", flat=True))
    current = [c for c in charges if stands(events.get(c.pk, []), replaced=c.pk in replaced)]
    return {
        "current_charge": current[0].provision.heading if current else "",
        "current_charges": len(current),
    }


def _knowledge(person):
    """The badge, from the sources on who the person is, where they are held and since when."""
    citations = list(
        Citation.objects.public()
        .filter(Q(person=person) | Q(detention__person=person) | Q(custody_report__person=person))
        .select_related("source__publisher")
    )
    sources = [c.source for c in citations if c.stance != Citation.Stance.CONTEXT]
    publishers = len(independent_publishers(sources))
    disputed = any(c.person_id and c.stance == Citation.Stance.CONTRADICTS and not c.field for c in citations)
    return {"badge": _badge(sources, publishers, disputed), "publishers": publishers}


def _badge(sources, publishers, disputed):
    if disputed:
        return Standing.Badge.DISPUTED
    if publishers >= 2 or has_court_document(sources):
        return Standing.Badge.CONFIRMED
    return Standing.Badge.REPORTED if sources else Standing.Badge.UNCONFIRMED


def _last_event_on(person, reports):
    """The newest date of anything published about the person that has already happened."""
    dates = [r.as_of for r in reports]
    for model, field, way in HAPPENINGS:
        happened = model.objects.published().filter(**{way: person, f"{field}__begins_by": timezone.localdate()})
        newest = happened.order_by(f"-{field}").values_list(field, flat=True).first()
        dates += [newest] if newest else []
    return max(dates, default=None)


def _search_text(person):
    """Everything by which the public may find the person: names, outlets, proceedings, articles."""
    names = [person.name, person.public_native_name]
    if not person.is_minor:
        names += person.names.published().values_list("text", flat=True)
    outlets = person.affiliations.published().filter(organisation__state="published")
    for name, native in outlets.values_list("organisation__name", "organisation__native_name"):
        names += [name, native]
    charges = Charge.objects.published().filter(person=person)
    proceedings = charges.filter(proceeding__state="published").values_list("proceeding__name", flat=True)
    articles = charges.values_list("provision__article", "provision__heading")
    words = [person.occupation, *sorted(set(proceedings)), *(part for pair in articles for part in pair)]
    return search_text(names, words)
