"""What comes back: a mailbox that does not exist gets no more letters, and who complains gets none at all."""

from django.db import transaction

from ..links import RETURN, fits, message_id_in
from ..mailboxes import canonical_mailbox
from ..models import CampaignKey, Letter, MailStop, Signature
from .declining import find_by_message_id, stop_mail


def find_returned_letter(*, tokens=(), message_ids=()):
    """The letter that a return path or a Message-ID names, with signature, campaign and keys, or None."""
    for token in tokens:
        letter = find_by_message_id(message_id_in(token))
        if letter and fits(token, letter, letter.signature.campaign.key.unwrapped(), RETURN):
            return letter
    return next(filter(None, map(find_by_message_id, message_ids)), None)


@transaction.atomic
def take_back(letter, *, is_gone, status="", at):
    """A letter came back. `is_gone`: there is no such mailbox, so its other letters stay here. Repeating it does no
    harm."""
    Letter.objects.filter(pk=letter.pk).update(last_error=f"came back with {status}" if status else "came back")
    if not is_gone:
        return
    Signature.objects.filter(pk=letter.signature_id, bounced_at__isnull=True).update(bounced_at=at)
    waiting = Letter.objects.waiting().filter(signature=letter.signature_id)
    waiting.update(state=Letter.State.NOT_SENT, last_error="the mailbox takes no mail")


@transaction.atomic
def take_complaint(letter, *, at):
    """Somebody reported a letter as unwanted: none of today's campaigns writes to that mailbox again. A signature that
    was confirmed stays. Repeating it does no harm."""
    signature = Signature.objects.select_for_update().filter(pk=letter.signature_id).first()
    if signature is None or not signature.email_key:
        return
    Letter.objects.filter(pk=letter.pk).update(last_error="reported as unwanted")
    own = letter.signature.campaign.key.unwrapped()
    mailbox = canonical_mailbox(own.open(signature.email_sealed, "email"))
    for key in CampaignKey.objects.filter(destroyed_at__isnull=True):
        hashed = key.unwrapped().email_key(key.campaign_id, mailbox)
        elsewhere = Signature.objects.filter(campaign=key.campaign_id, email_key=hashed).first()
        stop_mail(
            elsewhere or Signature(campaign_id=key.campaign_id, email_key=hashed), why=MailStop.Why.COMPLAINED, at=at
        )
        Signature.objects.filter(campaign=key.campaign_id, email_key=hashed).update(
            wants_news=False, news_consent=None
        )
