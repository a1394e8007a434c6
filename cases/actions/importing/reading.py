"""Reading the files: their names, their headers, and each cell by itself."""

import csv
from pathlib import Path

from django.utils.translation import gettext as _

from ...errors import Unreadable
from ...tables import TABLES
from ...tables.cells import unguarded
from ...tables.columns import BadCell

PORTION = 500
EVERY = 5000
BOM = "\ufeff"
csv.field_size_limit(2**24)


def files_in(folder):
    """The tables of which `folder` has a file, in the order in which they can be written. Raises `Unreadable`."""
    folder = Path(folder)
    if not folder.is_dir():
        raise Unreadable(_("“%(folder)s” is no folder.") % {"folder": folder})
    there = {path.name for path in folder.glob("*.csv")}
    strangers = sorted(there - {table.file for table in TABLES})
    if strangers:
        known = ", ".join(table.file for table in TABLES)
        raise Unreadable(
            *(_("%(file)s: this is none of our tables (%(known)s).") % {"file": f, "known": known} for f in strangers)
        )
    if not there:
        raise Unreadable(
            _("There is no table in “%(folder)s”: its files must be called %(file)s and so on.")
            % {
                "folder": folder,
                "file": TABLES[0].file,
            }
        )
    return [(table, folder / table.file) for table in TABLES if table.file in there]


class Reader:
    """Reads the rows of one file: yields (row number, values by column name, whether the row has no fault).

    The header is row 1. Faults are told through `fault(table, row, column, sentence)`; `readable` turns False where
    the rest of the file could not be read.
    """

    def __init__(self, table, path, fault):
        self.table, self.path, self.fault = table, path, fault
        self.columns, self.readable = [], True

    def __iter__(self):
        number = 0
        try:
            with self.path.open(encoding="utf-8", newline="") as file:
                for number, cells in enumerate(csv.reader(file, strict=True), start=1):
                    if number > 1:
                        yield number, *self._row(number, cells)
                    elif not self._header(cells):
                        return
        except UnicodeDecodeError:
            self._stop(number + 1, _("Somewhere from here on the file is not UTF-8."))
        except csv.Error as error:
            self._stop(number + 1, _("This is not well-formed CSV (%(error)s).") % {"error": error})
        if number == 0 and self.readable:
            self._stop(1, _("The file is empty: it needs a row with the names of its columns."))

    def _stop(self, row, sentence):
        self.readable = False
        self._fault(row, "", sentence)

    def _fault(self, row, column, sentence):
        self.fault(self.table, row, column, sentence)

    def _header(self, names):
        """Whether the first row names the columns of the table, each once and the id first."""
        if names and names[0].startswith(BOM):
            self._stop(1, _("The file begins with a byte order mark: save it as UTF-8 without one."))
            return False
        faults = list(self._header_faults(names))
        for name, sentence in faults:
            self._fault(1, name, sentence)
        self.readable = not faults
        self.columns = [] if faults else [self.table.column[name] for name in names]
        return self.readable

    def _header_faults(self, names):
        known = ", ".join(self.table.column)
        for name in names:
            if name not in self.table.column:
                yield name, _("This table has no such column. It has %(known)s.") % {"known": known}
        for column in self.table.columns:
            if names.count(column.name) > 1:
                yield column.name, _("This column stands here twice.")
            if column.name not in names and not column.staff:
                yield column.name, _("This column is missing.")
        if "id" in names[1:]:
            yield "id", _("This must be the first column.")

    def _row(self, number, cells):
        """The values that can be read of one row, and whether they are all there."""
        if len(cells) != len(self.columns):
            counts = {"here": len(cells), "columns": len(self.columns)}
            self._fault(number, "", _("The row has %(here)s cells, its table %(columns)s columns.") % counts)
        values = {}
        for column, cell in zip(self.columns, cells, strict=False):
            try:
                values[column.name] = self._cell(column, cell)
            except BadCell as bad:
                self._fault(number, column.name, str(bad))
        return values, len(values) == len(self.columns) == len(cells)

    def _cell(self, column, cell):
        if "\0" in cell:
            raise BadCell(_("The cell holds a NUL character."))
        return column.read(unguarded(cell))


def portions(items, size=PORTION):
    """`items` in lists that a query can take."""
    return [items[start : start + size] for start in range(0, len(items), size)]
