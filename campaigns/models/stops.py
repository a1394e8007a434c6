"""Mailboxes that asked for no more letters of a campaign."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.vocabulary import Vocabulary

from .campaigns import Campaign


class MailStop(models.Model):
    """One mailbox's no, kept as the campaign's own keyed hash of it, so that it outlives the signature it came with.

    Asked for when a letter is about to leave, and never while somebody signs: signing takes the same time and says
    the same whether or not the mailbox said no.
    """

    class Why(Vocabulary):
        UNSUBSCRIBED = "unsubscribed", _("wants no news and no reminders")
        NOT_ME = "not_me", _("says that somebody else signed with this address")
        COMPLAINED = "complained", _("reported a letter as unwanted")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="mail_stops", verbose_name=_("campaign"))
    email_key = models.CharField(_("keyed hash of the mailbox"), max_length=64)
    why = models.CharField(_("why"), max_length=12, choices=Why.pairs)
    stopped_at = models.DateTimeField(_("stopped at"))

    class Meta:
        verbose_name = _("mailbox without letters")
        verbose_name_plural = _("mailboxes without letters")
        constraints = [
            models.UniqueConstraint(name="a_mailbox_says_no_to_a_campaign_once", fields=["campaign", "email_key"]),
        ]

    def __str__(self):
        return f"stop {self.pk}"
