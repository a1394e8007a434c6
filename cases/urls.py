"""Addresses of cases."""

from django.urls import path

from . import views

app_name = "cases"

urlpatterns = [
    path("", views.home, name="home"),
    path("cases/", views.listing, name="list"),
    path("cases/<slug:slug>/", views.case, name="case"),
    path("pictures/<slug:stem>-<int:width>.<slug:suffix>", views.picture, name="picture"),
    path("proceedings/<slug:slug>/", views.proceeding, name="proceeding"),
]
