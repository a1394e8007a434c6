"""`manage.py restore FILE`: makes the installation what a backup holds."""

from pathlib import Path

from django.core.management.base import BaseCommand

from config.backups.commanding import told
from config.backups.restoring import restore


class Command(BaseCommand):
    help = "Puts the backup FILE in the place of database and media. Checks all of it before it touches anything."
    # The tables may not exist yet.
    requires_system_checks: list = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--keys", type=Path, metavar="KEYFILE", help="the campaigns' keys that were written apart")
        parser.add_argument("--replace", action="store_true", help="although there is something already")

    def handle(self, *, file, keys, replace, **options):
        with told(self, file):
            manifest, remarks = restore(file, keys, replace=replace)
            self.stdout.write(f"Restored what was there on {manifest.made_at}: {manifest.rows:,} rows.")
            for sentence in remarks:
                self.stdout.write(sentence)
