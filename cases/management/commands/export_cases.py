"""`manage.py export_cases DIR`: writes the record as CSV tables."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from cases.exports import export


class Command(BaseCommand):
    help = "Writes the public record as CSV tables; with --all every stored fact, for staff only."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="the folder to write to; it is made where missing")
        parser.add_argument("--all", action="store_true", help="drafts and staff-only columns too: do not publish")

    def handle(self, *, folder, all, **options):
        try:
            counts = export(folder, everything=all, progress=self._tell)
        except OSError as error:
            raise CommandError(f"“{folder}” cannot be written: {error.strerror}.") from None
        self.stdout.write(f"{sum(counts.values())} rows in {len(counts)} tables.")

    def _tell(self, sentence):
        self.stderr.write(sentence, style_func=str)
