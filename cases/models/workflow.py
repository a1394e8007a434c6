"""From draft to public: waiting changes, comments of a review, plans to publish, who is editing just now."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .organisations import Organisation
from .people import Person
from .proceedings import Proceeding

PAGE_LINKS = {"person": Person, "proceeding": Proceeding, "organisation": Organisation}
"""What has a page of its own: the name of the foreign key → the model."""


def _one_page():
    either = Q()
    for chosen in PAGE_LINKS:
        either |= Q(**{f"{name}__isnull": name != chosen for name in PAGE_LINKS})
    return either


class OfPage(models.Model):
    """Something said about one page: a person's, a proceeding's, an organisation's."""

    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    proceeding = models.ForeignKey(Proceeding, models.CASCADE, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def page(self):
        return self.person or self.proceeding or self.organisation


class OfPageQuerySet(models.QuerySet):
    def of(self, page):
        return self.filter(**{type(page)._meta.model_name: page})


class Amendment(models.Model):
    """What somebody changed in a published row, and what the public does not read yet.

    `fields` maps a field's name to the new value as text (a list of keys for many-to-many). Publishing a page that
    shows the row writes them into it.
    """

    table = models.CharField(max_length=60)
    record_id = models.CharField(max_length=64)
    label = models.CharField(_("record"), max_length=250)
    fields = models.JSONField(_("new values"), default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now=True)

    class Meta:
        verbose_name = _("waiting change")
        verbose_name_plural = _("waiting changes")
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["table", "record_id"], name="a_row_has_one_waiting_change"),
        ]

    def __str__(self):
        return self.label


class ReviewComment(OfPage):
    """A remark about a page while it is reviewed."""

    text = models.TextField(_("comment"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    resolved_at = models.DateTimeField(_("settled"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )

    objects = OfPageQuerySet.as_manager()

    class Meta:
        verbose_name = _("review comment")
        verbose_name_plural = _("review comments")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=_one_page(), name="a_comment_is_about_one_page"),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="a_settled_comment_was_settled_by_somebody",
            ),
        ]

    def __str__(self):
        return self.text[:80]


class PublicationPlan(OfPage):
    """When a page may be public (embargo), and when it is to become so by itself."""

    embargo_until = models.DateTimeField(
        _("embargo until"), null=True, blank=True, help_text=_("Nobody can publish before this moment.")
    )
    publish_at = models.DateTimeField(
        _("publish at"), null=True, blank=True, help_text=_("The page becomes public then, if the gate still agrees.")
    )
    because = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    refused = models.TextField(_("why it could not be published"), blank=True, editable=False)
    done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)

    objects = OfPageQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication plan")
        verbose_name_plural = _("publication plans")
        ordering = ["publish_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=_one_page(), name="a_plan_is_for_one_page"),
            models.CheckConstraint(
                condition=Q(embargo_until__isnull=True)
                | Q(publish_at__isnull=True)
                | Q(publish_at__gte=models.F("embargo_until")),
                name="a_page_is_published_after_its_embargo",
            ),
            *(
                models.UniqueConstraint(
                    fields=[name], condition=Q(done_at__isnull=True), name=f"a_{name}_has_one_open_plan"
                )
                for name in PAGE_LINKS
            ),
        ]

    def __str__(self):
        return f"{self.page}"


class EditLock(models.Model):
    """Somebody has a record open for editing. It lapses by itself."""

    table = models.CharField(max_length=60)
    record_id = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["table", "record_id"], name="a_record_is_edited_by_one_person_at_a_time")
        ]

    def __str__(self):
        return f"{self.table} {self.record_id}"
