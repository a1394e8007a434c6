"""Breaks the product on purpose, in processes that have this folder on their path, to see the harness notice it.

`HABEAS_SABOTAGE=outbox`: letters are marked as sent before they are sent. `tally`: what was counted is not marked.
"""

import importlib.machinery
import os
import sys


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


BREAKERS = {
    "outbox": ("campaigns.actions.sending", break_outbox),
    "tally": ("campaigns.actions.tallying", break_tally),
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
