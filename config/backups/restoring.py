"""Putting a backup in the place of what is there."""

from pathlib import Path

from django.apps import apps
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from campaigns.actions.recounting import wrong_tallies
from campaigns.models import Campaign, CampaignKey
from campaigns.models.switches import memory
from cases.caching import begin_generation
from config.backups.archive import DATABASE, MEDIA, engine, media_names, read_keys, unpacked
from config.backups.sealing import BackupRefused
from config.backups.sqlite import KEYS_TABLE

# What fills a database with something that nobody wants to lose; migrations fill other tables by themselves.
OURS = ("cases", "campaigns")


def verify(path: Path):
    """Restore the backup into a database of its own and compare; returns the manifest. Raises BackupRefused."""
    with unpacked(path) as (folder, manifest):
        _refuse_what_does_not_fit(manifest)
        _compare(engine().try_out(folder / DATABASE), manifest)
        return manifest


def restore(path: Path, keys_path: Path | None = None, *, replace: bool = False):
    """Make database and media what the backup holds; returns (manifest, sentences that somebody must read).

    Everything is unpacked and compared before anything is touched. Raises BackupRefused, also where the database or
    the media folder is not empty and `replace` is not said.
    """
    with unpacked(path) as (folder, manifest):
        keys = read_keys(keys_path) if keys_path else []
        _refuse_what_does_not_fit(manifest)
        if not replace and (there := what_is_there()):
            raise BackupRefused(f"There is something already: {there}. Restoring replaces it all: add --replace.")
        engine().load(folder / DATABASE)
        for name in manifest.files:
            if name.startswith(MEDIA):
                _put(folder / name, name.removeprefix(MEDIA))
        return manifest, _settle(keys)


def what_is_there() -> str:
    """What a restore would overwrite, in words; nothing for an empty installation."""
    tables = set(connection.introspection.table_names())
    models = [model for app in OURS for model in apps.get_app_config(app).get_models()]
    models.append(apps.get_model("auth", "User"))
    numbers = [(model, model._base_manager.count()) for model in models if model._meta.db_table in tables]
    told = [f"{model._meta.verbose_name_plural}: {number}" for model, number in numbers if number]
    if files := sum(1 for _name in media_names()):
        told.append(f"media files: {files}")
    return ", ".join(told)


def _refuse_what_does_not_fit(manifest):
    if manifest.database != connection.vendor:
        raise BackupRefused(
            f"The backup is of a {manifest.database} database, and this one is {connection.vendor}: restore it where "
            "DATABASE_URL is of the same kind."
        )
    known = {".".join(key) for key in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    if unknown := [name for name in manifest.migrations if name not in known]:
        raise BackupRefused(
            f"The backup was made by a newer version of Habeas, which knows {unknown[-1]}: update, then restore it."
        )


def _compare(rows, manifest):
    if wrong := [name for name, number in manifest.tables.items() if rows.get(name) != number]:
        raise BackupRefused(f"What was restored differs from what was backed up: {', '.join(sorted(wrong))}.")


def _put(file, name):
    if default_storage.exists(name):
        default_storage.delete(name)
    with file.open("rb") as content:
        default_storage.save(name, File(content))


def _settle(keys):
    """What follows from new content; returns what a person must know of it."""
    memory.forget()
    begin_generation()
    told = []
    if left_out := _put_keys(keys):
        told.append(f"The keys of {left_out} campaigns are left out: the backup is older than these campaigns.")
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return [*told, "The backup is of an earlier version: run `manage.py migrate`, then `manage.py recount`."]
    if without := Campaign.objects.published().filter(key=None).count():
        told.append(f"{without} published campaigns have no keys and take no signatures: restore with --keys KEYFILE.")
    if wrong := wrong_tallies():
        told.append(f"{len(wrong)} tallies differ from their signatures: run `manage.py recount`.")
    return told


@transaction.atomic
def _put_keys(keys):
    """As they were written, column by column: the table may be that of an earlier version. Returns how many belong to
    campaigns that the backup does not know: of keys only the newest file is kept, and of backups older ones, too."""
    known = set(Campaign.objects.order_by().values_list("pk", flat=True))
    fitting = [key for key in keys if key["campaign_id"] in known]
    with connection.cursor() as cursor:
        for key in fitting:
            columns = ", ".join(connection.ops.quote_name(name) for name in key)
            values = ", ".join(["%s"] * len(key))
            cursor.execute(f"INSERT INTO {KEYS_TABLE} ({columns}) VALUES ({values})", list(key.values()))  # noqa: S608
        for statement in connection.ops.sequence_reset_sql(no_style(), [CampaignKey]):
            cursor.execute(statement)
    return len(keys) - len(fitting)
