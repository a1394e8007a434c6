"""Closed lists of the field's terms."""

from django.db import models


class Vocabulary(models.TextChoices):
    """A closed list. Fields pass ``choices=Kind.pairs``: a callable, so that a new word needs no migration."""

    @classmethod
    def pairs(cls):
        return cls.choices

    @classmethod
    def told(cls, value):
        """The label of `value`, as `get_…_display()` gives it; that goes through the whole list anew for each row."""
        return str(cls(value).label) if value in cls else value
