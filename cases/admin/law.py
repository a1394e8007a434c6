"""Law: codes, their articles as in force on a date, kinds of offence."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django_countries.filters import CountryFilter

from ..models import LegalCode, LegalProvision, OffenceType
from .citing import CitationInline
from .desk import RecordAdmin


@admin.register(LegalCode)
class LegalCodeAdmin(RecordAdmin):
    list_display = ["name", "kind", "country"]
    list_filter = ["kind", ("country", CountryFilter)]
    search_fields = ["name"]
    fields = ["name", "kind", "country"]


@admin.register(LegalProvision)
class LegalProvisionAdmin(RecordAdmin):
    list_display = ["article", "heading", "code", "penalty_max_months", "offence_type", "in_force_from"]
    list_display_links = ["article", "heading"]
    list_filter = ["code", "offence_type", ("penalty_max_months", admin.EmptyFieldListFilter)]
    search_fields = ["article", "heading", "public_id"]
    fieldsets = [
        (None, {"fields": ["code", "article", "heading", "offence_type"]}),
        (
            _("Penalty"),
            {
                "fields": [
                    ("penalty_min_months", "penalty_max_months"),
                    "life_imprisonment",
                    "penalty_note",
                ],
                "description": _("Every charge under this article shows it: a change here is public at once."),
            },
        ),
        (_("In force"), {"fields": [("in_force_from", "in_force_until")]}),
        (_("Text"), {"fields": ["official_text", "translation"], "classes": ["collapse"]}),
    ]
    autocomplete_fields = ["code", "offence_type"]
    list_select_related = ["code", "offence_type"]
    inlines = [CitationInline]


@admin.register(OffenceType)
class OffenceTypeAdmin(RecordAdmin):
    list_display = ["name"]
    search_fields = ["name"]
    fields = ["name"]
