"""Where somebody is held, by whose order, and when custody was last confirmed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from ..daycount import Episode
from .fields import PartialDateField
from .identity import Identified
from .organisations import Organisation
from .people import Person
from .publication import Publishable, PublishableQuerySet, state_constraints
from .vocabulary import Vocabulary


class Place(Identified):
    """A place of custody or of an event, and how precisely the public may know it."""

    class Precision(Vocabulary):
        COUNTRY = "country", _("the country")
        REGION = "region", _("the region")
        CITY = "city", _("the city")
        FACILITY = "facility", _("the facility")

    country = CountryField(_("country"))
    region = models.CharField(_("region"), max_length=120, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    facility = models.CharField(_("facility"), max_length=200, blank=True)
    precision = models.CharField(_("the public sees"), max_length=10, choices=Precision.pairs, default=Precision.CITY)
    letters_accepted = models.BooleanField(
        _("letters accepted"), null=True, blank=True, help_text=_("Leave unknown unless a source says so.")
    )

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["country", "city", "facility", "pk"]

    def __str__(self):
        return ", ".join(filter(None, [self.facility, self.city, self.region, str(self.country.name)]))

    @property
    def public_text(self):
        """The place as precisely as the public may know it, country last."""
        known = {"facility": self.facility, "city": self.city, "region": self.region}
        allowed = {"facility": ["facility", "city"], "city": ["city"], "region": ["region"]}.get(self.precision, [])
        return ", ".join([known[part] for part in allowed if known[part]] + [str(self.country.name)])


class OfPersonQuerySet(PublishableQuerySet):
    """Rows that hang on one person."""

    def public(self):
        return self.published().filter(person__in=Person.objects.public())


class Detention(Identified, Publishable):
    """One episode in custody. Without a recorded end it is open: “no end recorded”, never “still held”."""

    class Kind(Vocabulary):
        POLICE = "police", _("police custody")
        REMAND = "remand", _("pre-trial detention")
        ADMINISTRATIVE = "administrative", _("administrative detention")
        HOUSE_ARREST = "house_arrest", _("house arrest")
        SERVING = "serving", _("serving a sentence")
        CUSTODY = "custody", _("in custody (kind not recorded)")

    class Release(Vocabulary):
        RELEASED = "released", _("released")
        SERVED = "served", _("released after serving the sentence")
        PARDONED = "pardoned", _("released by pardon")
        AMNESTIED = "amnestied", _("released by amnesty")
        ACQUITTED = "acquitted", _("released on acquittal")
        CONDITIONAL = "conditional", _("released on conditional terms")
        SUPERVISION = "supervision", _("released under supervision")
        TRANSFERRED = "transferred", _("custody continued in another form")
        DIED = "died", _("died in custody")

    IN_PRISON = [Kind.POLICE, Kind.REMAND, Kind.ADMINISTRATIVE, Kind.SERVING, Kind.CUSTODY]

    person = models.ForeignKey(Person, models.CASCADE, related_name="detentions", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.pairs)
    legal_basis = models.CharField(
        _("legal basis"),
        max_length=200,
        blank=True,
        help_text=_("Two episodes may overlap only where they rest on different legal bases."),
    )
    authority = models.CharField(_("detaining authority"), max_length=200, blank=True)
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="detentions", verbose_name=_("place of custody")
    )
    arrest_place = models.CharField(
        _("place of arrest"), max_length=200, blank=True, help_text=_("As the source says. No home address.")
    )
    from_on = PartialDateField(_("from"))
    until_on = PartialDateField(_("until"), help_text=_("Empty while no end is recorded."))
    release = models.CharField(
        _("how it ended"),
        max_length=15,
        choices=Release.pairs,
        blank=True,
        help_text=_("A pardon is not an acquittal."),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    sequence = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = OfPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("detention")
        verbose_name_plural = _("detentions")
        ordering = ["person", "from_on", "sequence", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_on__isnull=True) | Q(until_on__isnull=True) | Q(until_on__gte=models.F("from_on")),
                name="a_detention_ends_after_it_begins",
            ),
            *state_constraints("detention"),
        ]

    def __str__(self):
        return f"{self.person}, {self.get_kind_display()}"

    @property
    def ended(self):
        return bool(self.until_on or self.release)

    @property
    def in_prison(self):
        return self.kind in self.IN_PRISON

    @property
    def episode(self):
        return Episode(self.from_on, self.until_on, self.ended)


class DetentionOrder(Identified, Publishable):
    """A decision about custody: the first remand, an extension, a conversion, a refusal to release."""

    class Kind(Vocabulary):
        INITIAL = "initial", _("Remand")
        EXTENSION = "extension", _("Extension")
        CONVERSION = "conversion", _("Conversion")
        REFUSAL = "refusal", _("Release refused")
        RELEASE = "release", _("Release ordered")

    detention = models.ForeignKey(Detention, models.CASCADE, related_name="orders", verbose_name=_("detention"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.pairs)
    court = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("court")
    )
    ordered_on = PartialDateField(_("ordered on"))
    months = models.PositiveSmallIntegerField(_("months"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("and days"), null=True, blank=True)
    expires_on = PartialDateField(_("expires on"), help_text=_("Only where a source states the day."))
    summary = models.TextField(_("what the public reads"), blank=True)
    sequence = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = PublishableQuerySet.as_manager()

    class Meta:
        verbose_name = _("detention order")
        verbose_name_plural = _("detention orders")
        ordering = ["detention", "ordered_on", "sequence", "pk"]
        constraints = state_constraints("order")

    def __str__(self):
        return f"{self.get_kind_display()}, {self.ordered_on or _('day not known')}"


class CustodyReport(Identified, Publishable):
    """A dated observation of somebody's situation. It holds on its day and on no other."""

    class Status(Vocabulary):
        PRETRIAL_DETENTION = "pretrial_detention", _("Held before trial")
        ON_TRIAL_DETAINED = "on_trial_detained", _("On trial, held")
        ON_TRIAL_AT_LIBERTY = "on_trial_at_liberty", _("On trial, at liberty")
        CONVICTED_IMPRISONED = "convicted_imprisoned", _("Sentenced, in prison")
        CONDITIONAL_SENTENCE = "conditional_sentence", _("Conditional sentence")
        HOUSE_ARREST = "house_arrest", _("House arrest")
        TRAVEL_BAN = "travel_ban", _("Travel ban")
        RELEASED = "released", _("Released")
        DIED = "died", _("Died")
        UNKNOWN = "unknown", _("Not known")

    HELD = [Status.PRETRIAL_DETENTION, Status.ON_TRIAL_DETAINED, Status.CONVICTED_IMPRISONED]

    person = models.ForeignKey(Person, models.CASCADE, related_name="custody_reports", verbose_name=_("person"))
    status = models.CharField(_("reported status"), max_length=25, choices=Status.pairs)
    as_of = PartialDateField(_("as of"), null=False, blank=False)
    detail = models.TextField(_("detail"), blank=True, help_text=_("What the source says, in our own words."))
    sequence = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = OfPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("custody report")
        verbose_name_plural = _("custody reports")
        ordering = ["person", "as_of", "sequence", "pk"]
        constraints = state_constraints("custody_report")

    def __str__(self):
        return f"{self.get_status_display()}, {self.as_of}"

    @property
    def confirms_custody(self):
        return self.status in self.HELD
