"""How we know: publishers, sources, and the citations that tie them to the record."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .advocacy import Recognition
from .custody import CustodyReport, Detention, DetentionOrder
from .events import CaseEvent
from .fields import PartialDateField
from .identity import Identified
from .law import LegalProvision
from .organisations import Affiliation, Organisation
from .people import Person, PersonName
from .proceedings import Charge, ChargeChange, ChargeEvent, Hearing, Proceeding, Sentence
from .publication import Publishable, PublishableQuerySet, state_constraints
from .vocabulary import Vocabulary


class Publisher(Identified):
    """Who published a source. Publishers that share texts count once (`counts_as`)."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    counts_as = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="repeats",
        verbose_name=_("counts as"),
        help_text=_("Set where this publisher mostly repeats another: the two then count as one."),
    )
    is_court = models.BooleanField(_("is a court"), default=False)

    class Meta:
        verbose_name = _("publisher")
        verbose_name_plural = _("publishers")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(counts_as__isnull=True) | ~Q(counts_as=F("id")), name="a_publisher_does_not_repeat_itself"
            )
        ]

    def __str__(self):
        return self.name


def _on_the_web(name):
    """An address that a browser opens as a page, or none: never a script, a file or a mail."""
    return Q(Q(**{name: ""}) | Q(**{f"{name}__istartswith": "https://"}) | Q(**{f"{name}__istartswith": "http://"}))


class Source(Identified, Publishable):
    """A document or testimony a statement rests on. A confidential one is never named in public."""

    class Kind(Vocabulary):
        COURT_DOCUMENT = "court_document", _("court document")
        JUDGMENT = "judgment", _("judgment")
        OFFICIAL = "official_statement", _("official statement")
        NGO_REPORT = "ngo_report", _("NGO report")
        NEWS = "news", _("news")
        STATEMENT = "statement", _("lawyer, family or detainee statement")
        BROADCAST = "broadcast", _("broadcast")
        DATA_SET = "data_set", _("data set")
        WEB_PAGE = "web_page", _("web page")

    class Copy(Vocabulary):
        ORIGINAL = "original", _("the publisher's own site")
        REPUBLICATION = "republication", _("republished elsewhere")
        MIRROR = "mirror", _("mirror of the publisher's site")
        UNKNOWN = "unknown", _("not known")

    class Reliability(Vocabulary):
        """HURIDOCS micro-thesaurus 42."""

        CREDIBLE = "credible", _("yes, it is credible")
        FAIRLY = "fairly", _("fairly credible")
        DOUBTFUL = "doubtful", _("doubtful")
        UNKNOWN = "unknown", _("cannot be judged")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.pairs, default=Kind.WEB_PAGE)
    publisher = models.ForeignKey(
        Publisher, models.PROTECT, null=True, blank=True, related_name="sources", verbose_name=_("publisher")
    )
    title = models.CharField(
        _("title"), max_length=500, blank=True, help_text=_("As it stands on the page; empty if not seen.")
    )
    url = models.URLField(_("address"), max_length=1000, blank=True)
    published_on = PartialDateField(_("published"))
    accessed_on = models.DateField(_("accessed"), null=True, blank=True)
    archive_url = models.URLField(_("archived copy"), max_length=1000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, help_text=_("ISO 639-1, for example az."))
    copy = models.CharField(_("which copy was read"), max_length=15, choices=Copy.pairs, default=Copy.UNKNOWN)
    reliability = models.CharField(_("reliability"), max_length=10, choices=Reliability.pairs, blank=True)
    is_confidential = models.BooleanField(
        _("confidential"),
        default=False,
        help_text=_("The public reads “confidential source”. Who it is stands in a private table only."),
    )

    objects = PublishableQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["public_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_confidential=False) | Q(url="", title="", archive_url="", publisher__isnull=True),
                name="a_confidential_source_names_nobody_here",
            ),
            models.CheckConstraint(condition=_on_the_web("url"), name="a_source_is_linked_on_the_web_only"),
            models.CheckConstraint(condition=_on_the_web("archive_url"), name="a_copy_is_linked_on_the_web_only"),
            *state_constraints("source"),
        ]

    def __str__(self):
        if self.is_confidential:
            return str(_("confidential source %(id)s") % {"id": self.public_id})
        return ". ".join(filter(None, [self.publisher.name if self.publisher else "", self.title or self.url]))


ARC = {
    "person": Person,
    "name": PersonName,
    "affiliation": Affiliation,
    "organisation": Organisation,
    "detention": Detention,
    "order": DetentionOrder,
    "custody_report": CustodyReport,
    "provision": LegalProvision,
    "proceeding": Proceeding,
    "charge": Charge,
    "charge_event": ChargeEvent,
    "charge_change": ChargeChange,
    "hearing": Hearing,
    "sentence": Sentence,
    "event": CaseEvent,
    "recognition": Recognition,
}
"""What a citation may be of: the name of the foreign key → the model."""


def _exactly_one():
    """One alternative for each foreign key of the arc: it is set and all others are empty."""
    either = Q()
    for chosen in ARC:
        either |= Q(**{f"{name}__isnull": name != chosen for name in ARC})
    return either


def _of(model):
    """One foreign key of the arc."""
    return models.ForeignKey(
        model, models.CASCADE, null=True, blank=True, related_name="citations", verbose_name=model._meta.verbose_name
    )


class CitationQuerySet(PublishableQuerySet):
    def of(self, record):
        """The citations of one record."""
        return self.filter(**{arc_name(type(record)): record})

    def public(self):
        """Published citations of published sources. Whether the cited record is public is the caller's question."""
        return self.published().filter(source__state="published")


class Citation(Identified, Publishable):
    """Ties a source to one record: to one field of it where the source is known to speak of that field."""

    class Stance(Vocabulary):
        SUPPORTS = "supports", _("supports")
        CONTRADICTS = "contradicts", _("contradicts")
        CONTEXT = "context", _("context")

    source = models.ForeignKey(Source, models.PROTECT, related_name="citations", verbose_name=_("source"))
    person = _of(ARC["person"])
    name = _of(ARC["name"])
    affiliation = _of(ARC["affiliation"])
    organisation = _of(ARC["organisation"])
    detention = _of(ARC["detention"])
    order = _of(ARC["order"])
    custody_report = _of(ARC["custody_report"])
    provision = _of(ARC["provision"])
    proceeding = _of(ARC["proceeding"])
    charge = _of(ARC["charge"])
    charge_event = _of(ARC["charge_event"])
    charge_change = _of(ARC["charge_change"])
    hearing = _of(ARC["hearing"])
    sentence = _of(ARC["sentence"])
    event = _of(ARC["event"])
    recognition = _of(ARC["recognition"])
    field = models.CharField(
        _("field"),
        max_length=40,
        blank=True,
        help_text=_("Which field it speaks of; empty for the whole record. Never guess the field."),
    )
    stated_value = models.CharField(
        _("value it states"),
        max_length=300,
        blank=True,
        help_text=_("Where sources differ, the public sees both values side by side."),
    )
    stance = models.CharField(_("stance"), max_length=12, choices=Stance.pairs, default=Stance.SUPPORTS)
    locator = models.CharField(_("locator"), max_length=100, blank=True, help_text=_("Page, paragraph or minute."))
    quotation = models.CharField(_("short quotation"), max_length=500, blank=True)
    sequence = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = CitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["sequence", "pk"]
        constraints = [
            models.CheckConstraint(condition=_exactly_one(), name="a_citation_is_of_exactly_one_record"),
            *state_constraints("citation"),
        ]

    def __str__(self):
        return f"{self.source} ({self.get_stance_display()})"

    @property
    def record(self):
        """The record that is cited for."""
        return next(getattr(self, name) for name in ARC if getattr(self, f"{name}_id"))


def arc_name(model):
    """The foreign key of `Citation` that points to `model`. Raises LookupError for a model that is not citable."""
    for name, target in ARC.items():
        if issubclass(model, target):
            return name
    raise LookupError(f"{model.__name__} has no citations")
