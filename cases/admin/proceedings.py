"""Prosecutions: proceedings, charges and how they changed, hearings, sentences."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_countries.filters import CountryFilter

from ..models import Charge, ChargeChange, ChargeEvent, ChargeSuccession, Hearing, Proceeding, Sentence
from .citing import CitationInline
from .concerned import charges_of
from .deciding import PageAdmin, RetractableAdmin
from .desk import RecordInline
from .forms import RecordFormSet, SourcedForm
from .showing import day


class ChargeInline(RecordInline):
    model = Charge
    form = SourcedForm
    fields = ["provision", "state", "proceeding", "source", "alleged_by", "sequence"]
    readonly_fields = ["state"]
    autocomplete_fields = ["provision", "proceeding"]
    told_with = ("person", "provision")
    verbose_name_plural = _("charges (what happened to each: on its own page)")


class ChargeChangeInline(RecordInline):
    model = ChargeChange
    form = SourcedForm
    fields = ["kind", "state", "on", "source", "summary", "decided_by", "reported_penalty"]
    readonly_fields = ["state"]
    told_with = ("person",)
    verbose_name_plural = _("charge changes (which charge replaced which: on each one’s own page)")


class SentenceInline(RecordInline):
    model = Sentence
    form = SourcedForm
    fields = ["kind", "state", "form", "on", "months", "text", "source", "proceeding", "hearing", "revises"]
    readonly_fields = ["state"]
    autocomplete_fields = ["proceeding", "hearing", "revises"]
    told_with = ("person",)


class ChargeEventInline(RecordInline):
    model = ChargeEvent
    form = SourcedForm
    fields = ["status", "state", "on", "source", "summary", "court", "sequence"]
    readonly_fields = ["state"]
    autocomplete_fields = ["court"]
    verbose_name_plural = _("charge events (the last one is the status the public reads)")


class SuccessionFormSet(RecordFormSet):
    def clean(self):
        """Which charges take part has no field of its own in which a change could wait."""
        super().clean()
        if self.instance.is_published and any(form.has_changed() for form in self.forms):
            raise ValidationError(
                _(
                    "“%(change)s” is public: which charges it replaced and which are new cannot be changed while it "
                    "is. Take it back, change it, bring it back and publish."
                )
                % {"change": self.instance}
            )


class SuccessionInline(RecordInline):
    model = ChargeSuccession
    formset = SuccessionFormSet
    fields = ["charge", "role"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Only charges of the person whose change this is."""
        change = ChargeChange.objects.filter(pk=request.resolver_match.kwargs.get("object_id")).first()
        kwargs["queryset"] = charges_of(change.person_id if change else None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Proceeding)
class ProceedingAdmin(PageAdmin):
    named_by = "name"
    list_display = ["name", "kind", "country", "lead_agency", "state", "updated_at"]
    list_filter = ["state", "kind", ("country", CountryFilter)]
    search_fields = ["name", "case_numbers", "slug", "public_id"]
    fieldsets = [
        (_("What the public reads first"), {"fields": ["name", "slug", "kind", "country", "summary"]}),
        (_("Who prosecutes"), {"fields": ["lead_agency", "case_numbers"]}),
        (_("Joined and severed"), {"fields": ["joined_into", "severed_from"]}),
    ]
    autocomplete_fields = ["joined_into", "severed_from"]
    inlines = [CitationInline]


@admin.register(Charge)
class ChargeAdmin(RetractableAdmin):
    list_display = ["person", "provision", "proceeding", "alleged_by", "state"]
    list_display_links = ["person", "provision"]
    list_filter = ["state", "provision__offence_type"]
    search_fields = [
        "person__display_name",
        "person__names__text",
        "provision__article",
        "provision__heading",
        "proceeding__name",
    ]
    fieldsets = [
        (
            None,
            {
                "fields": ["person", "provision", "proceeding", "alleged_by", "wording", "sequence"],
                "description": _("The public reads a charge as what the authorities allege, never as a fact."),
            },
        )
    ]
    autocomplete_fields = ["person", "provision", "proceeding"]
    list_select_related = ["proceeding"]
    told_with = ("person", "provision", "proceeding")
    fixed = ("person",)
    inlines = [ChargeEventInline, CitationInline]


@admin.register(ChargeEvent)
class ChargeEventAdmin(RetractableAdmin):
    list_display = ["charge", "status", day("on", _("on")), "court", "state"]
    list_filter = ["status", "state"]
    search_fields = ["charge__person__display_name", "charge__provision__article", "summary"]
    fields = ["charge", "status", "on", "sequence", "court", "summary"]
    autocomplete_fields = ["charge", "court"]
    list_select_related = ["charge__person", "charge__provision", "court"]
    fixed = ("charge",)
    inlines = [CitationInline]


@admin.register(ChargeChange)
class ChargeChangeAdmin(RetractableAdmin):
    list_display = ["person", "kind", day("on", _("on")), "reported_penalty", "state"]
    list_filter = ["kind", "state"]
    search_fields = ["person__display_name", "summary"]
    fields = ["person", "kind", "on", "decided_by", "reported_penalty", "summary", "sequence"]
    autocomplete_fields = ["person"]
    told_with = ("person",)
    fixed = ("person",)

    def get_inlines(self, request, obj):
        """Which charges take part is chosen among the person's own, so the change is saved first."""
        return [SuccessionInline, CitationInline] if obj else [CitationInline]


@admin.register(Hearing)
class HearingAdmin(RetractableAdmin):
    list_display = ["kind", day("on", _("on")), "proceeding", "court", "status", "access", "state"]
    list_filter = ["kind", "status", "access", "state"]
    search_fields = ["outcome", "proceeding__name", "persons__display_name", "court__name"]
    fieldsets = [
        (None, {"fields": ["proceeding", "persons", "kind", "court"]}),
        (_("When"), {"fields": ["on", ("at_time", "time_zone"), "status", "rescheduled_from", "sequence"]}),
        (_("What the public reads"), {"fields": ["access", "outcome"]}),
    ]
    autocomplete_fields = ["proceeding", "persons", "court", "rescheduled_from"]
    list_select_related = ["proceeding", "court"]
    inlines = [CitationInline]


@admin.register(Sentence)
class SentenceAdmin(RetractableAdmin):
    list_display = ["person", "kind", "form", day("on", _("on")), "months", "text", "state"]
    list_filter = ["kind", "form", "state"]
    search_fields = ["person__display_name", "text"]
    fields = ["person", "proceeding", "hearing", "kind", "revises", "form", "on", "months", "text", "sequence"]
    autocomplete_fields = ["person", "proceeding", "hearing", "revises"]
    told_with = ("person",)
    fixed = ("person",)
    inlines = [CitationInline]
