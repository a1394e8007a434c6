"""The staff site."""

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.utils.translation import gettext_lazy as _


class StaffSite(AdminSite):
    """Django's admin under our name; everybody signs in through allauth, never through the password-only form."""

    site_header = site_title = _("Habeas staff")
    index_title = _("The desk")

    def login(self, request, extra_context=None):
        return redirect_to_login(request.GET.get("next") or self.index_path, settings.LOGIN_URL)

    @property
    def index_path(self) -> str:
        from django.urls import reverse

        return reverse("admin:index", current_app=self.name)
