"""The site map: which address leads to which app."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from cases.caching import public_page
from config import demo_mail, inviting, metrics, ready, views
from config.sitemaps import sitemaps

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", ready.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("sitemap.xml", public_page(varies={"p": str})(sitemap), {"sitemaps": sitemaps}, name="sitemap"),
    path("demo/mail/", demo_mail.mailbox, name="demo_mail"),
    path("accounts/invitation/<str:token>/", inviting.accept_invitation, name="accept_invitation"),
    # An account has one address, and administrators keep it.
    path("accounts/email/", views.closed),
    path("accounts/confirm-email/", views.closed),
    path("accounts/confirm-email/<str:key>/", views.closed),
    path("accounts/", include("allauth.urls")),
    path(settings.ADMIN_PATH, admin.site.urls),
]
urlpatterns += i18n_patterns(
    path("about/", views.about, name="about"),
    path("methodology/", views.methodology, name="methodology"),
    path("privacy/", views.privacy, name="privacy"),
    path("", include("cases.urls")),
    path("", include("campaigns.urls")),
    prefix_default_language=False,
)

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
