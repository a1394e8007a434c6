"""Who is asked."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from cases.models.identity import Identified


class Recipient(Identified):
    """An office, and where it is known who holds it, the person; asked in any number of campaigns."""

    name = models.CharField(
        _("name"),
        max_length=200,
        blank=True,
        help_text=_("The office-holder; empty where the office itself is asked."),
    )
    office = models.CharField(_("office"), max_length=200, help_text=_("Shown after “To” on the campaign page."))
    country = CountryField(_("country"), blank=True, help_text=_("The state the office belongs to."))
    salutation = models.CharField(
        _("salutation"), max_length=200, help_text=_("How a letter begins, as the reader who writes to them sees it.")
    )
    email = models.EmailField(
        _("e-mail"), blank=True, help_text=_("A published address of the office. Readers may write to it themselves.")
    )
    postal_address = models.TextField(_("postal address"), blank=True, help_text=_("A published address."))

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        ordering = ["office", "name"]
        constraints = [
            models.CheckConstraint(name="a_recipient_has_an_office", condition=~models.Q(office="")),
        ]

    def __str__(self):
        return f"{self.name}, {self.office}" if self.name else self.office


class CampaignRecipient(models.Model):
    """One recipient of one campaign, in the order they are named."""

    campaign = models.ForeignKey(
        "campaigns.Campaign", models.CASCADE, related_name="asked", verbose_name=_("campaign")
    )
    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="asked", verbose_name=_("recipient"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("recipient of the campaign")
        verbose_name_plural = _("recipients of the campaign")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(name="a_recipient_is_asked_once_in_a_campaign", fields=["campaign", "recipient"]),
        ]

    def __str__(self):
        return str(self.recipient)
