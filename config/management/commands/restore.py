"""`manage.py restore FILE`: makes the installation what a backup holds."""

import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from config.backups.restoring import restore
from config.backups.sealing import BackupRefused


class Command(BaseCommand):
    help = "Puts the backup FILE in the place of database and media. Checks all of it before it touches anything."
    # The tables may not exist yet.
    requires_system_checks: list = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--keys", type=Path, metavar="KEYFILE", help="the campaigns' keys that were written apart")
        parser.add_argument("--replace", action="store_true", help="although there is something already")

    def handle(self, *, file, keys, replace, **options):
        began = time.monotonic()
        try:
            manifest, told = restore(file, keys, replace=replace)
        except BackupRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        except OperationalError as error:
            raise CommandError("The database does not answer, or its disk is full.") from error
        except OSError as error:
            raise CommandError(f"{error.filename or file}: {error.strerror or error}.") from error
        self.stdout.write(f"Restored what was there on {manifest.made_at}: {manifest.rows:,} rows.")
        for sentence in told:
            self.stdout.write(sentence)
        self.stdout.write(f"Took {time.monotonic() - began:.1f} s.")
