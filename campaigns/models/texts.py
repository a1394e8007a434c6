"""What is asked, word by word: versions that never change once written, because a signature belongs to one of them."""

from django.db import models
from django.db.models import Case, IntegerField, Value, When
from django.utils.translation import gettext_lazy as _


class Unchangeable(Exception):
    """Something that is kept as it was would have been changed or deleted."""


class UnchangeableQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise Unchangeable(f"{self.model._meta.label} is kept as it was written.")

    def delete(self):
        raise Unchangeable(f"{self.model._meta.label} is kept as it was written.")


class UnchangeableModel(models.Model):
    """A row that is written once. Corrections are new rows."""

    objects = UnchangeableQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise Unchangeable(f"{self._meta.label} is kept as it was written.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise Unchangeable(f"{self._meta.label} is kept as it was written.")


class CampaignTextQuerySet(UnchangeableQuerySet):
    def best_first(self, language):
        """The newest text in `language` first, then the newest in English, then any other."""
        rank = Case(
            When(language=language, then=Value(0)),
            When(language="en", then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        return self.order_by(rank, "-version", "language")


class CampaignText(UnchangeableModel):
    """One version of the appeal in one language."""

    campaign = models.ForeignKey(
        "campaigns.Campaign", models.PROTECT, related_name="texts", verbose_name=_("campaign")
    )
    language = models.CharField(_("language"), max_length=12, default="en")
    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=120, help_text=_("The campaign's name on its page and in lists."))
    ask = models.CharField(_("ask"), max_length=400, help_text=_("What is asked, in one sentence."))
    body = models.TextField(_("text"), help_text=_("The whole text people sign, in Markdown."))
    body_html = models.TextField(_("text as HTML"), editable=False)
    context = models.TextField(
        _("context"), blank=True, help_text=_("Where the ask comes from; shown beside the text, not part of it.")
    )
    created_at = models.DateTimeField(_("written at"))

    objects = CampaignTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign text")
        verbose_name_plural = _("campaign texts")
        ordering = ["language", "-version"]
        constraints = [
            models.UniqueConstraint(
                name="a_campaign_text_has_one_of_each_version_in_a_language",
                fields=["campaign", "language", "version"],
            ),
            models.CheckConstraint(
                name="a_campaign_text_says_what_it_asks",
                condition=~models.Q(title="") & ~models.Q(ask="") & ~models.Q(body=""),
            ),
            models.CheckConstraint(name="campaign_text_versions_begin_at_one", condition=models.Q(version__gte=1)),
        ]

    def __str__(self):
        return f"{self.title} ({self.language}, {self.version})"


class CampaignShareText(models.Model):
    """What a reader may say when passing the campaign on, in one language; they can change it."""

    campaign = models.ForeignKey(
        "campaigns.Campaign", models.CASCADE, related_name="share_texts", verbose_name=_("campaign")
    )
    language = models.CharField(_("language"), max_length=12, default="en")
    text = models.CharField(_("text"), max_length=280, help_text=_("Without the link, which is added to it."))

    class Meta:
        verbose_name = _("share text")
        verbose_name_plural = _("share texts")
        constraints = [
            models.UniqueConstraint(name="a_campaign_has_one_share_text_a_language", fields=["campaign", "language"]),
        ]

    def __str__(self):
        return self.text


class CampaignQuestion(models.Model):
    """A field of its own that a campaign adds to the form; answers are encrypted with the signature."""

    campaign = models.ForeignKey(
        "campaigns.Campaign", models.CASCADE, related_name="questions", verbose_name=_("campaign")
    )
    key = models.SlugField(_("key"), max_length=30, help_text=_("A short word for exports, such as profession."))
    label = models.CharField(_("question"), max_length=120, help_text=_("Shown above the field."))
    help_text = models.CharField(_("help"), max_length=200, blank=True, help_text=_("Shown under the question."))
    required = models.BooleanField(_("must be answered"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("question of the form")
        verbose_name_plural = _("questions of the form")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(name="a_campaign_asks_each_question_once", fields=["campaign", "key"]),
        ]

    def __str__(self):
        return self.label
