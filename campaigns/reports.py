"""Reading what mail hosts send back: delivery reports (RFC 3464) and complaints (RFC 5965).

Anybody can write to the address that they come to, so nothing in them is believed but that a letter of ours is named
by what only its readers know: its return path or its Message-ID. Addresses in them are not even looked at.
"""

import email
import re
from dataclasses import dataclass
from email.errors import MessageError
from email.policy import compat32

LARGEST = 1_000_000  # Bytes. A letter of ours that comes back whole is a hundredth of that.
MOST_PARTS = 50
RETURN_TOKEN = re.compile(r"\+([a-z2-7]{42})@", re.IGNORECASE | re.ASCII)
MESSAGE_ID = re.compile(r"<[0-9a-f]{32}@[a-z0-9.-]{1,80}>", re.IGNORECASE | re.ASCII)
ADDRESSED = ("X-Original-To", "Delivered-To", "Envelope-To", "To")
STATUS = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})", re.ASCII)
QUOTED_STATUS = re.compile(r"\b\d{3}[ -]([245])\.(\d{1,3})\.(\d{1,3})\b", re.ASCII)


class ReportUnreadable(Exception):
    """The message reports nothing that we understand. Says so in a sentence without a word of it."""


@dataclass(frozen=True)
class Report:
    """What one message says: about which letter (`tokens` or `message_ids`), and what became of it.

    `is_gone`: the mailbox does not exist. A letter may come back for other reasons that say nothing about the mailbox
    (it is full, our letter was thought unwanted), and then `status` tells them apart.
    """

    is_complaint: bool
    is_gone: bool
    status: str
    tokens: tuple[str, ...]
    message_ids: tuple[str, ...]


def read_report(raw, *, recipient=""):
    """The Report in a whole message (bytes); `recipient` is whom the mail host says it came for.

    Raises ReportUnreadable.
    """
    if len(raw) > LARGEST:
        raise ReportUnreadable("The message is larger than any report about a letter of ours.")
    try:
        message = email.message_from_bytes(raw, policy=compat32)
        parts = _parts(message)
        return _read(message, parts, recipient)
    except (MessageError, RecursionError, LookupError, ValueError, AttributeError, TypeError) as error:
        raise ReportUnreadable("The message cannot be read.") from error


def _read(message, parts, recipient):
    kinds = {part.get_content_type(): part for part in reversed(parts)}
    named = [recipient, *(value for name in ADDRESSED for value in message.get_all(name, []))]
    returned = kinds.get("message/rfc822") or kinds.get("text/rfc822-headers")
    ids = _ids_of(returned)
    if complaint := kinds.get("message/feedback-report"):
        fields = _fields(complaint)
        if _field(fields, "Feedback-Type").lower() == "not-spam":
            raise ReportUnreadable("The report says that a letter was not unwanted.")
        named += [_field(fields, "Original-Mail-From"), _field(_fields(returned), "Return-Path")]
        return Report(True, False, "", _tokens(named), ids)
    if not (delivery := kinds.get("message/delivery-status")):
        raise ReportUnreadable("The message is neither a delivery report nor a complaint.")
    fields = _fields(delivery)
    found = STATUS.match(_field(fields, "Status"))
    if _field(fields, "Action").strip().lower() != "failed" or not found:
        raise ReportUnreadable("The report tells of no failure: there is nothing to do.")
    digits = _digits(found)
    if digits[1:] == (0, 0) and (quoted := QUOTED_STATUS.search(_field(fields, "Diagnostic-Code")[:500])):
        digits = _digits(quoted)  # Exim writes 5.0.0 whatever happened, and quotes what it was told.
    return Report(False, is_gone(digits), ".".join(map(str, digits)), _tokens(named), ids)


def is_gone(status):
    """Whether an enhanced status code (RFC 3463, as three numbers) means that there is no such mailbox."""
    kind, subject, detail = status
    if (subject, detail) in ((1, 7), (1, 8)):  # Of addresses, too, but of the sender's.
        return False
    return kind == 5 and (subject == 1 or (subject, detail) in ((2, 1), (4, 4)))


def means_gone(reply):
    """Whether a mail host that refuses a recipient for good says by an enhanced status code that there is no such
    mailbox. Without one nobody knows: “550” also says that we may not send through it, or are thought suspicious."""
    found = STATUS.match(reply.decode("ascii", "replace") if isinstance(reply, bytes) else str(reply))
    return found is not None and is_gone(_digits(found))


def _digits(found):
    return tuple(int(digit) for digit in found.groups())


def _parts(message):
    parts = []
    for part in message.walk():
        parts.append(part)
        if len(parts) > MOST_PARTS:
            raise ReportUnreadable("The message has more parts than any report.")
    return parts


def _fields(part):
    """The blocks of fields inside a part; the mail package reads those of message/* as messages of their own."""
    inside = part.get_payload() if part is not None else []
    return [part, *inside] if isinstance(inside, list) else [part] if part is not None else []


def _field(blocks, name):
    return next((str(block[name]) for block in blocks if block[name]), "")


def _ids_of(returned):
    if returned is None:
        return ()
    inside = returned.get_payload()
    told = _field(inside, "Message-ID") if isinstance(inside, list) else str(inside)
    return tuple(dict.fromkeys(MESSAGE_ID.findall(told)[:5]))


def _tokens(named):
    return tuple(dict.fromkeys(token.lower() for each in named for token in RETURN_TOKEN.findall(str(each))[:5]))
