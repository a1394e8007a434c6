"""What a backup file holds: the database, the media files, and a manifest that says what must be in both.

All of it is a tar stream inside a sealed one (sealing.py), so that no part of it ever lies in the file in clear. The
database is copied into a private folder first, because its size must be known; the folder is gone afterwards.
"""

import contextlib
import hashlib
import io
import json
import os
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from config.backups import postgresql, sqlite
from config.backups.sealing import BackupRefused, Opener, Sealer, backup_key

DATABASE, MEDIA, MANIFEST = "database", "media/", "manifest.json"
BLOCK = 1024 * 1024


def engine():
    """The module that copies databases like this one."""
    return postgresql if connection.vendor == "postgresql" else sqlite


@dataclass
class Manifest:
    """What was put in: rows by table, size and digest by file, the migrations that made the tables."""

    made_at: str
    database: str
    tables: dict[str, int]
    migrations: list[str]
    files: dict[str, dict] = field(default_factory=dict)

    @property
    def rows(self):
        return sum(self.tables.values())


def write_backup(path: Path, keys_path: Path | None = None) -> Manifest:
    """Write database and media to `path`, and the campaigns' keys to `keys_path` where one is given."""
    key = backup_key()
    with tempfile.TemporaryDirectory(prefix="habeas-") as folder:
        copy = Path(folder, DATABASE)
        tables, keys = engine().dump(copy)
        manifest = Manifest(
            made_at=timezone.now().isoformat(timespec="seconds"),
            database=connection.vendor,
            tables=tables,
            migrations=sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()),
        )
        with _whole_or_not_at_all(path) as file:
            _fill(Sealer(file, key), copy, manifest)
    if keys_path:
        with _whole_or_not_at_all(keys_path) as file:
            sealer = Sealer(file, key)
            sealer.write(json.dumps(keys, default=str).encode())
            sealer.finish()
    return manifest


def _fill(sealer, copy, manifest):
    with tarfile.open(fileobj=sealer, mode="w|", bufsize=BLOCK) as tar:
        with copy.open("rb") as file:
            manifest.files[DATABASE] = _add(tar, DATABASE, file, copy.stat().st_size)
        for name in sorted(media_names()):
            # A picture that is deleted meanwhile is no part of the record any more.
            with contextlib.suppress(FileNotFoundError), default_storage.open(name) as file:
                manifest.files[MEDIA + name] = _add(tar, MEDIA + name, file, file.size)
        told = json.dumps(vars(manifest)).encode()
        _add(tar, MANIFEST, io.BytesIO(told), len(told))
    sealer.finish()


def _add(tar, name, file, size):
    watched = _Watched(file)
    entry = tarfile.TarInfo(name)
    entry.size = size
    tar.addfile(entry, watched)
    return {"bytes": size, "sha256": watched.digest.hexdigest()}


class _Watched:
    """A file whose digest is taken as it is read."""

    def __init__(self, file):
        self._file, self.digest = file, hashlib.sha256()

    def read(self, size=-1):
        data = self._file.read(size)
        self.digest.update(data)
        return data


def media_names(folder=""):
    """The name of every file in the media storage."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{folder}{name}"
    for name in folders:
        yield from media_names(f"{folder}{name}/")


@contextlib.contextmanager
def _whole_or_not_at_all(path):
    """A file for the owner alone that appears under its name only once everything is on the disk."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def unpacked(path: Path):
    """(folder, manifest) of a backup, unpacked into a private folder and compared with its own manifest. Raises
    BackupRefused for whatever does not fit."""
    with tempfile.TemporaryDirectory(prefix="habeas-") as folder, path.open("rb") as file:
        opener = Opener(file, backup_key())
        try:
            digests = _unpack(opener, Path(folder))
        except tarfile.TarError as error:
            raise BackupRefused("The backup is damaged: it cannot be unpacked.") from error
        manifest = _read_manifest(Path(folder, MANIFEST))
        if digests != manifest.files:
            raise BackupRefused("The backup does not hold what its manifest says.")
        yield Path(folder), manifest


def _unpack(opener, folder):
    found = {}
    with tarfile.open(fileobj=opener, mode="r|", bufsize=BLOCK) as tar:
        for entry in tar:
            target = folder / _safe(entry)
            target.parent.mkdir(parents=True, exist_ok=True)
            watched = _Watched(tar.extractfile(entry))
            with target.open("wb") as file:
                while block := watched.read(BLOCK):
                    file.write(block)
            if entry.name != MANIFEST:
                found[entry.name] = {"bytes": entry.size, "sha256": watched.digest.hexdigest()}
    opener.read_to_the_end()
    return found


def _safe(entry):
    name = PurePosixPath(entry.name)
    if not entry.isfile() or name.is_absolute() or ".." in name.parts:
        raise BackupRefused("The backup holds a file that would lie outside of its folder.")
    return name


def _read_manifest(path):
    try:
        return Manifest(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise BackupRefused("The backup has no manifest that can be read: it was not finished.") from error


def read_keys(path: Path) -> list[dict]:
    """The campaigns' keys as `write_backup` put them apart."""
    with path.open("rb") as file:
        try:
            return json.loads(Opener(file, backup_key()).read())
        except ValueError as error:
            raise BackupRefused("This file holds no keys of campaigns.") from error
