"""What happened last, across all records, told once for everybody it is about. Reads, never writes."""

from django.db.models import F, Value

from .dossier import ask, by_key, group, keep_silent
from .models import CaseEvent, ChargeChange, Detention, DetentionOrder, Hearing, Person

CANDIDATES = 40
"""How many of the newest happenings are looked at, so that some remain when those about hidden people are left out."""

HAPPENINGS = [
    ("hearing", Hearing, "on"),
    ("event", CaseEvent, "on"),
    ("order", DetentionOrder, "ordered_on"),
    ("change", ChargeChange, "on"),
]


def latest_happenings(on, number):
    """The newest dated rows up to the day `on`: [(row, the public persons it is about)], at most `number`.

    What concerns hidden people alone is left out; what several rows tell alike about several people is told once.
    """
    keys = _newest_keys(on)
    found = keep_silent(ask(_rows_of(keys)))
    about = {(name, row.pk): (row, everybody) for name, row, everybody in _about(found)}
    named = {person for _row, everybody in about.values() for person in everybody}
    public = Person.objects.public().in_bulk(named)
    told = {}
    for row, everybody in (about[key] for key in keys):
        persons = {pk: public[pk] for pk in everybody if pk in public}
        if persons or not everybody:
            told.setdefault(_gist(row), (row, {}))[1].update(persons)
    return [(row, list(persons.values())) for row, persons in told.values()][:number]


def _newest_keys(on):
    """(kind, primary key) of the newest published happenings, newest first."""
    parts = [
        model.objects.published()
        .filter(**{f"{date}__begins_by": on})
        .order_by()
        .annotate(kind_=Value(name), on_=F(date))
        .values_list("kind_", "pk", "on_")
        for name, model, date in HAPPENINGS
    ]
    newest = parts[0].union(*parts[1:], all=True).order_by("-on_", "-pk")[:CANDIDATES]
    return [(kind, pk) for kind, pk, _on in newest]


def _rows_of(keys):
    """The rows with these keys, who was at the hearings and events, and the detentions of the orders."""
    of = {name: [pk for kind, pk in keys if kind == name] for name, _model, _date in HAPPENINGS}
    return {
        **{name: model.objects.filter(pk__in=of[name]) for name, model, _date in HAPPENINGS},
        "at_hearings": Hearing.persons.through.objects.filter(hearing__in=of["hearing"]),
        "at_events": CaseEvent.persons.through.objects.filter(caseevent__in=of["event"]),
        "detentions": Detention.objects.filter(orders__in=of["order"]),
    }


def _about(found):
    """(kind, row, keys of everybody the row is about), for every row."""
    hearings, events = group(found["at_hearings"], "hearing_id"), group(found["at_events"], "caseevent_id")
    detentions = by_key(found["detentions"])
    for row in found["hearing"]:
        yield "hearing", row, [tie.person_id for tie in hearings[row.pk]]
    for row in found["event"]:
        yield "event", row, [tie.person_id for tie in events[row.pk]]
    for row in found["order"]:
        yield "order", row, [detentions[row.detention_id].person_id]
    for row in found["change"]:
        yield "change", row, [row.person_id]


def _gist(row):
    """What makes two rows tell the same: the day, the kind, the words."""
    on = row.ordered_on if isinstance(row, DetentionOrder) else row.on
    text = getattr(row, "outcome", None) or getattr(row, "summary", "")
    return type(row), on, row.kind, text or row.pk
