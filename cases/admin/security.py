"""The security log: for the administrator and data protection to read, for nobody to edit."""

from django.contrib import admin

from ..models import SecurityEvent
from .history import ReadOnlyAdmin


@admin.register(SecurityEvent)
class SecurityEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "kind", "user", "by", "detail"]
    list_display_links = ["at"]
    list_filter = ["kind", "at"]
    search_fields = ["user__username", "by__username"]
    list_select_related = ["user", "by"]
    list_per_page = 50
    date_hierarchy = "at"
    fields = ["at", "kind", "user", "by", "detail"]
