"""`manage.py backup FILE`: the whole installation in one encrypted file, while everything goes on."""

from pathlib import Path

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError

from cases.actions.security import log_security
from cases.models import SecurityEvent
from config.backups.archive import write_backup
from config.backups.commanding import told
from config.backups.restoring import verify


class Command(BaseCommand):
    help = "Writes database and media of one moment to FILE, encrypted with BACKUP_KEY. Nothing has to stop for it."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="where to write, or what to verify")
        parser.add_argument(
            "--keys", type=Path, metavar="KEYFILE", help="write the campaigns' keys, too, apart, to KEYFILE"
        )
        parser.add_argument(
            "--verify", action="store_true", help="write nothing: restore FILE into a database of its own and compare"
        )

    def handle(self, *, file, keys, verify, **options):
        with told(self, file):
            self.stdout.write(self.verify(file) if verify else self.write(file, keys))

    def write(self, file, keys):
        manifest = write_backup(file, keys)
        self.note(SecurityEvent.Kind.BACKED_UP, manifest)
        apart = f"; the campaigns' keys are in {keys}" if keys else "; the campaigns' keys are not in it (--keys)"
        return f"{file}: {_what(manifest)}, {file.stat().st_size:,} bytes{apart}."

    def verify(self, file):
        manifest = verify(file)
        self.note(SecurityEvent.Kind.BACKUP_TRIED, manifest)
        return f"{file}: {_what(manifest)}. Restored into a database of its own: every number is right."

    def note(self, kind, manifest):
        """Keep that a copy of everything was made, or tried: `/metrics` tells the age of the newest one by it."""
        try:
            log_security(kind, detail=manifest.made_at)
        except (DatabaseError, InterfaceError):
            self.stderr.write("The security log could not be written: the age of this backup will not be known.")


def _what(manifest):
    files = len(manifest.files) - 1
    return f"{manifest.rows:,} rows of {len(manifest.tables)} tables and {files:,} media files of {manifest.made_at}"
