"""Every staff act leaves a Change row: the part all drawers of this app share."""

from cases.actions.recording import record_change


class KeepsChanges:
    """For a ModelAdmin: each save writes one Change with the fields that changed, and one with the rows it was tied to
    before and after where that changed; nothing is deleted here."""

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

    def save_related(self, request, form, formsets, change):
        obj = form.instance
        before = _tied_to(obj)
        super().save_related(request, form, formsets, change)
        after = _tied_to(obj)
        changed = {name: (before[name], rows) for name, rows in after.items() if rows != before[name]}
        if changed:
            record_change(obj, verb="change", by=request.user, fields=changed)


def _tied_to(obj):
    """Field → the rows that stand in it, in words."""
    fields = [field for field in obj._meta.many_to_many if field.remote_field.through._meta.auto_created]
    return {field.name: "; ".join(str(row) for row in getattr(obj, field.name).order_by("pk")) for field in fields}
