"""Pictures: uploaded here, made anew, and shown with the page they belong to."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ..actions.expiring import expire_person
from ..actions.picturing import has_files, reopen_picture, take
from ..errors import Refusal
from ..models import Picture, State
from ..picture_files import FOLDER, file_name
from .deciding import RetractableAdmin
from .desk import RecordInline
from .forms import RecordForm

PREVIEW = 480


class PictureForm(RecordForm):
    """`upload` is asked for once: another picture is another row."""

    upload = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("JPEG, PNG or WebP, at most 10 MB and 40 million pixels. Only what is seen is kept."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("upload", None)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("upload") and cleaned.get("person") and not self.errors:
            self.instance.person = cleaned["person"]
            try:
                take(self.instance, cleaned["upload"])
            except Refusal as refusal:
                raise ValidationError(refusal.messages) from refusal
        return cleaned


class PictureInline(RecordInline):
    """To look at: a picture has a page of its own, where it is uploaded and described."""

    model = Picture
    fields = readonly_fields = ["preview", "state", "alt", "credit", "licence", "licence_expires_on"]
    verbose_name_plural = _("pictures (added on a page of their own)")

    preview = admin.display(description=_("picture"))(lambda self, picture: preview(picture))

    def has_add_permission(self, request, obj=None):
        return False

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(Picture)
class PictureAdmin(RetractableAdmin):
    form = PictureForm
    verbs = {**RetractableAdmin.verbs, "reopen": reopen_picture}
    list_display = ["person", "credit", "licence", "licence_expires_on", "state"]
    list_filter = ["state", ("licence_expires_on", admin.EmptyFieldListFilter)]
    search_fields = ["person__display_name", "person__names__text", "credit"]
    fieldsets = [
        (None, {"fields": ["person", "upload", "alt", "credit"]}),
        (_("Licence"), {"fields": ["licence", "licence_expires_on"]}),
    ]
    autocomplete_fields = ["person"]
    told_with = ("person",)
    fixed = ("person",)

    def get_urls(self):
        view = self.admin_site.admin_view(self.file_view)
        return [path("<int:object_id>/file/", view, name="cases_picture_file"), *super().get_urls()]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj or not self.has_add_permission(request):
            names = ["person", "preview", "alt", "credit"]
            fieldsets = [(None, {"fields": names}), *fieldsets[1:]]
        return fieldsets

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(["preview"] if obj else [])]

    @admin.display(description=_("picture"))
    def preview(self, picture):
        return preview(picture)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        expire_person(form.instance.person, at=timezone.now())

    def file_view(self, request, object_id):
        """The picture for staff, whatever its state."""
        picture = self.get_queryset(request).filter(pk=object_id).first()
        if not self.has_view_permission(request, picture):
            raise PermissionDenied
        if picture is None:
            raise Http404
        name = f"{FOLDER}/{file_name(picture.stem, PREVIEW, 'JPEG')}"
        if not default_storage.exists(name):
            raise Http404
        with default_storage.open(name) as file:
            response = HttpResponse(file.read(), content_type="image/jpeg")
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response


def preview(picture):
    if not picture.pk:
        return ""
    if picture.state == State.RETRACTED and not has_files(picture):
        return _("deleted")
    return format_html(
        '<img src="{}" width="120" alt="{}">', reverse("admin:cases_picture_file", args=[picture.pk]), picture.alt
    )
