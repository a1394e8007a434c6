"""The exact public count, kept as sums, so that no page ever counts rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .campaigns import Campaign
from .signatures import Signature
from .texts import UnchangeableModel


class Tally(models.Model):
    """One campaign's sums. `total` is confirmed, less what was withdrawn or set aside."""

    campaign = models.OneToOneField(Campaign, models.CASCADE, related_name="tally", verbose_name=_("campaign"))
    total = models.PositiveIntegerField(_("signatures"), default=0)
    confirmed = models.PositiveIntegerField(_("confirmed"), default=0)
    withdrawn = models.PositiveIntegerField(_("withdrawn"), default=0)
    set_aside = models.PositiveIntegerField(_("set aside"), default=0)
    updated_at = models.DateTimeField(_("counted at"))
    checked_at = models.DateTimeField(_("compared with the signatures at"), null=True, editable=False)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints = [
            models.CheckConstraint(
                name="a_tally_adds_up",
                condition=models.Q(
                    confirmed=models.F("total") + models.F("withdrawn") + models.F("set_aside"),
                ),
            ),
        ]

    def __str__(self):
        return str(self.total)


class TallyBucket(models.Model):
    """The same sums by channel, declared country and hour. Negative entries stand in the hour they were made in."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="buckets", verbose_name=_("campaign"))
    hour = models.DateTimeField(_("hour"))
    channel = models.CharField(_("channel"), max_length=8, choices=Signature.Channel.pairs)
    country = models.CharField(_("declared country"), max_length=2)
    confirmed = models.IntegerField(_("confirmed"), default=0)
    withdrawn = models.IntegerField(_("withdrawn"), default=0)
    set_aside = models.IntegerField(_("set aside"), default=0)

    class Meta:
        verbose_name = _("tally bucket")
        verbose_name_plural = _("tally buckets")
        constraints = [
            models.UniqueConstraint(
                name="a_tally_has_one_bucket_an_hour_channel_and_country",
                fields=["campaign", "hour", "channel", "country"],
            ),
        ]

    def __str__(self):
        return f"{self.hour:%Y-%m-%d %H} {self.country}"


class TallyCorrection(UnchangeableModel):
    """Public: the figure was found to be wrong and was made right. `reason` is a sentence, marked for translation
    where it is written. Before and after are equal where only parts of the count, or its hours, were wrong."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="corrections", verbose_name=_("campaign"))
    at = models.DateTimeField(_("corrected at"))
    before = models.PositiveIntegerField(_("signatures before"))
    after = models.PositiveIntegerField(_("signatures after"))
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("correction of a count")
        verbose_name_plural = _("corrections of counts")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(name="a_correction_of_a_count_says_why", condition=~models.Q(reason="")),
        ]

    def __str__(self):
        return f"{self.before} → {self.after}"
