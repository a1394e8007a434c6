"""What every page may say about the site it is on."""

from django.conf import settings
from django.utils import timezone


def site(request) -> dict:
    return {
        "demo": settings.DEMO,
        "noindex": settings.DEMO,
        "organisation_name": settings.ORGANISATION_NAME,
        "site_url": settings.SITE_URL,
        "security_contact": settings.SECURITY_CONTACT,
        "custody_fresh_days": settings.CUSTODY_FRESH_DAYS,
        "today": timezone.localdate(),
    }
