"""The first pass: everything is read and judged, every fault is told, and nothing is written."""

from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint
from django.utils.translation import gettext as _

from ...errors import Unreadable
from ...models import ChargeSuccession, SlugRedirect
from ...tables import table_named
from .reading import EVERY, Reader, portions


class Examination:
    """What the first pass finds out: the faults, and which ids the files hold.

    `wanted`: what is referred to and was not in the files when it was met: model → id → the cells that say so.
    """

    def __init__(self, files, progress):
        self.files, self.progress = files, progress
        self.faults, self.wanted = [], {}
        self.rows = {table.model: {} for table, _path in files}
        self.unread = set()

    def __call__(self):
        """Reads all files. Raises `Unreadable` with one message for each bad cell."""
        for table, path in self.files:
            self._examine(table, path)
        self._look_up()
        if self.faults:
            raise Unreadable(*self.faults)

    def fault(self, table, row, column, sentence):
        where = f"{table.file}, " + _("row %(row)s") % {"row": row} + (f", {column}" if column else "")
        self.faults.append(f"{where}: {sentence}")

    def _examine(self, table, path):
        rules = [c for c in table.model._meta.constraints if isinstance(c, CheckConstraint) and _speaks_of(c, table)]
        seen = {columns: {} for columns in table.unique}
        reader = Reader(table, path, self.fault)
        for number, values, sound in reader:
            if number % EVERY == 0:
                self.progress(_("%(file)s: %(count)s rows read") % {"file": table.file, "count": number})
            if self._is_new(table, number, values) and sound:
                self._references(table, number, values)
                self._singular(table, number, values, seen)
                for rule in rules:
                    self._obeys(rule, table, number, values)
        if not reader.readable:
            self.unread.add(table.model)
        for columns, keys in seen.items():
            self._taken(table, columns, keys)

    def _is_new(self, table, number, values):
        """Whether the id of the row is the first of its kind in the file."""
        rows, public_id = self.rows[table.model], values.get("id")
        if public_id in rows:
            said = {"id": public_id, "row": rows[public_id]}
            self.fault(table, number, "id", _("“%(id)s” stands in row %(row)s already.") % said)
            return False
        if public_id:
            rows[public_id] = number
        return True

    def _references(self, table, number, values):
        for column in table.references:
            found = values[column.name]
            for public_id in found if column.many else filter(None, [found]):
                if column.target is table.model and public_id == values["id"]:
                    self.fault(table, number, column.name, _("The row refers to itself."))
                self._refer(column.target, public_id, (table, number, column.name))
        if table.cites:
            self._pointer(table, number, values)
        if "new" in table.column:
            self._parts(table, number, values)

    def _refer(self, model, public_id, cell):
        if public_id not in self.rows.get(model, ()):
            self.wanted.setdefault(model, {}).setdefault(public_id, []).append(cell)

    def _pointer(self, table, number, values):
        """A citation is of a record that there is, and of a field which that record has."""
        cited, said = table_named(values["record_table"]), values["field"]
        self._refer(cited.model, values["record_id"], (table, number, "record_id"))
        if said and said not in cited.column:
            sentence = _("“%(field)s” is no column of %(table)s.") % {"field": said, "table": cited.file}
            self.fault(table, number, "field", sentence)

    def _parts(self, table, number, values):
        """A charge takes part in a change once, and is new in one change only."""
        for public_id in sorted(set(values["replaced"]) & set(values["new"])):
            sentence = _("“%(id)s” cannot be replaced and new in the same change.") % {"id": public_id}
            self.fault(table, number, "new", sentence)
        elsewhere = ChargeSuccession.objects.filter(
            role=ChargeSuccession.Role.NEW, charge__public_id__in=values["new"]
        ).exclude(change__public_id=values["id"])
        for public_id, change in elsewhere.values_list("charge__public_id", "change__public_id"):
            said = {"id": public_id, "change": change}
            self.fault(table, number, "new", _("“%(id)s” is new in the stored change “%(change)s”.") % said)

    def _singular(self, table, number, values, seen):
        for columns, keys in seen.items():
            several = values[columns[0]] if table.column[columns[0]].many else None
            for key in [tuple(values[name] for name in columns)] if several is None else [(one,) for one in several]:
                if key in keys:
                    sentence = _("The same stands in row %(row)s already.") % {"row": keys[key]}
                    self.fault(table, number, columns[-1], sentence)
                keys.setdefault(key, number)

    def _obeys(self, rule, table, number, values):
        try:
            rule.validate(table.model, _unsaved(table, values))
        except ValidationError:
            told = {"rule": rule.name.replace("_", " ")}
            self.fault(table, number, "", _("This breaks a rule: %(rule)s.") % told)

    def _taken(self, table, columns, keys):
        """Tells of values that must occur once and belong to a stored row which is not in the file."""
        last = table.column[columns[-1]]
        if last.many:
            return
        paths = [table.column[name].path for name in columns]
        for portion in portions(list({key[-1] for key in keys})):
            stored = table.model.objects.filter(**{f"{last.path}__in": portion})
            for public_id, *key in stored.values_list("public_id", *paths):
                if tuple(key) in keys and public_id not in self.rows[table.model]:
                    sentence = _("The stored row “%(id)s” has the same.") % {"id": public_id}
                    self.fault(table, keys[tuple(key)], columns[-1], sentence)
        if columns == ("slug",):
            self._old_addresses(table, keys)

    def _old_addresses(self, table, keys):
        """Tells of addresses that lead to another record now: a cited address never breaks."""
        ids = {number: public_id for public_id, number in self.rows[table.model].items()}
        old = SlugRedirect.objects.filter(kind=table.model._meta.model_name)
        for portion in portions([slug for (slug,) in keys]):
            for slug, target in old.filter(old_slug__in=portion).values_list("old_slug", "target"):
                if ids[keys[slug,]] != target:
                    sentence = _("This is an old address of “%(id)s”.") % {"id": target}
                    self.fault(table, keys[slug,], "slug", sentence)

    def _look_up(self):
        """Tells of every reference that leads nowhere; those to a file that could not be read are let pass."""
        for model, wanted in self.wanted.items():
            if model in self.unread:
                continue
            missing = {i: cells for i, cells in wanted.items() if i not in self.rows.get(model, ())}
            for portion in portions(list(missing)):
                for found in model.objects.filter(public_id__in=portion).values_list("public_id", flat=True):
                    del missing[found]
            for public_id, cells in missing.items():
                said = {"thing": model._meta.verbose_name, "id": public_id}
                for cell in cells:
                    self.fault(*cell, _("There is no %(thing)s “%(id)s”, neither in the files nor here.") % said)


def _speaks_of(constraint, table):
    """Whether the rule is about columns of the table: those of the publication state are not."""
    about = {name.split("__")[0] for name, _value in _leaves(constraint.condition)}
    return about <= set(table.column)


def _leaves(condition):
    for child in condition.children:
        if hasattr(child, "children"):
            yield from _leaves(child)
        else:
            yield child


def _unsaved(table, values):
    """The row as a record that is not stored; whatever it refers to is taken to be there."""
    record = table.model()
    for column in table.values:
        if column.name in values:
            value = values[column.name]
            setattr(record, column.field.attname, (value and -1) if column.target else value)
    return record
