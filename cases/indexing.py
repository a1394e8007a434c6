"""Indexes that are made while people sign."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations.operations.models import AddIndex


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
