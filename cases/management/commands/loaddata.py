"""In the place of Django's `loaddata`, which would write rows past the gate: public ones, with no word in the log."""

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Refused: tables come in by `manage.py import_cases`, as drafts, and a whole site by `manage.py restore`."
    requires_system_checks: list = []

    def add_arguments(self, parser):
        parser.add_argument("args", nargs="*")

    def handle(self, *args, **options):
        raise CommandError(
            "Rows are not loaded past the gate: a file of rows could make a page public that nobody reviewed. "
            "`manage.py import_cases DIR` takes tables in as drafts; `manage.py restore` brings back a backup."
        )
