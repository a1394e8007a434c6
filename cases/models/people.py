"""Persons whose situation is documented, and their names."""

from functools import cache

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from .identity import Identified, Slugged
from .publication import Publishable, PublishableQuerySet, state_constraints
from .vocabulary import Vocabulary


def _term_over(on):
    return Q(standing__term_ends_on__lt=on, standing__is_open=True)


@cache
def _is_paused():
    """A condition on persons. Kept, because putting it together takes longer than asking it."""
    from .protection import Pause

    return Exists(Pause.objects.in_force().filter(person=OuterRef("pk")))


class PersonQuerySet(PublishableQuerySet):
    def public(self):
        """Published, and nobody has asked for silence."""
        return self.published().filter(~_is_paused())

    def paused(self):
        """Somebody has asked for silence about them."""
        return self.filter(_is_paused())

    def for_search_engines(self):
        """Whom nobody asked to keep out of search engines; a minor never is in them."""
        return self.filter(noindex=False, is_minor=False)

    def agreed_to_campaigns(self, *, on):
        """Persons about whom there may be a campaign: whoever was asked for consent has agreed to that, too."""
        from .protection import ConsentRecord

        agreed = ConsentRecord.objects.in_force(on).filter(person=OuterRef("pk"), scope=ConsentRecord.Scope.CAMPAIGN)
        return self.filter(~Q(basis__kind="consent") | Exists(agreed))

    def held(self, *, on):
        """Held as last confirmed; those whose term had run out by `on` without news are left out."""
        return self.filter(~_term_over(on) | Q(standing__term_ends_on__isnull=True), standing__held=True)

    def term_over(self, *, on):
        """Last known in prison, but the term ended before `on` and nothing later is known."""
        return self.filter(_term_over(on), standing__held=True)

    def in_proceeding(self, proceeding):
        from .proceedings import Charge

        return self.filter(Exists(Charge.objects.published().filter(person=OuterRef("pk"), proceeding=proceeding)))


class Person(Slugged, Publishable):
    """Somebody whose situation is documented; the model behind a case page."""

    class Gender(Vocabulary):
        FEMALE = "female", _("female")
        MALE = "male", _("male")
        OTHER = "other", _("other")

    class Category(Vocabulary):
        JOURNALIST = "journalist", _("Journalist")
        MEDIA_WORKER = "media_worker", _("Media worker")
        ACTIVIST = "activist", _("Activist")
        LABOUR_ACTIVIST = "labour_activist", _("Labour activist")
        NGO_LEADER = "ngo_leader", _("NGO leader")
        HUMAN_RIGHTS_DEFENDER = "human_rights_defender", _("Human rights defender")
        SCHOLAR = "scholar", _("Scholar")
        POLITICIAN = "politician", _("Politician")
        LAWYER = "lawyer", _("Lawyer")
        ARTIST = "artist", _("Artist")
        OTHER = "other", _("Other")

    display_name = models.CharField(_("name"), max_length=200, help_text=_("The heading of the case page."))
    native_name = models.CharField(
        _("native name"),
        max_length=200,
        blank=True,
        help_text=_("As written in the person's own language; the public sees it under the name."),
    )
    gender = models.CharField(_("gender"), max_length=10, choices=Gender.pairs, blank=True)
    birth_year = models.PositiveSmallIntegerField(
        _("year of birth"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1900), MaxValueValidator(2100)],
        help_text=_("The year only. The public does not see a full date of birth."),
    )
    country = CountryField(_("country"), help_text=_("The country whose authorities hold or prosecute the person."))
    category = models.CharField(_("work"), max_length=30, choices=Category.pairs, blank=True)
    occupation = models.CharField(
        _("occupation"),
        max_length=300,
        blank=True,
        help_text=_("One line under the name, for example “Editor-in-chief”."),
    )
    summary = models.TextField(
        _("summary"),
        blank=True,
        help_text=_("Two or three sentences the public reads first. Attribute every allegation."),
    )
    is_minor = models.BooleanField(
        _("is a minor"), default=False, help_text=_("The public sees the pseudonym only, never the name.")
    )
    pseudonym = models.CharField(_("pseudonym"), max_length=200, blank=True)
    noindex = models.BooleanField(
        _("keep out of search engines"),
        default=False,
        help_text=_("Search engines are asked not to list the page."),
    )
    verified_on = models.DateField(
        _("last verified"),
        null=True,
        blank=True,
        help_text=_("The day an editor of this organisation last checked the whole page. Empty until then."),
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("verified by"),
    )
    research_note = models.TextField(
        _("research note"), blank=True, help_text=_("How this record was compiled. Staff only; never public.")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        permissions = [("publish_person", _("Can publish and take back"))]
        ordering = ["display_name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_minor=False) | ~Q(pseudonym=""), name="a_minor_is_shown_under_a_pseudonym"
            ),
            models.CheckConstraint(
                condition=Q(verified_on__isnull=True) | Q(verified_by__isnull=False),
                name="a_verified_person_was_verified_by_somebody",
            ),
            *state_constraints("person"),
        ]

    def __str__(self):
        return self.display_name

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("cases:case", args=[self.slug])

    @property
    def name(self):
        """The name the public reads: for a minor the pseudonym."""
        return self.pseudonym if self.is_minor else self.display_name

    @property
    def is_kept_from_search(self):
        return self.noindex or self.is_minor

    @property
    def public_native_name(self):
        return "" if self.is_minor else self.native_name


class PersonName(Identified, Publishable):
    """Another spelling or name, shown (native, transliteration, alias) or only found by search (misspelling)."""

    class Kind(Vocabulary):
        NATIVE = "native", _("native")
        TRANSLITERATION = "transliteration", _("transliteration")
        ALIAS = "alias", _("also known as")
        MISSPELLING = "misspelling", _("misspelling, for search only")

    person = models.ForeignKey(Person, models.CASCADE, related_name="names", verbose_name=_("person"))
    text = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.pairs, default=Kind.TRANSLITERATION)
    script = models.CharField(_("script"), max_length=4, blank=True, help_text=_("ISO 15924 code: Latn, Cyrl, Arab …"))
    note = models.CharField(_("note"), max_length=200, blank=True, help_text=_("For example where the form is used."))
    sequence = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = PublishableQuerySet.as_manager()

    class Meta:
        verbose_name = _("name")
        verbose_name_plural = _("names")
        ordering = ["person", "sequence", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "text"], name="a_person_has_a_name_once"),
            *state_constraints("name"),
        ]

    def __str__(self):
        return self.text
