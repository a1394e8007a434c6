"""A stream that only the holder of BACKUP_KEY can read, and that cannot be cut short or rearranged unnoticed.

Header: magic, format version, random salt, and a mark by which a wrong key is told from damage. Then chunks of 1 MiB
under AES-256-GCM, with a key derived for this file alone. A chunk's nonce holds its number and whether it is the last,
and each chunk vouches for the header, so that nothing can be moved, left out or taken from another file.
"""

import base64
import binascii
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

MAGIC = b"HABEAS-BACKUP"
VERSION = 1
SALT, MARK, KEY, TAG = 32, 8, 32, 16
HEADER = len(MAGIC) + 1 + SALT + MARK
CHUNK = 1024 * 1024


class BackupRefused(Exception):
    """A backup cannot be made, read or restored; the text is a sentence that says why."""


def backup_key() -> bytes:
    """The 32 bytes of BACKUP_KEY. Raises BackupRefused where there are none."""
    if not settings.BACKUP_KEY:
        raise BackupRefused("BACKUP_KEY is not set: it encrypts backups and is needed to read them.")
    try:
        key = base64.urlsafe_b64decode(settings.BACKUP_KEY)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != KEY:
        raise BackupRefused("BACKUP_KEY is not a key: it must be 32 bytes in base64, made like one of SIGNING_KEYS.")
    return key


class Sealer:
    """Encrypts what is written to it into `file`. Only `finish` makes it whole."""

    def __init__(self, file, key: bytes):
        salt = os.urandom(SALT)
        cipher, mark = _derive(key, salt)
        self._file, self._cipher, self._number, self._rest = file, cipher, 0, bytearray()
        self._header = MAGIC + bytes([VERSION]) + salt + mark
        file.write(self._header)

    def write(self, data) -> int:
        self._rest += data
        # One chunk is always held back, because the last one must say that it is the last.
        while len(self._rest) > CHUNK:
            self._seal(self._rest[:CHUNK], is_last=False)
            del self._rest[:CHUNK]
        return len(data)

    def finish(self) -> None:
        self._seal(self._rest, is_last=True)

    def _seal(self, data, *, is_last):
        self._file.write(self._cipher.encrypt(_nonce(self._number, is_last), bytes(data), self._header))
        self._number += 1


class Opener:
    """Reads what a Sealer wrote. Raises BackupRefused for another file, another key, a later format, and for whatever
    is damaged or missing."""

    def __init__(self, file, key: bytes):
        self._file, self._number, self._ready, self._ended = file, 0, bytearray(), False
        self._header = file.read(HEADER)
        if not self._header.startswith(MAGIC) or len(self._header) < HEADER:
            raise BackupRefused("This is no backup of Habeas, or it ends in its first line.")
        if self._header[len(MAGIC)] > VERSION:
            raise BackupRefused("This backup was made by a newer version of Habeas: update before you restore it.")
        salt, mark = self._header[-SALT - MARK : -MARK], self._header[-MARK:]
        self._cipher, expected = _derive(key, salt)
        if not hmac.compare_digest(mark, expected):
            raise BackupRefused("BACKUP_KEY does not fit: this backup was made with another key.")
        self._ahead = file.read(CHUNK + TAG)

    def read(self, size: int = -1) -> bytes:
        while not self._ended and (size < 0 or len(self._ready) < size):
            self._open_next()
        taken = bytes(self._ready if size < 0 else self._ready[:size])
        del self._ready[: len(taken)]
        return taken

    def read_to_the_end(self) -> None:
        """Prove that nothing is missing behind what was asked for."""
        while not self._ended:
            self._open_next()
            self._ready.clear()

    def _open_next(self):
        chunk, self._ahead = self._ahead, self._file.read(CHUNK + TAG)
        self._ended = not self._ahead
        try:
            self._ready += self._decrypt(chunk, is_last=self._ended)
        except InvalidTag as error:
            raise BackupRefused(self._what_is_wrong(chunk)) from error
        self._number += 1

    def _what_is_wrong(self, chunk):
        if self._ended:
            try:
                self._decrypt(chunk, is_last=False)
            except InvalidTag:
                return "The backup is damaged or cut short: its last part cannot be read."
            return "The backup is cut short: its end is missing."
        return f"The backup is damaged: part {self._number + 1} cannot be read."

    def _decrypt(self, chunk, *, is_last):
        return self._cipher.decrypt(_nonce(self._number, is_last), chunk, self._header)


def _derive(key, salt):
    """The cipher of one file, and the mark that tells whether the key fits."""
    made = HKDF(algorithm=SHA256(), length=KEY + MARK, salt=salt, info=b"habeas backup").derive(key)
    return AESGCM(made[:KEY]), made[KEY:]


def _nonce(number, is_last):
    return number.to_bytes(11, "big") + bytes([is_last])
