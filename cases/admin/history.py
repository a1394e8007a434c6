"""What was done and where old addresses lead: to read, not to edit."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import Change, SlugRedirect
from .keeping import WITHHELD
from .permitting import acts_in_scope

FOR_WRITERS = {"research_note"}
"""Fields that whoever reads the log need not be one to read."""


class ReadOnlyAdmin(admin.ModelAdmin):
    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    """The log of staff acts. Only staff read it; nobody edits it."""

    list_display = ["at", "who", "act", "table", "label", "told", "because"]
    list_display_links = ["at", "label"]
    list_filter = ["at", "verb", "table", ("by", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["label", "because"]
    list_select_related = ["by"]
    list_per_page = 50
    fields = ["at", "who", "act", "table", "record_id", "label", "told", "because", "digest"]

    def get_queryset(self, request):
        return acts_in_scope(super().get_queryset(request), request.user)

    @admin.display(description=_("by"), ordering="by")
    def who(self, change):
        return change.by or _("the system")

    @admin.display(description=_("act"), ordering="verb")
    def act(self, change):
        return change.act

    @admin.display(description=_("what changed"))
    def told(self, change):
        """Notes for those who write the record are said to have changed, not what they say."""
        changed = [
            (name, [WITHHELD, WITHHELD] if name in FOR_WRITERS else words) for name, words in change.fields.items()
        ]
        return "; ".join(f"{name}: {before or '–'} → {after or '–'}" for name, (before, after) in changed)

    def lookup_allowed(self, lookup, value, request):
        """No asking for a note letter by letter."""
        if lookup.startswith("fields"):
            return False
        return lookup == "record_id" or super().lookup_allowed(lookup, value, request)


@admin.register(SlugRedirect)
class SlugRedirectAdmin(ReadOnlyAdmin):
    list_display = ["kind", "old_slug", "target"]
    list_filter = ["kind"]
    search_fields = ["old_slug", "target"]
