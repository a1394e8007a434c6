"""While the site is switched to read-only, everything that would write is refused in a sentence."""

from django.http import HttpResponse
from django.template.context_processors import i18n
from django.template.loader import render_to_string

from campaigns.models.switches import is_read_only
from config.context import site

READING = ("GET", "HEAD", "OPTIONS", "TRACE")
RETRY_AFTER = "300"


def refuse_writing_while_read_only(get_response):
    """Stands after the language is known and before any cookie is read: forms of readers, of staff and of machines
    are answered alike. `manage.py switch` goes past it."""

    def middleware(request):
        if request.method in READING or not is_read_only():
            return get_response(request)
        page = render_to_string("read_only.html", {"request": request, **i18n(request), **site(request)})
        return HttpResponse(page, status=503, headers={"Retry-After": RETRY_AFTER, "Cache-Control": "no-store"})

    return middleware
