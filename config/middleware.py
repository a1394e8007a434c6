"""Headers on every answer, the language of the address, and a plain refusal for requests that cannot be read."""

import codecs

from django.conf import settings
from django.utils import translation

from cases.caching import tell_absence
from config.views import bad_request

PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "payment",
        "usb",
    )
)


def add_headers(get_response):
    """Adds what Django has no setting for. It stands first, so that error pages and static files have it too."""

    def middleware(request):
        response = get_response(request)
        tell_absence(request, response)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if settings.DEMO:
            response.headers["X-Robots-Tag"] = "noindex"
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware


def speak_the_language_of_the_address(get_response):
    """The path alone decides the language, unlike in Django's LocaleMiddleware: what a cache keeps for an address is
    right for everybody who asks for it."""

    def middleware(request):
        language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware


def refuse_what_cannot_be_read(get_response):
    """Answers 400 to a form in another charset than UTF-8 (Django would fail on utf-7 with a 500) and to a NUL in
    the address, which PostgreSQL cannot even look for."""

    def middleware(request):
        if not _is_utf8(request.content_params.get("charset", "utf-8")) or _has_nul(request):
            return bad_request(request)
        return get_response(request)

    return middleware


def _is_utf8(charset: str) -> bool:
    try:
        return codecs.lookup(charset).name == "utf-8"
    except LookupError:
        return False


def _has_nul(request) -> bool:
    query = request.META.get("QUERY_STRING", "")
    return "%00" in query or "\0" in query or "\0" in request.path_info
