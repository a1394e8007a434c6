"""What the product knows of its staff beside their accounts."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from .vocabulary import Vocabulary


class StaffScope(models.Model):
    """The countries somebody works on. Without a row, or without a country, all of them."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="scope", verbose_name=_("user"))
    countries = CountryField(_("countries"), multiple=True, blank=True)

    class Meta:
        verbose_name = _("scope")
        verbose_name_plural = _("scopes")

    def __str__(self):
        return f"{self.user}"


class SecurityEventQuerySet(models.QuerySet):
    def update(self, **_fields):
        raise TypeError("a security event is never edited")


class SecurityEvent(models.Model):
    """Something that happened to a staff account, or a copy that was made of everything. Never an address, a network
    or a device's name."""

    class Kind(Vocabulary):
        SIGNED_IN = "signed_in", _("signed in")
        SIGNED_OUT = "signed_out", _("signed out")
        WRONG_PASSWORD = "wrong_password", _("wrong password")
        WRONG_CODE = "wrong_code", _("wrong second factor")
        LOCKED = "locked", _("locked for a while")
        PASSWORD_CHANGED = "password_changed", _("password changed")
        FACTOR_ADDED = "factor_added", _("second factor added")
        FACTOR_REMOVED = "factor_removed", _("second factor removed")
        NEW_DEVICE = "new_device", _("signed in from a new device")
        INVITED = "invited", _("invited")
        DEACTIVATED = "deactivated", _("deactivated")
        ROLES_CHANGED = "roles_changed", _("roles changed")
        SESSION_ENDED = "session_ended", _("session ended by the clock")
        ADDRESS_SEEN = "address_seen", _("looked at an address")
        EXPORTED = "exported", _("exported signatures")
        BACKED_UP = "backed_up", _("wrote a backup")
        BACKUP_TRIED = "backup_tried", _("restored a backup on trial")

    at = models.DateTimeField(_("at"), auto_now_add=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("account")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("done by")
    )
    kind = models.CharField(_("what happened"), max_length=20, choices=Kind.pairs)
    detail = models.CharField(_("detail"), max_length=200, blank=True)

    objects = SecurityEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("security event")
        verbose_name_plural = _("security log")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["user", "kind", "at"], name="security_events_of_an_account")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.user or ''}".strip()


class SavedFilter(models.Model):
    """A list as somebody of the staff likes to see it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=80)
    path = models.CharField(_("list"), max_length=200)
    query = models.CharField(_("filter"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="a_saved_filter_has_its_own_name")]

    def __str__(self):
        return self.name
