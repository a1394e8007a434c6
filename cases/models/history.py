"""Who changed what and why: the append-only log of staff acts, chained by hashes."""

import hashlib
import json

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ChangeQuerySet(models.QuerySet):
    """Rows can be added and read, nothing else."""

    def update(self, **_fields):
        raise TypeError("a change is never edited")

    def delete(self):
        raise TypeError("a change is never deleted")

    def about(self, record):
        return self.filter(table=record._meta.model_name, record_id=str(record.pk))


class Change(models.Model):
    """One staff act on one record. `digest` covers the row and the digest of the row before it."""

    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    verb = models.CharField(_("act"), max_length=40)
    table = models.CharField(_("table"), max_length=60)
    record_id = models.CharField(_("row"), max_length=64)
    label = models.CharField(_("record"), max_length=250)
    fields = models.JSONField(_("what changed"), default=dict)
    because = models.TextField(_("reason"), blank=True)
    previous = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64, unique=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["table", "record_id"], name="changes_of_one_record")]

    def __str__(self):
        return f"{self.act} {self.label}"

    def save(self, *args, **kwargs):
        if self.pk:
            raise TypeError("a change is never edited")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("a change is never deleted")

    @property
    def act(self):
        """The verb as it is read."""
        return self.verb.replace("_", " ")

    def compute_digest(self):
        """SHA-256 over everything the row says and the digest before it."""
        said = [
            self.previous,
            self.at.isoformat(),
            self.by_id,
            self.verb,
            self.table,
            self.record_id,
            self.label,
            self.fields,
            self.because,
        ]
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class LogEnd(models.Model):
    """Where the log ends, renewed with each act: a chain alone does not miss what is gone from its end.

    `number` is how many acts were ever written. The seal is made with SIGNING_KEYS, so that whoever can write to the
    database, and nothing else, cannot mend the chain after cutting or rewriting it. It is empty once an act was added
    to a log that did not end as it was left: what was broken stays broken.
    """

    ONLY = 1

    digest = models.CharField(max_length=64, unique=True)
    number = models.PositiveBigIntegerField()
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="the_log_has_one_end")]

    def __str__(self):
        return self.digest


class ImportedRow(models.Model):
    """What a row looked like when it was last imported: tells an edit made here from an unchanged row."""

    table = models.CharField(max_length=60)
    row_id = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "row_id"], name="an_imported_row_is_remembered_once")]

    def __str__(self):
        return f"{self.table} {self.row_id}"
