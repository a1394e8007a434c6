"""`manage.py recount`: builds every tally anew from the signatures."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from campaigns.actions.recounting import recount
from campaigns.actions.tallying import tally_up
from campaigns.models import Campaign


class Command(BaseCommand):
    help = "Build every tally anew from the signatures and say which were wrong."

    def handle(self, *args, **options):
        tally_up(at=timezone.now())
        wrong = recount(at=timezone.now())
        for campaign in Campaign.objects.filter(pk__in=wrong).order_by("slug"):
            self.stdout.write(f"{campaign.slug}: the tally was wrong and is right now.")
        if not wrong:
            self.stdout.write("Every tally was right.")
