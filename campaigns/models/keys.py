"""The keys that make one campaign's signatures unreadable without the installation's own."""

from cryptography.fernet import InvalidToken
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..secrecy import new_wrapped_keys, unwrap
from .campaigns import Campaign


class CampaignKeyQuerySet(models.QuerySet):
    def fit(self):
        """Whether SIGNING_KEYS open the newest keys that are not destroyed; there may be none yet."""
        newest = self.filter(destroyed_at__isnull=True).order_by("-pk").first()
        try:
            return newest is None or bool(newest.unwrapped())
        except InvalidToken:
            return False

    def make_for(self, campaign):
        """Give the campaign its keys, once; repeating it changes nothing."""
        mac_key, data_key = new_wrapped_keys()
        return self.get_or_create(campaign=campaign, defaults={"mac_key": mac_key, "data_key": data_key})[0]


class CampaignKey(models.Model):
    """Both keys, wrapped by SIGNING_KEYS. Kept apart from the campaign, so that a back-up can leave this table out."""

    campaign = models.OneToOneField(Campaign, models.PROTECT, related_name="key", verbose_name=_("campaign"))
    mac_key = models.TextField(_("wrapped key for hashes"), blank=True)
    data_key = models.TextField(_("wrapped key for encryption"), blank=True)
    destroyed_at = models.DateTimeField(_("destroyed at"), null=True, blank=True)

    objects = CampaignKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign key")
        verbose_name_plural = _("campaign keys")
        constraints = [
            models.CheckConstraint(
                name="a_campaign_key_is_whole_until_destroyed",
                condition=models.Q(destroyed_at__isnull=False, mac_key="", data_key="")
                | (models.Q(destroyed_at__isnull=True) & ~models.Q(mac_key="") & ~models.Q(data_key="")),
            ),
        ]

    def __str__(self):
        return f"key of {self.campaign_id}"

    def unwrapped(self):
        """The CampaignSecrets. Raises InvalidToken when the keys are destroyed or SIGNING_KEYS do not fit."""
        return unwrap(self.mac_key, self.data_key)
