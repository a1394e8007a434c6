"""The one reminder: two days after signing, to who has been written to and has not confirmed."""

import time
from datetime import timedelta
from math import inf

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Subquery

from ..models import Campaign, Letter, MailStop, Signature
from ..naming import naming_nobody_silent
from .signing import LETTERS_PER_SIGNATURE, LINK_DAYS, new_letter
from .sweeping import UNCONFIRMED_DAYS

REMIND_AFTER = timedelta(days=2)
REMIND_UNTIL = timedelta(days=UNCONFIRMED_DAYS - LINK_DAYS)  # A later link would outlive what it confirms.
UNDERWAY = (Letter.State.QUEUED, Letter.State.LEASED)
BATCH = 200


def remind(*, at, seconds=inf):
    """Write a reminder to each who is due one, for so many `seconds`; returns how many. Repeating it writes no second
    one."""
    if not (campaigns := _open_campaigns(at)):
        return 0
    began, reminded = time.monotonic(), 0
    while count := _remind_some(campaigns, at):
        reminded += count
        if time.monotonic() - began >= seconds:
            break
    return reminded


def _open_campaigns(at):
    public = Campaign.objects.public().with_keys().open(at).select_related("key")
    return {campaign.pk: campaign for campaign in naming_nobody_silent(public)}


@transaction.atomic
def _remind_some(campaigns, at):
    rows = list(to_remind(campaigns, at=at).select_for_update(skip_locked=True, of=("self",))[:BATCH])
    keys = {key: campaign.key.unwrapped() for key, campaign in campaigns.items()}
    Signature.objects.filter(pk__in=[row.pk for row in rows]).update(
        reminded_at=at, letters_count=F("letters_count") + 1
    )
    Letter.objects.bulk_create(
        new_letter(
            row.pk, kind=Letter.Kind.REMINDER, secrets=keys[row.campaign_id], provider=row.provider or "", at=at
        )
        for row in rows
    )
    return len(rows)


def to_remind(campaigns, *, at):
    """Not confirmed, reminded, bounced or stopped; a letter left two days ago, and none is on its way."""
    first = Letter.objects.filter(signature=OuterRef("pk"), kind=Letter.Kind.CONFIRM)
    no = MailStop.objects.filter(campaign=OuterRef("campaign"), email_key=OuterRef("email_key"))
    return (
        Signature.objects.unconfirmed_since(at - REMIND_AFTER)
        .filter(
            Exists(first.filter(state=Letter.State.SENT, sent_at__lte=at - REMIND_AFTER)),
            ~Exists(first.filter(state__in=UNDERWAY)),
            ~Exists(no),
            campaign__in=campaigns,
            signed_at__gt=at - REMIND_UNTIL,
            reminded_at__isnull=True,
            bounced_at__isnull=True,
            withdrawn_at__isnull=True,
            erased_at__isnull=True,
            set_aside_at__isnull=True,
            letters_count__lt=LETTERS_PER_SIGNATURE,
        )
        .annotate(provider=Subquery(first.order_by("-pk").values("provider")[:1]))
        .order_by("signed_at", "pk")
        .only("pk", "campaign_id")
    )
