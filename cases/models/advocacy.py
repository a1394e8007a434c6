"""What the world says: who counts a person as imprisoned for political reasons, by whose criteria."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .custody import OfPersonQuerySet
from .fields import PartialDateField
from .identity import Identified
from .organisations import Organisation
from .people import Person
from .publication import Publishable, state_constraints
from .vocabulary import Vocabulary


class Recognition(Identified, Publishable):
    """An organisation counts this person as a political prisoner, a prisoner of conscience …, by its own criteria."""

    class Category(Vocabulary):
        POLITICAL_PRISONER = "political_prisoner", _("political prisoner")
        PRISONER_OF_CONSCIENCE = "prisoner_of_conscience", _("prisoner of conscience")
        ARBITRARILY_DETAINED = "arbitrarily_detained", _("arbitrarily detained")

    person = models.ForeignKey(Person, models.CASCADE, related_name="recognitions", verbose_name=_("person"))
    recognised_by = models.CharField(_("recognised by"), max_length=200, help_text=_("As the source names them."))
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recognitions",
        verbose_name=_("organisation"),
    )
    category = models.CharField(
        _("category"),
        max_length=25,
        choices=Category.pairs,
        blank=True,
        help_text=_("Empty where the source says only that they treat the case as political."),
    )
    criteria = models.CharField(
        _("criteria"), max_length=100, blank=True, help_text=_("For example PACE 1900 a–e, WGAD I–V, own.")
    )
    on = PartialDateField(_("on"))
    reported_by = models.CharField(_("reported by"), max_length=200, blank=True)
    note = models.CharField(_("as the source says"), max_length=300, blank=True)
    sequence = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = OfPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("recognition")
        verbose_name_plural = _("recognitions")
        ordering = ["person", "sequence", "pk"]
        constraints = state_constraints("recognition")

    def __str__(self):
        return f"{self.recognised_by}: {self.person}"
