"""Codes and their articles as in force on a date."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from .identity import Identified
from .vocabulary import Vocabulary


class LegalCode(Identified):
    """A law as a whole: a criminal code, an administrative code, a statute, a convention."""

    class Kind(Vocabulary):
        CRIMINAL = "criminal_code", _("criminal code")
        ADMINISTRATIVE = "administrative_code", _("administrative code")
        CONSTITUTION = "constitution", _("constitution")
        LAW = "law", _("law")
        CONVENTION = "convention", _("convention")

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.pairs)
    country = CountryField(_("country"), blank=True, help_text=_("Empty for a convention."))

    class Meta:
        verbose_name = _("legal code")
        verbose_name_plural = _("legal codes")
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name


class OffenceType(Identified):
    """What an article punishes, told alike across countries."""

    name = models.CharField(_("name"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("offence type")
        verbose_name_plural = _("offence types")
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name


class LegalProvisionQuerySet(models.QuerySet):
    def in_force(self, on):
        """The provisions in force on the day `on`, as far as their dates are recorded."""
        return self.filter(
            Q(in_force_from__isnull=True) | Q(in_force_from__lte=on),
            Q(in_force_until__isnull=True) | Q(in_force_until__gte=on),
        )


class LegalProvision(Identified):
    """One article of a code as in force between two days. A penalty that nobody read stays empty."""

    code = models.ForeignKey(LegalCode, models.PROTECT, related_name="provisions", verbose_name=_("code"))
    article = models.CharField(_("article"), max_length=30, blank=True, help_text=_("For example 193-1.3.2."))
    heading = models.CharField(_("heading"), max_length=300, help_text=_("What the public reads beside the article."))
    official_text = models.TextField(_("official text"), blank=True)
    translation = models.TextField(_("translation"), blank=True)
    in_force_from = models.DateField(_("in force from"), null=True, blank=True)
    in_force_until = models.DateField(_("in force until"), null=True, blank=True)
    penalty_min_months = models.PositiveSmallIntegerField(_("minimum penalty in months"), null=True, blank=True)
    penalty_max_months = models.PositiveSmallIntegerField(
        _("maximum penalty in months"),
        null=True,
        blank=True,
        help_text=_("Empty where it was not read: the public then sees “not recorded”."),
    )
    life_imprisonment = models.BooleanField(_("or life imprisonment"), default=False)
    penalty_note = models.CharField(_("penalty or history, as the source says"), max_length=400, blank=True)
    offence_type = models.ForeignKey(
        OffenceType, models.PROTECT, null=True, blank=True, related_name="provisions", verbose_name=_("offence type")
    )

    objects = LegalProvisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal provision")
        verbose_name_plural = _("legal provisions")
        ordering = ["code", "article", "in_force_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(penalty_min_months__isnull=True)
                | Q(penalty_max_months__isnull=True)
                | Q(penalty_min_months__lte=F("penalty_max_months")),
                name="a_minimum_penalty_is_not_above_the_maximum",
            ),
            models.CheckConstraint(
                condition=Q(in_force_from__isnull=True)
                | Q(in_force_until__isnull=True)
                | Q(in_force_from__lte=F("in_force_until")),
                name="a_provision_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["code", "article", "heading", "in_force_from"],
                condition=Q(in_force_from__isnull=False),
                name="a_provision_begins_once",
            ),
            models.UniqueConstraint(
                fields=["code", "article", "heading"],
                condition=Q(in_force_from__isnull=True),
                name="a_provision_without_a_date_stands_once",
            ),
        ]

    def __str__(self):
        return f"{self.article} {self.heading}".strip()
