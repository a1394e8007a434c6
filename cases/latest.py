"""What happened last, across all records, told once for everybody it is about. Reads, never writes."""

from django.db.models import F, Value

from .dossier import by_key, group
from .gathering import gather
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
    hearings, events, orders, changes, *around = gather(
        *(model.objects.filter(pk__in=[pk for kind, pk in keys if kind == name]) for name, model, _date in HAPPENINGS),
        *_people_around(keys),
    )
    rows = {
        (name, r.pk): r
        for (name, *_), found in zip(HAPPENINGS, (hearings, events, orders, changes), strict=True)
        for r in found
    }
    named = _named(*around)
    told = {}
    for key in keys:
        everybody, public = named(key, rows[key])
        if public or not everybody:
            told.setdefault(_gist(rows[key]), (rows[key], {}))[1].update({p.pk: p for p in public})
    return [(row, list(people.values())) for row, people in told.values()][:number]


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


def _people_around(keys):
    """Who was at the hearings and events, whose the orders and changes are, and who of them is public."""
    of = {name: [pk for kind, pk in keys if kind == name] for name, _model, _date in HAPPENINGS}
    at_hearings = Hearing.persons.through.objects.filter(hearing__in=of["hearing"])
    at_events = CaseEvent.persons.through.objects.filter(caseevent__in=of["event"])
    public = Person.objects.public()
    return [
        at_hearings,
        at_events,
        Detention.objects.filter(orders__in=of["order"]),
        public.filter(pk__in=at_hearings.values("person")),
        public.filter(pk__in=at_events.values("person")),
        public.filter(detentions__orders__in=of["order"]),
        public.filter(charge_changes__in=of["change"]),
    ]


def _named(at_hearings, at_events, detentions, *public):
    """A function: (key, row) → the keys of everybody the row is about, and the public persons among them."""
    people = by_key(person for found in public for person in found)
    hearings, events, detentions = (
        group(at_hearings, "hearing_id"),
        group(at_events, "caseevent_id"),
        by_key(detentions),
    )
    about = {
        "hearing": lambda row: [tie.person_id for tie in hearings[row.pk]],
        "event": lambda row: [tie.person_id for tie in events[row.pk]],
        "order": lambda row: [detentions[row.detention_id].person_id],
        "change": lambda row: [row.person_id],
    }

    def named(key, row):
        everybody = about[key[0]](row)
        return everybody, [people[pk] for pk in everybody if pk in people]

    return named


def _gist(row):
    """What makes two rows tell the same: the day, the kind, the words."""
    on = row.ordered_on if isinstance(row, DetentionOrder) else row.on
    text = getattr(row, "outcome", None) or getattr(row, "summary", "")
    return type(row), on, row.kind, text or row.pk
