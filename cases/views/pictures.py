"""The files of pictures, for as long as the picture and the person may be seen."""

from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from ..caching import FRONT_SECONDS
from ..models import Picture
from ..picture_files import FOLDER, SUFFIXES, WIDTHS, file_name

FRESH = "public, max-age=60, stale-while-revalidate=2, stale-if-error=30"
"""What is taken back is gone from readers' own caches a minute later, from the front at once."""


@require_safe
def picture(request, stem, width, suffix):
    """One size of one picture. Raises `Http404` for whatever is not public at this moment."""
    if width not in WIDTHS or suffix not in SUFFIXES:
        raise Http404
    kind, content_type = SUFFIXES[suffix]
    name = file_name(stem, width, kind)
    shown = Picture.objects.public().licensed(timezone.localdate()).filter(stem=stem, person__is_minor=False)
    if not shown.exists():
        raise Http404
    # Another picture has another name: who has the file has it for good, and only asks whether it may still be shown.
    response = HttpResponse(content_type=content_type, headers={"ETag": f'"{name}"', "Cache-Control": FRESH})
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Accel-Expires"] = FRONT_SECONDS
    answer = get_conditional_response(request, etag=response.headers["ETag"], response=response)
    if answer is response:
        response.content = _read(f"{FOLDER}/{name}")
    return answer


def _read(path):
    try:
        with default_storage.open(path) as file:
            return file.read()
    except FileNotFoundError:
        raise Http404 from None
