"""An appeal the public can sign: about whom, asked of whom, open when."""

from functools import lru_cache

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Organisation, Person, Proceeding
from cases.models.identity import Slugged
from cases.models.publication import Publishable, PublishableQuerySet, state_constraints
from cases.models.vocabulary import Vocabulary

from .recipients import CampaignRecipient, Recipient
from .texts import CampaignText


class SigningState(Vocabulary):
    """Why a campaign takes signatures at a moment, or why not. Derived, never stored."""

    NOT_YET_OPEN = "not_yet_open", _("not yet open")
    OPEN = "open", _("open")
    PAUSED = "paused", _("paused")
    NOBODY_HELD = "nobody_held", _("paused: released or died")
    CLOSED = "closed", _("closed")


class CampaignQuerySet(PublishableQuerySet):
    def public(self):
        """Published, and everything it names is public too: a paused or retracted case takes its campaigns along, and
        so does somebody who no longer agrees to a campaign."""
        return self.published().filter(*_names_what_is_public(timezone.localdate()))

    def with_keys(self):
        """Whose keys are there. Without them (a backup was restored, but not its keys) nobody can sign, confirm or be
        written to."""
        return self.filter(key__isnull=False, key__destroyed_at__isnull=True)

    def with_standing(self):
        """Adds what `signing_state` asks of the record: whether it names anybody, and whether anybody of them is not
        known by a cited, undisputed source to be free or dead."""
        named = Campaign.persons.through.objects.filter(campaign=OuterRef("pk"))
        over = Q(person__standing__status__in=["released", "died"], person__standing__release_cited=True)
        return self.annotate(names_somebody=Exists(named), somebody_not_free=Exists(named.exclude(over)))

    def open(self, at):
        """Taking signatures at this moment."""
        return self.with_standing().filter(
            Q(closes_at__isnull=True) | Q(closes_at__gt=at),
            Q(names_somebody=False) | Q(somebody_not_free=True),
            opens_at__lte=at,
            paused_at__isnull=True,
        )

    def with_text(self, language):
        """Adds title and ask of the newest text, in `language` where there is one: `text_title`, `text_ask`."""
        newest = CampaignText.objects.filter(campaign=OuterRef("pk")).best_first(language)
        return self.annotate(
            text_title=Subquery(newest.values("title")[:1]), text_ask=Subquery(newest.values("ask")[:1])
        )

    def featured_first(self):
        return self.order_by(F("featured_order").asc(nulls_last=True), "-opens_at", "pk")


@lru_cache(maxsize=2)
def _names_what_is_public(on):
    """Conditions on campaigns on the day `on`. Kept, because putting them together takes longer than asking them."""
    named = Campaign.persons.through.objects.filter(campaign=OuterRef("pk"))
    willing = Person.objects.public().agreed_to_campaigns(on=on)
    return (
        ~Exists(named.exclude(person__in=willing)),
        Q(proceeding__isnull=True) | Q(proceeding__in=Proceeding.objects.public()),
        Q(organisation__isnull=True) | Q(organisation__in=Organisation.objects.public()),
    )


class Campaign(Slugged, Publishable):
    """Bound to persons, a proceeding or an organisation, and to recipients. Its words stand in CampaignText."""

    title = models.CharField(
        _("working title"), max_length=120, help_text=_("For staff. The public sees the title of the current text.")
    )
    persons = models.ManyToManyField(
        Person,
        blank=True,
        related_name="campaigns",
        verbose_name=_("persons"),
        help_text=_("Everybody the campaign is about. It is public only while all their case pages are."),
    )
    proceeding = models.ForeignKey(
        Proceeding,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name=_("proceeding"),
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name=_("organisation"),
    )
    recipients = models.ManyToManyField(
        Recipient, through=CampaignRecipient, related_name="campaigns", verbose_name=_("recipients")
    )
    goal = models.PositiveIntegerField(
        _("goal"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("The number of signatures aimed at; the page shows it beside the count."),
    )
    opens_at = models.DateTimeField(_("opens"), default=timezone.now)
    closes_at = models.DateTimeField(
        _("closes"), null=True, blank=True, help_text=_("From then on nobody can sign; mailed links work 7 more days.")
    )
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True, editable=False)
    pause_reason = models.CharField(_("why paused"), max_length=300, blank=True, editable=False)
    featured_order = models.PositiveSmallIntegerField(
        _("place on the home page"),
        null=True,
        blank=True,
        help_text=_("The open campaign with the smallest number stands on the home page."),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        permissions = [("publish_campaign", _("Can publish, open, pause and close"))]
        ordering = ["-opens_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="a_campaign_closes_after_it_opens",
                condition=Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
            ),
            models.CheckConstraint(
                name="a_paused_campaign_says_why",
                condition=Q(paused_at__isnull=True, pause_reason="")
                | (Q(paused_at__isnull=False) & ~Q(pause_reason="")),
            ),
            models.CheckConstraint(name="a_goal_is_at_least_one", condition=Q(goal__isnull=True) | Q(goal__gte=1)),
            *state_constraints("campaign"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("campaigns:campaign", args=[self.slug])

    def signing_state(self, at):
        """The SigningState at a moment. The campaign must come from `with_standing()`."""
        if self.closes_at and self.closes_at <= at:
            return SigningState.CLOSED
        if self.names_somebody and not self.somebody_not_free:
            return SigningState.NOBODY_HELD
        if self.paused_at:
            return SigningState.PAUSED
        if self.opens_at > at:
            return SigningState.NOT_YET_OPEN
        return SigningState.OPEN
