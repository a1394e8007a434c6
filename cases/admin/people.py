"""Persons: the drawer an editor opens first. Everything of one person is on one page."""

from functools import reduce

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.filters import CountryFilter

from ..actions.expiring import expire_person
from ..models import Affiliation, Person, PersonName, Recognition
from ..searching import search_words
from .citing import CitationInline
from .custody import CustodyReportInline, DetentionInline
from .deciding import PageAdmin, RetractableAdmin
from .desk import RecordInline
from .forms import RecordForm, SourcedForm
from .media import PictureInline
from .pausing import Pausing, may_pause
from .proceedings import ChargeChangeInline, ChargeInline, SentenceInline
from .protection import BasisInline, ConsentInline, PauseInline, RiskInline
from .showing import day


class PersonForm(RecordForm):
    own_names = ("verified_by",)


class NameInline(RecordInline):
    model = PersonName
    form = SourcedForm
    fields = ["text", "state", "kind", "source", "note", "script", "sequence"]
    readonly_fields = ["state"]


class AffiliationInline(RecordInline):
    model = Affiliation
    form = SourcedForm
    fields = ["organisation", "state", "role", "attribution", "source", "from_on", "until_on", "note", "sequence"]
    readonly_fields = ["state"]
    autocomplete_fields = ["organisation"]
    told_with = ("person", "organisation")


class RecognitionInline(RecordInline):
    model = Recognition
    form = SourcedForm
    fields = ["recognised_by", "state", "category", "source", "on", "note", "organisation", "criteria", "reported_by"]
    readonly_fields = ["state"]
    autocomplete_fields = ["organisation"]
    told_with = ("person",)


@admin.register(Person)
class PersonAdmin(Pausing, PageAdmin):
    form = PersonForm
    named_by = "display_name"
    list_display = ["display_name", "native_name", "occupation", "country", "status", "as_of", "state", "updated_at"]
    list_filter = ["state", "standing__status", "category", ("country", CountryFilter)]
    search_fields = ["display_name", "native_name", "names__text", "charges__proceeding__name", "slug", "public_id"]
    list_select_related = ["standing"]
    autocomplete_fields = []
    readonly_fields = ["updated_at"]
    fieldsets = [
        (_("Who"), {"fields": ["display_name", "native_name", "slug", "gender", "birth_year", "country"]}),
        (_("What the public reads first"), {"fields": ["category", "occupation", "summary"]}),
        (_("Protection"), {"fields": ["is_minor", "pseudonym", "noindex"]}),
        (
            _("For staff"),
            {
                "fields": ["research_note", "verified_on", "verified_by"],
                "description": _("The public sees the day of the last verification, never by whom."),
            },
        ),
    ]
    inlines = [
        NameInline,
        AffiliationInline,
        DetentionInline,
        CustodyReportInline,
        ChargeInline,
        ChargeChangeInline,
        SentenceInline,
        RecognitionInline,
        CitationInline,
        BasisInline,
        ConsentInline,
        RiskInline,
        PauseInline,
        PictureInline,
    ]

    def hidden_from(self, request):
        """The research note is for those who write the record."""
        writes = request.user.has_perm("cases.add_person") or request.user.has_perm("cases.change_person")
        return () if writes else ("research_note",)

    def get_fieldsets(self, request, obj=None):
        hidden = self.hidden_from(request)
        return [
            (title, {**options, "fields": [name for name in options["fields"] if name not in hidden]})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def get_readonly_fields(self, request, obj=None):
        """Only who may change any person vouches for one."""
        vouching = () if request.user.has_perm("cases.change_person") else ("verified_on", "verified_by")
        return [*super().get_readonly_fields(request, obj), *vouching]

    def get_inlines(self, request, obj):
        """A new person is saved first; what hangs on them follows on the page that opens then."""
        return super().get_inlines(request, obj) if obj else [NameInline, CitationInline]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["can_pause"] = bool(obj) and may_pause(request.user)
        context["can_add_picture"] = bool(obj) and request.user.has_perm("cases.add_picture")
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_related(self, request, form, formsets, change):
        """What was agreed to may have ended with this very save: then it is taken back at once."""
        super().save_related(request, form, formsets, change)
        for gone in expire_person(form.instance, at=timezone.now()):
            sentence = _("“%(name)s” was taken back: the consent or the licence has ended.")
            self.message_user(request, sentence % {"name": gone}, level="WARNING")

    def get_search_results(self, request, queryset, search_term):
        """What is typed, and every other spelling of it that the public search finds."""
        found, duplicates = super().get_search_results(request, queryset, search_term)
        words = search_words(search_term)
        if not words:
            return found, duplicates
        folded = reduce(lambda rows, word: rows.filter(standing__search_text__contains=word), words, queryset)
        return found | folded, True

    @admin.display(description=_("status"), ordering="standing__status")
    def status(self, person):
        return person.standing.get_status_display() if hasattr(person, "standing") else None

    @admin.display(description=_("as of"), ordering="standing__status_as_of")
    def as_of(self, person):
        known = person.standing.status_as_of if hasattr(person, "standing") else None
        return known.display(short=True) if known else None


@admin.register(PersonName)
class PersonNameAdmin(RetractableAdmin):
    list_display = ["text", "person", "kind", "script", "state"]
    list_filter = ["kind", "state"]
    search_fields = ["text", "person__display_name"]
    fields = ["person", "text", "kind", "script", "note", "sequence"]
    autocomplete_fields = ["person"]
    list_select_related = ["person"]
    fixed = ("person",)
    inlines = [CitationInline]


@admin.register(Affiliation)
class AffiliationAdmin(RetractableAdmin):
    list_display = ["person", "organisation", "role", "attribution", day("from_on", _("from")), "state"]
    list_filter = ["attribution", "state", "organisation__kind"]
    search_fields = ["person__display_name", "organisation__name", "role"]
    fields = ["person", "organisation", "role", "attribution", "from_on", "until_on", "note", "sequence"]
    autocomplete_fields = ["person", "organisation"]
    told_with = ("person", "organisation")
    fixed = ("person",)
    inlines = [CitationInline]


@admin.register(Recognition)
class RecognitionAdmin(RetractableAdmin):
    list_display = ["person", "recognised_by", "category", day("on", _("on")), "state"]
    list_filter = ["category", "state"]
    search_fields = ["person__display_name", "recognised_by"]
    fields = [
        "person",
        "recognised_by",
        "organisation",
        "category",
        "criteria",
        "on",
        "reported_by",
        "note",
        "sequence",
    ]
    autocomplete_fields = ["person", "organisation"]
    told_with = ("person",)
    fixed = ("person",)
    inlines = [CitationInline]
