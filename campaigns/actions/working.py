"""The rounds of the worker: each does a little, survives a database that is away, and stops when told to."""

import logging
import time
from functools import partial
from time import monotonic as moment

from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils import timezone

from cases.actions.deriving import derive_what_has_come
from cases.actions.expiring import expire
from cases.actions.picturing import sweep_pictures
from cases.actions.publishing_due import publish_due
from cases.errors import Refusal

from ..models.switches import is_read_only, mail_is_off
from .leasing import give_lease_back, take_lease
from .mail_line import MailLine
from .recounting import ROUND_SECONDS, check_tallies
from .reminding import remind
from .sending import MailHostAway, prolong_leases, reclaim_own, send_due
from .sweeping import purge, reclaim, sweep
from .tallying import tally_up

log = logging.getLogger(__name__)

# What passes by itself: a database that is away, and a disk that is full (of a cache or of pictures).
AWAY = (DatabaseError, InterfaceError, OSError)
POLL = 0.5  # Seconds between two looks into the outbox,
REST, LONGEST_REST = 10, 10.0  # or so many times what a look took that found nothing: it passes over all that wait.
TALLY_EVERY = 2.0
RECLAIM_EVERY = 5.0
SWEEP_EVERY = 300.0
EXPIRE_EVERY = 3600.0
PLANS_EVERY = 20.0
CHECK_EVERY = 10.0  # Whether a tally is due for its nightly check; each is checked once a night.
PURGE_EVERY = 6 * 3600.0
REMIND_EVERY = 300.0
PROLONG_EVERY = 4.0
PAUSE_WITHOUT_HOST = 5.0
FAILED_PAUSE = 5.0


def send_until(stop, *, worker):
    """Empty the outbox, again and again, until the event `stop` is set."""
    broken_off, line = False, MailLine()
    while not stop.is_set():
        sent, took = 0, 0.0
        try:
            if broken_off:
                reclaim_own(worker=worker, at=timezone.now())
                broken_off = False
            if not mail_is_off():
                began = moment()
                sent = send_due(worker=worker, line=line, stopping=lambda: stop.is_set() or mail_is_off())
                took = moment() - began
        except MailHostAway:
            stop.wait(PAUSE_WITHOUT_HOST)
        except AWAY as error:
            broken_off = True
            _database_away(error, stop)
        except Exception as error:
            broken_off = True
            _failed("sending", error)
            stop.wait(FAILED_PAUSE)
        if not sent:
            line.rest()
            stop.wait(max(POLL, min(REST * took, LONGEST_REST)))
        close_old_connections()
    line.close()
    connection.close()


def keep_time_until(stop, *, worker):
    """Tally, free what dead workers held, sweep: each in its time, until `stop`. What may take long does a little in
    each round, because the count waits meanwhile.

    While the site is read-only none of it is done; what became due meanwhile is done when that ends."""
    duties = [
        ("tally", TALLY_EVERY, tally_up),
        ("reclaim", RECLAIM_EVERY, reclaim),
        ("sweep", SWEEP_EVERY, partial(sweep, seconds=ROUND_SECONDS)),
        ("publish plans", PLANS_EVERY, publish_due),
        ("expire", EXPIRE_EVERY, expire_and_sweep),
        ("purge", PURGE_EVERY, partial(purge, seconds=ROUND_SECONDS)),
        ("check tallies", CHECK_EVERY, check_tallies),
        ("remind", REMIND_EVERY, partial(remind, seconds=ROUND_SECONDS)),
    ]
    next_at = dict.fromkeys([name for name, _every, _duty in duties], 0.0)
    while not stop.is_set():
        for name, every, duty in duties:
            if time.monotonic() >= next_at[name] and not stop.is_set():
                next_at[name] = time.monotonic() + every
                _do(name, duty, worker=worker, seconds=min(every * 3, 60), stop=stop)
        close_old_connections()
        stop.wait(POLL)
    _give_back([name for name, _every, _duty in duties], worker)
    connection.close()


def prolong_until(done, *, senders):
    """Say that `senders` still live, until the event `done`: not only until they are told to stop, because the letter
    they are at may take a slow mail host longer than a lease lasts. In a thread of its own, so that no duty, however
    long it takes, makes others think that they are dead."""
    while not done.wait(PROLONG_EVERY):
        _guarded("prolonging", lambda: is_read_only() or _prolong(senders), done)
        close_old_connections()
    connection.close()


def expire_and_sweep(*, at):
    """Take back what may no longer be shown, tell of the days that have come, delete files that belong to nothing."""
    try:
        expire(at=at)
    except Refusal as refusal:
        log.warning("not taken back: %s", type(refusal).__name__)
    derive_what_has_come(at=at)
    sweep_pictures(at=at)


def drain(*, worker):
    """Do everything that is due once: send all, tally, sweep, publish what was planned, take back what has expired;
    of it what the kill switches allow. Returns how many letters were dealt with."""
    sent = 0
    if is_read_only():
        return sent
    sweep(at=timezone.now())
    remind(at=timezone.now())
    publish_due(at=timezone.now())
    expire_and_sweep(at=timezone.now())
    while not mail_is_off() and (batch := send_due(worker=worker, stopping=mail_is_off)):
        sent += batch
    tally_up(at=timezone.now())
    return sent


def _prolong(senders):
    for sender in senders:
        prolong_leases(worker=sender, at=timezone.now())


def _do(name, duty, *, worker, seconds, stop):
    def do():
        now = timezone.now()
        if not is_read_only() and take_lease(name, holder=worker, at=now, seconds=seconds):
            duty(at=now)

    _guarded(name, do, stop)


def _guarded(name, do, stop):
    """What fails is told and tried again in its time: a thread that ended would take all its other duties along, and
    nobody starts it anew while the rest of the process lives."""
    try:
        do()
    except AWAY as error:
        _database_away(error, stop)
    except Exception as error:
        _failed(name, error)


def _give_back(names, worker):
    try:
        for name in names:
            give_lease_back(name, holder=worker, at=timezone.now())
    except AWAY:
        log.warning("leases end by themselves: the database is away")


def _failed(name, error):
    """A fault of ours. Its text may quote somebody: told are its type and where it arose."""
    log.error("%s failed: %s", name, type(error).__name__, exc_info=error)


def _database_away(error, stop):
    """Say so without the statement, which may hold what nobody should read in a log, and wait a little."""
    log.warning("database or disk: %s", type(error).__name__)
    connection.close()
    stop.wait(1.0)
