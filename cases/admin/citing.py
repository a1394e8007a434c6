"""Sources beside what they say: the citations of any row."""

from django import forms
from django.contrib import admin
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ..models import ARC, Citation, arc_name
from .deciding import RetractableAdmin
from .desk import RecordInline
from .forms import RecordForm


class CitationForm(RecordForm):
    """Offers the fields of the cited row; `of` is its model."""

    of = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "field" not in self.fields:
            return
        plain, kept = self.fields["field"], self.instance.field
        choices = [("", _("the whole row")), *fields_to_cite(self.of or type(self.instance.record))]
        if kept and kept not in dict(choices):
            choices.append((kept, kept))
        self.fields["field"] = forms.ChoiceField(
            choices=choices, required=False, label=plain.label, help_text=plain.help_text
        )


def fields_to_cite(model):
    """The fields of `model` that a source may speak of, by name and as the public would call them."""
    told = [field for field in model._meta.get_fields() if field.concrete and field.editable]
    return [
        (field.name, capfirst(field.verbose_name)) for field in told if field.name not in ("public_id", "sequence")
    ]


class CitationInline(RecordInline):
    """The citations of one row; which foreign key of the arc it is follows from the page it stands on."""

    model = Citation
    form = CitationForm
    fields = ["source", "state", "field", "stated_value", "stance", "locator", "quotation", "sequence"]
    readonly_fields = ["state"]
    autocomplete_fields = ["source"]

    def __init__(self, parent_model, admin_site):
        self.fk_name = arc_name(parent_model)
        super().__init__(parent_model, admin_site)
        self.told_with = ("source__publisher",)

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.of = self.parent_model
        return formset


@admin.register(Citation)
class CitationAdmin(RetractableAdmin):
    """All citations in one list, to look through; they are added beside what they cite."""

    form = CitationForm
    list_display = ["source", "cited", "field", "stance", "stated_value", "state"]
    list_filter = ["stance", "state", *((name, admin.EmptyFieldListFilter) for name in ("stated_value", "field"))]
    search_fields = ["source__title", "source__url", "source__publisher__name", "stated_value", "quotation"]
    fields = ["cited", "source", "field", "stated_value", "stance", "locator", "quotation", "sequence"]
    readonly_fields = ["cited"]
    autocomplete_fields = ["source"]
    told_with = ("source__publisher",)

    @admin.display(description=_("of"))
    def cited(self, citation):
        model = ARC[next(name for name in ARC if getattr(citation, f"{name}_id"))]
        return f"{model._meta.verbose_name} {getattr(citation, f'{arc_name(model)}_id')}"

    def has_add_permission(self, request):
        return False
