"""Pictures of persons: taken apart and made anew on upload, shown with credit, alternative text and licence."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .custody import OfPersonQuerySet
from .identity import Identified
from .people import Person
from .publication import Publishable, state_constraints


class PictureQuerySet(OfPersonQuerySet):
    def licensed(self, on):
        """Pictures whose licence still holds on the day `on`."""
        return self.filter(Q(licence_expires_on__isnull=True) | Q(licence_expires_on__gte=on))


class Picture(Identified, Publishable):
    """A portrait in three fixed sizes, each as WebP and JPEG; `stem` is the random name they share."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="pictures", verbose_name=_("person"))
    stem = models.CharField(_("file"), max_length=60, unique=True, editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    alt = models.CharField(
        _("alternative text"), max_length=300, help_text=_("What a reader who does not see the picture is told.")
    )
    credit = models.CharField(_("credit"), max_length=200, help_text=_("Shown under the picture."))
    licence = models.CharField(_("licence"), max_length=200, help_text=_("On what right the picture is shown."))
    licence_expires_on = models.DateField(
        _("licence expires on"), null=True, blank=True, help_text=_("The picture is taken back after this day.")
    )

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["person", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="published"), name="a_person_shows_one_picture"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=["draft", "in_review"]),
                name="a_person_has_one_waiting_picture",
            ),
            *state_constraints("picture"),
        ]

    def __str__(self):
        return f"{self.person}"
