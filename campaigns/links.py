"""Signed stamps of the form, the rule which requests may post it, and the addresses that letters bear. No cookie, no
session, no state."""

import base64
import hmac
import uuid
from binascii import Error as NotBase32
from urllib.parse import urlsplit

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

STAMP_DAYS = 7
RETURN, NOT_ME, UNSUBSCRIBE = "return", "not me", "unsubscribe"
# A local part has room for 64 characters.
MARK_BYTES = {RETURN: 10, NOT_ME: 16, UNSUBSCRIBE: 16}
_HOUR = 60 * 60
_signer = Signer(salt="campaigns.stamp")


def make_stamp(text_id, *, at):
    """A signed note of text version and hour, the same for everybody, so that the page with it can be cached."""
    return _signer.sign(f"{text_id}.{int(at.timestamp()) // _HOUR}")


def read_stamp(stamp, *, at):
    """The text version's id a form was drawn with, or None for a stamp that is older than 7 days or not ours.

    A hint and never proof: a stamp is the same for everybody, so holding one says nothing about who posts it.
    """
    try:
        text_id, hour = _signer.unsign(stamp).split(".")
        age = int(at.timestamp()) // _HOUR - int(hour)
    except (BadSignature, ValueError):
        return None
    return int(text_id) if age <= STAMP_DAYS * 24 else None


def is_foreign(request):
    """Whether the browser says that another site sent this form. A browser that says nothing is not foreign."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site == "same-origin" or (origin and _is_ours(origin, request)):
        return False
    if site in ("cross-site", "same-site"):
        return True
    return bool(origin) and origin != "null"


def _is_ours(origin, request):
    try:
        return origin == settings.SITE_URL or urlsplit(origin).netloc == request.get_host()
    except ValueError:  # No browser writes such an origin.
        return False


def absolute(path):
    """The whole address of one of our pages, as it goes into letters, QR codes and shares."""
    return settings.SITE_URL + path


def confirm_address(token):
    return absolute(reverse("campaigns:confirm", args=[token]))


def not_me_address(letter, secrets):
    return absolute(reverse("campaigns:not_me", args=[letter_token(letter, secrets, NOT_ME)]))


def unsubscribe_address(letter, secrets):
    return absolute(reverse("campaigns:unsubscribe", args=[letter_token(letter, secrets, UNSUBSCRIBE)]))


def new_message_id():
    """A Message-ID of the sender's domain; its number stands in the letter's links and finds the letter again."""
    return message_id_of(uuid.uuid4())


def message_id_of(number):
    return f"<{number.hex}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].strip('> ')}>"


def letter_token(letter, secrets, purpose):
    """The letter's number and the proof that this letter bore the token, as one lower-case word. Nothing of the proof
    is stored, and the number alone opens nothing."""
    number = uuid.UUID(letter.message_id[1:].partition("@")[0])
    return _word(number.bytes + secrets.letter_mark(purpose, letter.nonce, length=MARK_BYTES[purpose]))


def message_id_in(token):
    """The Message-ID of the letter that a token speaks of, or None for what cannot be one. Proves nothing."""
    try:
        whole = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
        return message_id_of(uuid.UUID(bytes=whole[:16]))
    except (NotBase32, ValueError):  # ValueError: not ASCII, or too short.
        return None


def fits(token, letter, secrets, purpose):
    """Whether this very letter bore `token` for this purpose."""
    return hmac.compare_digest(
        token.lower().encode("utf-8", "replace"), letter_token(letter, secrets, purpose).encode()
    )


def return_path(letter, secrets):
    """Where the mail network sends a letter back to: an address of its own, so that what comes back needs no reading
    to be known. "" without BOUNCE_ADDRESS; then the sender's own address stands there."""
    local, _at, domain = settings.BOUNCE_ADDRESS.rpartition("@")
    return f"{local}+{letter_token(letter, secrets, RETURN)}@{domain}" if local else ""


def _word(whole):
    return base64.b32encode(whole).decode().rstrip("=").lower()


def campaign_address(campaign):
    return absolute(campaign.get_absolute_url())
