"""Outlets, NGOs, unions, parties, courts and authorities, and who belongs to them according to whom."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from .fields import PartialDateField
from .identity import Identified, Slugged
from .people import Person
from .publication import Publishable, PublishableQuerySet, state_constraints
from .vocabulary import Vocabulary


class OrganisationQuerySet(PublishableQuerySet):
    def courts(self):
        return self.filter(kind=Organisation.Kind.COURT)


class Organisation(Slugged, Publishable):
    """A body of any kind: the outlet that was raided, the court that ordered, the NGO that reports."""

    class Kind(Vocabulary):
        OUTLET = "outlet", _("Outlet")
        NGO = "ngo", _("NGO")
        INTERNATIONAL_NGO = "international_ngo", _("International NGO")
        UNION = "union", _("Trade union")
        PARTY = "party", _("Party")
        PLATFORM = "platform", _("Political platform")
        THINK_TANK = "think_tank", _("Think tank")
        ACADEMIC = "academic", _("Academic body")
        TRAINING = "training", _("Training body")
        COMPANY = "company", _("Company")
        COURT = "court", _("Court")
        PROSECUTOR = "prosecutor", _("Prosecutor")
        POLICE = "police", _("Police")
        SECURITY_SERVICE = "security_service", _("Security service")
        MINISTRY = "ministry", _("Ministry")
        LEGISLATURE = "legislature", _("Legislature")
        INTERGOVERNMENTAL = "intergovernmental", _("Intergovernmental body")
        OTHER = "other", _("Other")

    class Registration(Vocabulary):
        REGISTERED = "registered", _("registered")
        UNREGISTERED = "unregistered", _("not registered")
        REFUSED = "refused", _("registration refused")
        DISSOLVED = "dissolved", _("dissolved")

    class Operation(Vocabulary):
        OPERATING = "operating", _("operating")
        IN_EXILE = "in_exile", _("operating from abroad")
        SEALED = "sealed", _("premises sealed")
        STOPPED = "stopped", _("stopped work")

    name = models.CharField(_("name"), max_length=250)
    native_name = models.CharField(_("native name"), max_length=250, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.pairs)
    country = CountryField(_("country"), blank=True)
    registration = models.CharField(_("registration"), max_length=15, choices=Registration.pairs, blank=True)
    registration_note = models.CharField(
        _("registration, as the source says"), max_length=300, blank=True, help_text=_("Who says so, and when.")
    )
    operation = models.CharField(_("operation"), max_length=12, choices=Operation.pairs, blank=True)
    seat = models.CharField(_("seat"), max_length=200, blank=True, help_text=_("City, as the source says."))
    summary = models.TextField(_("summary"), blank=True, help_text=_("What the public reads about the organisation."))
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        permissions = [("publish_organisation", _("Can publish and take back"))]
        ordering = ["name", "pk"]
        constraints = state_constraints("organisation")

    def __str__(self):
        return self.name


class AffiliationQuerySet(PublishableQuerySet):
    def public(self):
        return self.published().filter(
            person__in=Person.objects.public(), organisation__in=Organisation.objects.public()
        )


class Affiliation(Identified, Publishable):
    """A person's tie to an organisation, and who says that there is one."""

    class Attribution(Vocabulary):
        SELF_STATED = "self_stated", _("as the person says")
        CONFIRMED = "confirmed", _("confirmed by the organisation")
        ALLEGED = "alleged", _("alleged by the authorities")
        DISPUTED = "disputed", _("disputed")

    person = models.ForeignKey(Person, models.CASCADE, related_name="affiliations", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="affiliations", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=200, blank=True)
    from_on = PartialDateField(_("from"))
    until_on = PartialDateField(_("until"))
    attribution = models.CharField(
        _("who says so"),
        max_length=12,
        choices=Attribution.pairs,
        blank=True,
        help_text=_("Empty where no source says who states the tie. A disputed tie is shown with both sides."),
    )
    note = models.CharField(_("note"), max_length=300, blank=True, help_text=_("Shown beside the tie."))
    sequence = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")
        ordering = ["person", "sequence", "pk"]
        constraints = state_constraints("affiliation")

    def __str__(self):
        return f"{self.person}, {self.organisation}"
