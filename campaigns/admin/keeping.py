"""Every staff act leaves a Change row: the part all drawers of this app share."""

from cases.actions.recording import record_change


class KeepsChanges:
    """For a ModelAdmin: each save writes one Change with the fields that changed; nothing is deleted here."""

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        before = type(obj)._base_manager.filter(pk=obj.pk).values().first() if change else None
        super().save_model(request, obj, form, change)
        after = type(obj)._base_manager.filter(pk=obj.pk).values().get()
        changed = {name: ((before or {}).get(name), value) for name, value in after.items()}
        changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1] and name != "updated_at"}
        if changed:
            record_change(obj, verb="change" if before else "add", by=request.user, fields=changed)
