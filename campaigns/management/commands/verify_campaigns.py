"""`manage.py verify_campaigns`: proves again every rule across rows of campaigns."""

from django.core.management.base import BaseCommand, CommandError

from campaigns.actions.verifying import broken_rules
from campaigns.models import Campaign


class Command(BaseCommand):
    help = "Check all rules across rows of campaigns. Exits with an error that lists each broken one."

    def handle(self, *args, **options):
        if problems := broken_rules():
            raise CommandError("\n".join(problems))
        checked = Campaign.objects.published().count()
        self.stdout.write(f"The campaigns keep their rules: {checked} published ones checked.")
