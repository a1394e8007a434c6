"""Sending what waits in the outbox.

A batch is leased and the lease committed before the first letter leaves; each attempt is written down before it is
made and its outcome right after. So a dead worker loses nothing: what it had not tried is free again when its lease
ends, and what it was trying is sent once more under the same Message-ID, then waits for staff.
"""

import logging
import smtplib
from datetime import timedelta

from django.conf import settings
from django.core import mail
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ..letters import already_confirmed_letter, confirm_letter
from ..models import Campaign, Letter, Signature

log = logging.getLogger(__name__)

BATCH = 20
LEASE = timedelta(seconds=20)  # Prolonged while its worker lives, so what a dead one held is soon free.
ATTEMPTS = 8
WRITERS = {Letter.Kind.CONFIRM: confirm_letter, Letter.Kind.ALREADY_CONFIRMED: already_confirmed_letter}


class MailHostAway(Exception):
    """No connection to the mail host: nothing was tried, everything stays in the queue."""


def send_due(*, worker, limit=BATCH, stopping=lambda: False):
    """Send one batch of due letters over one connection; returns how many were dealt with.

    Raises MailHostAway, with the batch back in the queue. `stopping` is asked between letters.
    """
    now = timezone.now()
    if not Letter.objects.due(now).exists():
        return 0
    leased = lease_batch(worker=worker, limit=min(limit, _allowance(now)), at=now)
    if not leased:
        return 0
    connection = mail.get_connection()
    try:
        connection.open()
        done = _send_each(leased, connection, worker, stopping)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail host away: %s", type(error).__name__)
        raise MailHostAway from error
    finally:
        _release(worker)
        _close(connection)
    return done


@transaction.atomic
def lease_batch(*, worker, limit, at):
    """Take up to `limit` due letters of public campaigns; returns their ids. Two workers never get the same."""
    due = Letter.objects.due(at).filter(signature__campaign__in=Campaign.objects.public()).order_by("due_at", "pk")
    ids = list(due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:limit])
    if ids:
        Letter.objects.filter(pk__in=ids).update(
            state=Letter.State.LEASED, leased_by=worker, leased_until=at + LEASE, attempting_at=None
        )
    return ids


def prolong_leases(*, worker, at):
    """Say that this worker still lives: an exchange with a slow mail host may outlast a lease."""
    mine = Letter.objects.filter(state=Letter.State.LEASED, leased_by=worker)
    return mine.update(leased_until=at + LEASE)


def reclaim_abandoned(*, at):
    """Free the letters of workers that died; returns how many.

    Not tried yet: simply back in the queue. Outcome unknown: one second copy, then staff decide.
    """
    return _take_back(Letter.objects.abandoned(at), at)


def reclaim_own(*, worker, at):
    """The same for what this worker still holds of a batch that a lost database broke off: it lives, so its leases do
    not end by themselves."""
    return _take_back(Letter.objects.filter(state=Letter.State.LEASED, leased_by=worker), at)


def _take_back(abandoned, at):
    free = {"state": Letter.State.QUEUED, "leased_by": "", "leased_until": None, "due_at": at}
    untried = abandoned.filter(attempting_at__isnull=True).update(**free)
    tried = abandoned.filter(attempting_at__isnull=False)
    held = tried.filter(unknown_count__gte=1).update(**_unknown_again())
    again = tried.filter(unknown_count=0).update(
        **free, attempting_at=None, unknown_count=1, last_error="outcome unknown"
    )
    return untried + again + held


def _allowance(now):
    """How many more letters may leave in this minute; workers that run side by side may overdraw it by a batch."""
    return max(settings.SENDING_PER_MINUTE - Letter.objects.sent_since(now - timedelta(minutes=1)).count(), 0)


def _send_each(ids, connection, worker, stopping):
    done = 0
    letters = Letter.objects.filter(pk__in=ids).order_by("due_at", "pk")
    for letter in letters.select_related("signature__campaign__key", "signature__text"):
        if stopping() or not _begin(letter, worker):
            continue
        _attempt(letter, connection, worker)
        done += 1
    return done


def _begin(letter, worker):
    """Write down that the attempt begins and prolong the lease; False when the letter is not ours any more."""
    now = timezone.now()
    letter.attempting_at = now
    mine = Letter.objects.filter(pk=letter.pk, state=Letter.State.LEASED, leased_by=worker)
    changed = mine.update(attempting_at=now, leased_until=now + LEASE, attempts=F("attempts") + 1)
    letter.attempts += 1
    return bool(changed)


def _attempt(letter, connection, worker):
    """Send one letter and write down what came of it. Raises what shows that the mail host is away."""
    if letter.expires_at < timezone.now():
        return _finish(letter, worker, state=Letter.State.NOT_SENT, last_error="link expired before it could be sent")
    try:
        message = WRITERS[letter.kind](letter, secrets=letter.signature.campaign.key.unwrapped())
        message.message()  # What cannot be put into a mail fails here, and not halfway through sending.
    except Exception as error:  # Logged by its type only: the message may hold the address.
        log.error("letter %s cannot be written: %s", letter.pk, type(error).__name__)
        return _finish(letter, worker, state=Letter.State.FAILED, last_error=type(error).__name__)
    watch = _DataWatch(connection)
    try:
        connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        _refused(letter, worker, code=_first_code(error), of_recipient=True)
    except smtplib.SMTPResponseException as error:
        if isinstance(error, (smtplib.SMTPSenderRefused, smtplib.SMTPDataError)) and error.smtp_code >= 0:
            _refused(letter, worker, code=error.smtp_code, of_recipient=False)
        else:
            _broken_off(letter, worker, error, after_data=watch.begun)
            raise
    except (OSError, smtplib.SMTPException) as error:
        _broken_off(letter, worker, error, after_data=watch.begun)
        raise
    else:
        _finish(letter, worker, state=Letter.State.SENT, sent_at=timezone.now(), last_error="")


def _refused(letter, worker, *, code, of_recipient):
    """The mail host said no, so nothing has arrived. 5xx is for good; others are tried again, ever more slowly."""
    if code >= 500:
        if of_recipient:
            Signature.objects.filter(pk=letter.signature_id).update(bounced_at=timezone.now())
        _finish(letter, worker, state=Letter.State.FAILED, last_error=f"refused with {code}")
    elif letter.attempts >= ATTEMPTS:
        _finish(letter, worker, state=Letter.State.FAILED, last_error=f"refused {letter.attempts} times, last {code}")
    else:
        due_at = timezone.now() + back_off(letter.attempts)
        _finish(letter, worker, state=Letter.State.QUEUED, due_at=due_at, last_error=f"refused with {code}")


def _broken_off(letter, worker, error, *, after_data):
    """The line went dead. Before the letter was handed over nothing can have arrived; after it, nobody knows."""
    name = type(error).__name__
    again = {"state": Letter.State.QUEUED, "due_at": timezone.now() + back_off(1), "last_error": name}
    if not after_data:
        _finish(letter, worker, **again, attempts=letter.attempts - 1)
    elif letter.unknown_count:
        _finish(letter, worker, **_unknown_again())
    else:
        _finish(letter, worker, **again, unknown_count=1)


def _unknown_again():
    return {
        "state": Letter.State.HELD,
        "leased_by": "",
        "leased_until": None,
        "attempting_at": None,
        "unknown_count": F("unknown_count") + 1,
        "last_error": "outcome unknown twice",
    }


def back_off(attempts):
    """The wait after the nth refusal: 10 s, 40 s, about 3 min, 11 min … at most 4 h."""
    return timedelta(seconds=min(10 * 4 ** (attempts - 1), 4 * 60 * 60))


def _finish(letter, worker, **values):
    free = {"leased_by": "", "leased_until": None, "attempting_at": None}
    Letter.objects.filter(pk=letter.pk, state=Letter.State.LEASED, leased_by=worker).update(**{**free, **values})


def _release(worker):
    """Put back what this worker leased and did not try."""
    mine = Letter.objects.filter(state=Letter.State.LEASED, leased_by=worker, attempting_at__isnull=True)
    mine.update(state=Letter.State.QUEUED, leased_by="", leased_until=None, due_at=timezone.now())


def _first_code(error):
    return next((code for code, _text in error.recipients.values()), 0)


def _close(connection):
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        log.info("the mail host did not say goodbye")


class _DataWatch:
    """Knows whether handing over the letter itself (SMTP's DATA) has begun on this connection."""

    def __init__(self, connection):
        self.begun = False
        self._smtp = getattr(connection, "connection", None)
        if hasattr(self._smtp, "data"):
            self._data = type(self._smtp).data
            self._smtp.data = self._watched
        else:
            self.begun = True  # Not SMTP: whatever goes wrong may have gone wrong late.

    def _watched(self, message):
        self.begun = True
        return self._data(self._smtp, message)
