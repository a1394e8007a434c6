"""Health, the web's conventions, the standing pages, and what is said when something went wrong."""

import logging
import sys
from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpResponse
from django.template.context_processors import i18n
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from cases.availability import database_is_away, disk_is_full
from cases.caching import public_page
from config.context import site

logger = logging.getLogger(__name__)

about = public_page()(TemplateView.as_view(template_name="pages/about.html"))
methodology = public_page()(TemplateView.as_view(template_name="pages/methodology.html"))
privacy = public_page()(TemplateView.as_view(template_name="pages/privacy.html"))


@require_safe
@never_cache
def healthz(request):
    """The process answers; asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@public_page()
def robots(request):
    """Crawlers may read what is public; a demonstration is in no index."""
    if settings.DEMO:
        lines = ["User-agent: *", "Disallow: /"]
    else:
        sitemap = settings.SITE_URL + reverse("sitemap")
        closed = [f"Disallow: /{page}/" for page in ("confirm", "not-me", "unsubscribe", "accounts")]
        lines = ["User-agent: *", *closed, "", f"Sitemap: {sitemap}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@public_page()
def security_txt(request):
    """RFC 9116; there is none until somebody can be reached."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = (timezone.now() + timedelta(days=180)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}{reverse('security_txt')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def closed(request, key=None):
    """An address that a library brings along and that leads nowhere here."""
    raise Http404


# When something went wrong


def bad_request(request, exception=None):
    return sorry(request, 400, _("This request could not be read."))


def forbidden(request, exception=None, reason=""):
    return sorry(request, 403, _("This is not open to you."))


def not_found(request, exception=None):
    return sorry(request, 404, _("There is nothing at this address."))


def server_error(request):
    """Called while the exception is being handled: a database that is away is no fault of ours, and will be back."""
    error = sys.exc_info()[1]
    if database_is_away(error) or disk_is_full(error):
        response = sorry(request, 503, _("The site cannot reach its data at the moment. Please try again shortly."))
        response.headers["Retry-After"] = "10"
        response.headers["Cache-Control"] = "no-store"
        return response
    return sorry(request, 500, _("Something went wrong on our side."))


def sorry(request, status: int, sentence: str):
    """The page for this status, drawn without a query; where even that fails, its one sentence."""
    try:
        page = render_to_string(f"{status}.html", {"request": request, **i18n(request), **site(request)})
    except Exception:
        logger.exception("The page for status %s could not be drawn.", status)
        return HttpResponse(sentence + "\n", status=status, content_type="text/plain; charset=utf-8")
    return HttpResponse(page, status=status)
