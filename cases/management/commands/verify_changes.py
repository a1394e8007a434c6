"""`manage.py verify_changes`: proves that nobody has edited or removed a row of the log of staff acts."""

from django.core.management.base import BaseCommand, CommandError

from cases.actions.recording import broken_links
from cases.models import Change, Person

UNREADABLE = "The log cannot be read: %s. A row of it was changed outside the product."


class Command(BaseCommand):
    help = (
        "Checks the chain of the log. Prints the newest digest: keep it elsewhere and give it next time as --newest, "
        "since rows removed from the end leave a chain that is whole. Exits with an error at the first broken row."
    )

    def add_arguments(self, parser):
        parser.add_argument("--newest", metavar="DIGEST", help="the digest that was printed the last time")

    def handle(self, *, newest=None, **options):
        try:
            broken = next(broken_links(), None)
            number, last = Change.objects.count(), Change.objects.order_by("-pk").first()
        except (ValueError, TypeError, AttributeError) as error:
            raise CommandError(UNREADABLE % error) from error
        if broken is not None:
            raise CommandError(
                f"Row {broken.pk} of the log ({broken.at:%Y-%m-%d %H:%M}, {broken.verb} {broken.label}) is not what "
                "was written, or a row before it is gone."
            )
        if newest and not Change.objects.filter(digest=newest).exists():
            raise CommandError(f"The log ends before {newest}: rows were removed from its end.")
        if unsaid := _published_without_a_word():
            raise CommandError(
                f"{unsaid} persons were published, and the log does not say by whom: rows were removed from it."
            )
        self.stdout.write(f"The log is whole: {number} rows checked.")
        if last is not None:
            self.stdout.write(f"Newest: {last.digest}")


def _published_without_a_word():
    """How many persons have been public though no act says so: what an emptied log leaves behind."""
    published = Person.objects.filter(published_at__isnull=False).values_list("pk", flat=True)
    said = Change.objects.filter(table="person", verb="publish").order_by().values_list("record_id", flat=True)
    return len(set(map(str, published)) - set(said))
