"""The files of pictures, for as long as the picture and the person may be seen."""

from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from ..caching import FRONT_SECONDS
from ..models import Picture
from ..picture_files import FOLDER, SUFFIXES, WIDTHS, file_name

FRESH_SECONDS = 60  # What is taken back is gone from readers' own caches a minute later, from the front at once.


@require_safe
def picture(request, stem, width, suffix):
    """One size of one picture. Raises `Http404` for whatever is not public at this moment."""
    if width not in WIDTHS or suffix not in SUFFIXES:
        raise Http404
    kind, content_type = SUFFIXES[suffix]
    name = f"{FOLDER}/{file_name(stem, width, kind)}"
    shown = Picture.objects.public().licensed(timezone.localdate()).filter(stem=stem, person__is_minor=False)
    if not shown.exists() or not default_storage.exists(name):
        raise Http404
    with default_storage.open(name) as file:
        response = HttpResponse(file.read(), content_type=content_type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
    response.headers["X-Accel-Expires"] = FRONT_SECONDS
    return response
