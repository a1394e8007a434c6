"""The record as CSV: everything that is stored as fact, or what the public may have.

The public tables begin at `.public()` and ask further: nothing hangs on a row that is not there, a reference to what
is not public is empty, a minor has no name but the pseudonym, a place is as precise as it may be.
"""

import csv
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from .dossier import NOT_OF_A_MINOR
from .models import (
    Affiliation,
    CaseEvent,
    Charge,
    ChargeChange,
    ChargeEvent,
    Citation,
    CustodyReport,
    Detention,
    DetentionOrder,
    Hearing,
    Organisation,
    Person,
    PersonName,
    Place,
    Proceeding,
    Recognition,
    Sentence,
    Source,
)
from .silence import silenced
from .tables import TABLES, table_named
from .tables.cells import guarded
from .tables.record import CITED_BY
from .tables.stored import stored_rows
from .withholding import WITHHELD_TITLE, Names, texts_of

SAID_OF_A_SOURCE = ["title", "url", "archive_url"]
UNSAID_OF_A_MINOR = [*NOT_OF_A_MINOR, "summary"]


def export(folder, *, everything=False, progress=lambda sentence: None):
    """Writes every table into `folder` (made where missing) and returns the number of rows by table.

    `everything`: all stored facts, drafts included, for staff. Otherwise public rows only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    counts = {}
    with _one_moment():
        for table in TABLES:
            with (folder / table.file).open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                counts[table.name] = -1
                for cells in lines(table, everything=everything):
                    writer.writerow(cells)
                    counts[table.name] += 1
            progress(f"{table.file}: {counts[table.name]}")
    return counts


def lines(table, *, everything=False):
    """Yields the header and then the cells of each row of `table`, in the order of the ids."""
    columns = [column for column in table.columns if everything or not column.staff]
    yield [column.name for column in columns]
    names = Names() if everything else silenced()
    for _key, values in stored_rows(table) if everything else _public_stored_rows(table):
        cells = table.cells(values, columns)
        if names and (cells := _without(names, table, columns, cells)) is None:
            continue
        yield [guarded(cell) for cell in cells]


def _without(names, table, columns, cells):
    """`cells` with the prose that bears one of `names` withheld; None where a key bears one: then the row is left
    out with all that refers to it."""
    row = {column.name: cell for column, cell in zip(columns, cells, strict=True)}
    keys = [column.name for column in columns if column.target or column.name in ("id", "slug", "record_id")]
    if table.model is not Person and names.within(*map(row.get, keys)):
        return None
    if table.model is Source and names.within(*map(row.get, SAID_OF_A_SOURCE)):
        row |= dict.fromkeys(SAID_OF_A_SOURCE, "") | {"title": str(WITHHELD_TITLE)}
    return [names.veiled(cell) if name in texts_of(table.model) else cell for name, cell in row.items()]


def _public_stored_rows(table):
    among = {column.name: _public(column.target) for column in table.lists}
    return stored_rows(table, public_rows(table), paths=_public_paths(table), among=among)


def public_rows(table):
    """The rows of `table` that anybody may have."""
    return _public(table.model)


def _public(model):
    """The public records of `model`, their parents considered."""
    persons = Person.objects.public()
    rows = {
        Person: lambda: persons,
        Organisation: Organisation.objects.public,
        Proceeding: Proceeding.objects.public,
        Source: lambda: Source.objects.public().filter(pk__in=_citations().values("source")),
        PersonName: lambda: PersonName.objects.public().filter(person__in=persons.filter(is_minor=False)),
        Affiliation: Affiliation.objects.public,
        Detention: Detention.objects.public,
        DetentionOrder: lambda: DetentionOrder.objects.public().filter(detention__in=Detention.objects.public()),
        CustodyReport: CustodyReport.objects.public,
        Charge: Charge.objects.public,
        ChargeEvent: lambda: ChargeEvent.objects.public().filter(charge__in=Charge.objects.public()),
        ChargeChange: ChargeChange.objects.public,
        Hearing: lambda: _of_public_persons(Hearing),
        Sentence: lambda: _decided(Sentence.objects.public()),
        CaseEvent: lambda: _of_public_persons(CaseEvent),
        Recognition: Recognition.objects.public,
        Citation: _citations,
        Place: _places,
    }
    return rows.get(model, model.objects.all)()


def _of_public_persons(model):
    """Public rows of nobody in particular, or of at least one public person."""
    same = model.objects.filter(pk=OuterRef("pk"))
    of_nobody = ~Exists(same.filter(persons__isnull=False))
    return model.objects.public().filter(of_nobody | Exists(same.filter(persons__in=Person.objects.public())))


def _places():
    """The places that public rows name."""
    named = Q(pk__in=_public(Detention).values("place")) | Q(pk__in=_public(CaseEvent).values("place"))
    return Place.objects.filter(named)


def _decided(sentences):
    """Decisions about a sentence are public only with it."""
    return sentences.filter(Q(revises__isnull=True) | Q(revises__in=sentences))


def _citations():
    """Public citations of public rows; none that says of a minor who it is."""
    cited = Q()
    for name, arc in CITED_BY.items():
        cited |= Q(**{f"{arc}__in": public_rows(table_named(name))})
    return Citation.objects.public().filter(cited).exclude(person__is_minor=True, field__in=UNSAID_OF_A_MINOR)


def _public_paths(table):
    """Where the public finds a value: as stored, unless it is a reference or says more than it may."""
    paths = {c.name: _if_public(c) for c in table.references if not c.many and c.field.null and _has_state(c.target)}
    if table.model is Person:
        paths["display_name"] = _unless_minor(F("pseudonym"), "display_name")
        paths["native_name"] = _unless_minor(Value(""), "native_name")
        paths["birth_year"] = _unless_minor(Value(None), "birth_year")
    if table.model is Place:
        paths |= {part: _if_precise(part, where) for part, where in PRECISE_ENOUGH.items()}
    return paths


PRECISE_ENOUGH = {"region": ["region"], "city": ["city", "facility"], "facility": ["facility"]}


def _has_state(model):
    return any(field.name == "state" for field in model._meta.fields)


def _if_public(column):
    key = f"{column.field.name}__in"
    return Case(When(**{key: _public(column.target)}, then=F(column.path)), default=Value(None))


def _unless_minor(instead, field):
    return Case(When(is_minor=True, then=instead), default=F(field))


def _if_precise(field, precisions):
    return Case(When(precision__in=precisions, then=F(field)), default=Value(""))


@contextmanager
def _one_moment():
    """On PostgreSQL all tables are read as at one moment; SQLite would hold up whoever writes meanwhile."""
    if connection.vendor == "sqlite" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
