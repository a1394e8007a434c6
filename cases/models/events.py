"""Everything else that happened: raids, arrests, bans, strikes, awards, releases."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .custody import Place
from .fields import PartialDateField
from .identity import Identified
from .organisations import Organisation
from .people import Person
from .proceedings import Proceeding
from .publication import Publishable, PublishableQuerySet, state_constraints
from .vocabulary import Vocabulary


class CaseEvent(Identified, Publishable):
    """Something that happened to persons or organisations, on a partial date, told in our own words."""

    class Kind(Vocabulary):
        ARREST = "arrest", _("Arrest")
        DETAINED_AND_RELEASED = "detained_and_released", _("Detained and released")
        RELEASE = "release", _("Release")
        DEATH = "death", _("Death")
        TRANSFER = "transfer", _("Transfer")
        RAID = "raid", _("Raid")
        SEARCH = "search", _("Search")
        SEALED = "sealed", _("Office sealed")
        EQUIPMENT_SEIZED = "equipment_seized", _("Equipment seized")
        ACCOUNTS_FROZEN = "accounts_frozen", _("Accounts frozen")
        SITE_BLOCKED = "site_blocked", _("Site blocked")
        REGISTRATION_DENIED = "registration_denied", _("Registration denied")
        FUNDING_BLOCKED = "funding_blocked", _("Funding blocked")
        INVESTIGATION_SUSPENDED = "investigation_suspended", _("Investigation suspended")
        SUPERVISION = "police_supervision", _("Police supervision")
        TRAVEL_BAN = "travel_ban", _("Travel ban")
        TRAVEL_BAN_UPHELD = "travel_ban_upheld", _("Travel ban upheld")
        ILL_TREATMENT = "ill_treatment", _("Alleged ill-treatment")
        COUNSEL_DENIED = "counsel_denied", _("Counsel denied")
        FAMILY_TARGETED = "family_targeted", _("Family targeted")
        SMEAR = "smear", _("Smear")
        RETALIATION = "retaliation", _("Retaliation")
        HUNGER_STRIKE = "hunger_strike", _("Hunger strike")
        HUNGER_STRIKE_END = "hunger_strike_end", _("Hunger strike ended")
        INTERIM_MEASURE = "interim_measure", _("Interim measure")
        INTERNATIONAL_JUDGMENT = "international_judgment", _("Judgment")
        AWARD = "award", _("Award")
        OTHER = "other", _("Event")

    CUSTODY = [Kind.ARREST, Kind.DETAINED_AND_RELEASED, Kind.RELEASE, Kind.DEATH, Kind.TRANSFER, Kind.SUPERVISION]

    kind = models.CharField(_("kind"), max_length=25, choices=Kind.pairs)
    on = PartialDateField(_("on"))
    sequence = models.PositiveSmallIntegerField(_("order"), default=0)
    persons = models.ManyToManyField(Person, blank=True, related_name="events", verbose_name=_("persons"))
    organisations = models.ManyToManyField(
        Organisation, blank=True, related_name="events", verbose_name=_("organisations")
    )
    proceeding = models.ForeignKey(
        Proceeding, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("proceeding")
    )
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place"))
    place_text = models.CharField(
        _("place, as the source says"), max_length=200, blank=True, help_text=_("No home address.")
    )
    authority = models.CharField(_("authority"), max_length=200, blank=True)
    summary = models.TextField(_("what the public reads"), blank=True)

    objects = PublishableQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["on", "sequence", "pk"]
        constraints = state_constraints("event")

    def __str__(self):
        return f"{self.get_kind_display()}, {self.on or _('day not known')}"
