"""Indexes that are made, and dropped, while people sign."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations.operations import AddIndex, AlterField


class AddIndexMeanwhile(AddIndexConcurrently):
    """PostgreSQL builds the index beside the running site and locks no writer out; SQLite simply builds it.

    The migration says `atomic = False`. One that was broken off on PostgreSQL leaves an invalid index behind: drop it
    by its name and migrate again.
    """

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        kind = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else AddIndex
        kind.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        kind = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else AddIndex
        kind.database_backwards(self, app_label, schema_editor, from_state, to_state)


class DropIndexOfKey(AlterField):
    """A foreign key without its index from now on (`field` says `db_index=False`).

    AlterField would drop the constraint, too, and prove it again by reading every row under a lock.
    """

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = from_state.apps.get_model(app_label, self.model_name)
        column = model._meta.get_field(self.name).column
        named = {index.name for index in model._meta.indexes}
        for name in schema_editor._constraint_names(model, [column], index=True, unique=False, exclude=named):
            if name in _foreign_keys(schema_editor, model):
                continue
            schema_editor.execute(f"DROP INDEX {_beside(schema_editor)} {schema_editor.quote_name(name)}")

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model_name)
        field = model._meta.get_field(self.name)
        how = {"concurrently": True} if _beside(schema_editor) else {}
        schema_editor.execute(schema_editor._create_index_sql(model, fields=[field], **how))


def _beside(schema_editor):
    return "CONCURRENTLY" if schema_editor.connection.vendor == "postgresql" else ""


def _foreign_keys(schema_editor, model):
    return set(schema_editor._constraint_names(model, foreign_key=True))
