"""Drawer: signatures and letters, to look at. No address, no name and no token is shown or can be searched; the one
way to an address is addresses.py."""

from django.contrib import admin

from cases.admin.counting import CountsToALimit
from cases.admin.permitting import countries_of, in_scope

from ..models import Campaign, Letter, Signature
from .addresses import ShowsAddresses
from .figures import CampaignWaitsFilter
from .providers import ShowsProviders
from .settling import SettlesLetters


class OfCampaign(admin.RelatedFieldListFilter):
    """Offers the campaigns of the reader's countries."""

    def field_choices(self, field, request, model_admin):
        ours = in_scope(Campaign.objects.all(), request.user)
        return field.get_choices(include_blank=False, limit_choices_to={"pk__in": ours})


class OfOnesCountries:
    """For a ModelAdmin: its rows are those of campaigns that concern the reader's countries. `of_campaign`: the way
    from a row to its campaign."""

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        if not countries_of(request.user):
            return rows
        return rows.filter(**{f"{self.of_campaign}__in": in_scope(Campaign.objects.all(), request.user)})


class OnlyToLookAt:
    """For a ModelAdmin: nothing can be added, changed or deleted."""

    actions = None

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Signature)
class SignatureAdmin(ShowsAddresses, CountsToALimit, OfOnesCountries, OnlyToLookAt, admin.ModelAdmin):
    of_campaign = "campaign"
    fields = [
        "campaign",
        "text",
        "country",
        "language",
        "channel",
        "via",
        "name_delivery",
        "wants_news",
        "signed_at",
        "confirmed_at",
        "withdrawn_at",
        "set_aside_at",
        "erased_at",
        "counted_at",
        "uncounted_at",
        "uncounted_as",
        "letters_count",
        "bounced_at",
    ]
    readonly_fields = fields
    list_display = ["id", "campaign", "country", "channel", "signed_at", "confirmed_at", "counted_at", "bounced_at"]
    list_filter = [("campaign", OfCampaign), "channel", "signed_at"]
    list_select_related = ["campaign"]
    dated_by = ("confirmed_at", "signed_at")


@admin.register(Letter)
class LetterAdmin(ShowsProviders, SettlesLetters, CountsToALimit, OfOnesCountries, OnlyToLookAt, admin.ModelAdmin):
    of_campaign = "signature__campaign"
    fields = [
        "signature",
        "kind",
        "provider",
        "state",
        "created_at",
        "due_at",
        "attempts",
        "unknown_count",
        "last_error",
        "sent_at",
        "expires_at",
        "leased_by",
        "leased_until",
    ]
    readonly_fields = fields
    # What tells why comes first: the last columns of a wide table are out of sight.
    list_display = ["id", "kind", "provider", "state", "last_error", "attempts", "created_at", "due_at", "sent_at"]
    list_filter = ["state", "kind", CampaignWaitsFilter]
