"""Signed stamps of the form, and the rule which requests may post it. No cookie, no session, no state."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

STAMP_DAYS = 7
_HOUR = 60 * 60
_signer = Signer(salt="campaigns.stamp")


def make_stamp(text_id, *, at):
    """A signed note of text version and hour, the same for everybody, so that the page with it can be cached."""
    return _signer.sign(f"{text_id}.{int(at.timestamp()) // _HOUR}")


def read_stamp(stamp, *, at):
    """The text version's id a form was drawn with, or None for a stamp that is older than 7 days or not ours.

    A hint and never proof: a stamp is the same for everybody, so holding one says nothing about who posts it.
    """
    try:
        text_id, hour = _signer.unsign(stamp).split(".")
        age = int(at.timestamp()) // _HOUR - int(hour)
    except (BadSignature, ValueError):
        return None
    return int(text_id) if age <= STAMP_DAYS * 24 else None


def is_foreign(request):
    """Whether the browser says that another site sent this form. A browser that says nothing is not foreign."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site == "same-origin" or (origin and _is_ours(origin, request)):
        return False
    if site in ("cross-site", "same-site"):
        return True
    return bool(origin) and origin != "null"


def _is_ours(origin, request):
    return origin == settings.SITE_URL or urlsplit(origin).netloc == request.get_host()


def absolute(path):
    """The whole address of one of our pages, as it goes into letters, QR codes and shares."""
    return settings.SITE_URL + path


def confirm_address(token):
    return absolute(reverse("campaigns:confirm", args=[token]))


def campaign_address(campaign):
    return absolute(campaign.get_absolute_url())
