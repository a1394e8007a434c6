"""`manage.py demo_code NAME`: what an authenticator app would show, for the accounts of a demonstration."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from campaigns.management.demo_environment import STAFF
from campaigns.management.demo_staff import current_code


class Command(BaseCommand):
    help = "Prints the current code of a demonstration account's second factor. Refused outside a demonstration."
    # It reads one row and must answer while the code is still good.
    requires_system_checks: list = []

    def add_arguments(self, parser):
        parser.add_argument("name", help=f"one of: {', '.join(STAFF)}")

    def handle(self, *, name, **options):
        if not settings.DEMO:
            raise CommandError("Codes are shown for the accounts of a demonstration only, and DEMO is off.")
        if name not in STAFF:
            raise CommandError(f"No account of the demonstration is called {name}: choose one of {', '.join(STAFF)}.")
        try:
            self.stdout.write(current_code(name))
        except Authenticator.DoesNotExist as error:
            raise CommandError(f"The account {name} has no authenticator app.") from error
        except OperationalError as error:
            raise CommandError("There is no demonstration here yet: start it with `make demo`.") from error
