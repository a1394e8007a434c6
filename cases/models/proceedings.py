"""Prosecutions: charges and how they changed, hearings, sentences."""

from functools import cache

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from .custody import OfPersonQuerySet
from .fields import PartialDateField
from .identity import Identified, Slugged
from .law import LegalProvision
from .organisations import Organisation
from .people import Person
from .publication import Publishable, PublishableQuerySet, state_constraints
from .vocabulary import Vocabulary


class ProceedingQuerySet(PublishableQuerySet):
    def public(self):
        """Published, and not about people alone who were taken back or for whom silence was asked: its name would say
        who they are."""
        return self.published().filter(_charges_somebody_public())


@cache
def _charges_somebody_public():
    """A condition on proceedings, or nobody is charged in them. Kept, because putting it together takes longer than
    asking it."""
    charged = Charge.objects.published().filter(proceeding=OuterRef("pk"))
    return ~Exists(charged) | Exists(charged.filter(person__in=Person.objects.public()))


class Proceeding(Slugged, Publishable):
    """One prosecution, often of several persons."""

    class Kind(Vocabulary):
        CRIMINAL = "criminal", _("Criminal")
        ADMINISTRATIVE = "administrative", _("Administrative")
        CIVIL = "civil", _("Civil")
        INTERNATIONAL = "international", _("International")

    name = models.CharField(_("name"), max_length=200, help_text=_("For example “The AbzasMedia proceeding”."))
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.pairs, default=Kind.CRIMINAL)
    country = CountryField(_("country"))
    lead_agency = models.CharField(_("lead agency"), max_length=200, blank=True)
    case_numbers = models.CharField(_("case numbers"), max_length=200, blank=True)
    joined_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="joined", verbose_name=_("joined into")
    )
    severed_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="severed", verbose_name=_("severed from")
    )
    summary = models.TextField(_("summary"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProceedingQuerySet.as_manager()

    class Meta:
        verbose_name = _("proceeding")
        verbose_name_plural = _("proceedings")
        permissions = [("publish_proceeding", _("Can publish and take back"))]
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(joined_into__isnull=True) | ~Q(joined_into=F("id")),
                name="a_proceeding_is_not_joined_into_itself",
            ),
            models.CheckConstraint(
                condition=Q(severed_from__isnull=True) | ~Q(severed_from=F("id")),
                name="a_proceeding_is_not_severed_from_itself",
            ),
            *state_constraints("proceeding"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("cases:proceeding", args=[self.slug])


class Charge(Identified, Publishable):
    """One count against one person under one provision: what the authorities allege, never a fact.

    Its status is read from its last `ChargeEvent`; the day it was laid is the day of its event “charged”.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="charges", verbose_name=_("person"))
    proceeding = models.ForeignKey(
        Proceeding, models.PROTECT, null=True, blank=True, related_name="charges", verbose_name=_("proceeding")
    )
    provision = models.ForeignKey(LegalProvision, models.PROTECT, related_name="charges", verbose_name=_("provision"))
    wording = models.TextField(_("wording"), blank=True, help_text=_("As the charge is worded, where a source says."))
    alleged_by = models.CharField(_("alleged by"), max_length=200, blank=True)
    sequence = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = OfPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        ordering = ["person", "sequence", "pk"]
        constraints = state_constraints("charge")

    def __str__(self):
        return f"{self.person}: {self.provision}"


class ChargeEvent(Identified, Publishable):
    """A dated, sourced change in a charge. The last (date, then sequence; unknown dates by sequence) is its status."""

    class Status(Vocabulary):
        SUSPECTED = "suspected", _("named a suspect")
        CHARGED = "charged", _("charged")
        SUPERSEDED = "superseded", _("replaced")
        ON_TRIAL = "on_trial", _("on trial")
        DROPPED = "dropped", _("dropped")
        DISMISSED = "dismissed", _("dismissed")
        ACQUITTED = "acquitted", _("acquitted")
        CONVICTED = "convicted", _("convicted")
        CONVICTED_IN_CASE = "convicted_in_case", _("convicted in the case; the result for this count was not read")
        CONVICTED_LESSER = "convicted_lesser", _("convicted of a lesser offence")
        NOT_IN_VERDICT = "not_in_verdict", _("not in the verdict")
        SERVED = "served", _("penalty served")
        UNDER_APPEAL = "under_appeal", _("under appeal")
        UPHELD = "upheld", _("upheld")
        QUASHED = "quashed", _("quashed")
        RETRIAL = "retrial", _("sent back for retrial")
        PARDONED = "pardoned", _("pardoned")
        AMNESTIED = "amnestied", _("amnestied")
        EXPIRED = "expired", _("expired")
        UNKNOWN = "unknown", _("outcome not known")

    ENDED = [
        Status.SUPERSEDED, Status.DROPPED, Status.DISMISSED, Status.ACQUITTED, Status.NOT_IN_VERDICT,
        Status.SERVED, Status.QUASHED, Status.PARDONED, Status.AMNESTIED, Status.EXPIRED,
    ]  # fmt: skip

    charge = models.ForeignKey(Charge, models.CASCADE, related_name="events", verbose_name=_("charge"))
    status = models.CharField(_("what happened"), max_length=20, choices=Status.pairs)
    on = PartialDateField(_("on"))
    sequence = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("Orders events of the same day, and events of unknown date.")
    )
    court = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("court")
    )
    summary = models.TextField(_("what the public reads"), blank=True)

    objects = PublishableQuerySet.as_manager()

    class Meta:
        verbose_name = _("charge event")
        verbose_name_plural = _("charge events")
        ordering = ["charge", "sequence", "pk"]
        constraints = state_constraints("charge_event")

    def __str__(self):
        return f"{self.get_status_display()}, {self.on or _('day not known')}"


class ChargeChange(Identified, Publishable):
    """Charges of one person that changed together: many may replace many; the successors may be unknown."""

    class Kind(Vocabulary):
        ADDED = "added", _("charges added")
        AGGRAVATED = "aggravated", _("charges made heavier")
        REDUCED = "reduced", _("charges reduced")
        RECLASSIFIED = "reclassified", _("charges reclassified")
        WITHDRAWN = "withdrawn", _("charges withdrawn")

    person = models.ForeignKey(Person, models.CASCADE, related_name="charge_changes", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.pairs)
    on = PartialDateField(_("on"))
    decided_by = models.CharField(_("decided by"), max_length=200, blank=True)
    reported_penalty = models.CharField(
        _("combined penalty, as reported"),
        max_length=200,
        blank=True,
        help_text=_("A figure for all charges together is never computed: it is shown as a source reports it."),
    )
    summary = models.TextField(_("what the public reads"), blank=True)
    charges = models.ManyToManyField(Charge, through="ChargeSuccession", related_name="changes")
    sequence = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = OfPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("charge change")
        verbose_name_plural = _("charge changes")
        ordering = ["person", "on", "sequence", "pk"]
        constraints = state_constraints("charge_change")

    def __str__(self):
        return f"{self.person}: {self.get_kind_display()}, {self.on or _('day not known')}"


class ChargeSuccession(models.Model):
    """One charge's part in a change: it was replaced, or it is new."""

    class Role(Vocabulary):
        REPLACED = "replaced", _("was replaced")
        NEW = "new", _("is new")

    change = models.ForeignKey(ChargeChange, models.CASCADE, related_name="successions", verbose_name=_("change"))
    charge = models.ForeignKey(Charge, models.CASCADE, related_name="successions", verbose_name=_("charge"))
    role = models.CharField(_("this charge"), max_length=10, choices=Role.pairs)

    class Meta:
        verbose_name = _("charge in the change")
        verbose_name_plural = _("charges in the change")
        ordering = ["change", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["change", "charge"], name="a_charge_takes_part_in_a_change_once"),
            models.UniqueConstraint(
                fields=["charge"], condition=Q(role="new"), name="a_charge_is_new_in_one_change_only"
            ),
        ]

    def __str__(self):
        return f"{self.charge} {self.get_role_display()}"


class Hearing(Identified, Publishable):
    """A sitting of a court in a proceeding: what was heard, decided, adjourned."""

    class Kind(Vocabulary):
        HEARING = "hearing", _("Hearing")
        INDICTMENT = "indictment_read", _("Indictment read")
        VERDICT = "verdict", _("Verdict")
        SENTENCE = "sentence", _("Sentence")
        APPEAL = "appeal", _("Appeal")
        CASSATION = "cassation", _("Cassation")

    class Status(Vocabulary):
        SCHEDULED = "scheduled", _("scheduled")
        HELD = "held", _("held")
        ADJOURNED = "adjourned", _("adjourned")
        CANCELLED = "cancelled", _("cancelled")

    class Access(Vocabulary):
        PUBLIC = "public", _("public")
        RESTRICTED = "restricted", _("access restricted")
        CLOSED = "closed", _("closed")

    OVER = [Status.HELD, Status.ADJOURNED, Status.CANCELLED]

    proceeding = models.ForeignKey(
        Proceeding, models.PROTECT, null=True, blank=True, related_name="hearings", verbose_name=_("proceeding")
    )
    persons = models.ManyToManyField(Person, related_name="hearings", verbose_name=_("persons"))
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.pairs, default=Kind.HEARING)
    court = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="hearings", verbose_name=_("court")
    )
    on = PartialDateField(_("on"))
    at_time = models.TimeField(_("at"), null=True, blank=True, help_text=_("Local time of the court."))
    time_zone = models.CharField(_("time zone"), max_length=50, blank=True, help_text=_("For example Asia/Baku."))
    status = models.CharField(_("status"), max_length=10, choices=Status.pairs, blank=True)
    access = models.CharField(_("access"), max_length=10, choices=Access.pairs, blank=True)
    outcome = models.TextField(_("what the public reads"), blank=True)
    rescheduled_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("rescheduled from")
    )
    sequence = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = PublishableQuerySet.as_manager()

    class Meta:
        verbose_name = _("hearing")
        verbose_name_plural = _("hearings")
        ordering = ["on", "sequence", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(at_time__isnull=True) | ~Q(time_zone=""), name="a_hearing_at_a_time_has_a_time_zone"
            ),
            *state_constraints("hearing"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.on or _('day not known')}"


class Sentence(Identified, Publishable):
    """A penalty as imposed, or a later decision about it (`revises`)."""

    class Kind(Vocabulary):
        IMPOSED = "imposed", _("imposed")
        UPHELD = "upheld", _("upheld")
        REDUCED = "reduced", _("reduced")
        INCREASED = "increased", _("increased")
        REPLACED = "replaced", _("replaced")
        QUASHED = "quashed", _("quashed")
        PARDONED = "pardoned", _("pardoned")
        SERVED = "served", _("served")

    class Form(Vocabulary):
        IMPRISONMENT = "imprisonment", _("imprisonment")
        CONDITIONAL = "conditional", _("conditional sentence")
        ADMINISTRATIVE = "administrative", _("administrative detention")
        RESTRICTION = "restriction", _("restriction of liberty")
        FINE = "fine", _("fine")
        OTHER = "other", _("other")

    person = models.ForeignKey(Person, models.CASCADE, related_name="sentences", verbose_name=_("person"))
    proceeding = models.ForeignKey(
        Proceeding, models.PROTECT, null=True, blank=True, related_name="sentences", verbose_name=_("proceeding")
    )
    hearing = models.ForeignKey(
        Hearing, models.PROTECT, null=True, blank=True, related_name="sentences", verbose_name=_("pronounced at")
    )
    revises = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="revisions", verbose_name=_("decides about")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.pairs, default=Kind.IMPOSED)
    form = models.CharField(_("form"), max_length=15, choices=Form.pairs, default=Form.IMPRISONMENT)
    on = PartialDateField(_("on"))
    months = models.PositiveSmallIntegerField(
        _("months"), null=True, blank=True, help_text=_("The term that is in force from this decision on.")
    )
    text = models.CharField(_("as the public reads it"), max_length=300, blank=True)
    sequence = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = OfPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("sentence")
        verbose_name_plural = _("sentences")
        ordering = ["person", "on", "sequence", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="imposed", revises__isnull=True) | (~Q(kind="imposed") & Q(revises__isnull=False)),
                name="a_sentence_is_imposed_or_decides_about_one",
            ),
            models.CheckConstraint(
                condition=Q(revises__isnull=True) | ~Q(revises=F("id")), name="a_sentence_does_not_revise_itself"
            ),
            *state_constraints("sentence"),
        ]

    def __str__(self):
        return f"{self.person}: {self.text or self.get_kind_display()}"
