"""A supporter's act on a campaign: signed, confirmed, withdrawn, set aside, erased."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.vocabulary import Vocabulary

from ..secrecy import text_digest
from .campaigns import Campaign
from .texts import CampaignText, UnchangeableModel


class ConsentWording(UnchangeableModel):
    """The exact words somebody agreed to."""

    class Purpose(Vocabulary):
        SIGNATURE = "signature", _("to sign")
        NEWS = "news", _("to get news")

    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.pairs)
    language = models.CharField(_("language"), max_length=12)
    text = models.TextField(_("wording"))
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        verbose_name = _("consent wording")
        verbose_name_plural = _("consent wordings")
        constraints = [
            models.UniqueConstraint(name="a_consent_wording_is_kept_once", fields=["digest"]),
        ]

    def __str__(self):
        return self.text

    @classmethod
    def digest_of(cls, purpose, language, text):
        return text_digest(purpose, language, text)


class SignatureQuerySet(models.QuerySet):
    def confirmed(self):
        return self.filter(confirmed_at__isnull=False)

    def unconfirmed_since(self, moment):
        """Signed before `moment` and never confirmed."""
        return self.filter(confirmed_at__isnull=True, signed_at__lt=moment)

    def standing(self):
        """Confirmed, and neither withdrawn nor set aside: what the count should hold."""
        return self.confirmed().filter(withdrawn_at__isnull=True, set_aside_at__isnull=True)

    def to_uncount(self):
        """In the tally, but withdrawn or set aside since."""
        return self.filter(
            Q(withdrawn_at__isnull=False) | Q(set_aside_at__isnull=False),
            counted_at__isnull=False,
            uncounted_at__isnull=True,
        )


class Signature(models.Model):
    """One mailbox's act in one campaign. Nothing in it can be read without the campaign's keys but where and when."""

    class NameDelivery(Vocabulary):
        WITHHELD = "withheld", _("withheld")
        INITIALS = "initials", _("initials")
        FULL = "full", _("full name")

    class Channel(Vocabulary):
        ONLINE = "online", _("online")
        PAPER = "paper", _("on paper")
        PARTNER = "partner", _("by a partner")

    class Uncounted(Vocabulary):
        WITHDRAWN = "withdrawn", _("withdrawn")
        SET_ASIDE = "set_aside", _("set aside")

    # No index for texts and wordings: they are never deleted, and each one costs every signing.
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="signatures", verbose_name=_("campaign"), db_index=False
    )
    text = models.ForeignKey(
        CampaignText, models.PROTECT, related_name="signatures", verbose_name=_("text"), db_index=False
    )
    email_key = models.CharField(_("keyed hash of the mailbox"), max_length=64, null=True)
    email_sealed = models.TextField(_("address, encrypted"), blank=True)
    name_sealed = models.TextField(_("name, encrypted"), blank=True)
    reason_sealed = models.TextField(_("reason, encrypted"), blank=True)
    extra_sealed = models.TextField(_("answers, encrypted"), blank=True)
    name_delivery = models.CharField(
        _("how the name is delivered"), max_length=8, choices=NameDelivery.pairs, default=NameDelivery.WITHHELD
    )
    country = models.CharField(_("declared country"), max_length=2)
    language = models.CharField(_("language"), max_length=12)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.pairs, default=Channel.ONLINE)
    via = models.CharField(_("shared by"), max_length=12, blank=True)
    consent = models.ForeignKey(
        ConsentWording,
        models.PROTECT,
        related_name="signatures",
        verbose_name=_("consent wording"),
        db_index=False,
    )
    wants_news = models.BooleanField(_("wants news"), default=False)
    news_consent = models.ForeignKey(
        ConsentWording,
        models.PROTECT,
        null=True,
        related_name="news_signatures",
        verbose_name=_("news wording"),
        db_index=False,
    )
    signed_at = models.DateTimeField(_("signed at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    set_aside_at = models.DateTimeField(_("set aside at"), null=True)
    erased_at = models.DateTimeField(_("erased at"), null=True)
    counted_at = models.DateTimeField(_("counted at"), null=True)
    uncounted_at = models.DateTimeField(_("taken out of the count at"), null=True)
    uncounted_as = models.CharField(_("taken out as"), max_length=9, choices=Uncounted.pairs, blank=True)
    letters_count = models.PositiveSmallIntegerField(_("letters asked for"), default=0)
    bounced_at = models.DateTimeField(_("bounced at"), null=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True)
    network_key = models.CharField(_("keyed hash of the network"), max_length=32, null=True)
    cluster = models.CharField(_("cluster"), max_length=32, null=True)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        permissions = [
            ("see_addresses", _("Can look at an address, after giving the password again")),
            ("export_signatures", _("Can export signatures, after giving the password again")),
        ]
        constraints = [
            models.UniqueConstraint(name="a_mailbox_signs_a_campaign_once", fields=["campaign", "email_key"]),
            models.CheckConstraint(
                name="only_confirmed_signatures_are_counted",
                condition=Q(counted_at__isnull=True) | Q(confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="only_counted_signatures_are_taken_out_and_for_a_reason",
                condition=Q(uncounted_at__isnull=True, uncounted_as="")
                | (Q(uncounted_at__isnull=False, counted_at__isnull=False) & ~Q(uncounted_as="")),
            ),
            models.CheckConstraint(
                name="a_signature_keeps_its_mailbox_until_erased",
                condition=Q(erased_at__isnull=False) | (Q(email_key__isnull=False) & ~Q(email_sealed="")),
            ),
            models.CheckConstraint(
                name="an_erased_signature_keeps_nothing_personal",
                condition=Q(erased_at__isnull=True)
                | Q(
                    email_key__isnull=True,
                    email_sealed="",
                    name_sealed="",
                    reason_sealed="",
                    extra_sealed="",
                    network_key__isnull=True,
                    cluster__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="news_are_sent_only_with_their_own_consent",
                condition=Q(wants_news=False) | Q(news_consent__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="signature_to_count",
                fields=["id"],
                condition=Q(
                    confirmed_at__isnull=False,
                    counted_at__isnull=True,
                    withdrawn_at__isnull=True,
                    set_aside_at__isnull=True,
                ),
            ),
            models.Index(
                name="signature_to_uncount",
                fields=["id"],
                condition=(Q(withdrawn_at__isnull=False) | Q(set_aside_at__isnull=False))
                & Q(counted_at__isnull=False, uncounted_at__isnull=True),
            ),
            models.Index(
                name="signature_valid_again",
                fields=["id"],
                condition=Q(uncounted_at__isnull=False, withdrawn_at__isnull=True, set_aside_at__isnull=True),
            ),
            models.Index(name="signature_unconfirmed", fields=["signed_at"], condition=Q(confirmed_at__isnull=True)),
            models.Index(name="signature_of_campaign", fields=["campaign", "id"]),
            models.Index(name="signature_signed", fields=["signed_at", "id"]),
            models.Index(
                name="signature_confirmed", fields=["confirmed_at", "id"], condition=Q(confirmed_at__isnull=False)
            ),
            models.Index(
                name="signature_channel", fields=["channel", "id"], condition=Q(channel__in=["paper", "partner"])
            ),
            models.Index(name="signature_network", fields=["signed_at"], condition=Q(network_key__isnull=False)),
        ]

    def __str__(self):
        return f"signature {self.pk}"
