"""Looking at an address, and taking signatures out: for who may, with the password once more, never unseen."""

import csv
import io
from itertools import islice

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.admin.permitting import in_scope
from cases.errors import Refusal

from ..actions.revealing import export_signatures, reveal
from ..models import Campaign

LINES_A_PIECE = 500
MAY_SEE = method_decorator(permission_required("campaigns.see_addresses", raise_exception=True))
MAY_EXPORT = method_decorator(permission_required("campaigns.export_signatures", raise_exception=True))


class PasswordForm(forms.Form):
    """Asks for the password of whoever is signed in; wrong ones count, and make the next one wait, as at the door."""

    because = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text=gettext_lazy("Kept in the log with your name."),
        max_length=2000,
    )
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self):
        if not get_adapter(self.request).reauthenticate(self.request.user, self.cleaned_data["password"]):
            raise ValidationError(_("This is not your password."))
        return self.cleaned_data["password"]


class ExportForm(PasswordForm):
    campaign = forms.ModelChoiceField(label=gettext_lazy("Campaign"), queryset=None)
    field_order = ["campaign"]

    def __init__(self, *args, campaigns, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["campaign"].queryset = campaigns


class ShowsAddresses:
    """For the drawer of signatures: two pages of its own."""

    change_form_template = "admin/campaigns/signature.html"
    change_list_template = "admin/campaigns/signatures.html"

    def get_urls(self):
        see, export = self.admin_site.admin_view(self.see_address), self.admin_site.admin_view(self.export)
        return [
            path("<int:object_id>/address/", see, name="campaigns_signature_address"),
            path("export/", export, name="campaigns_signature_export"),
            *super().get_urls(),
        ]

    @MAY_SEE
    def see_address(self, request, object_id):
        signature = self.get_queryset(request).filter(pk=object_id).select_related("campaign__key").first()
        if signature is None:
            raise Http404
        form, signer = PasswordForm(request.POST or None, request=request), None
        if request.method == "POST" and form.is_valid():
            try:
                signer = reveal(signature, by=request.user, because=form.cleaned_data["because"])
            except Refusal as refusal:
                form.add_error(None, refusal.messages)
        told = {"title": _("Address of a signature"), "signature": signature, "form": form, "signer": signer}
        return self._ask(request, "admin/campaigns/address.html", told)

    @MAY_EXPORT
    def export(self, request):
        ours = in_scope(Campaign.objects.order_by("title"), request.user)
        form = ExportForm(request.POST or None, request=request, campaigns=ours)
        if request.method == "POST" and form.is_valid():
            campaign = form.cleaned_data["campaign"]
            try:
                rows = export_signatures(campaign, by=request.user, because=form.cleaned_data["because"])
            except Refusal as refusal:
                form.add_error(None, refusal.messages)
            else:
                return as_file(rows, f"signatures-{campaign.slug}.csv")
        return self._ask(request, "admin/campaigns/export.html", {"title": _("Export signatures"), "form": form})

    def _ask(self, request, template, told):
        request.current_app = self.admin_site.name
        return render(request, template, {**self.admin_site.each_context(request), "opts": self.opts, **told})


def as_file(rows, name):
    """The rows as CSV, written while they are read, hundreds at a time: a piece costs more than a row."""
    response = StreamingHttpResponse(_pieces(rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _pieces(rows):
    rows = iter(rows)
    while lines := list(islice(rows, LINES_A_PIECE)):
        piece = io.StringIO()
        csv.writer(piece).writerows(lines)
        yield piece.getvalue()
