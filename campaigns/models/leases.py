"""Duties of the worker that one of many does at a time, and who has each until when."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Lease(models.Model):
    """A named duty of the worker, and who has it until when: of many workers one does it at a time."""

    name = models.CharField(_("name"), max_length=40, primary_key=True)
    holder = models.CharField(_("holder"), max_length=80, blank=True)
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("lease")
        verbose_name_plural = _("leases")

    def __str__(self):
        return self.name
