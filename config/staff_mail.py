"""Letters to staff about their own accounts. They go out at once: nobody waits for the queue to get in."""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)


def invitation(user, link: str, *, days: int) -> bool:
    subject = _("Your account at %(site)s") % {"site": settings.ORGANISATION_NAME}
    return _send(user, subject, "invitation", link=link, days=days)


def new_device(user, at) -> bool:
    subject = _("A sign-in from a new device at %(site)s") % {"site": settings.ORGANISATION_NAME}
    return _send(user, subject, "new_device", at=at)


def _send(user, subject: str, name: str, **told) -> bool:
    """False if the letter could not be handed over: whoever acts is told, and nothing else is undone."""
    if not user.email:
        return False
    told |= {"user": user, "site_url": settings.SITE_URL, "organisation_name": settings.ORGANISATION_NAME}
    text = render_to_string(f"account/email/{name}_message.txt", told)
    try:
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [user.email])
    except OSError:  # Every trouble of SMTP is one.
        logger.exception("A letter to staff (%s) was not sent.", name)
        return False
    return True
