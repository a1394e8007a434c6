"""Drawer: campaigns, with their texts, recipients and acts."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.actions.addresses import keep_old_address
from cases.actions.recording import record_change
from cases.admin.permitting import COUNTRIES, ScopedChoices, in_scope
from cases.errors import Refusal

from ..actions import running
from ..models import Campaign, CampaignQuestion, CampaignRecipient, CampaignShareText, CampaignText, Signature
from .figures import CampaignWaitsFilter
from .keeping import KeepsChanges

COUNTRIES[Campaign] = ["persons__country", "proceeding__country", "organisation__country"]
COUNTRIES[Signature] = [f"campaign__{path}" for path in COUNTRIES[Campaign]]


class ReasonActionForm(ActionForm):
    """Beside the list of acts: why. The reason is kept with the act; for a pause the public reads it."""

    because = forms.CharField(label=_("Reason"), required=False, max_length=300)


class TextInline(admin.StackedInline):
    """Versions are added, never changed: a signature belongs to the words it was given under."""

    model = CampaignText
    extra = 0
    fields = ["language", "title", "ask", "body", "context"]
    readonly_fields = ["version"]
    ordering = ["language", "-version"]
    verbose_name = _("version of the text")
    verbose_name_plural = _("versions of the text (a new one replaces the older for whoever signs from then on)")

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class RecipientInline(admin.TabularInline):
    model = CampaignRecipient
    extra = 0
    autocomplete_fields = ["recipient"]


class ShareTextInline(admin.TabularInline):
    model = CampaignShareText
    extra = 0


class QuestionInline(admin.TabularInline):
    model = CampaignQuestion
    extra = 0


@admin.register(Campaign)
class CampaignAdmin(ScopedChoices, KeepsChanges, admin.ModelAdmin):
    """Whoever may add texts opens the form, too: all but the texts is there to read."""

    list_display = ["title", "state", "signing", "signatures", "opens_at", "closes_at"]
    list_filter = ["state", "paused_at", CampaignWaitsFilter]
    search_fields = ["title", "slug", "public_id"]
    autocomplete_fields = ["persons", "proceeding", "organisation"]
    action_form = ReasonActionForm
    actions = ["publish", "retract", "open_signing", "pause_signing", "close_signing"]
    inlines = [RecipientInline, TextInline, ShareTextInline, QuestionInline]
    readonly_fields = ["state", "published_at", "retracted_at", "paused_at", "pause_reason", "what_is_missing"]
    prepopulated_fields = {"slug": ["title"]}
    fieldsets = [
        (None, {"fields": ["title", "slug"]}),
        (_("Whom it is about"), {"fields": ["persons", "proceeding", "organisation"]}),
        (_("When and how many"), {"fields": ["opens_at", "closes_at", "goal", "featured_order"]}),
        (
            _("What the public sees"),
            {
                "fields": ["state", "what_is_missing", "published_at", "retracted_at", "paused_at", "pause_reason"],
                "description": _(
                    "Publish, retract, open, pause and close with the acts of the list, each with a reason."
                ),
            },
        ),
        (_("Keys"), {"fields": ["public_id"]}),
    ]

    def get_queryset(self, request):
        return in_scope(super().get_queryset(request).with_standing().select_related("tally"), request.user)

    def has_change_permission(self, request, obj=None):
        adds_texts = request.user.has_perm("campaigns.add_campaigntext")
        return super().has_change_permission(request, obj) or (obj is not None and adds_texts)

    def has_publish_permission(self, request):
        return request.user.has_perm("campaigns.publish_campaign")

    def get_readonly_fields(self, request, obj=None):
        if obj is None or super().has_change_permission(request, obj):
            return self.readonly_fields
        return [name for _title, options in self.fieldsets for name in options["fields"]]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields

    def view_on_site(self, campaign):
        return campaign.get_absolute_url() if campaign.is_published else None

    @admin.display(description=_("signing"))
    def signing(self, campaign):
        return campaign.signing_state(timezone.now()).label

    @admin.display(description=_("signatures"))
    def signatures(self, campaign):
        return campaign.tally.total if hasattr(campaign, "tally") else 0

    @admin.display(description=_("missing for publication"))
    def what_is_missing(self, campaign):
        missing = running.missing_for_publication(campaign) if campaign.pk else []
        return " ".join(map(str, missing)) or _("Nothing is missing.")

    def save_model(self, request, obj, form, change):
        old_slug = form.initial.get("slug") if change else None
        super().save_model(request, obj, form, change)
        keep_old_address(obj, old_slug)

    def save_formset(self, request, form, formset, change):
        """New texts go through the action that numbers and renders them; the rest is saved and kept as a change."""
        if formset.model is not CampaignText:
            formset.save()
            names = [f"{verb} {row}" for verb, rows in _saved(formset) for row in rows]
            if names:
                fields = {formset.model._meta.model_name: ("", "; ".join(names))}
                record_change(form.instance, verb="change", by=request.user, fields=fields)
            return
        for text in formset.save(commit=False):
            words = {name: getattr(text, name) for name in ("language", "title", "ask", "body", "context")}
            running.write_text(form.instance, by=request.user, **words)

    @admin.action(description=_("Publish"), permissions=["publish"])
    def publish(self, request, campaigns):
        self._act(request, campaigns, running.publish_campaign)

    @admin.action(description=_("Retract: take back from the public"), permissions=["publish"])
    def retract(self, request, campaigns):
        self._act(request, campaigns, running.retract_campaign)

    @admin.action(description=_("Open signing, or end its pause"), permissions=["publish"])
    def open_signing(self, request, campaigns):
        self._act(request, campaigns, running.open_campaign)

    @admin.action(description=_("Pause signing (the page shows the reason)"), permissions=["publish"])
    def pause_signing(self, request, campaigns):
        self._act(request, campaigns, running.pause_campaign)

    @admin.action(description=_("Close signing for good"), permissions=["publish"])
    def close_signing(self, request, campaigns):
        self._act(request, campaigns, running.close_campaign)

    def _act(self, request, campaigns, action):
        because = request.POST.get("because", "").strip()
        for campaign in campaigns:
            try:
                action(campaign, by=request.user, because=because)
            except Refusal as refusal:
                for sentence in refusal.messages:
                    self.message_user(request, f"{campaign}: {sentence}", messages.ERROR)
            else:
                self.message_user(request, _("%(campaign)s: done.") % {"campaign": campaign}, messages.SUCCESS)


def _saved(formset):
    return [
        ("added", formset.new_objects),
        ("changed", [row for row, _fields in formset.changed_objects]),
        ("removed", formset.deleted_objects),
    ]
