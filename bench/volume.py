"""Rows by the million, from invented people: copies that the database makes of a few rows that the product made.

Each table is filled by one statement, so a million signatures and their letters take about a minute on PostgreSQL. A
copy shares every value with the row it was made of, but for what must be unique and for the moments: sealed values
repeat one sealed text.
"""

import io
from datetime import timedelta
from functools import reduce
from operator import or_

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from makers import make_affiliation, make_charge, make_held_person, make_organisation, make_provision, numbers
from makers_campaigns import make_campaign, make_signature

from campaigns.models import Letter, Signature
from cases.actions.deriving import derive_standing
from cases.models import (
    Affiliation,
    Charge,
    ChargeEvent,
    Citation,
    CustodyReport,
    Detention,
    Person,
    Standing,
)

SPAN_DAYS = 60
TAKEN = 1000
"""The makers number what they make anew in each process; the process that made the campaigns took these."""
COUNTRIES = "ARRAY['DE','FR','PL','GE','US','GB','TR','NL']"
# Of a hundred, by the last two digits: 5 unconfirmed, 1 withdrawn, 1 set aside, 93 standing.
UNCONFIRMED, WITHDRAWN, SET_ASIDE = "n % 100 < 5", "n % 100 = 5", "n % 100 = 6"
_SIGNED = f"%(now)s::timestamptz - ((n * 7919) %% {SPAN_DAYS * 86400}) * interval '1 second'"
_RECENT = "%(now)s::timestamptz - ((n * 7919) %% (12 * 86400)) * interval '1 second'"
_LATER = f"{_SIGNED} + interval '20 minutes'"


def make_signatures(campaign, number):
    """`number` signatures of `campaign`, each with the letter it was confirmed by, and the sums that belong to them.

    On PostgreSQL only.
    """
    first = make_signature(campaign, confirmed=True)
    Letter.objects.filter(signature=first).update(state=Letter.State.SENT, sent_at=timezone.now())
    now = {"now": timezone.now() - timedelta(hours=1)}
    start = Signature.objects.order_by("-pk").values_list("pk", flat=True)[0]
    unless = f"CASE WHEN {_escaped(UNCONFIRMED)} THEN NULL ELSE {_LATER} END"
    signatures = {
        "id": f"{start} + n",
        "email_key": f"md5('a' || {start} + n) || md5('b' || {start} + n)",
        "country": f"({COUNTRIES})[1 + n %% 8]",
        "signed_at": f"CASE WHEN {_escaped(UNCONFIRMED)} THEN {_RECENT} ELSE {_SIGNED} END",
        "confirmed_at": unless,
        "counted_at": unless,
        "withdrawn_at": f"CASE WHEN {_escaped(WITHDRAWN)} THEN {_LATER} END",
        "set_aside_at": f"CASE WHEN {_escaped(SET_ASIDE)} THEN {_LATER} END",
        "uncounted_at": f"CASE WHEN n %% 100 IN (5, 6) THEN {_LATER} END",
        "uncounted_as": f"CASE WHEN {_escaped(WITHDRAWN)} THEN 'withdrawn' WHEN {_escaped(SET_ASIDE)} "
        "THEN 'set_aside' ELSE '' END",
        "network_key": "NULL",
    }
    letters = {
        "id": f"{Letter.objects.order_by('-pk').values_list('pk', flat=True)[0]} + n",
        "signature_id": f"{start} + n",
        "token_hash": f"md5('c' || {start} + n) || md5('d' || {start} + n)",
        "nonce": f"decode(md5('e' || {start} + n), 'hex')",
        "message_id": f"'<' || md5('f' || {start} + n) || '@habeas.example>'",
        "created_at": _SIGNED,
        "due_at": _SIGNED,
        "sent_at": f"{_SIGNED} + interval '1 minute'",
        "expires_at": f"{_SIGNED} + interval '7 days'",
    }
    _multiply(Signature.objects.filter(pk=first.pk), number, signatures, now)
    _multiply(Letter.objects.filter(signature=first), number, letters, now)
    settle()
    call_command("recount", stdout=io.StringIO())


def make_persons(number):
    """`number` public persons, held in an invented country, each with custody, charge, outlet and sources."""
    models = [Person, Detention, CustodyReport, Charge, ChargeEvent, Affiliation, Citation, Standing]
    while next(numbers) < TAKEN:
        pass
    outlets = [make_organisation(f"Verania Herald {place}") for place in range(20)]
    articles = [make_provision(f"{place + 1}-V", "Smuggling") for place in range(20)]
    made = []
    for place in range(40):
        since = (timezone.localdate() - timedelta(days=100 + 17 * place)).isoformat()
        person = make_held_person(f"Ana Example {place}", since=since, confirmed=_days_ago(place))
        make_affiliation(person, outlets[place % 20])
        make_charge(person, articles[place % 20])
        derive_standing(person)
        made.append(person.pk)
    times = max(number // len(made) - 1, 0)
    for model in models:
        if times:
            _multiply(_rows_of(model, made), times, _shifted(model))
    settle()


def settle():
    """Sequences go on behind the copies, and the planner knows what there is."""
    models = [Signature, Letter, Person, Detention, CustodyReport, Charge, ChargeEvent, Affiliation, Citation]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    else:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def make_open_campaign(**fields):
    """A campaign of an invented person that anybody can sign."""
    return make_campaign(make_held_person("Ana Example"), **{"slug": "release", **fields})


SHIFT = 1_000_000
"""How far apart the copies of one row lie, which is also what a reference to a copied row moves by."""


def _shifted(model):
    """The columns of a copy of a row that hangs on a person: references move along with what they refer to."""
    moved = {Person, Charge, Detention, CustodyReport}
    changed = {}
    for field in model._meta.concrete_fields:
        column = connection.ops.quote_name(field.column)
        if field.primary_key or (field.is_relation and field.related_model in moved):
            changed[field.column] = f"{column} + n * {SHIFT}"
        elif field.name in ("public_id", "slug"):
            changed[field.column] = f"{column} || '-' || n"
        elif field.name == "display_name":
            changed[field.column] = f"{column} || ' ' || md5(n || {column})"
    return changed


def _rows_of(model, persons):
    if model is Person:
        return Person.objects.filter(pk__in=persons)
    if model is ChargeEvent:
        return ChargeEvent.objects.filter(charge__person__in=persons)
    if model is Citation:
        cited = (Q(**{f"{arc}__person__in": persons}) for arc in ("detention", "custody_report", "charge"))
        return Citation.objects.filter(reduce(or_, cited, Q(person__in=persons)))
    return model._base_manager.filter(person__in=persons)


def _multiply(rows, times, changed, values=None):
    """Insert `times` copies of each of `rows`; `changed` gives the columns that differ, as SQL in which `n` counts."""
    model = rows.model
    quote = connection.ops.quote_name
    columns = [field.column for field in model._meta.concrete_fields]
    table = quote(model._meta.db_table)
    found = ", ".join(changed.get(column, quote(column)) for column in columns)
    keys = ", ".join(str(int(pk)) for pk in rows.values_list("pk", flat=True)) or "NULL"
    sql = (
        f"INSERT INTO {table} ({', '.join(map(quote, columns))}) SELECT {found} "
        f"FROM {table} CROSS JOIN generate_series(1::bigint, {int(times)}) n "
        f"WHERE {quote(model._meta.pk.column)} IN ({keys})"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql if values else sql.replace("%%", "%"), values)


def _escaped(condition):
    return condition.replace("%", "%%")


def _days_ago(place):
    return (timezone.localdate() - timedelta(days=place)).isoformat()
