"""Addresses of campaigns."""

from django.urls import path

from .views import confirming, counting, declining, hooks, pages, sharing, signing

app_name = "campaigns"

urlpatterns = [
    path("campaigns/", pages.campaign_list, name="list"),
    path("campaigns/<slug:slug>/", pages.campaign_page, name="campaign"),
    path("campaigns/<slug:slug>/sign/", signing.sign, name="sign"),
    path("campaigns/<slug:slug>/check-your-mail/", signing.check_your_mail, name="check_your_mail"),
    path("campaigns/<slug:slug>/share/", sharing.share, name="share"),
    path("campaigns/<slug:slug>/count.json", pages.count, name="count"),
    path("campaigns/<slug:slug>/series.json", counting.series_json, name="series_json"),
    path("campaigns/<slug:slug>/series.csv", counting.series_csv, name="series_csv"),
    path("confirm/<str:token>/", confirming.confirm, name="confirm"),
    path("not-me/<str:token>/", declining.not_me, name="not_me"),
    path("unsubscribe/<str:token>/", declining.unsubscribe, name="unsubscribe"),
    path("hooks/mail/", hooks.mail_hook, name="mail_hook"),
]
