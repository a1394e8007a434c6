"""What staff decide about letters that no worker tries any more: once more, or not at all."""

from collections import defaultdict

from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions.recording import record_change
from cases.errors import ReasonMissing

from ..models import Campaign, Letter, Signature

AT_ONCE = 1000  # Letters in one act, so that its rows are not held for long.


def send_again(letters, *, by, because, at):
    """Put stuck letters back into the queue, with all tries before them; returns how many, at most AT_ONCE.

    A mailbox that was thought not to exist gets another chance. One whose outcome was unknown twice is tried once, and
    waits for staff again if nobody knows what became of it. Links that have expired meanwhile are left as they are.
    Raises ReasonMissing.
    """
    free = {"state": Letter.State.QUEUED, "due_at": at, "attempts": 0, "last_error": ""}
    return _settle(letters.filter(expires_at__gt=at), free, verb="letters_sent_again", by=by, because=because)


def give_up(letters, *, by, because):
    """Leave stuck letters unsent for good; returns how many, at most AT_ONCE. Raises ReasonMissing."""
    given_up = {"state": Letter.State.NOT_SENT, "last_error": "given up by staff"}
    return _settle(letters, given_up, verb="letters_given_up", by=by, because=because)


@transaction.atomic
def _settle(letters, values, *, verb, by, because):
    """One change for each campaign says which letters: of signers it says nothing."""
    if not because.strip():
        raise ReasonMissing(_("Say why: the reason is kept with the act."))
    stuck = letters.stuck().order_by("pk").select_for_update(skip_locked=True, of=("self",))
    rows = list(stuck.values_list("pk", "signature_id", "signature__campaign_id")[:AT_ONCE])
    by_campaign = defaultdict(list)
    for pk, _signature, campaign in rows:
        by_campaign[campaign].append(pk)
    held = Letter.objects.filter(pk__in=[pk for pk, *_rest in rows])
    if values["state"] == Letter.State.QUEUED:
        Signature.objects.filter(pk__in=[signature for _pk, signature, _c in rows]).update(bounced_at=None)
        held.filter(unknown_count__gt=1).update(unknown_count=1)
    held.update(**values)
    for campaign in Campaign.objects.filter(pk__in=by_campaign).order_by("pk"):
        told = " ".join(map(str, by_campaign[campaign.pk]))
        record_change(campaign, verb=verb, by=by, because=because.strip(), fields={"letters": ("", told)})
    return len(rows)
