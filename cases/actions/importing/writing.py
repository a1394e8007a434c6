"""The second pass: rows become records, in portions, inside the transaction that the import opened."""

from collections import Counter
from hashlib import sha256

from django.db.models import F
from django.utils.translation import gettext as _

from ...errors import Unreadable
from ...models import ImportedRow, State
from ...tables import table_named
from ...tables.record import CITED_BY
from ...tables.stored import stored_by_id
from ..addresses import keep_old_address
from ..amending import amend, must_wait
from ..recording import record_change
from .reading import EVERY, PORTION, Reader, portions

CREATED, UPDATED, SAME = "created", "updated", "same"


def digest_of(table, values):
    """What tells one content of a row from another: covers every cell."""
    return sha256("\x1f".join(table.cells(values)).encode()).hexdigest()


class Writer:
    """Writes the rows of one table. Rows that must not be overwritten go to `conflicts`, one sentence each.

    After `write()`: `counts` by outcome; `touched`, the database keys of the rows that were written; `left`, those of
    the persons to whom changed rows belonged before.
    """

    def __init__(self, table, path, *, overwrite, by, progress, conflicts):
        self.table, self.path = table, path
        self.overwrite, self.by, self.progress, self.conflicts = overwrite, by, progress, conflicts
        self.counts, self.touched, self.left, self.waiting = Counter(), set(), set(), []

    def write(self):
        portion = []
        for number, values, _sound in Reader(self.table, self.path, self._fault):
            portion.append((number, values))
            if len(portion) == PORTION:
                self._portion(portion)
                portion = []
            if number % EVERY == 0:
                self.progress(_("%(file)s: %(count)s rows written") % {"file": self.table.file, "count": number})
        self._portion(portion)
        while self.waiting:
            before, self.waiting = self.waiting, []
            for part in portions(before):
                self._portion(part)
            if len(self.waiting) == len(before):
                raise Unreadable(*(self._in_a_circle(number) for number, _values in self.waiting))

    def _fault(self, table, row, column, sentence):
        raise Unreadable(_("%(file)s has changed while it was read: start again.") % {"file": table.file})

    def _in_a_circle(self, number):
        where = {"file": self.table.file, "row": number}
        return _("%(file)s, row %(row)s: The row refers, through others, to itself.") % where

    def _portion(self, rows):
        """Writes up to a portion of rows; those that refer to a row of this table not yet stored wait."""
        keys = self._keys([values for _number, values in rows])
        ready = [row for row in rows if self._can_be_written(row[1], keys)]
        self.waiting += [row for row in rows if not self._can_be_written(row[1], keys)]
        ids = [values["id"] for _number, values in ready]
        known = dict(ImportedRow.objects.filter(table=self.table.name, row_id__in=ids).values_list("row_id", "digest"))
        new, changed, same = self._compared(ready, ids, known)
        self._create(new, keys)
        self._change(changed, keys)
        self.counts[SAME] += len(same)
        self._remember([*new, *same, *(values for _key, _current, values in changed)], known)

    def _compared(self, rows, ids, known):
        """The values of new rows, of changed rows (with database key and what is stored), and of unchanged ones."""
        states = self._locked(ids)
        stored = stored_by_id(self.table, ids)
        new, changed, same = [], [], []
        for number, values in rows:
            public_id = values["id"]
            key, current = stored.get(public_id, (None, {}))
            values = {**self._unnamed(current), **values}
            if key is None:
                new.append(values)
            elif values == current:
                same.append(values)
            elif self._may_change(number, public_id, current, known.get(public_id), states.get(public_id)):
                changed.append((key, current, values))
        return new, changed, same

    def _locked(self, ids):
        """Locks the stored rows, so that an edit made meanwhile waits; gives the state of each, or None."""
        rows = self.table.model.objects.select_for_update().filter(public_id__in=ids).order_by("pk")
        state = "state" if self.table.has_state else "public_id"
        return dict(rows.values_list("public_id", state))

    def _unnamed(self, current):
        """The values of columns that the file need not have: as stored, or as a new row begins."""
        return {
            column.name: current[column.name] if current else column.read("")
            for column in self.table.columns
            if column.staff
        }

    def _may_change(self, number, public_id, current, known, state):
        """Whether the stored row may be overwritten; else the conflict is told."""
        if self.overwrite:
            return True
        if known != digest_of(self.table, current):
            why = _("“%(id)s” was edited here since its last import")
        elif not self.table.has_state:
            why = _("“%(id)s” is reference data, which public pages may show")
        elif state != State.DRAFT:
            why = _("“%(id)s” is no draft any more: the public may be reading it")
        else:
            return True
        self.conflicts.append(
            _("%(file)s, row %(row)s: %(why)s. It was left as it is; --overwrite writes over it.")
            % {"file": self.table.file, "row": number, "why": why % {"id": public_id}}
        )
        return False

    def _keys(self, rows):
        """Model → id → database key, for everything that `rows` refer to."""
        wanted = {}
        for values in rows:
            for column in self.table.references:
                found = values[column.name]
                wanted.setdefault(column.target, set()).update(found if column.many else filter(None, [found]))
            if self.table.cites:
                wanted.setdefault(table_named(values["record_table"]).model, set()).add(values["record_id"])
        return {model: _keys_of(model, ids) for model, ids in wanted.items()}

    def _can_be_written(self, values, keys):
        return all(
            values[column.name] is None or values[column.name] in keys[column.target]
            for column in self.table.references
            if column.target is self.table.model
        )

    def _fields(self, values, keys):
        """The values as the model's own fields take them."""
        fields = {
            column.field.attname: keys[column.target].get(values[column.name])
            if column.target
            else values[column.name]
            for column in self.table.values
        }
        if self.table.cites:
            arcs = dict.fromkeys((f"{arc}_id" for arc in CITED_BY.values()), None)
            model = table_named(values["record_table"]).model
            fields |= arcs | {f"{CITED_BY[values['record_table']]}_id": keys[model][values["record_id"]]}
        return fields

    def _create(self, new, keys):
        records = [self.table.model(**self._fields(values, keys)) for values in new]
        self.table.model.objects.bulk_create(records, batch_size=PORTION)
        self._fill_lists(zip(records, new, strict=True), keys)
        self.touched.update(record.pk for record in records)
        self.counts[CREATED] += len(records)

    def _change(self, changed, keys):
        records = self.table.model.objects.in_bulk([key for key, _current, _values in changed])
        self.left |= persons_of(self.table, records)
        for key, current, values in changed:
            record = records[key]
            if must_wait(record):
                self._amend(record, current, values, keys)
                continue
            for name, value in self._fields(values, keys).items():
                setattr(record, name, value)
            record.save()
            if self.table.has_slug and current["slug"] != values["slug"]:
                keep_old_address(record, current["slug"])
            self._fill_lists([(record, values)], keys, empty_first=True)
            self._log(record, current, values)
        self.touched.update(records)
        self.counts[UPDATED] += len(changed)

    def _amend(self, record, current, values, keys):
        """A public row is not written over: what the file says waits until an editor publishes its page."""
        if self.by is None:
            raise Unreadable(_("Say who answers for changes of public rows: add --by and the name of their account."))
        names = {field.attname: field.name for field in record._meta.fields}
        fields = {names[attname]: value for attname, value in self._fields(values, keys).items()}
        for column in self.table.lists:
            if column.fixed and current[column.name] != values[column.name]:
                raise Unreadable(
                    _("%(file)s: “%(id)s” is public; which charges it joins is changed by hand, after taking it back.")
                    % {"file": self.table.file, "id": values["id"]}
                )
            if not column.fixed:
                fields[column.name] = [keys[column.target][public_id] for public_id in values[column.name]]
        because = _("Imported from %(file)s with --overwrite") % {"file": self.table.file}
        amend(record, fields, by=self.by, verb="import", because=because)

    def _fill_lists(self, pairs, keys, *, empty_first=False):
        pairs = list(pairs)
        for column in self.table.lists if empty_first else ():
            here = [record.pk for record, _values in pairs]
            column.through.objects.filter(**column.fixed, **{f"{column.here}__in": here}).delete()
        for column in self.table.lists:
            column.through.objects.bulk_create(
                column.through(
                    **column.fixed,
                    **{f"{column.here}_id": record.pk, f"{column.there}_id": keys[column.target][public_id]},
                )
                for record, values in pairs
                for public_id in values[column.name]
            )

    def _log(self, record, current, values):
        """A row that was written over on purpose is a staff act."""
        if not self.overwrite:
            return
        fields = {
            column.name: (column.write(current[column.name]), column.write(values[column.name]))
            for column in self.table.columns
            if current[column.name] != values[column.name]
        }
        because = _("Imported from %(file)s with --overwrite") % {"file": self.table.file}
        record_change(record, verb="import", by=self.by, because=because, fields=fields)

    def _remember(self, rows, known):
        """Keeps what the rows look like now, to tell a later edit from an unchanged row."""
        name = self.table.name
        digests = {values["id"]: digest_of(self.table, values) for values in rows}
        fresh = {public_id: digest for public_id, digest in digests.items() if known.get(public_id) != digest}
        ImportedRow.objects.filter(table=name, row_id__in=[i for i in fresh if i in known]).delete()
        ImportedRow.objects.bulk_create(ImportedRow(table=name, row_id=i, digest=d) for i, d in fresh.items())


def persons_of(table, keys):
    """The database keys of the persons to whose record the rows `keys` of `table` belong."""
    if table.cites:
        ways = [f"{arc}__{table_of_arc.person}" for arc, table_of_arc in _cited_with_person()]
    else:
        ways = [table.person] if table.person else []
    rows = table.model.objects.filter(pk__in=keys)
    return {pk for way in ways for pk in rows.values_list(F(way), flat=True) if pk is not None}


def _cited_with_person():
    tables = ((arc, table_named(name)) for name, arc in CITED_BY.items())
    return [(arc, table) for arc, table in tables if table.person]


def _keys_of(model, ids):
    return dict(model.objects.filter(public_id__in=ids).values_list("public_id", "pk"))
