"""Copying a PostgreSQL database with its own tools, at one moment, while others write to it.

The password goes to the tools by their environment, never by their command line, where every process could read it.
"""

import contextlib
import os
import re
import secrets
import subprocess
from pathlib import Path

import psycopg
from django.db import connection, transaction
from psycopg.conninfo import make_conninfo

from config.backups.sealing import BackupRefused
from config.backups.sqlite import KEYS_TABLE

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin")
WAY = {"host", "hostaddr", "port", "user", "dbname", "service", "sslmode", "sslrootcert", "sslcert", "sslkey"}
# Everything of the old database that a backup brings anew. Without notices of what goes along with each table: nobody
# reads them before the end, and psql would wait for that once they fill the pipe.
DROP_ALL = """
SET client_min_messages = warning;
DO $$ DECLARE old record; BEGIN
  FOR old IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', old.tablename);
  END LOOP;
END $$;
"""


def dump(path: Path) -> tuple[dict[str, int], list[dict]]:
    """Write a dump of one moment to `path`, without the campaigns' keys; returns (rows by table, the keys)."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (moment,) = cursor.fetchone()
        options = ["--format=custom", "--no-owner", "--no-privileges", "--no-comments", f"--snapshot={moment}"]
        _run([_tool("pg_dump"), *options, f"--exclude-table-data={KEYS_TABLE}", f"--file={path}", _target()])
        rows = _rows(cursor)
        rows[KEYS_TABLE] = 0
        cursor.execute(f"SELECT * FROM {KEYS_TABLE}")  # noqa: S608
        names = [column.name for column in cursor.description]
        return rows, [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def try_out(path: Path) -> dict[str, int]:
    """Load the dump into a database made for that and dropped afterwards; returns its rows by table."""
    connection.ensure_connection()
    name = f"habeas_try_{secrets.token_hex(4)}"
    with contextlib.closing(psycopg.connect(**_parameters(), autocommit=True)) as here:
        try:
            here.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        except psycopg.errors.InsufficientPrivilege as error:
            raise BackupRefused(
                "The database's user may not make a database to try the backup in: give it CREATEDB, or verify "
                "the file where it may."
            ) from error
        try:
            _load(path, dbname=name)
            with contextlib.closing(psycopg.connect(**_parameters(dbname=name))) as there:
                return _rows(there.cursor())
        finally:
            here.execute(f"DROP DATABASE {name} WITH (FORCE)")


def load(path: Path) -> None:
    """Put the dump in the place of the database in one transaction: where it fails, everything is as it was."""
    connection.ensure_connection()
    _load(path)
    connection.close()


def _load(path, **other):
    """pg_restore writes the statements, psql carries them out behind the one that drops what is there."""
    restore, psql = _tool("pg_restore"), _tool("psql")
    write = [restore, "--no-owner", "--no-privileges", "--file=-", str(path)]
    carry_out = [psql, "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    with (
        subprocess.Popen(write, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as writer,  # noqa: S603
        subprocess.Popen(  # noqa: S603
            [*carry_out, f"--dbname={_target(**other)}"],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
        ) as reader,
    ):
        with contextlib.suppress(BrokenPipeError):
            reader.stdin.write(DROP_ALL.encode())
            while block := writer.stdout.read(1024 * 1024):
                reader.stdin.write(block)
        # Statements that end too early must not be committed.
        if writer.wait() != 0:
            reader.kill()
            raise BackupRefused(f"pg_restore cannot read the dump: {_last_line(writer.stderr.read())}")
        _said, complaint = reader.communicate()
        if reader.returncode != 0:
            raise BackupRefused(f"The database was left as it was; psql says: {_last_line(complaint)}")


def _rows(cursor):
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    names = [name for (name,) in cursor.fetchall()]
    return {name: cursor.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608


def _parameters(**other):
    """What leads to the database, with the password. Only what every version knows: the tools may be older than the
    driver, and refuse what they have never heard of."""
    info = connection.connection.info
    known = {name: value for name, value in info.get_parameters().items() if name in WAY}
    return {**known, **({"password": info.password} if info.password else {}), **other}


def _target(**other):
    return make_conninfo(**{name: value for name, value in _parameters(**other).items() if name != "password"})


def _environment():
    password = connection.connection.info.password
    return {**os.environ, **({"PGPASSWORD": password} if password else {})}


def _run(command):
    done = subprocess.run(command, capture_output=True, env=_environment(), check=False)  # noqa: S603
    if done.returncode != 0:
        raise BackupRefused(f"{Path(command[0]).name} says: {_last_line(done.stderr)}")


def _last_line(said):
    return (said.decode("utf-8", "replace").strip().splitlines() or ["nothing"])[-1]


def _tool(name):
    """The path of the oldest tool that is not older than the server: an older one refuses, a much newer one speaks of
    settings that the server does not know."""
    server = connection.connection.info.server_version // 10000
    found = {version: path for path in _installed(name) if (version := _version(path)) >= server}
    if not found:
        raise BackupRefused(f"No {name} for PostgreSQL {server} is installed: install its client programs.")
    return found[min(found)]


def _installed(name):
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    folders += [folder for place in PLACES for folder in sorted(Path("/").glob(place.lstrip("/")))]
    return [str(folder / name) for folder in folders if os.access(folder / name, os.X_OK)]


def _version(path):
    """The major version of an installed tool; 0 for one that does not run."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True, timeout=10).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return 0
    return int(match[1]) if (match := re.search(r"\) (\d+)", said)) else 0
