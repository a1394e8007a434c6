"""The seal on the end of the log of staff acts: HMAC-SHA-256 (RFC 2104) with a key that the database does not hold."""

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac


def seal_of(digest, number):
    """Seals a log of `number` acts whose newest has this digest, with the current of SIGNING_KEYS: 64 hex digits."""
    return _seal(digest, number, settings.SIGNING_KEYS[0])


def fits(seal, digest, number):
    """Whether the seal was made for these, with one of SIGNING_KEYS."""
    return any(constant_time_compare(seal, _seal(digest, number, key)) for key in settings.SIGNING_KEYS)


def _seal(digest, number, key):
    return salted_hmac("cases.log_sealing", f"{number}:{digest}", secret=key, algorithm="sha256").hexdigest()
