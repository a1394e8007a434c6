"""Breaks the product on purpose, in processes that have this folder on their path, to see the harness notice it.

`HABEAS_SABOTAGE=outbox`: letters are marked as sent before they are sent. `tally`: what was counted is not marked.
`confirm`: a confirmation is acknowledged before it is kept. `letter`: a letter is kept later than its signature.
"""

import importlib.machinery
import os
import sys
import threading

LATER = 0.3
"""Seconds after which what was acknowledged is kept."""


def break_outbox(sending):
    attempt = sending._attempt

    def mark_and_attempt(letter, *args, **kwargs):
        from django.utils import timezone

        sent = {"state": "sent", "sent_at": timezone.now(), "leased_by": "", "leased_until": None}
        sending.Letter.objects.filter(pk=letter.pk).update(**sent, attempting_at=None)
        return attempt(letter, *args, **kwargs)

    sending._attempt = mark_and_attempt


def break_tally(tallying):
    mark = tallying._mark
    tallying._mark = lambda rows, **values: None if "counted_at" in values else mark(rows, **values)


def later(act):
    def act_and_close():
        from django.db import connection

        act()
        connection.close()

    timer = threading.Timer(LATER, act_and_close)
    timer.daemon = True
    timer.start()


def break_confirm(signing):
    confirm = signing.confirm

    def acknowledge(letter, *, seen=None, at):
        later(lambda: confirm(letter, seen=seen, at=at))
        return letter.signature

    signing.confirm = acknowledge


def break_letter(signing):
    new_letter = signing.new_letter

    def keep_later(*args, **kwargs):
        letter = new_letter(*args, **kwargs)
        save, letter.save = letter.save, lambda: later(save)
        return letter

    signing.new_letter = keep_later


BREAKERS = {
    "outbox": ("campaigns.actions.sending", break_outbox),
    "tally": ("campaigns.actions.tallying", break_tally),
    "confirm": ("campaigns.actions.signing", break_confirm),
    "letter": ("campaigns.actions.signing", break_letter),
}


class Saboteur:
    """Lets the module be found as always, and breaks it once it is read."""

    def __init__(self, name, breaker):
        self.name, self.breaker = name, breaker

    def find_spec(self, name, path=None, target=None):
        if name != self.name:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        read = spec.loader.exec_module

        def read_and_break(module):
            read(module)
            self.breaker(module)

        spec.loader.exec_module = read_and_break
        return spec


if os.environ.get("HABEAS_SABOTAGE"):
    sys.meta_path.insert(0, Saboteur(*BREAKERS[os.environ["HABEAS_SABOTAGE"]]))
