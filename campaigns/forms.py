"""The form people sign with. Every refusal is a sentence beside its field; nothing typed is lost."""

from functools import lru_cache

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django_countries import countries

from .actions.signing import SignInput
from .consents import news_wording, signature_wording
from .mailboxes import clean_address
from .models import Signature
from .sharing import known_channel
from .wording import clean_line, clean_name, clean_paragraph

NAME_LENGTH, REASON_LENGTH, ANSWER_LENGTH = 120, 600, 200


@lru_cache(maxsize=64)
def _countries_in(language):
    """Sorting 249 names takes longer than the rest of the page, so it is done once a language."""
    return [(code, str(name)) for code, name in countries]


@lru_cache(maxsize=64)
def _names_in(language):
    return dict(_countries_in(language))


@lru_cache(maxsize=64)
def _options_in(language):
    return format_html_join("", '<option value="{}">{}</option>', _countries_in(language))


class CountrySelect(forms.Select):
    """A select whose 249 options are written once a language: Django's own draws each with a template."""

    def render(self, name, value, attrs=None, renderer=None):
        options = _options_in(get_language())
        if value and value in _names_in(get_language()):
            options = options.replace(f'value="{value}"', f'value="{value}" selected')
        attributes = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        empty = format_html('<option value="">{}</option>', _("Choose a country"))
        return format_html("<select{}>{}{}</select>", attributes, empty, mark_safe(options))


def country_name(code):
    """The country's name in the active language; a code that is none is shown as it is."""
    return _names_in(get_language()).get(code, code)


class CountryField(forms.CharField):
    """One country of the list. Django's ChoiceField would copy all 249 for each form that is posted."""

    widget = CountrySelect

    def validate(self, value):
        super().validate(value)
        if value and value not in _names_in(get_language()):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")


class PlainField(forms.CharField):
    """Text as it was sent: our own rules look at it before anything is trimmed away, and speak in sentences."""

    def __init__(self, *, missing="", **kwargs):
        errors = {"required": missing}
        super().__init__(strip=False, required=bool(missing), error_messages=errors, **kwargs)
        self.validators = []


class SignForm(forms.Form):
    """One signature. `questions` are the campaign's own, rendered after the reason."""

    use_required_attribute = False

    name = PlainField(
        label=gettext_lazy("Your name"),
        missing=gettext_lazy("Enter your name."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = PlainField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("We send one link. Only after you confirm does your signature count."),
        missing=gettext_lazy("Enter your e-mail address."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    country = CountryField(
        label=gettext_lazy("Country you live in"),
        error_messages={
            "required": gettext_lazy("Choose the country you live in."),
            "invalid_choice": gettext_lazy("Choose the country you live in from the list."),
        },
        widget=CountrySelect(attrs={"autocomplete": "country"}),
    )
    name_delivery = forms.ChoiceField(
        label=gettext_lazy("How your name is delivered"),
        help_text=gettext_lazy("Your name never appears on the web."),
        required=False,
        initial=Signature.NameDelivery.WITHHELD,
        choices=[
            (Signature.NameDelivery.WITHHELD, gettext_lazy("Withheld")),
            (Signature.NameDelivery.INITIALS, gettext_lazy("Initials only")),
            (Signature.NameDelivery.FULL, gettext_lazy("Full name")),
        ],
        error_messages={"invalid_choice": gettext_lazy("Choose how your name is delivered.")},
        widget=forms.RadioSelect,
    )
    reason = PlainField(label=gettext_lazy("Your reason"), widget=forms.Textarea(attrs={"rows": 3}))
    consent = forms.BooleanField(
        error_messages={"required": gettext_lazy("Tick the box if you agree that we keep your signature.")},
    )
    wants_news = forms.BooleanField(required=False)
    website = PlainField(
        label=gettext_lazy("Leave this field empty"),
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)
    via = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, questions=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        self.fields["consent"].label = signature_wording()
        self.fields["wants_news"].label = news_wording()
        for question in self.questions:
            missing = _("Answer this question.") if question.required else ""
            self.fields[f"answer_{question.key}"] = PlainField(
                label=question.label, help_text=question.help_text, missing=missing
            )

    def answer_fields(self):
        """The bound fields of the campaign's own questions."""
        return [self[f"answer_{question.key}"] for question in self.questions]

    def clean_name(self):
        text = self._filled("name", _("Enter your name."))
        self._limit(text, NAME_LENGTH)
        return clean_name(text)

    def clean_email(self):
        text = self._filled("email", _("Enter your e-mail address."))
        if "@" not in text:
            raise ValidationError(_("Enter your e-mail address with an @."))
        try:
            return clean_address(text)
        except ValueError:
            raise ValidationError(_("Enter an address that can receive mail, such as name@example.org.")) from None

    def clean_name_delivery(self):
        return self.cleaned_data["name_delivery"] or Signature.NameDelivery.WITHHELD

    def clean_reason(self):
        text = self.cleaned_data["reason"]
        self._limit(text, REASON_LENGTH)
        return clean_paragraph(text)

    def clean_website(self):
        if self.cleaned_data["website"]:
            raise ValidationError(_("Leave this field empty: only programs fill it in."))
        return ""

    def clean_via(self):
        return known_channel(self.cleaned_data["via"])

    def clean(self):
        for question in self.questions:
            name = f"answer_{question.key}"
            try:
                self.cleaned_data[name] = self._clean_answer(question, self.cleaned_data.get(name, ""))
            except ValidationError as error:
                self.add_error(name, error)
        return self.cleaned_data

    def given(self):
        """The SignInput of a valid form."""
        data = self.cleaned_data
        kept = ("email", "name", "country", "name_delivery", "reason", "wants_news", "via")
        answers = {q.key: data[f"answer_{q.key}"] for q in self.questions if data[f"answer_{q.key}"]}
        return SignInput(**{name: data[name] for name in kept}, answers=answers or None)

    def _clean_answer(self, question, text):
        if not text.strip() and question.required:
            raise ValidationError(_("Answer this question."))
        self._limit(text, ANSWER_LENGTH)
        return clean_line(text)

    def _filled(self, name, sentence):
        text = self.cleaned_data[name]
        if not text.strip():
            raise ValidationError(sentence)
        return text

    def _limit(self, text, length):
        if len(text) > length:
            raise ValidationError(_("Use at most %(length)s characters.") % {"length": length})
