"""Kill switches: what staff turn off at once, everywhere, without a deploy."""

import time
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.vocabulary import Vocabulary

MEMORY_SECONDS = 2.0
FILE_REASON = "a file in SWITCH_DIR"


class Switch(models.Model):
    """A switch that is thrown: the row's being there is the fact. Its history is in the log of staff acts."""

    class Name(Vocabulary):
        SIGNING = "signing", _("signing is off")
        MAIL = "mail", _("mail is off")
        READ_ONLY = "read-only", _("the site is read-only")

    name = models.CharField(_("switch"), max_length=12, primary_key=True, choices=Name.pairs)
    reason = models.CharField(_("reason"), max_length=300)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("switch")
        verbose_name_plural = _("switches")
        constraints = [
            models.CheckConstraint(
                name="a_switch_is_one_we_know", condition=Q(name__in=["signing", "mail", "read-only"])
            ),
            models.CheckConstraint(name="a_thrown_switch_says_why", condition=~Q(reason="")),
        ]

    def __str__(self):
        return self.name


class Memory:
    """What this process last read, so that asking costs a query every two seconds and no more. Seconds are counted by
    a clock that nobody sets."""

    def __init__(self):
        self.forget()

    def forget(self):
        self._read = (float("-inf"), {})

    def keep(self, thrown, seconds=MEMORY_SECONDS):
        self._read = (time.monotonic() + seconds, thrown)

    def thrown(self):
        until, thrown = self._read
        if time.monotonic() >= until:
            thrown = _read_switches()
            self.keep(thrown)
        return thrown


memory = Memory()


def thrown_switches():
    """Name → reason of every switch that is thrown, at most two seconds old.

    A file in SWITCH_DIR that bears a switch's name throws it, too, on this machine and whatever the database says.
    Raises what the database raises, unless such a file decides: what must ask it cannot go on without it anyway.
    """
    return memory.thrown()


def signing_is_off():
    """Whether nobody can sign anything: switched off, or the whole site takes no writing."""
    return bool(thrown_switches().keys() & {Switch.Name.SIGNING, Switch.Name.READ_ONLY})


def mail_is_off():
    """Whether the worker may send nothing."""
    return bool(thrown_switches().keys() & {Switch.Name.MAIL, Switch.Name.READ_ONLY})


def is_read_only():
    return Switch.Name.READ_ONLY in thrown_switches()


def describe_switches():
    """What is thrown, in words, for the pages of staff."""
    thrown = thrown_switches()
    return [{"what": words, "reason": thrown[name]} for name, words in Switch.Name.pairs() if name in thrown]


def _read_switches():
    by_file = _thrown_by_files()
    try:
        return dict(Switch.objects.values_list("name", "reason")) | by_file
    except (DatabaseError, InterfaceError):
        if by_file:
            return by_file
        raise


def _thrown_by_files():
    if not settings.SWITCH_DIR:
        return {}
    return {name: FILE_REASON for name, _words in Switch.Name.pairs() if Path(settings.SWITCH_DIR, name).exists()}
