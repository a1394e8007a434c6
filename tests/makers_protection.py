"""What protects people: consents beside the one to the name, pauses, pictures."""

import io
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from makers import numbers, public_state
from PIL import Image

from cases.actions.picturing import take
from cases.models import ConsentRecord, Picture


def agree(person, scope, **fields):
    fields = {"given_by": "the person", "given_on": timezone.localdate(), **fields}
    return ConsentRecord.objects.create(person=person, scope=scope, **fields)


def make_picture(person, *, public=True, **fields):
    """A row without its files."""
    fields = {
        "stem": f"{next(numbers):032x}",
        "width": 800,
        "height": 1000,
        "alt": "A portrait",
        "credit": "A photographer",
        "licence": "CC BY 4.0",
        **fields,
    }
    return Picture.objects.create(person=person, **fields, **public_state(public))


def make_portrait(person, *, public=True, **fields):
    """A row with its files, as an upload makes them."""
    picture = Picture(person=person, alt="A portrait", credit="A photographer", licence="CC BY 4.0", **fields)
    take(picture, upload())
    for name, value in public_state(public).items():
        setattr(picture, name, value)
    picture.save()
    return picture


def picture_bytes(size=(800, 1000), kind="JPEG", mode="RGB", **saved):
    buffer = io.BytesIO()
    Image.new(mode, size, "grey" if mode in ("RGB", "L", "RGBA") else None).save(buffer, kind, **saved)
    return buffer.getvalue()


def upload(data=None, name="portrait.jpg"):
    return SimpleUploadedFile(name, picture_bytes() if data is None else data)


def in_days(number):
    return timezone.localdate() + timedelta(days=number)
