"""Closed lists of the field's terms."""

from django.db import models


class Vocabulary(models.TextChoices):
    """A closed list. Fields pass ``choices=Kind.pairs``: a callable, so that a new word needs no migration."""

    @classmethod
    def pairs(cls):
        return cls.choices
