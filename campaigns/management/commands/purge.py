"""`manage.py purge`: retention by hand. The worker does the same by itself."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from campaigns.actions.sweeping import purge

WORDS = {
    "letters": "letters of dead workers freed",
    "unconfirmed": "signatures forgotten that nobody confirmed",
    "networks": "hashes of networks dropped",
    "sessions": "ended sessions of staff deleted",
    "security events": "security events older than two years deleted",
}


class Command(BaseCommand):
    help = "Delete everything whose time is over, and say how much that was. Repeating it does no harm."

    def handle(self, *args, **options):
        for what, number in purge(at=timezone.now()).items():
            self.stdout.write(f"{number} {WORDS.get(what, what)}")
