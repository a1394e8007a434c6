"""A way to PostgreSQL that does not wait for ever: a server that hangs takes connections and never answers."""

import time

from psycopg import Connection, OperationalError
from psycopg.pq import TransactionStatus

WARY_FOR = 1.0
"""Seconds after a silence during which the next question is waited for no longer than `WARY`."""
WARY = 0.4


class DidNotAnswer(OperationalError):
    """The server took the question and was silent. Whether it did what was asked nobody knows."""


def connection_within(seconds: float) -> type[Connection]:
    """A kind of connection that waits so long for each answer, then closes itself and raises DidNotAnswer.

    A statement that takes longer counts as unanswered: this is for whom somebody waits, not for long work. Right after
    a silence it waits less, so that who asks twice does not wait twice.
    """

    class PatientConnection(Connection):
        silent_at = float("-inf")

        def wait(self, gen, *args, timeout=None, **kwargs):
            kind = type(self)
            if timeout is None:
                is_wary = time.monotonic() - kind.silent_at < WARY_FOR
                timeout = min(seconds, WARY) if is_wary else seconds
            try:
                return super().wait(gen, *args, timeout=timeout, **kwargs)
            except OperationalError:
                # Any error the server tells ends the statement; only one that was given up on is still running.
                if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                    raise
                kind.silent_at = time.monotonic()
                self.pgconn.finish()
                raise DidNotAnswer("The database did not answer in time.") from None

    return PatientConnection
