"""Private tables: on what basis a page is public, what the person agreed to, what could happen. Never exported."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .people import Person
from .sources import Source
from .vocabulary import Vocabulary

REVIEWED_WITHIN = timedelta(days=90)


class PublicationBasis(models.Model):
    """Why a person's page may be public. Nobody's approval is ever generated."""

    class Kind(Vocabulary):
        CONSENT = "consent", _("consent")
        NOT_OBTAINABLE = "not_obtainable", _("consent not obtainable, documented")
        PUBLIC_RECORD = "public_record", _("public record")
        DEMONSTRATION = "demonstration", _("demonstration")

    MINIMAL = [Kind.PUBLIC_RECORD, Kind.DEMONSTRATION]
    """Nobody was asked: no health, no family, no photo, whatever else is recorded."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="basis", verbose_name=_("person"))
    kind = models.CharField(_("basis"), max_length=15, choices=Kind.pairs)
    documentation = models.TextField(
        _("documentation"),
        blank=True,
        help_text=_("Why consent could not be had, or where the facts are already public."),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    second_person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("second person"),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("publication basis")
        verbose_name_plural = _("publication bases")
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="public_record") | Q(approved_by__isnull=False),
                name="a_public_record_basis_is_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(kind="not_obtainable") | (Q(second_person__isnull=False) & ~Q(documentation="")),
                name="consent_not_obtainable_is_documented_and_seen_by_two",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | Q(second_person__isnull=True)
                | ~Q(approved_by=F("second_person")),
                name="the_second_person_is_another_person",
            ),
            models.CheckConstraint(
                condition=~Q(kind="demonstration") | Q(approved_by__isnull=True, second_person__isnull=True),
                name="a_demonstration_is_approved_by_nobody",
            ),
        ]

    def __str__(self):
        return f"{self.person}: {self.get_kind_display()}"


class ConsentRecordQuerySet(models.QuerySet):
    def in_force(self, on):
        """Given, not taken back and not run out on the day `on`."""
        return self.filter(
            Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=on),
            Q(expires_on__isnull=True) | Q(expires_on__gte=on),
            given_on__lte=on,
        )


class ConsentRecord(models.Model):
    """What somebody agreed to, for whom, and when it was taken back."""

    class Scope(Vocabulary):
        NAME = "name", _("name")
        PHOTO = "photo", _("photo")
        HEALTH = "health", _("health")
        LETTERS = "letters", _("letters")
        CAMPAIGN = "campaign", _("campaign")
        FAMILY = "family", _("family")

    person = models.ForeignKey(Person, models.CASCADE, related_name="consents", verbose_name=_("person"))
    given_by = models.CharField(_("given by"), max_length=200, help_text=_("The person, a relative, a lawyer."))
    scope = models.CharField(_("scope"), max_length=10, choices=Scope.pairs)
    given_on = models.DateField(_("given on"))
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    evidence = models.TextField(_("evidence"), blank=True)

    objects = ConsentRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent record")
        verbose_name_plural = _("consent records")
        ordering = ["person", "given_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("given_on")),
                name="a_consent_is_withdrawn_after_it_was_given",
            )
        ]

    def __str__(self):
        return f"{self.person}: {self.get_scope_display()}"


class RiskAssessmentQuerySet(models.QuerySet):
    def current(self, on):
        """The assessments whose review is not yet due on the day `on`; none counts for longer than 90 days."""
        return self.filter(assessed_on__lte=on, assessed_on__gte=on - REVIEWED_WITHIN, review_due_on__gte=on)

    def above(self, level):
        """Those that are higher than `level`."""
        levels = RiskAssessment.Level.values
        return self.filter(level__in=levels[levels.index(level) + 1 :])


class RiskAssessment(models.Model):
    """What publishing could do to whom. It falls due within 90 days; the newest counts, and none is changed later."""

    class Level(Vocabulary):
        LOW = "low", _("low")
        MEDIUM = "medium", _("medium")
        HIGH = "high", _("high")

    person = models.ForeignKey(Person, models.CASCADE, related_name="risk_assessments", verbose_name=_("person"))
    level = models.CharField(_("level"), max_length=8, choices=Level.pairs)
    reasons = models.TextField(_("reasons"), blank=True)
    assessed_on = models.DateField(_("assessed on"))
    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("assessed by")
    )
    review_due_on = models.DateField(_("review due on"), help_text=_("At most 90 days after the assessment."))

    objects = RiskAssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("risk assessment")
        verbose_name_plural = _("risk assessments")
        ordering = ["person", "-assessed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(review_due_on__gte=F("assessed_on")), name="a_risk_review_is_due_after_the_assessment"
            )
        ]

    def __str__(self):
        return f"{self.person}: {self.get_level_display()}"


class PauseQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(lifted_at__isnull=True)

    def review_due(self, on):
        """In force, and to be looked at again by the day `on`."""
        return self.in_force().filter(review_on__lte=on)


class Pause(models.Model):
    """The family or a lawyer asks for silence: the page is hidden, the record is kept."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="pauses", verbose_name=_("person"))
    since = models.DateTimeField(_("since"), auto_now_add=True)
    asked_by = models.CharField(_("asked by"), max_length=200)
    reason = models.TextField(_("reason"), blank=True)
    review_on = models.DateField(_("review on"))
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)

    objects = PauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(lifted_at__isnull=True), name="a_person_is_paused_once_at_a_time"
            )
        ]

    def __str__(self):
        return f"{self.person}"


class ConfidentialSource(models.Model):
    """Who a confidential source is. The public table knows only that there is one."""

    source = models.OneToOneField(Source, models.CASCADE, related_name="identity", verbose_name=_("source"))
    identity = models.TextField(_("identity"))
    contact = models.TextField(_("contact"), blank=True)

    class Meta:
        verbose_name = _("identity of a confidential source")
        verbose_name_plural = _("identities of confidential sources")

    def __str__(self):
        return self.source.public_id
