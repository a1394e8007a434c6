"""What every drawer of the editors' desk does alike: save, refuse, log, and keep the derived standing true."""

from django.contrib import admin
from django.contrib.admin.utils import NestedObjects
from django.contrib.admin.widgets import AdminURLFieldWidget, RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models
from django.forms import Textarea
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from ..actions.addresses import free_slug, keep_old_address
from ..actions.amending import must_wait
from ..actions.checking import problems_of_proceeding
from ..actions.publishing import draft_rows
from ..actions.recording import record_change
from ..actions.reviewing import open_comments
from ..errors import Inconsistent, Refusal
from ..models import Proceeding, State
from ..models.identity import Slugged
from ..models.publication import Publishable
from .beside import as_list, cited
from .concerned import PAGES, pages_of, persons_of
from .forms import RecordForm, RecordFormSet, SourcedForm, said, with_source_lookup
from .keeping import keep_form
from .permitting import Permitting, PermittingRows, may_publish
from .reviewing import SHOWN_BY
from .settling import cite, lock, settle
from .showing import decision_url, is_public, told, waiting_note
from .waiting import waits_filters
from .workflow import Workflow

MOST_PAGES = 8
"""Of how many pages that show a row the desk says what waits there: each is asked some twenty questions."""
KEPT_FIELDS = ["state", "published_at", "retracted_at", "public_id"]


class Told:
    """Rows are named with what `told_with` joins, so that a list of them costs one query."""

    told_with = ()
    formfield_overrides = {
        models.TextField: {"widget": Textarea(attrs={"rows": 3, "cols": 60})},
        models.URLField: {"widget": AdminURLFieldWidget, "assume_scheme": "https"},
    }

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        return queryset.select_related(*self.told_with) if self.told_with else queryset

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Beside a look-up stands “+” and nothing that deletes or leads away from what is being typed."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget.can_change_related = field.widget.can_delete_related = field.widget.can_view_related = False
        return field

    def get_field_queryset(self, db, db_field, request):
        queryset = super().get_field_queryset(db, db_field, request)
        drawer = self.admin_site._registry.get(db_field.remote_field.model)
        if not getattr(drawer, "told_with", ()):
            return queryset
        if queryset is None:
            queryset = db_field.remote_field.model._default_manager.using(db)
        return queryset.select_related(*drawer.told_with)


class RecordInline(PermittingRows, Told, admin.TabularInline):
    """Rows of a page, edited on it."""

    form = RecordForm
    formset = RecordFormSet
    extra = 0
    show_change_link = True

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.prefetch_related("citations__source__publisher") if issubclass(self.form, SourcedForm) else rows

    @admin.display(description=_lazy("sources"))
    def source(self, row):
        """In place of the look-up, for those who only read the row."""
        return as_list(cited(row)) or "–"

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.user = request.user
        if issubclass(formset.form, SourcedForm):
            with_source_lookup(formset.form, self.admin_site)
        return formset


class RecordAdmin(Workflow, Permitting, Told, admin.ModelAdmin):
    """Base of the drawers.

    `fixed`: fields that cannot change once the row is saved. `named_by`: the field a new slug is made from.
    """

    form = RecordForm
    fixed = ()
    named_by = None
    list_per_page = 50
    show_full_result_count = False
    change_form_template = "admin/cases/change_form.html"

    def get_list_filter(self, request):
        return [*super().get_list_filter(request), *waits_filters(self.model)]

    # The form

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refused = getattr(request, "refused", ())
        form.user = request.user
        return form

    def get_fieldsets(self, request, obj=None):
        fieldsets = list(super().get_fieldsets(request, obj))
        kept = [name for name in KEPT_FIELDS if obj and hasattr(obj, name)]
        if kept:
            fieldsets.append((_("Kept by the system"), {"fields": kept, "classes": ["collapse"]}))
        return fieldsets

    def get_readonly_fields(self, request, obj=None):
        kept = [name for name in KEPT_FIELDS if hasattr(self.model, name)]
        return [*super().get_readonly_fields(request, obj), *kept, *(self.fixed if obj else ())]

    def view_on_site(self, obj):
        """The address of the page on which the public reads `obj`; None while it does not."""
        if isinstance(obj, Publishable) and not obj.is_published:
            return None
        for page in pages_of(obj):
            read = (
                type(page).objects.public().filter(pk=page.pk).first() if hasattr(page, "get_absolute_url") else None
            )
            if read:
                return read.get_absolute_url()
        return None

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["pages"] = [told(page) for page in pages_of(obj)[:MOST_PAGES]] if obj else []
        context["is_page"] = isinstance(obj, PAGES)
        context["is_public_now"] = is_public(obj)
        reads_waiting = request.user.has_perm("cases.view_amendment")
        context["waiting_changes"] = self.waiting_of(obj) if reads_waiting else []
        context["can_preview"] = type(obj) in SHOWN_BY
        context["open_comments"] = open_comments(obj) if isinstance(obj, PAGES) else ()
        context["can_come_back"] = getattr(obj, "state", None) == State.RETRACTED and not isinstance(obj, PAGES)
        context["can_publish"] = may_publish(request.user, obj or self.model())
        context["can_decide"] = bool(obj) and self.has_change_permission(request, obj)
        context["can_be_public"] = issubclass(self.model, Publishable)
        return super().render_change_form(request, context, add, change, form_url, obj)

    # Saving: refused as a whole, with sentences, or kept as a whole, with its log

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (Refusal, IntegrityError) as error:
            # Everything was rolled back; the form is shown again, as typed, with what was wrong.
            request.refused = said(error)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request, obj, form, change):
        request.touched = lock(persons_of(obj)) if change else set()
        old_slug = form.initial.get("slug")
        if isinstance(obj, Slugged) and not obj.slug:
            obj.slug = old_slug or free_slug(self.model, getattr(obj, self.named_by))
        request.kept_waiting, request.waiting_rows, request.new_rows = False, [], [] if change else [obj]
        if change and must_wait(obj):
            self.keep_waiting(request, obj, form)
            return
        super().save_model(request, obj, form, change)
        if change and isinstance(obj, Slugged) and old_slug != obj.slug:
            keep_old_address(obj, old_slug)
        keep_form(form, added=not change, by=request.user)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        settle(request.touched | persons_of(form.instance), request.waiting_rows)
        self.stay_in_review(form.instance, request.new_rows)
        if isinstance(form.instance, Proceeding) and (problems := problems_of_proceeding(form.instance)):
            raise Inconsistent(*problems)

    def save_formset(self, request, form, formset, change):
        for gone in formset.deleted_forms:
            if gone.instance.pk:
                record_change(gone.instance, verb="delete", by=request.user)
        formset.save()
        for row in formset.forms:
            if row.has_changed() and row not in formset.deleted_forms:
                added = row.instance in formset.new_objects
                if not row.waits:
                    keep_form(row, added=added, by=request.user)
                request.kept_waiting |= row.is_kept
                request.waiting_rows += [row.instance] if row.is_kept else []
                request.new_rows += [row.instance] if added else []
                request.new_rows += filter(None, [cite(row, by=request.user)])

    def delete_model(self, request, obj):
        touched = lock(persons_of(obj))
        record_change(obj, verb="delete", by=request.user)
        super().delete_model(request, obj)
        settle(touched)

    def has_delete_permission(self, request, obj=None):
        """What has once been public is taken back, never deleted."""
        return super().has_delete_permission(request, obj) and not getattr(obj, "published_at", None)

    def get_deleted_objects(self, objs, request):
        to_delete, counts, perms, protected = super().get_deleted_objects(objs, request)
        collector = NestedObjects(using="default")
        collector.collect(objs)
        once_public = [row for _model, row in collector.instances_with_model() if getattr(row, "published_at", None)]
        return to_delete, counts, perms, [*protected, *(str(row) for row in once_public)]

    def get_actions(self, request):
        """Rows are deleted one at a time, after a look at what goes with them."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    # Afterwards

    def response_post_save_add(self, request, obj):
        return self._onwards(request, obj) or super().response_post_save_add(request, obj)

    def response_post_save_change(self, request, obj):
        return self._onwards(request, obj) or super().response_post_save_change(request, obj)

    def response_change(self, request, obj):
        response = super().response_change(request, obj)
        if "_popup" not in request.POST:
            self._say_what_is_public(request, obj)
        return response

    def response_add(self, request, obj, post_url_continue=None):
        response = super().response_add(request, obj, post_url_continue)
        if "_popup" not in request.POST:
            self._say_what_is_public(request, obj)
        return response

    def _onwards(self, request, obj):
        """After “Save and publish”: to the page that asks for the reason."""
        pages = pages_of(obj)
        return redirect(decision_url(pages[0], "publish")) if "_publish" in request.POST and pages else None

    def _say_what_is_public(self, request, obj):
        if request.kept_waiting:
            self.message_user(
                request, _("What you changed in published rows waits until the page is published again.")
            )
        for page in pages_of(obj)[:3]:
            number = sum(count for _model, count in draft_rows(page))
            if number and "_publish" not in request.POST:
                self.message_user(request, waiting_note(page, number, by=request.user), level="WARNING")

    # The log stands in for Django's own

    def log_addition(self, request, obj, message):
        return None

    def log_change(self, request, obj, message):
        return None

    def log_deletions(self, request, queryset):
        return None

    def history_view(self, request, object_id, extra_context=None):
        if not request.user.has_perm("cases.view_change"):
            raise PermissionDenied
        query = urlencode({"table": self.opts.model_name, "record_id": object_id})
        return redirect(f"{reverse('admin:cases_change_changelist')}?{query}")
