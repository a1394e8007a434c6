"""Keyed hashes and encryption: how a signature is kept without its signer being readable.

Each campaign has two keys of its own, wrapped by the installation's SIGNING_KEYS: one for hashes (addresses, tokens),
one for encryption (address, name, reason). Whoever holds the database without SIGNING_KEYS can read neither.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

NONCE_BYTES = 16


@dataclass(frozen=True)
class CampaignSecrets:
    """One campaign's keys in clear; lives as long as a request or a batch and is never stored or logged."""

    mac: bytes
    data: bytes

    def __repr__(self):
        return "CampaignSecrets(…)"

    def seal(self, text):
        """Encrypt `text` for the database; nothing stays nothing."""
        return Fernet(self.data).encrypt(text.encode()).decode() if text else ""

    def open(self, sealed):
        """The text that `seal` was given. Raises InvalidToken for anything not sealed with this campaign's key."""
        return Fernet(self.data).decrypt(sealed.encode()).decode() if sealed else ""

    def email_key(self, campaign_id, mailbox):
        """What makes one mailbox one signature in this campaign: 64 hex digits that say nothing without the key."""
        return hmac.new(self.mac, b"email\0%d\0" % campaign_id + mailbox.encode(), hashlib.sha256).hexdigest()

    def confirm_token(self, nonce):
        """The secret in a mailed link (256 bits), made anew from the stored nonce, so that only its hash is kept."""
        digest = hmac.new(self.mac, b"confirm\0" + bytes(nonce), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

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
