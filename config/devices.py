"""Devices on which staff have signed in before: a signed cookie, given to staff at the door and to nobody else."""

import secrets

from django.conf import settings
from django.core import signing

YEAR = 365 * 24 * 60 * 60
SALT = "config.devices"


def device_of(request) -> dict:
    """The device's random name and the keys of the accounts that have signed in on it; a new one if it is unknown."""
    try:
        known = signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT, max_age=YEAR)
        return {"name": str(known["name"]), "accounts": list(known["accounts"])}
    except (signing.BadSignature, KeyError, TypeError):
        return {"name": secrets.token_urlsafe(16), "accounts": []}


def is_known(request, user) -> bool:
    return user is not None and user.pk in device_of(request)["accounts"]


def remember(request, response, user) -> None:
    device = device_of(request)
    device["accounts"] = [*(pk for pk in device["accounts"] if pk != user.pk), user.pk][-20:]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(device, salt=SALT),
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
