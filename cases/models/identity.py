"""Addresses that last: stable public ids, slugs, and the old slugs that lead to new ones."""

import secrets

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_public_id():
    """Ten letters and digits that cannot be misread (about 49 bits)."""
    return "".join(secrets.choice(ALPHABET) for _n in range(10))


class Identified(models.Model):
    """A record with a public id: short, stable, the key in every exported table."""

    public_id = models.CharField(
        _("public id"),
        max_length=64,
        unique=True,
        default=new_public_id,
        validators=[
            RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z", _("Use letters, digits, dots and hyphens only."))
        ],
        help_text=_("The key of this row in the public data. It never changes once published."),
    )

    class Meta:
        abstract = True


class Slugged(Identified):
    """A record with a page of its own."""

    slug = models.SlugField(
        _("address"),
        max_length=80,
        unique=True,
        help_text=_("The last part of the page's address. When you change it, the old address leads to the new one."),
    )

    class Meta:
        abstract = True


class SlugRedirectQuerySet(models.QuerySet):
    def target(self, model, slug):
        """The public id that the old `slug` of `model` belongs to now, or None."""
        row = self.filter(kind=model._meta.model_name, old_slug=slug).values_list("target", flat=True)
        return row.first()


class SlugRedirect(models.Model):
    """An address that a record once had. A cited address never breaks."""

    kind = models.CharField(_("kind of page"), max_length=40)
    old_slug = models.SlugField(_("old address"), max_length=80)
    target = models.CharField(_("leads to"), max_length=64)

    objects = SlugRedirectQuerySet.as_manager()

    class Meta:
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")
        constraints = [
            models.UniqueConstraint(fields=["kind", "old_slug"], name="an_old_address_leads_to_one_record"),
        ]

    def __str__(self):
        return f"{self.kind}/{self.old_slug}"
