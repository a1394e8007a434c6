"""Migrations that run on a full table lock nobody out for long."""

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

from cases.indexing import AddIndexMeanwhile, DropIndexOfKey

pytestmark = pytest.mark.once
LARGE = {"signature", "letter"}
SINCE = {"campaigns": 3, "cases": 3}
"""The first migrations that find rows."""
QUICK = (
    AddIndexMeanwhile,
    DropIndexOfKey,
    migrations.AlterModelOptions,
    migrations.AlterModelManagers,
    migrations.RemoveIndex,
    migrations.RenameIndex,
    migrations.CreateModel,
)


def later_migrations():
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        if app in SINCE and int(name[:4]) >= SINCE[app]:
            yield f"{app}.{name}", migration


def slow(migration):
    """The operations that read or rewrite every row of a large table while nobody else may write to it."""
    operations = [
        part
        for operation in migration.operations
        for part in (getattr(operation, "database_operations", None) or [operation])
    ]
    about = [operation for operation in operations if _table(operation) in LARGE]
    found = [
        operation for operation in about if not isinstance(operation, QUICK) and not _adds_without_rewriting(operation)
    ]
    meanwhile = any(isinstance(operation, (AddIndexMeanwhile, DropIndexOfKey)) for operation in operations)
    return found + ([migration] if meanwhile and migration.atomic else [])


def _table(operation):
    return getattr(operation, "model_name_lower", None) or getattr(operation, "name_lower", None)


def _adds_without_rewriting(operation):
    """A new column without a key or an index, empty or with a plain default, which PostgreSQL keeps once."""
    if not isinstance(operation, migrations.AddField):
        return False
    field = operation.field
    return not (
        field.is_relation or field.unique or field.db_index or (field.has_default() and callable(field.default))
    )


def test_no_later_migration_locks_a_large_table_for_long():
    found = {name: slow(migration) for name, migration in later_migrations()}
    assert found, "There are no later migrations."
    assert {name: operations for name, operations in found.items() if operations} == {}


def test_each_migration_can_be_taken_back():
    fixed = {
        f"{name}: {type(operation).__name__}"
        for name, migration in later_migrations()
        for operation in migration.operations
        if not operation.reversible
    }
    assert fixed == set()


def test_each_migration_is_named_for_what_it_changes():
    assert [name for name, _migration in later_migrations() if "auto" in name or "alter_" in name] == []


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddIndex("signature", models.Index(fields=["via"], name="by_via")),
        migrations.AlterField("letter", "kind", models.TextField()),
        migrations.AddField("signature", "number", models.IntegerField(unique=True)),
        migrations.RemoveField("letter", "kind"),
    ],
)
def test_what_locks_is_recognised(operation):
    migration = migrations.Migration("0999_new", "campaigns")
    migration.operations = [operation]
    assert slow(migration) == [operation]
