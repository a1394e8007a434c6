"""Custody: stays, the orders behind them, dated observations, places."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django_countries.filters import CountryFilter

from ..models import CustodyReport, Detention, DetentionOrder, Place
from .citing import CitationInline
from .deciding import RetractableAdmin
from .desk import RecordAdmin, RecordInline
from .forms import SourcedForm
from .showing import day


class DetentionInline(RecordInline):
    model = Detention
    form = SourcedForm
    fields = ["kind", "state", "from_on", "until_on", "release", "source", "authority", "arrest_place", "legal_basis"]
    readonly_fields = ["state"]
    told_with = ("person",)
    verbose_name_plural = _("detentions (orders, place and further sources: on each one’s own page)")


class CustodyReportInline(RecordInline):
    model = CustodyReport
    form = SourcedForm
    fields = ["status", "state", "as_of", "source", "detail", "sequence"]
    readonly_fields = ["state"]
    verbose_name_plural = _("custody reports (the newest one says what the public reads as status)")


class OrderInline(RecordInline):
    model = DetentionOrder
    form = SourcedForm
    fields = ["kind", "state", "ordered_on", "court", "months", "days", "source", "summary", "expires_on", "sequence"]
    readonly_fields = ["state"]
    autocomplete_fields = ["court"]


@admin.register(Detention)
class DetentionAdmin(RetractableAdmin):
    list_display = ["person", "kind", day("from_on", _("from")), day("until_on", _("until")), "release", "state"]
    list_filter = ["kind", "release", "state", ("until_on", admin.EmptyFieldListFilter)]
    search_fields = ["person__display_name", "person__names__text", "authority"]
    fieldsets = [
        (None, {"fields": ["person", "kind", ("from_on", "until_on"), "release"]}),
        (_("Where and by whom"), {"fields": ["authority", "legal_basis", "place", "arrest_place"]}),
        (_("Beside it"), {"fields": ["note", "sequence"]}),
    ]
    autocomplete_fields = ["person", "place"]
    told_with = ("person",)
    fixed = ("person",)
    inlines = [OrderInline, CitationInline]


@admin.register(DetentionOrder)
class DetentionOrderAdmin(RetractableAdmin):
    list_display = ["detention", "kind", day("ordered_on", _("ordered on")), "court", "months", "days", "state"]
    list_filter = ["kind", "state"]
    search_fields = ["detention__person__display_name", "court__name", "summary"]
    fields = ["detention", "kind", "court", "ordered_on", ("months", "days"), "expires_on", "summary", "sequence"]
    autocomplete_fields = ["detention", "court"]
    list_select_related = ["detention__person", "court"]
    fixed = ("detention",)
    inlines = [CitationInline]


@admin.register(CustodyReport)
class CustodyReportAdmin(RetractableAdmin):
    list_display = ["person", "status", day("as_of", _("as of")), "detail", "state"]
    list_filter = ["status", "state"]
    search_fields = ["person__display_name", "detail"]
    fields = ["person", "status", "as_of", "detail", "sequence"]
    autocomplete_fields = ["person"]
    list_select_related = ["person"]
    fixed = ("person",)
    inlines = [CitationInline]


@admin.register(Place)
class PlaceAdmin(RecordAdmin):
    list_display = ["__str__", "country", "city", "facility", "precision", "letters_accepted"]
    list_filter = [("country", CountryFilter), "precision", "letters_accepted"]
    search_fields = ["facility", "city", "region"]
    fields = ["country", "region", "city", "facility", "precision", "letters_accepted"]
