"""Events: everything else that happened to persons and organisations."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import CaseEvent
from .citing import CitationInline
from .deciding import RetractableAdmin
from .showing import day


@admin.register(CaseEvent)
class CaseEventAdmin(RetractableAdmin):
    list_display = ["kind", day("on", _("on")), "summary", "proceeding", "state"]
    list_filter = ["kind", "state"]
    search_fields = ["summary", "persons__display_name", "organisations__name", "proceeding__name"]
    fieldsets = [
        (None, {"fields": ["kind", "on", "sequence", "persons", "organisations", "proceeding"]}),
        (_("Where and by whom"), {"fields": ["place", "place_text", "authority"]}),
        (_("What the public reads"), {"fields": ["summary"]}),
    ]
    autocomplete_fields = ["persons", "organisations", "proceeding", "place"]
    list_select_related = ["proceeding"]
    inlines = [CitationInline]
