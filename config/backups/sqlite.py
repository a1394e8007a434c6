"""Copying an SQLite database while others write to it, and putting a copy in its place."""

import contextlib
import sqlite3
from pathlib import Path

from django.db import connection

from config.backups.sealing import BackupRefused

KEYS_TABLE = "campaigns_campaignkey"


def dump(path: Path) -> tuple[dict[str, int], list[dict]]:
    """Write a copy of one moment to `path`, without the campaigns' keys; returns (rows by table, the keys)."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    with contextlib.closing(sqlite3.connect(path)) as copy:
        copy.row_factory = sqlite3.Row
        keys = [dict(row) for row in copy.execute(f"SELECT * FROM {KEYS_TABLE}")]  # noqa: S608
        copy.execute("PRAGMA secure_delete = ON")
        copy.execute(f"DELETE FROM {KEYS_TABLE}")  # noqa: S608
        copy.commit()
        copy.execute("VACUUM")
        return _rows(copy), keys


def try_out(path: Path) -> dict[str, int]:
    """Rows by table of the copy at `path`. Raises BackupRefused when SQLite finds it broken."""
    try:
        with contextlib.closing(sqlite3.connect(path)) as copy:
            broken = [row[0] for row in copy.execute("PRAGMA integrity_check") if row[0] != "ok"]
            if broken or copy.execute("PRAGMA foreign_key_check").fetchone():
                raise BackupRefused("The copy of the database is broken: SQLite's own check fails.")
            return _rows(copy)
    except sqlite3.DatabaseError as error:
        raise BackupRefused("The copy of the database cannot be opened.") from error


def load(path: Path) -> None:
    """Put the copy in the place of the database, all at once: whoever reads meanwhile sees the old or the new."""
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(path)) as copy:
        copy.backup(connection.connection)
    connection.close()


def _rows(copy):
    names = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in names.fetchall()}  # noqa: S608
