"""`manage.py verify_changes`: proves that nobody has edited or removed a row of the log of staff acts."""

from django.core.management.base import BaseCommand, CommandError

from cases.actions.recording import broken_links, ends_as_it_was_left
from cases.models import Change, Person, State

UNREADABLE = "The log cannot be read: %s. A row of it was changed outside the product."
CUT = (
    "The act that was written last is gone, or what tells which it was: rows were removed from the end of the log, or "
    "the key that sealed it is no longer among SIGNING_KEYS."
)


class Command(BaseCommand):
    help = (
        "Checks the chain of the log and the seal on its end. Prints the newest digest: keep it elsewhere and give it "
        "next time as --newest, since whoever can write to the database may put back an earlier state of the whole "
        "log, seal included. Exits with an error at the first broken row."
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
        if not ends_as_it_was_left():
            raise CommandError(CUT)
        if newest and not Change.objects.filter(digest=newest).exists():
            raise CommandError(f"The log ends before {newest}: rows were removed from its end.")
        if unsaid := _without_a_word():
            raise CommandError(
                f"{unsaid} persons are public or taken back, and the log does not say by whom: they were changed "
                "outside the product, or rows were removed from it."
            )
        self.stdout.write(f"The log is whole: {number} rows checked.")
        if last is not None:
            self.stdout.write(f"Newest: {last.digest}")


def _without_a_word():
    """Of how many persons the last act in the log is not the one that their page tells of."""
    told = {State.PUBLISHED: "publish", State.RETRACTED: "retract"}
    acts = Change.objects.filter(table="person", verb__in=told.values()).order_by("pk")
    last = dict(acts.values_list("record_id", "verb"))
    persons = Person.objects.filter(published_at__isnull=False).values_list("pk", "state")
    return sum(last.get(str(key)) != told.get(state, last.get(str(key), "")) for key, state in persons)
