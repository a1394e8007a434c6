"""Drawer: who is asked."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import Recipient
from .keeping import KeepsChanges


@admin.register(Recipient)
class RecipientAdmin(KeepsChanges, admin.ModelAdmin):
    list_display = ["office", "name", "country"]
    list_filter = ["country"]
    search_fields = ["office", "name", "public_id"]
    fieldsets = [
        (None, {"fields": ["office", "name", "country"]}),
        (_("How to write to them"), {"fields": ["salutation", "email", "postal_address"]}),
        (_("Keys"), {"fields": ["public_id"]}),
    ]
