"""Form fields and widgets of the record."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .dates import PartialDate, UnreadableDate


class PartialDateInput(forms.TextInput):
    """One line that shows the ISO text of a partial date."""

    def __init__(self, attrs=None):
        super().__init__({"size": 24, "placeholder": "2024-08-19", "autocomplete": "off", **(attrs or {})})

    def format_value(self, value):
        return "" if value in (None, "") else str(value)


class PartialDateFormField(forms.Field):
    """Reads a day, a month, a year, an interval, or nothing for an unknown date."""

    widget = PartialDateInput
    hint = _("A day 2024-08-19, a month 2024-08, a year 2024, an interval 2024-08-15/2024-08-19, or empty if unknown.")

    def __init__(self, *, max_length=None, empty_value=None, **kwargs):
        kwargs["help_text"] = kwargs.get("help_text") or self.hint
        super().__init__(**kwargs)

    def to_python(self, value):
        try:
            return PartialDate.of(value or None)
        except UnreadableDate as error:
            raise ValidationError(str(error), code="invalid") from None

    def has_changed(self, initial, data):
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True
