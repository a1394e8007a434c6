"""What a cluster shows: the shipped record as in a demonstration, and one open campaign about somebody invented.

`python -m deploy.furnish`, in the environment of a cluster; repeating it changes nothing. With `--invented` it brings
in nobody real, which is done much sooner.
"""

import sys
from pathlib import Path

import django
from django.utils import timezone

SLUG = "release-ana-example"
INVENTED = "--invented"


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from campaigns.actions.demonstrating import open_demo_campaigns
    from campaigns.management.commands.demo import STARTER, collect_changed_static_files
    from cases.actions.publishing import publish_demonstration
    from cases.models import Person

    call_command("migrate", interactive=False, verbosity=0)
    collect_changed_static_files(Path(settings.STATIC_ROOT))
    if INVENTED not in sys.argv[1:] and not Person.objects.exists():
        call_command("import_cases", str(STARTER), verbosity=0)
        publish_demonstration()
        open_demo_campaigns()
    open_invented_campaign()


def open_invented_campaign():
    """Whoever tries what load does should not do it to a campaign for real people."""
    from django.db import transaction

    from campaigns.actions.running import publish_campaign, write_text
    from campaigns.models import Campaign, CampaignRecipient, Recipient
    from cases.actions.deriving import derive_standing
    from cases.models import Person, State

    if Campaign.objects.filter(slug=SLUG).exists():
        return
    now = timezone.now()
    with transaction.atomic():
        person = Person.objects.create(
            display_name="Ana Example", slug="ana-example", country="XK", state=State.PUBLISHED, published_at=now
        )
        derive_standing(person)
        campaign = Campaign.objects.create(title="Free Ana Example", slug=SLUG, opens_at=now, goal=1000)
        campaign.persons.set([person])
        recipient = Recipient.objects.create(
            public_id="ministry-of-answers", office="Ministry of Answers", salutation="To the Minister,"
        )
        CampaignRecipient.objects.create(campaign=campaign, recipient=recipient)
        text = "To the Minister,\n\nwe ask for the release of Ana Example, who does not exist."
        write_text(campaign, title="Free Ana Example", ask="We ask for her release.", body=text, by=None)
        publish_campaign(campaign, by=None, because="Somebody invented, to try things on.")


if __name__ == "__main__":
    main()
