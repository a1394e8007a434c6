"""`manage.py backup FILE`: the whole installation in one encrypted file, while everything goes on."""

from pathlib import Path

from django.core.management.base import BaseCommand

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
        apart = f"; the campaigns' keys are in {keys}" if keys else "; the campaigns' keys are not in it (--keys)"
        return f"{file}: {_what(manifest)}, {file.stat().st_size:,} bytes{apart}."

    def verify(self, file):
        return f"{file}: {_what(verify(file))}. Restored into a database of its own: every number is right."


def _what(manifest):
    files = len(manifest.files) - 1
    return f"{manifest.rows:,} rows of {len(manifest.tables)} tables and {files:,} media files of {manifest.made_at}"
