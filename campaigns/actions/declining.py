"""Saying no to letters: “it wasn't me”, unsubscribing. Whoever holds the link in a letter reads that mailbox."""

from django.db import transaction
from django.utils.translation import gettext as _

from ..errors import LinkUnknown
from ..links import fits, message_id_in
from ..models import Letter, MailStop, Signature


def find_marked_letter(token, *, purpose):
    """The letter that `token` was made for, with signature, campaign and keys, whether or not the campaign is public
    and however old the letter is. Raises LinkUnknown."""
    letter = find_by_message_id(message_id_in(token))
    if letter is None or not fits(token, letter, letter.signature.campaign.key.unwrapped(), purpose):
        raise LinkUnknown(_("We do not know this link, or what it was about is deleted already."))
    return letter


def find_by_message_id(message_id):
    """The letter with this Message-ID, or None; also None where the campaign's keys are destroyed or missing."""
    letters = Letter.objects.filter(message_id=message_id, signature__erased_at__isnull=True)
    letters = letters.filter(
        signature__campaign__key__isnull=False, signature__campaign__key__destroyed_at__isnull=True
    )
    return letters.select_related("signature__campaign__key").first()


@transaction.atomic
def not_me(letter, *, at):
    """The mailbox's owner did not sign: the signature is deleted, or withdrawn where it was confirmed, and the
    campaign writes to this mailbox no more. Repeating it does no harm."""
    signature = Signature.objects.select_for_update().filter(pk=letter.signature_id).first()
    if signature is None or not signature.email_key:
        return
    stop_mail(signature, why=MailStop.Why.NOT_ME, at=at)
    if signature.confirmed_at:
        Signature.objects.filter(pk=signature.pk, withdrawn_at__isnull=True).update(withdrawn_at=at)
    else:
        signature.delete()


@transaction.atomic
def unsubscribe(letter, *, at):
    """No news and no reminders from this campaign any more; the signature stays what it is."""
    signature = Signature.objects.select_for_update().filter(pk=letter.signature_id).first()
    if signature is None or not signature.email_key:
        return
    stop_mail(signature, why=MailStop.Why.UNSUBSCRIBED, at=at)
    Signature.objects.filter(pk=signature.pk).update(wants_news=False, news_consent=None)


def stop_mail(signature, *, why, at):
    """Remember the mailbox's no, and take its letters out of the queue. A stronger no replaces a weaker one."""
    stop, is_new = MailStop.objects.get_or_create(
        campaign_id=signature.campaign_id, email_key=signature.email_key, defaults={"why": why, "stopped_at": at}
    )
    if not is_new and stop.why == MailStop.Why.UNSUBSCRIBED:
        MailStop.objects.filter(pk=stop.pk).update(why=why)
    waiting = Letter.objects.waiting().filter(signature_id=signature.pk)
    if why == MailStop.Why.UNSUBSCRIBED:
        waiting = waiting.filter(kind=Letter.Kind.REMINDER)
    waiting.update(state=Letter.State.NOT_SENT, last_error="mailbox wants no letters")
