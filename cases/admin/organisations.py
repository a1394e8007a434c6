"""Organisations: outlets, NGOs, courts, authorities."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django_countries.filters import CountryFilter

from ..models import Organisation
from .citing import CitationInline
from .deciding import PageAdmin


@admin.register(Organisation)
class OrganisationAdmin(PageAdmin):
    named_by = "name"
    list_display = ["name", "kind", "country", "registration", "operation", "state", "updated_at"]
    list_filter = ["state", "kind", ("country", CountryFilter), "registration", "operation"]
    search_fields = ["name", "native_name", "slug", "public_id"]
    fieldsets = [
        (_("Which"), {"fields": ["name", "native_name", "slug", "kind", "country", "seat"]}),
        (_("How it stands"), {"fields": ["registration", "registration_note", "operation"]}),
        (_("What the public reads first"), {"fields": ["summary"]}),
    ]
    inlines = [CitationInline]
