"""The product's addresses and an empty view."""

from django.http import HttpResponse
from django.urls import path

from config.urls import handler400, handler403, handler404, handler500, urlpatterns  # noqa: F401


def empty(request):
    return HttpResponse("ok\n")


urlpatterns = [path("bench/empty/", empty), *urlpatterns]
