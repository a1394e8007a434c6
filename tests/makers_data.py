"""Tables as files: written from what a test gives, read back as rows."""

import csv
from pathlib import Path

from cases.actions.importing import import_tables
from cases.exports import export
from cases.models import ImportedRow
from cases.tables import TABLES, table_named

STARTER = Path(__file__).parent.parent / "cases" / "starter" / "azerbaijan-2024"
NEEDED = {
    "publishers": {"name": "Example News"},
    "sources": {"kind": "news", "copy": "original"},
    "legal_codes": {"name": "Criminal Code", "kind": "criminal_code", "country": "AZ"},
    "provisions": {"code": "code", "article": "1", "heading": "Smuggling"},
    "places": {"country": "AZ", "precision": "city"},
    "organisations": {"slug": "an-outlet", "name": "An Outlet", "kind": "outlet"},
    "proceedings": {"slug": "a-proceeding", "name": "A proceeding", "kind": "criminal", "country": "AZ"},
    "persons": {"slug": "ana-example", "display_name": "Ana Example", "country": "AZ"},
    "names": {"person": "ana", "text": "Anna Example", "kind": "transliteration"},
    "affiliations": {"person": "ana", "organisation": "outlet"},
    "detentions": {"person": "ana", "kind": "remand"},
    "detention_orders": {"kind": "initial"},
    "custody_reports": {"person": "ana", "status": "pretrial_detention", "as_of": "2024-03-01"},
    "charges": {"person": "ana", "provision": "article"},
    "charge_events": {"status": "charged"},
    "charge_changes": {"person": "ana", "kind": "added"},
    "hearings": {"kind": "hearing", "persons": "ana"},
    "sentences": {"person": "ana", "kind": "imposed", "form": "imprisonment"},
    "events": {"kind": "arrest", "persons": "ana"},
    "recognitions": {"person": "ana", "recognised_by": "Rights Watchers"},
    "citations": {"source": "page", "stance": "supports"},
}


def write_tables(folder, **tables):
    """Writes into `folder` one file for each table given: a list of rows, each with its id and what matters."""
    for name, rows in tables.items():
        columns = [column.name for column in table_named(name).columns]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows({**NEEDED.get(name, {}), **row} for row in rows)
    return folder


def import_rows(folder, *, overwrite=False, by=None, **tables):
    """Imports these rows and no others."""
    for file in folder.glob("*.csv"):
        file.unlink()
    return import_tables(write_tables(folder, **tables), overwrite=overwrite, by=by)


def exported(folder, table, *, everything=False):
    """The rows of one table as a plain (or complete) export gives them: by id."""
    export(folder, everything=everything)
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def contents(folder):
    """Every file of `folder` by name, as bytes."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))}


def empty_the_record():
    """Removes every row of every table."""
    for table in reversed(TABLES):
        for row in table.model.objects.order_by("-pk"):
            row.delete()
    ImportedRow.objects.all().delete()
