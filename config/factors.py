"""Second factors in the admin: which kinds an account has, never their secrets; a lost one is taken away here."""

from allauth.mfa.models import Authenticator
from django.contrib import admin

from cases.actions.recording import record_change


class FactorAdmin(admin.ModelAdmin):
    """Whose factor is taken away sets up another one at the next sign-in; sessions that used it owe a new proof."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    search_fields = ["user__username"]
    list_select_related = ["user"]
    fields = ["user", "type", "created_at", "last_used_at"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        is_above = obj is not None and obj.user.is_superuser and not request.user.is_superuser
        return super().has_delete_permission(request, obj) and not is_above

    def delete_model(self, request, obj):
        """An act on a colleague's account, so it stands in the proved log, too."""
        told = {"second factor": (obj.get_type_display(), "")}
        super().delete_model(request, obj)
        record_change(obj.user, verb="remove_factor", by=request.user, fields=told)

    def log_deletions(self, request, queryset):
        return None

    def get_actions(self, request):
        """One at a time: a whole list of colleagues is never locked out at once."""
        return {}


def register() -> None:
    """In the place of allauth's own drawer, which shows the secrets."""
    admin.site.unregister(Authenticator)
    admin.site.register(Authenticator, FactorAdmin)
