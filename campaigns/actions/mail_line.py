"""The line to the mail host: one connection, kept while letters flow and hung up when they don't."""

import logging
import smtplib
import time

from django.core import mail

log = logging.getLogger(__name__)

LETTERS_A_LINE = 500  # Mail hosts want to say goodbye now and then.
IDLE_SECONDS = 30.0
ASK_AFTER = 1.0  # A line that was silent for longer is asked whether it still stands.
FEWEST, MOST = 20, 100
BATCH_SECONDS = 2.0


class MailLine:
    """A connection that outlives a batch, and how many letters make a batch of about two seconds on it.

    A slow mail host thus gets small batches: what one worker holds is soon free for another, and a campaign that is
    taken back stops within seconds. Belongs to one thread.
    """

    def __init__(self):
        self.limit = FEWEST
        self._backend, self._used_at, self._letters = None, 0.0, 0

    def open(self):
        """The open connection. Raises OSError or SMTPException when the mail host does not answer."""
        if self._backend and not self._still_stands():
            self.close()
        if self._backend is None:
            self._backend, self._letters = mail.get_connection(), 0
            self._backend.open()
        self._used_at = time.monotonic()
        return self._backend

    def batch_done(self, letters, seconds):
        """Say what a batch took; what is not SMTP (a file, say) ends with it."""
        self._letters += letters
        self._used_at = time.monotonic()
        if letters:
            self.limit = max(FEWEST, min(MOST, int(letters * BATCH_SECONDS / max(seconds, 0.01))))
        if self._smtp() is None or self._letters >= LETTERS_A_LINE:
            self.close()

    def rest(self):
        """Hang up when nothing has left for a while."""
        if self._backend and time.monotonic() - self._used_at > IDLE_SECONDS:
            self.close()

    def close(self):
        backend, self._backend = self._backend, None
        try:
            if backend:
                backend.close()
        except (OSError, smtplib.SMTPException):
            log.info("the mail host did not say goodbye")

    def _smtp(self):
        smtp = getattr(self._backend, "connection", None)
        return smtp if hasattr(smtp, "noop") else None

    def _still_stands(self):
        if time.monotonic() - self._used_at < ASK_AFTER:
            return True
        smtp = self._smtp()
        try:
            return smtp is not None and smtp.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False


class DataWatch:
    """Knows whether handing over the letter itself (SMTP's DATA) has begun on this connection."""

    def __init__(self, backend):
        self.begun = False
        self._smtp = getattr(backend, "connection", None)
        if hasattr(self._smtp, "data"):
            self._data = type(self._smtp).data
            self._smtp.data = self._watched
        else:
            self.begun = True  # Not SMTP: whatever goes wrong may have gone wrong late.

    def _watched(self, message):
        self.begun = True
        return self._data(self._smtp, message)
