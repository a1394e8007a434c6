"""The import as a whole: read everything, then write everything in one transaction."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from ...errors import Conflict, Inconsistent, Unreadable
from ...models import ImportedRow, Person, Proceeding
from ..checking import problems_of_proceeding
from ..deriving import derive_standing
from ..proving import problems_as_amended
from ..recording import record_change
from .examining import Examination
from .reading import EVERY, files_in, portions
from .writing import CREATED, SAME, UPDATED, Writer, persons_of


@dataclass
class Imported:
    """What an import did: for each table the number of rows by outcome."""

    tables: dict = field(default_factory=dict)

    @property
    def totals(self):
        return sum(self.tables.values(), Counter())

    @property
    def changed_nothing(self):
        return not (self.totals[CREATED] or self.totals[UPDATED])

    def __str__(self):
        words = {"created": self.totals[CREATED], "updated": self.totals[UPDATED], "same": self.totals[SAME]}
        if self.changed_nothing:
            return _("Nothing changed: all %(same)s rows are stored as they stand in the files.") % words
        return _("%(created)s rows are new, %(updated)s were updated, %(same)s were stored already.") % words


def import_tables(folder, *, overwrite=False, by=None, progress=lambda sentence: None):
    """Imports the tables in `folder` and returns an `Imported`; on any refusal nothing is stored.

    New rows are drafts. A stored row is overwritten only while it is a draft that nobody edited here since its last
    import, unless `overwrite` (each such row is then a staff act of `by`). Rows that are not in the files stay.
    `progress` is told sentences during long input. Raises `Unreadable` with a message for each bad cell, `Conflict`
    with one for each row that was kept, `Inconsistent` with every rule across rows that would be broken.
    """
    files = files_in(folder)
    Examination(files, progress)()
    try:
        with transaction.atomic():
            imported = _write(files, overwrite=overwrite, by=by, progress=progress)
            _log(imported, Path(folder).resolve().name, by)
            return imported
    except (IntegrityError, DataError) as error:
        raise Unreadable(_("The database refused the rows: %(error)s.") % {"error": error}) from error


def _write(files, *, overwrite, by, progress):
    imported, conflicts, persons, proceedings, everybody = Imported(), [], set(), set(), False
    for table, path in files:
        writer = Writer(table, path, overwrite=overwrite, by=by, progress=progress, conflicts=conflicts)
        writer.write()
        imported.tables[table.name] = writer.counts
        persons |= writer.left
        for portion in portions(list(writer.touched)):
            persons |= persons_of(table, portion)
        if table.model is Proceeding:
            proceedings = writer.touched
        everybody = everybody or bool(writer.counts[UPDATED] and not (table.person or table.cites))
    if conflicts:
        raise Conflict(*conflicts)
    _check(persons, proceedings, progress)
    _derive(Person.objects.values_list("pk", flat=True) if everybody else persons, progress)
    return imported


def _log(imported, name, by):
    """One row of the log for the import as a whole: what came in, table by table. What it wrote over has its own."""
    if imported.changed_nothing:
        return
    told = {
        table: ("", ", ".join(f"{counts[outcome]} {outcome}" for outcome in (CREATED, UPDATED) if counts[outcome]))
        for table, counts in imported.tables.items()
        if counts[CREATED] or counts[UPDATED]
    }
    record_change(ImportedRow(table=_("tables in"), row_id=name), verb="import", by=by, fields=told)


def _check(persons, proceedings, progress):
    """Asks the rules across rows about everything that was touched. Raises `Inconsistent` with all that are broken."""
    problems = []
    for number, person in enumerate(_in_order(Person, persons), start=1):
        problems += [f"{person.public_id}: {problem}" for problem in problems_as_amended(person)]
        if number % (EVERY // 5) == 0:
            progress(_("%(count)s persons checked") % {"count": number})
    for proceeding in _in_order(Proceeding, proceedings):
        problems += [f"{proceeding.public_id}: {problem}" for problem in problems_of_proceeding(proceeding)]
    if problems:
        raise Inconsistent(*problems)


def _derive(persons, progress):
    for number, person in enumerate(_in_order(Person, persons), start=1):
        derive_standing(person)
        if number % (EVERY // 5) == 0:
            progress(_("%(count)s persons derived") % {"count": number})


def _in_order(model, keys):
    """The records with these database keys, locked, always in the same order."""
    for portion in portions(sorted(keys)):
        yield from model.objects.select_for_update().filter(pk__in=portion).order_by("pk")
