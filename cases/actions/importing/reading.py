"""The first pass: every cell of every file is read and judged, and nothing is written."""

import csv
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint
from django.utils.translation import gettext as _

from ...errors import Unreadable
from ...models import SlugRedirect
from ...tables import TABLES, table_named
from ...tables.cells import unguarded
from ...tables.columns import BadCell

PORTION = 500
EVERY = 5000
BOM = b"\xef\xbb\xbf"


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
    """Reads the rows of one file: yields (row number, values by column name) of each row that has no fault.

    The header is row 1. Faults are told through `fault(file, row, column, sentence)`.
    """

    def __init__(self, table, path, fault):
        self.table, self.path, self.fault = table, path, fault
        self.columns = []

    def __iter__(self):
        number = 0
        try:
            with self.path.open("rb") as raw:
                if raw.read(3) == BOM:
                    self._fault(1, "", _("The file begins with a byte order mark: save it as UTF-8 without one."))
                    return
            with self.path.open(encoding="utf-8", newline="") as file:
                for number, cells in enumerate(csv.reader(file, strict=True), start=1):
                    if number > 1:
                        values = self._row(number, cells)
                        if values is not None:
                            yield number, values
                    elif not self._header(cells):
                        return
        except UnicodeDecodeError:
            self._fault(number + 1, "", _("Somewhere from here on the file is not UTF-8."))
        except csv.Error as error:
            self._fault(number + 1, "", _("This is not well-formed CSV (%(error)s).") % {"error": error})
        if number == 0:
            self._fault(1, "", _("The file is empty: it needs a row with the names of its columns."))

    def _fault(self, row, column, sentence):
        self.fault(self.table.file, row, column, sentence)

    def _header(self, names):
        """Whether the first row names the columns of the table, each once and the id first."""
        wanted = [column.name for column in self.table.columns]
        needed = [column.name for column in self.table.columns if not column.staff]
        known = ", ".join(wanted)
        faults = [
            (name, _("This table has no such column. It has: %(known)s.") % {"known": known})
            for name in names
            if name not in wanted
        ]
        faults += [(name, _("This column stands here twice.")) for name in wanted if names.count(name) > 1]
        faults += [(name, _("This column is missing.")) for name in needed if name not in names]
        if names and names[0] != "id" and "id" in names:
            faults.append(("id", _("This must be the first column.")))
        for name, sentence in faults:
            self._fault(1, name, sentence)
        self.columns = [] if faults else [self.table.column[name] for name in names]
        return not faults

    def _row(self, number, cells):
        """The values of one row, or None where a cell of it is bad."""
        if len(cells) != len(self.columns):
            self._fault(
                number,
                "",
                _("The row has %(here)s cells, its table has %(columns)s columns.")
                % {
                    "here": len(cells),
                    "columns": len(self.columns),
                },
            )
            return None
        values, faulty = {}, False
        for column, cell in zip(self.columns, cells, strict=True):
            try:
                values[column.name] = self._cell(column, cell)
            except BadCell as bad:
                faulty = True
                self._fault(number, column.name, str(bad))
        return None if faulty else values

    def _cell(self, column, cell):
        if "\0" in cell:
            raise BadCell(_("The cell holds a NUL character."))
        if column.name == "id" and not cell:
            raise BadCell(_("Each row needs an id."))
        if column.field is None and not column.many:
            return _pointer_cell(column, cell)
        return column.read(unguarded(cell))


def _pointer_cell(column, cell):
    """One half of what a citation points to."""
    if not cell:
        raise BadCell(_("This must not be empty: a citation is of one record."))
    if column.name == "record_table" and cell not in column.words:
        raise BadCell(_("“%(cell)s” is not one of %(words)s.") % {"cell": cell, "words": ", ".join(column.words)})
    return cell


class Examination:
    """What the first pass finds out: the faults, the ids of each table, and what must still be looked up."""

    def __init__(self, files, progress):
        self.files, self.progress = files, progress
        self.faults = []
        self.ids = {table.model: {} for table, _path in files}
        self.wanted = {}  # model → id → where it is first referred to, while not found in the files
        self.new_charges = {}

    def __call__(self):
        """Reads all files. Raises `Unreadable` with one message for each bad cell."""
        for table, path in self.files:
            self._examine(table, path)
        self._look_up()
        if self.faults:
            raise Unreadable(*self.faults)

    def fault(self, file, row, column, sentence):
        where = _("%(file)s, row %(row)s") if not column else _("%(file)s, row %(row)s, %(column)s")
        self.faults.append(f"{where % {'file': file, 'row': row, 'column': column}}: {sentence}")

    def _examine(self, table, path):
        rules = [c for c in table.model._meta.constraints if isinstance(c, CheckConstraint) and _speaks_of(c, table)]
        seen = {columns: {} for columns in table.unique}
        ids = self.ids[table.model]
        for number, values in Reader(table, path, self.fault):
            if number % EVERY == 0:
                self.progress(_("%(file)s: %(count)s rows read") % {"file": table.file, "count": number})
            public_id = values["id"]
            if public_id in ids:
                self._tell(
                    table, number, "id", _("“%(id)s” stands in row %(row)s already."), id=public_id, row=ids[public_id]
                )
                continue
            ids[public_id] = number
            self._references(table, number, values)
            self._singular(table, number, values, seen)
            for rule in rules:
                self._obeys(rule, table, number, values)
        for columns, keys in seen.items():
            self._taken(table, columns, keys)

    def _tell(self, table, row, column, sentence, **words):
        self.fault(table.file, row, column, sentence % words)

    def _references(self, table, number, values):
        for column in table.references:
            found = values[column.name]
            for public_id in found if column.many else filter(None, [found]):
                if column.target is table.model and public_id == values["id"]:
                    self._tell(table, number, column.name, _("The row refers to itself."))
                else:
                    self._refer(column.target, public_id, (table.file, number, column.name))
        if table.cites:
            cited = table_named(values["record_table"])
            self._refer(cited.model, values["record_id"], (table.file, number, "record_id"))
            if values["field"] and values["field"] not in cited.column:
                self._tell(
                    table,
                    number,
                    "field",
                    _("“%(field)s” is no column of %(table)s."),
                    field=values["field"],
                    table=cited.name,
                )
        if "new" in table.column:
            self._parts(table, number, values)

    def _refer(self, model, public_id, where):
        if public_id not in self.ids.get(model, ()):
            self.wanted.setdefault(model, {}).setdefault(public_id, []).append(where)

    def _parts(self, table, number, values):
        """A charge takes part in a change once, and is new in one change only."""
        for public_id in set(values["replaced"]) & set(values["new"]):
            self._tell(
                table, number, "new", _("“%(id)s” cannot be replaced and new in the same change."), id=public_id
            )
        for public_id in values["new"]:
            if public_id in self.new_charges:
                self._tell(
                    table,
                    number,
                    "new",
                    _("“%(id)s” is new in row %(row)s already."),
                    id=public_id,
                    row=self.new_charges[public_id],
                )
            self.new_charges[public_id] = number

    def _singular(self, table, number, values, seen):
        for columns, keys in seen.items():
            key = tuple(values[name] for name in columns)
            if key in keys:
                self._tell(table, number, columns[-1], _("The same stands in row %(row)s already."), row=keys[key])
            else:
                keys[key] = number

    def _obeys(self, rule, table, number, values):
        try:
            rule.validate(table.model, _unsaved(table, values))
        except ValidationError:
            self._tell(table, number, "", _("This breaks a rule: %(rule)s."), rule=rule.name.replace("_", " "))

    def _taken(self, table, columns, keys):
        """Tells of values that must occur once and belong to a stored row which is not in the file."""
        last = table.column[columns[-1]]
        paths = [table.column[name].path for name in columns]
        for portion in portions(list({key[-1] for key in keys})):
            stored = table.model.objects.filter(**{f"{last.path}__in": [v for v in portion if v is not None]})
            for public_id, *key in stored.values_list("public_id", *paths):
                if tuple(key) in keys and public_id not in self.ids[table.model]:
                    self._tell(
                        table, keys[tuple(key)], columns[-1], _("The stored row “%(id)s” has the same."), id=public_id
                    )
        if columns == ("slug",):
            self._old_addresses(table, keys)

    def _old_addresses(self, table, keys):
        """Tells of addresses that lead to another record now: a cited address never breaks."""
        ids = {number: public_id for public_id, number in self.ids[table.model].items()}
        old = SlugRedirect.objects.filter(kind=table.model._meta.model_name)
        for portion in portions([slug for (slug,) in keys]):
            for slug, target in old.filter(old_slug__in=portion).values_list("old_slug", "target"):
                if ids[keys[slug,]] != target:
                    self._tell(table, keys[slug,], "slug", _("This is an old address of “%(id)s”."), id=target)

    def _look_up(self):
        """Tells of every reference that is neither in the files nor stored."""
        for model, wanted in self.wanted.items():
            missing = {i: places for i, places in wanted.items() if i not in self.ids.get(model, ())}
            for portion in portions(list(missing)):
                for found in model.objects.filter(public_id__in=portion).values_list("public_id", flat=True):
                    del missing[found]
            for public_id, places in missing.items():
                for file, row, column in places:
                    self.fault(
                        file,
                        row,
                        column,
                        _("There is no %(thing)s “%(id)s”, neither in the files nor stored here.")
                        % {
                            "thing": model._meta.verbose_name,
                            "id": public_id,
                        },
                    )


def portions(items, size=PORTION):
    """`items` in lists that a query can take."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def _speaks_of(constraint, table):
    """Whether the rule is about columns of the table: those of the publication state are not."""
    about = {name.split("__")[0] for name, _value in _leaves(constraint.condition)}
    return about <= {column.name for column in table.columns}


def _leaves(condition):
    for child in condition.children:
        if hasattr(child, "children"):
            yield from _leaves(child)
        else:
            yield child


def _unsaved(table, values):
    """The row as a record that is not stored; what it refers to is there, whichever it is."""
    record = table.model()
    for column in table.values:
        if column.name not in values:
            continue
        if column.target:
            setattr(record, column.field.attname, -1 if values[column.name] else None)
        else:
            setattr(record, column.field.attname, values[column.name])
    return record
