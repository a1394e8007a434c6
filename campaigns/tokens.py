"""Tokens that name a letter: in “it wasn't me”, in the link that unsubscribes, in the address that bounces go to.

A token is the letter's own number (of its Message-ID) and a keyed mark for one purpose, 128 bits each, in 52 letters
and digits without case: mail hosts change case as they like, and allow 64 before the @. Nothing of it is kept: the
mark is made anew from the letter's nonce and the campaign's key.
"""

import base64
import binascii
import re
import uuid

from django.conf import settings

NOT_ME = "not-me"
UNSUBSCRIBE = "unsubscribe"
BOUNCE = "bounce"
_SHAPE = re.compile(r"[a-z2-7]{52}", re.ASCII)
_MESSAGE_ID = re.compile(r"<([0-9a-f]{32})@[^<>\s]+>", re.ASCII)


def sender_domain():
    """The domain that letters come from, as it stands in their Message-IDs."""
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")


def new_message_id():
    return f"<{uuid.uuid4().hex}@{sender_domain()}>"


def make_token(message_id, mark):
    """The token for a letter with one of our Message-IDs; `mark` is 16 bytes."""
    number = bytes.fromhex(_MESSAGE_ID.fullmatch(message_id)[1])
    return base64.b32encode(number + mark).decode().rstrip("=").lower()


def read_token(token):
    """(number as it stands in the Message-ID, mark), or None for what is no token of ours."""
    token = token.lower()
    if not _SHAPE.fullmatch(token):
        return None
    try:
        whole = base64.b32decode(token.upper() + "====")
    except binascii.Error:
        return None
    return whole[:16].hex(), whole[16:]
