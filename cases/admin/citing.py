"""Sources beside what they say: the citations of any row."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import ARC, Citation, arc_name
from .deciding import RetractableAdmin
from .desk import RecordInline


class CitationInline(RecordInline):
    """The citations of one row; which foreign key of the arc it is follows from the page it stands on."""

    model = Citation
    fields = ["source", "field", "stated_value", "stance", "locator", "quotation", "sequence", "state"]
    readonly_fields = ["state"]
    autocomplete_fields = ["source"]
    classes = ["narrow"]

    def __init__(self, parent_model, admin_site):
        self.fk_name = arc_name(parent_model)
        super().__init__(parent_model, admin_site)
        self.told_with = ("source__publisher",)


@admin.register(Citation)
class CitationAdmin(RetractableAdmin):
    """All citations in one list, to look through; they are added beside what they cite."""

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
