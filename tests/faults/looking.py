"""What the database holds afterwards, told as JSON: `python -m faults.looking` in the site's environment, with the
campaign's slug and whom to look for on standard input."""

import json
import sys


def look(slug, signed, confirmed):
    from django.db.models import Count, F, Sum
    from django.utils import timezone

    from campaigns.actions.recounting import wrong_tallies
    from campaigns.mailboxes import canonical_mailbox
    from campaigns.models import Campaign, Letter, Signature, Tally, TallyBucket, TallyCorrection

    campaign = Campaign.objects.select_related("key").get(slug=slug)
    secrets = campaign.key.unwrapped()
    keys = {who: secrets.email_key(campaign.pk, canonical_mailbox(who)) for who in {*signed, *confirmed}}
    rows = Signature.objects.filter(campaign=campaign)
    there = dict(rows.values_list("email_key", "confirmed_at"))
    letters = Letter.objects.filter(signature__campaign=campaign)
    tally = Tally.objects.filter(campaign=campaign).values("total", "confirmed").first() or {"total": 0}
    sums = TallyBucket.objects.filter(campaign=campaign).aggregate(
        net=Sum(F("confirmed") - F("withdrawn") - F("set_aside"), default=0)
    )
    return {
        "rows": rows.count(),
        "signers": rows.values("email_key").distinct().count(),
        "confirmed": rows.filter(confirmed_at__isnull=False).count(),
        "total": tally["total"],
        "buckets": sums["net"],
        "is_wrong": campaign.pk in wrong_tallies(),
        "corrections": TallyCorrection.objects.filter(campaign=campaign).count(),
        "lost_signings": [who for who in signed if keys[who] not in there],
        "lost_confirmations": [who for who in confirmed if not there.get(keys[who])],
        "letters": {
            letter["message_id"]: letter for letter in letters.values("message_id", "state", "unknown_count", "kind")
        },
        "states": dict(letters.values_list("state").annotate(number=Count("pk"))),
        "at": timezone.now().isoformat(),
    }


if __name__ == "__main__":
    import django

    django.setup()
    json.dump(look(**json.load(sys.stdin)), sys.stdout)
