"""The staff site: its name, the order of its drawers, and the one way in."""

from django.apps import apps
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

SHOWN_CHANGES = 12

# The drawers in the order in which an editor opens them.
DRAWERS = [
    (_("Who and what"), ["Person", "Proceeding", "Organisation", "Picture"]),
    (_("Custody"), ["Detention", "DetentionOrder", "CustodyReport", "Place"]),
    (_("Charges and courts"), ["Charge", "ChargeEvent", "ChargeChange", "Hearing", "Sentence"]),
    (_("What else is told"), ["CaseEvent", "Affiliation", "Recognition", "PersonName"]),
    (_("How we know"), ["Source", "Publisher", "Citation"]),
    (_("Law"), ["LegalProvision", "LegalCode", "OffenceType"]),
    (_("Campaigns"), "campaigns"),
    (_("The log"), ["Change", "SecurityEvent", "SlugRedirect"]),
    (_("Staff accounts"), None),
]


class StaffSite(AdminSite):
    """Django's admin under our name; everybody signs in through allauth, never through the password-only form."""

    site_header = site_title = format_lazy("{} · {}", settings.ORGANISATION_NAME, _("staff"))
    index_title = _("The desk")
    site_url = "/"

    def login(self, request, extra_context=None):
        """Sends whoever is not signed in to allauth. Raises PermissionDenied for an account that is not staff's."""
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"), settings.LOGIN_URL)

    def logout(self, request, extra_context=None):
        from allauth.account.views import logout

        return logout(request) if request.method == "POST" else redirect("account_logout")

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")

    def get_urls(self):
        from config import staff_pages

        own = [
            path("search/", staff_pages.search, name="search"),
            path("filters/save/", staff_pages.save_filter, name="save_filter"),
            path("filters/<int:pk>/delete/", staff_pages.delete_filter, name="delete_filter"),
        ]
        # Django's short way to the public page of anything asks nobody whether they may know of it.
        rest = [each for each in super().get_urls() if getattr(each, "name", None) != "view_on_site"]
        return [*(_guarded(self, each) for each in own), *rest]

    def each_context(self, request):
        """Every page knows the lists that its reader has saved, read only where they are shown, and what is off."""
        from campaigns.models.switches import describe_switches
        from config.staff_pages import filters_of

        own = {"saved_filters": SimpleLazyObject(lambda: filters_of(request.user))}
        return {**super().each_context(request), **own, "thrown_switches": describe_switches()}

    def index(self, request, extra_context=None):
        """The desk: what waits for whoever looks, the drawers, and what was done last."""
        from campaigns.admin import figures, providers
        from cases.admin import waiting
        from cases.admin.permitting import acts_in_scope
        from cases.admin.waits import sections

        may_read = request.user.has_perm("cases.view_change")
        log = apps.get_model("cases", "Change").objects.select_related("by")
        changes = acts_in_scope(log, request.user)[:SHOWN_CHANGES] if may_read else []
        found = sections(self, request, (*waiting.WAITINGS, *figures.WAITINGS))
        found = providers.with_alarms(found, request)
        context = {
            "sections": found,
            "something_waits": any(section.lines for section in found),
            "charts": figures.charts(request),
            "changes": changes,
            "may_read_changes": may_read,
        }
        return super().index(request, {**context, **(extra_context or {})})

    def get_app_list(self, request, app_label=None):
        """The drawers under our headings; the page of one app keeps them in the same order."""
        found = super().get_app_list(request, app_label)
        models = {(app["app_label"], model["object_name"]): model for app in found for model in app["models"]}
        drawers = [_drawer(heading, names, models) for heading, names in DRAWERS]
        if app_label is None:
            return [drawer for drawer in drawers if drawer["models"]]
        ordered = [model for drawer in drawers for model in drawer["models"]]
        return [{**app, "models": ordered} for app in found]


def _guarded(site, pattern):
    """`pattern`, with its view open only to whom the site lets in, and knowing the site."""
    view = pattern.callback
    pattern.callback = site.admin_view(lambda request, **named: view(request, site=site, **named))
    return pattern


def _drawer(heading, names, models):
    """Takes the models called `names` out of `models`: of cases, of another app by its label, or what is left."""
    if names is None:
        keys = sorted(models)
    elif isinstance(names, str):
        keys = [key for key in models if key[0] == names]
    else:
        keys = [("cases", name) for name in names if ("cases", name) in models]
    label = "-".join(str(heading).lower().split())
    return {
        "name": heading,
        "app_label": label,
        "app_url": f"{reverse('admin:index')}#{label}",
        "has_module_perms": True,
        "models": [models.pop(key) for key in keys],
    }
