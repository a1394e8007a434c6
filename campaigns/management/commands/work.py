"""`manage.py work`: the worker. It sends the letters, keeps the tally, sweeps. Any number may run, on any machine."""

import signal
import threading

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, connection

from campaigns.actions.leasing import worker_name
from campaigns.actions.sending import MailHostAway
from campaigns.actions.working import drain, keep_time_until, prolong_until, send_until
from campaigns.models import CampaignKey


class Command(BaseCommand):
    help = "Send waiting letters, keep the tally and sweep, until stopped."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="do what is due now, then exit")

    def handle(self, *args, once=False, **options):
        worker = worker_name()
        refuse_keys_that_do_not_fit()
        if once:
            try:
                drain(worker=worker)
            except MailHostAway as error:
                raise CommandError("The mail host does not answer; the letters stay in the queue.") from error
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        # One line waits for the disk or the mail host while another goes on; SQLite has one writer anyway.
        lines = settings.SENDING_LINES if connection.vendor == "postgresql" else 1
        senders = [f"{worker}/{number}" for number in range(1, lines + 1)]
        done = threading.Event()
        alive = threading.Thread(target=prolong_until, args=[done], kwargs={"senders": senders}, name="alive")
        threads = [threading.Thread(target=keep_time_until, args=[stop], kwargs={"worker": worker}, name="clock")]
        for sender in senders[1:]:
            threads.append(threading.Thread(target=send_until, args=[stop], kwargs={"worker": sender}, name=sender))
        for thread in (alive, *threads):
            thread.start()
        try:
            send_until(stop, worker=senders[0])
        finally:
            stop.set()
            for thread in threads:
                thread.join()
            done.set()
            alive.join()


def refuse_keys_that_do_not_fit():
    """Raises CommandError where SIGNING_KEYS are not those of the database: no letter could be written, and each would
    be given up in its turn. A database that is away will be back."""
    try:
        if CampaignKey.objects.fit():
            return
    except (DatabaseError, InterfaceError):
        return
    raise CommandError("SIGNING_KEYS do not open the campaigns' keys: set those that the web nodes have.")
