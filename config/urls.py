"""The site map: which address leads to which app."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path(settings.ADMIN_PATH, admin.site.urls),
    path("accounts/", include("allauth.urls")),
]
urlpatterns += i18n_patterns(
    path("", include("cases.urls")),
    path("", include("campaigns.urls")),
    prefix_default_language=False,
)
