"""Keyed hashes and encryption: how a signature is kept without its signer being readable.

Each campaign has two keys of its own, wrapped by the installation's SIGNING_KEYS: one for hashes (addresses, tokens),
one for encryption (address, name, reason). Whoever holds the database without SIGNING_KEYS can read neither.
"""

import base64
import hashlib
import hmac
import secrets
from binascii import a2b_base64, b2a_base64
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 16
SEAL = "1."
"""What a sealed text begins with: the format, so that another may follow."""
SEAL_NONCE = 12


class Unreadable(Exception):
    """Sealed with another key or for another purpose, or changed since."""


@dataclass(frozen=True)
class CampaignSecrets:
    """One campaign's keys in clear; lives as long as a request or a batch and is never stored or logged."""

    mac: bytes
    data: bytes

    def __repr__(self):
        return "CampaignSecrets(…)"

    def seal(self, text, purpose):
        """Encrypt `text` for the database; nothing stays nothing. What was sealed for one purpose (a short word) opens
        for no other, so that nobody who writes to the database can show a name where an address belongs."""
        if not text:
            return ""
        nonce = secrets.token_bytes(SEAL_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, text.encode(), purpose.encode())
        return SEAL + b2a_base64(sealed, newline=False).decode()

    def open(self, sealed, purpose):
        """The text that `seal` was given for the same purpose. Raises Unreadable for anything else."""
        if not sealed:
            return ""
        try:
            if not sealed.startswith(SEAL):
                raise Unreadable
            whole = a2b_base64(sealed[len(SEAL) :])
            return self._cipher.decrypt(whole[:SEAL_NONCE], whole[SEAL_NONCE:], purpose.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Unreadable from error

    @cached_property
    def _cipher(self):
        """AES-256-GCM, whose nonces are random: safe for some billions of texts under one campaign's key."""
        return AESGCM(base64.urlsafe_b64decode(self.data))

    def email_key(self, campaign_id, mailbox):
        """What makes one mailbox one signature in this campaign: 64 hex digits that say nothing without the key."""
        return hmac.new(self.mac, b"email\0%d\0" % campaign_id + mailbox.encode(), hashlib.sha256).hexdigest()

    def confirm_token(self, nonce):
        """The secret in a mailed link (256 bits), made anew from the stored nonce, so that only its hash is kept."""
        digest = hmac.new(self.mac, b"confirm\0" + bytes(nonce), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def letter_mark(self, purpose, nonce, *, length=16):
        """What proves, in a link or a return path of a letter, that this letter bore it: `length` bytes that are kept
        nowhere. One for each purpose (a short word), so that no link opens what another one is for."""
        return hmac.new(self.mac, b"letter\0" + purpose.encode() + b"\0" + bytes(nonce), hashlib.sha256).digest()[
            :length
        ]

    def seen_mark(self, signature_id, signed_at):
        """Marks what the confirm page showed, so that newer input is never confirmed unseen."""
        message = f"seen\0{signature_id}\0{signed_at.timestamp():.6f}".encode()
        return hmac.new(self.mac, message, hashlib.sha256).hexdigest()[:32]


def master():
    """The installation's wrapping keys; the first wraps, all unwrap, so that keys can be rotated."""
    return MultiFernet([Fernet(key) for key in settings.SIGNING_KEYS])


def new_wrapped_keys():
    """A fresh (mac_key, data_key) pair, wrapped, as CampaignKey stores it."""
    wrap = master()
    mac = base64.urlsafe_b64encode(secrets.token_bytes(32))
    return wrap.encrypt(mac).decode(), wrap.encrypt(Fernet.generate_key()).decode()


def unwrap(mac_key, data_key):
    """The CampaignSecrets behind two wrapped keys. Raises InvalidToken when SIGNING_KEYS no longer hold theirs."""
    wrap = master()
    return CampaignSecrets(mac=wrap.decrypt(mac_key.encode()), data=wrap.decrypt(data_key.encode()))


def new_nonce():
    return secrets.token_bytes(NONCE_BYTES)


def token_hash(token):
    """What the database keeps of a mailed link's token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def text_digest(*parts):
    """Identifies a wording: the same words in the same language for the same purpose give the same digest."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
