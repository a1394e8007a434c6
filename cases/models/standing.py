"""Where a person stands: a derived cache of the record, rebuilt by `cases.actions.deriving` and by nothing else."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .custody import CustodyReport
from .fields import PartialDateField
from .people import Person
from .vocabulary import Vocabulary


class Standing(models.Model):
    """What lists, search and facets need to know of a person without reading the whole record.

    `episodes`: the published stays in prison as ``[since, until, ended]`` in ISO text, from which the day count is
    computed for any day. Only published rows are looked at.
    """

    class Badge(Vocabulary):
        CONFIRMED = "confirmed", _("confirmed")
        REPORTED = "reported", _("reported")
        UNCONFIRMED = "unconfirmed", _("unconfirmed")
        DISPUTED = "disputed", _("disputed")

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="standing")
    status = models.CharField(max_length=25, choices=CustodyReport.Status.pairs, blank=True, db_index=True)
    status_as_of = PartialDateField()
    held = models.BooleanField(default=False, db_index=True)
    release_cited = models.BooleanField(default=False)
    episodes = models.JSONField(default=list)
    confirmed_on = PartialDateField()
    count_from = models.IntegerField(null=True)
    count_until = models.IntegerField(null=True)
    is_open = models.BooleanField(default=False)
    term_months = models.PositiveSmallIntegerField(null=True)
    term_text = models.CharField(max_length=300, blank=True)
    term_ends_on = models.DateField(null=True)
    verdict_on = PartialDateField()
    current_charge = models.CharField(max_length=400, blank=True)
    current_charges = models.PositiveSmallIntegerField(default=0)
    badge = models.CharField(max_length=12, choices=Badge.pairs, default=Badge.UNCONFIRMED)
    publishers = models.PositiveSmallIntegerField(default=0)
    last_event_on = PartialDateField()
    search_text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")
        indexes = [models.Index(fields=["held", "count_from"], name="the_roll_by_days_held")]

    def __str__(self):
        return f"{self.person_id}: {self.status}"
