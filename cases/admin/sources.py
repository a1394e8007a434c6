"""Sources and who published them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import ConfidentialSource, Publisher, Source
from .deciding import RetractableAdmin
from .desk import RecordAdmin, RecordInline
from .showing import day


class IdentityInline(RecordInline):
    """Who a confidential source is: for those alone who hold its permission."""

    model = ConfidentialSource
    fields = ["identity", "contact"]
    can_delete = False
    show_change_link = False
    verbose_name = _("identity (private: never shown, never exported, not in the log)")


@admin.register(Publisher)
class PublisherAdmin(RecordAdmin):
    list_display = ["name", "counts_as", "is_court"]
    list_filter = ["is_court", ("counts_as", admin.EmptyFieldListFilter)]
    search_fields = ["name", "public_id"]
    fields = ["name", "counts_as", "is_court"]
    autocomplete_fields = ["counts_as"]
    list_select_related = ["counts_as"]


@admin.register(Source)
class SourceAdmin(RetractableAdmin):
    list_display = ["public_id", "title", "publisher", "kind", day("published_on", _("on")), "language", "state"]
    list_display_links = ["public_id", "title"]
    list_filter = ["state", "kind", "copy", "language", "is_confidential"]
    search_fields = ["title", "url", "public_id", "publisher__name"]
    fieldsets = [
        (None, {"fields": ["kind", "publisher", "title", "url", "published_on", "language"]}),
        (_("Which copy was read"), {"fields": ["accessed_on", "archive_url", "copy", "reliability"]}),
        (
            _("Confidential"),
            {
                "fields": ["is_confidential"],
                "description": _("A confidential source has no publisher, title or address here."),
            },
        ),
    ]
    autocomplete_fields = ["publisher"]
    told_with = ("publisher",)
    inlines = [IdentityInline]
