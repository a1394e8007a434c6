"""Pictures: what is uploaded is never shown. Its pixels are read, everything else about the file is thrown away, and
new files are written in fixed sizes under a random name."""

import io
import secrets
import warnings
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from ..errors import Refusal
from ..models import Picture, PublicationBasis, State
from ..picture_files import FOLDER, FORMATS, WIDTHS, file_name, size_at
from .recording import record_change
from .reopening import reopen

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
LEAST_SIDE = 160
LONGEST_TO_SHORTEST = 3
READ = ["JPEG", "PNG", "WEBP"]
ORPHANED_AFTER = timedelta(days=1)
TAKEN_BACK_FOR = timedelta(days=30)
"""How long the files of a picture that was taken back are kept, unserved, in case that was a mistake."""


def take(picture, upload):
    """Fills the unsaved `picture` from the file `upload` and writes its files. Raises `Refusal` with a sentence.

    The caller saves the row; files without a row are swept away by `sweep_pictures`.
    """
    _allowed(picture.person)
    image = read_picture(upload)
    picture.stem = secrets.token_hex(16)
    picture.width, picture.height = image.size
    for width in WIDTHS:
        sized = image.resize(size_at(width, *image.size), Image.Resampling.LANCZOS)
        for kind, options in FORMATS.items():
            buffer = io.BytesIO()
            sized.save(buffer, kind, **options)
            default_storage.save(f"{FOLDER}/{file_name(picture.stem, width, kind)}", ContentFile(buffer.getvalue()))


def read_picture(upload):
    """The pixels of `upload` on white, upright, without anything else. Raises `Refusal`."""
    upload.seek(0)
    data = upload.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Refusal(_("The file is larger than 10 MB. Choose a smaller one."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=READ)
            _measure(*image.size)
            image.load()
            ImageOps.exif_transpose(image, in_place=True)
            return _plain(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refusal(_too_many_pixels()) from error
    except Refusal:
        raise
    except Exception as error:  # A decoder may stumble over a broken file in any way.
        raise Refusal(_("This is no whole JPEG, PNG or WebP picture. Other kinds are not taken.")) from error


@transaction.atomic
def make_way(person):
    """Before a waiting picture of `person` becomes public: takes back the one that was shown so far."""
    waiting = person.pictures.filter(state__in=[State.DRAFT, State.IN_REVIEW])
    for picture in person.pictures.published() if waiting.exists() else ():
        Picture.objects.filter(pk=picture.pk).update(state=State.RETRACTED, retracted_at=timezone.now())
        fields = {"state": (State.PUBLISHED, State.RETRACTED)}
        record_change(picture, verb="retract", by=None, because=_("Another picture is shown."), fields=fields)


@transaction.atomic
def reopen_picture(picture, *, by, because):
    """Lets a picture that was taken back wait again. Raises `Refusal` while another waits, and once its files are
    deleted."""
    if not has_files(picture):
        raise Refusal(_("The files of this picture were deleted after it was taken back. Add the picture again."))
    waiting = Picture.objects.filter(person=picture.person_id, state__in=[State.DRAFT, State.IN_REVIEW])
    if waiting.exists():
        raise Refusal(_("Another picture of this person waits to be published. Delete it first."))
    return reopen(picture, by=by, because=because)


def sweep_pictures(*, at):
    """Deletes files to which no picture belongs any more, and those of pictures taken back long ago; returns their
    number."""
    try:
        names = default_storage.listdir(FOLDER)[1]
    except FileNotFoundError:  # No picture yet. (An object storage knows no folders, so it cannot be asked for one.)
        return 0
    long_ago = Q(state=State.RETRACTED, retracted_at__lt=at - TAKEN_BACK_FOR)
    kept = set(Picture.objects.exclude(long_ago).values_list("stem", flat=True))
    gone = 0
    for name in names:
        path = f"{FOLDER}/{name}"
        if name.partition("-")[0] not in kept and default_storage.get_modified_time(path) < at - ORPHANED_AFTER:
            default_storage.delete(path)
            gone += 1
    return gone


def has_files(picture):
    """Whether the pixels are still there: of a picture that was taken back they are deleted some day."""
    return default_storage.exists(f"{FOLDER}/{file_name(picture.stem, min(WIDTHS), 'JPEG')}")


def _allowed(person):
    """Says at once what the gate would say later."""
    if person.is_minor:
        raise Refusal(_("No picture of a minor is taken."))
    if PublicationBasis.objects.filter(person=person, kind__in=PublicationBasis.MINIMAL).exists():
        raise Refusal(_("On this basis nobody was asked, so there is no picture."))
    if person.pictures.filter(state__in=[State.DRAFT, State.IN_REVIEW]).exists():
        raise Refusal(_("A picture of this person waits already. Publish or delete it first."))


def _measure(width, height):
    if width * height > MOST_PIXELS:
        raise Refusal(_too_many_pixels())
    if min(width, height) < LEAST_SIDE:
        raise Refusal(_("The picture is too small: each side needs at least 160 pixels."))
    if max(width, height) > LONGEST_TO_SHORTEST * min(width, height):
        raise Refusal(_("The picture is too long: at most three times as long as wide."))


def _too_many_pixels():
    return _("The picture has more than 40 million pixels. Choose a smaller one.")


def _plain(image):
    """A new picture with nothing but the pixels: no position, no device, no profile, no comment."""
    plain = Image.new("RGB", image.size, "white")
    if image.mode.startswith("I"):  # Sixteen bits of grey, which Pillow would cut off at eight: all of it white.
        image = image.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
        image.info.pop("transparency", None)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        plain.paste(image, mask=image.getchannel("A"))
    else:
        plain.paste(image if image.mode == "RGB" else image.convert("RGB"))  # Converting copies, also into the same.
    return plain
