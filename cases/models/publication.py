"""What the public sees: draft → in review → published → retracted."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .vocabulary import Vocabulary


class State(Vocabulary):
    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    PUBLISHED = "published", _("published")
    RETRACTED = "retracted", _("retracted")


class PublishableQuerySet(models.QuerySet):
    """`published()` looks at the row's own state; `public()` also asks everything the row hangs on."""

    def published(self):
        return self.filter(state=State.PUBLISHED)

    def public(self):
        return self.published()


class Publishable(models.Model):
    """A record that the public sees only while it is published. Facts about the state, no workflow."""

    state = models.CharField(
        _("state"),
        max_length=10,
        choices=State.pairs,
        default=State.DRAFT,
        db_index=True,
        editable=False,
    )
    published_at = models.DateTimeField(_("first published"), null=True, blank=True, editable=False)
    retracted_at = models.DateTimeField(_("retracted"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_published(self):
        return self.state == State.PUBLISHED


def state_constraints(name):
    """The one-row rules of the state, for the model called `name`."""
    return [
        models.CheckConstraint(
            condition=~Q(state=State.PUBLISHED) | Q(published_at__isnull=False),
            name=f"a_published_{name}_has_its_day",
        ),
        models.CheckConstraint(
            condition=~Q(state=State.RETRACTED) | Q(retracted_at__isnull=False),
            name=f"a_retracted_{name}_has_its_day",
        ),
    ]
