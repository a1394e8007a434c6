"""Sending what waits in the outbox.

A batch is leased and the lease committed before the first letter leaves; each attempt is written down before it is
made and its outcome right after. So a dead worker loses nothing: what it had not tried is free again when its lease
ends, and what it was trying is sent once more under the same Message-ID, then waits for staff.
"""

import logging
import random
import smtplib
import time
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import DateTimeField, F, OuterRef, Subquery, Value
from django.db.models.functions import Least
from django.utils import timezone

from ..letters import already_confirmed_letter, confirm_letter, reminder_letter
from ..models import Letter, MailStop, Signature
from ..naming import whose_letters_leave
from ..reports import means_gone
from .mail_line import DataWatch, MailLine

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)  # Prolonged while its worker lives, so what a dead one held is soon free.
ATTEMPTS = 8
MINUTE = timedelta(minutes=1)
SAY_WHO_YOU_ARE = (530, 534, 535, 538)  # RFC 4954
WRITERS = {
    Letter.Kind.CONFIRM: confirm_letter,
    Letter.Kind.REMINDER: reminder_letter,
    Letter.Kind.ALREADY_CONFIRMED: already_confirmed_letter,
}
LARGE = ("body", "body_html", "context")  # Of a text, what no letter says.
FREE = {"leased_by": "", "leased_until": None, "attempting_at": None}
MINE = "state = 'leased' AND leased_by = %(worker)s RETURNING id"
BEGIN = (
    f"UPDATE {Letter._meta.db_table} SET attempting_at = %(now)s, leased_until = %(until)s, attempts = attempts + 1 "  # noqa: S608
    f"WHERE id = %(next)s AND {MINE}"
)
END_AND_BEGIN = (
    f"UPDATE {Letter._meta.db_table} SET "  # noqa: S608
    "state = CASE WHEN id = %(left)s THEN 'sent' ELSE state END, "
    "sent_at = CASE WHEN id = %(left)s THEN %(now)s ELSE sent_at END, "
    "last_error = CASE WHEN id = %(left)s THEN '' ELSE last_error END, "
    "leased_by = CASE WHEN id = %(left)s THEN '' ELSE leased_by END, "
    "leased_until = CASE WHEN id = %(left)s THEN NULL ELSE %(until)s END, "
    "attempting_at = CASE WHEN id = %(left)s THEN NULL ELSE %(now)s END, "
    "attempts = CASE WHEN id = %(left)s THEN attempts ELSE attempts + 1 END "
    f"WHERE id IN (%(left)s, %(next)s) AND {MINE}"
)
_dice = random.SystemRandom()


class MailHostAway(Exception):
    """No connection to the mail host: nothing was tried, everything stays in the queue."""


def send_due(*, worker, line=None, stopping=lambda: False):
    """Send one batch of due letters; returns how many were dealt with.

    `line` is a MailLine that stays open for the next batch; without one the connection lasts for this batch.
    Raises MailHostAway, with the batch back in the queue. `stopping` is asked between letters.
    """
    now = timezone.now()
    if not Letter.objects.due(now).exists():
        return 0
    kept, line = line, line or MailLine()
    leased = lease_batch(worker=worker, limit=min(line.limit, _allowance(now)), at=now)
    if not leased:
        return 0
    try:
        begun, backend = time.monotonic(), line.open()
        done = _send_each(leased, backend, worker, stopping)
        line.batch_done(done, time.monotonic() - begun)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail host away: %s", _told(error))
        line.close()
        raise MailHostAway from error
    finally:
        _release(worker)
        if kept is None:
            line.close()
    return done


@transaction.atomic
def lease_batch(*, worker, limit, at):
    """Take up to `limit` due letters of campaigns that the public may read; returns their ids. Two workers never get
    the same."""
    due = Letter.objects.due(at).filter(signature__campaign__in=whose_letters_leave()).order_by("due_at", "pk")
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
    free = {"state": Letter.State.QUEUED, "leased_by": "", "leased_until": None}
    untried = abandoned.filter(attempting_at__isnull=True).update(**free, due_at=_no_later_than(at))
    tried = abandoned.filter(attempting_at__isnull=False)
    held = tried.filter(unknown_count__gte=1).update(**_unknown_again())
    again = tried.filter(unknown_count=0).update(
        **free, due_at=at, attempting_at=None, unknown_count=1, last_error="outcome unknown"
    )
    return untried + again + held


def _allowance(now):
    """How many more letters may leave in this minute, less those that other workers are about to send; only workers
    that lease in the same moment do not know of each other."""
    leaving = Letter.objects.filter(state=Letter.State.LEASED).count()
    return max(settings.SENDING_PER_MINUTE - Letter.objects.sent_within(MINUTE, at=now).count() - leaving, 0)


def _send_each(ids, backend, worker, stopping):
    """Send them one by one. One statement writes down that a letter has left and that the next attempt begins, and
    the letter after that is written while its time has not come: at any moment at most one outcome is unknown."""
    waiting, secrets = iter(_read(ids)), {}
    done, sent = len(ids), None
    upcoming = _next_written(waiting, worker, secrets)
    while upcoming and not stopping():
        letter, message = upcoming
        is_ours, sent = _begin(letter, worker, after=sent), None
        upcoming = _next_written(waiting, worker, secrets)
        if is_ours:
            sent = letter if _attempt(letter, message, backend, worker) else None
    if sent:
        _finish(sent, worker, **_as_sent())
    return done - sum(1 for _letter in waiting) - bool(upcoming)


def _read(ids):
    said_no = MailStop.objects.filter(
        campaign=OuterRef("signature__campaign"), email_key=OuterRef("signature__email_key")
    )
    letters = Letter.objects.filter(pk__in=ids).select_related("signature__campaign__key", "signature__text")
    letters = letters.defer(*(f"signature__text__{name}" for name in LARGE))
    return letters.annotate(stop=Subquery(said_no.values("why")[:1])).order_by("due_at", "pk")


def _next_written(waiting, worker, secrets):
    """The next letter that may leave and its mail; of those that may not it is written down why."""
    for letter in waiting:
        if why := _why_not(letter):
            _finish(letter, worker, state=Letter.State.NOT_SENT, last_error=why)
            continue
        try:
            campaign = letter.signature.campaign
            if campaign.pk not in secrets:
                secrets[campaign.pk] = campaign.key.unwrapped()
            message = WRITERS[letter.kind](letter, secrets=secrets[campaign.pk])
            message.message()  # What cannot be put into a mail fails here, and not halfway through sending.
        except Exception as error:  # Logged by its type only: the message may hold the address.
            log.error("letter %s cannot be written: %s", letter.pk, type(error).__name__)
            _finish(letter, worker, state=Letter.State.FAILED, last_error=type(error).__name__)
            continue
        return letter, message
    return None


def _why_not(letter):
    """Why a letter that was due must not leave after all; empty when it may."""
    if letter.expires_at < timezone.now():
        return "link expired before it could be sent"
    if letter.signature.bounced_at:
        return "the mailbox takes no mail"
    if letter.stop and not (letter.stop == MailStop.Why.UNSUBSCRIBED and letter.kind == Letter.Kind.CONFIRM):
        return "the mailbox asked for no letters"
    if letter.kind == Letter.Kind.REMINDER and letter.signature.confirmed_at:
        return "confirmed meanwhile"
    return ""


def _begin(letter, worker, *, after=None):
    """Write down that the attempt begins and prolong the lease; False when the letter is not ours any more.

    `after` is the letter that left just before: the same statement says so. Written out, because putting it together
    anew for each letter costs more than carrying it out."""
    now, letter.attempts = timezone.now(), letter.attempts + 1
    moment = connection.ops.adapt_datetimefield_value
    told = {"left": after and after.pk, "next": letter.pk, "worker": worker}
    told |= {"now": moment(now), "until": moment(now + LEASE)}
    with connection.cursor() as cursor:
        cursor.execute(END_AND_BEGIN if after else BEGIN, told)
        return letter.pk in {pk for (pk,) in cursor.fetchall()}


def _attempt(letter, message, backend, worker):
    """Send one letter; True when the mail host took it, which is still to be written down. Every other outcome is
    written down here. Raises what shows that the mail host is away."""
    watch = DataWatch(backend)
    try:
        backend.send_messages([message])
    except (OSError, smtplib.SMTPException) as error:
        code, text = _answer(error)
        if code <= 0 or _is_about_us(error, code):
            _broken_off(letter, worker, error, after_data=watch.begun and code <= 0)
            raise
        _refused(letter, worker, code=code, is_gone=code >= 500 and means_gone(text))
    else:
        return True
    return False


def _answer(error):
    """(code, text) of what the mail host said to a letter; 0 where it said nothing, or nothing that is SMTP."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()), (0, b""))
    if isinstance(error, (smtplib.SMTPSenderRefused, smtplib.SMTPDataError)):
        return error.smtp_code, b""
    return 0, b""


def _is_about_us(error, code):
    """Whether a refusal is none of the letter's: our address may not send here, or we have not said who we are. What
    is set wrong there is wrong for every letter, and they wait until it is right."""
    return code in SAY_WHO_YOU_ARE or (code >= 500 and isinstance(error, smtplib.SMTPSenderRefused))


def _told(error):
    """An error for the log: its name and code. Its text may quote an address."""
    code = _answer(error)[0] or getattr(error, "smtp_code", 0)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def _refused(letter, worker, *, code, is_gone=False):
    """The mail host said no, so nothing has arrived. 5xx is for good; others are tried again, ever more slowly.
    `is_gone`: there is no such mailbox."""
    if code >= 500:
        if is_gone:
            Signature.objects.filter(pk=letter.signature_id).update(bounced_at=timezone.now())
        _finish(letter, worker, state=Letter.State.FAILED, last_error=f"refused with {code}")
    elif letter.attempts >= ATTEMPTS:
        _finish(letter, worker, state=Letter.State.FAILED, last_error=f"refused {letter.attempts} times, last {code}")
    else:
        due_at = timezone.now() + back_off(letter.attempts)
        _finish(letter, worker, state=Letter.State.QUEUED, due_at=due_at, last_error=f"refused with {code}")


def _broken_off(letter, worker, error, *, after_data):
    """The line went dead. Before the letter was handed over nothing can have arrived; after it, nobody knows."""
    again = {"state": Letter.State.QUEUED, "due_at": timezone.now() + back_off(1), "last_error": _told(error)}
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
    """The wait after the nth refusal: about 10 s, 40 s, 3 min, 11 min … at most 5 h; never for two letters the same,
    so that what was refused together does not come back together."""
    return timedelta(seconds=min(10 * 4 ** (attempts - 1), 4 * 60 * 60) * _dice.uniform(0.8, 1.2))


def _as_sent():
    return {"state": Letter.State.SENT, "sent_at": timezone.now(), "last_error": ""}


def _finish(letter, worker, **values):
    mine = Letter.objects.filter(pk=letter.pk, state=Letter.State.LEASED, leased_by=worker)
    mine.update(**{**FREE, **values})


def _release(worker):
    """Put back what this worker leased and did not try."""
    mine = Letter.objects.filter(state=Letter.State.LEASED, leased_by=worker, attempting_at__isnull=True)
    mine.update(state=Letter.State.QUEUED, leased_by="", leased_until=None, due_at=_no_later_than(timezone.now()))


def _no_later_than(moment):
    """When it was due before: what comes back keeps its place in the queue, and its age, which tells whoever watches
    that nothing leaves. But never later, as it would be where somebody has set the clock back meanwhile."""
    return Least("due_at", Value(moment, output_field=DateTimeField()))
