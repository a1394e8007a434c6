"""`manage.py import_cases DIR`: takes in the tables of a folder, all or nothing."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from cases.actions.importing import import_tables
from cases.errors import Refusal


class Command(BaseCommand):
    help = "Imports CSV tables as drafts: every bad cell is named, and then nothing is stored. Repeatable."

    def add_arguments(self, parser):
        parser.add_argument("folder", help="the folder with the tables, one CSV file each; missing tables are fine")
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="also write over rows that were edited here, that are public, or that are reference data",
        )
        parser.add_argument("--by", metavar="USERNAME", help="the member of staff who answers for --overwrite")

    def handle(self, *, folder, overwrite, by, verbosity, **options):
        try:
            imported = import_tables(folder, overwrite=overwrite, by=self._member(by), progress=self._tell)
        except Refusal as refusal:
            raise CommandError("\n".join([*refusal.messages, "Nothing was stored."])) from None
        for name, counts in imported.tables.items() if verbosity else ():
            told = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()) if number)
            self.stdout.write(f"{name}: {told or 'no rows'}")
        if verbosity:
            self.stdout.write(str(imported))

    def _tell(self, sentence):
        self.stderr.write(sentence, style_func=str)

    def _member(self, username):
        if username is None:
            return None
        members = get_user_model().objects.filter(username=username, is_staff=True, is_active=True)
        member = members.first()
        if member is None:
            raise CommandError(f"There is no active member of staff called “{username}”.")
        return member
