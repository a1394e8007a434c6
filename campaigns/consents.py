"""The words people agree to. They are kept, word by word, with every signature that was given under them."""

from django.conf import settings
from django.utils.translation import gettext as _


def signature_wording():
    """Consent to store a political opinion (GDPR Art. 9), in the active language."""
    return _(
        "I agree that %(organisation)s stores my name, e-mail address and country with this signature, which shows "
        "a political opinion of mine, to count it and to hand it to the recipient in the way I chose above. "
        "I can withdraw at any time."
    ) % {"organisation": settings.ORGANISATION_NAME}


def news_wording():
    """Consent to letters about this campaign, asked apart and never needed to sign; in the active language."""
    return _("Tell me by e-mail what becomes of this appeal. You can stop with one click.")
