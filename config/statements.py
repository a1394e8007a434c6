"""Counts the statements of each thread, and tells of those that took long: their shape, never their parameters."""

import logging
import re
import threading
import time

from django.conf import settings
from django.db.backends.signals import connection_created
from django.dispatch import receiver

log = logging.getLogger("habeas.statements")

LITERAL = re.compile(r"'(?:[^']|'')*'|(?<![\w$])\d+(?:\.\d+)?\b")
SPACE = re.compile(r"\s+")
LONGEST = 1000


class Sent(threading.local):
    """How many statements this thread has sent so far."""

    number = 0


sent = Sent()


def watch(execute, sql, params, many, context):
    """Around every statement of every connection."""
    sent.number += 1
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        ms = (time.perf_counter() - began) * 1000
        if ms >= settings.SLOW_QUERY_MS > 0:
            log.warning("A statement took %d ms: %s", ms, shape(sql), extra={"ms": round(ms)})


def shape(sql) -> str:
    """The statement on one line, without the texts and numbers written into it."""
    return LITERAL.sub("?", SPACE.sub(" ", str(sql)).strip())[:LONGEST]


@receiver(connection_created, dispatch_uid="statements")
def watch_connection(connection, **kwargs):
    # At the front: `with connection.execute_wrapper(…)` takes away what stands last.
    if watch not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, watch)
