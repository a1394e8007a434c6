"""The letters we send: one function each. They read, and never write.

Subjects are neutral: who looks over a shoulder at a list of mails learns nothing. Nothing in a letter is loaded from
anywhere, the only secret in it is the confirming link, and nothing that the signer typed is in it but where it goes:
whoever signs with somebody else's address cannot write to them by it.
"""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from .links import absolute, campaign_address, confirm_address


def confirm_letter(letter, *, secrets):
    """Asks the signer to confirm, with the one link that does it."""
    return _message(
        letter,
        secrets,
        subject=lambda: _("Please confirm"),
        template="confirm",
        link=confirm_address(secrets.confirm_token(letter.nonce)),
    )


def already_confirmed_letter(letter, *, secrets):
    """Tells somebody who signs again that their signature counts already. Only their mailbox learns it."""
    return _message(letter, secrets, subject=lambda: _("You have confirmed already"), template="already_confirmed")


def _message(letter, secrets, *, subject, template, link=""):
    """The mail in the signer's language, as text and HTML, with the Message-ID the outbox keeps."""
    signature = letter.signature
    with translation.override(signature.language):
        context = {
            "title": signature.text.title,
            "link": link,
            "expires_at": letter.expires_at,
            "confirmed_at": signature.confirmed_at,
            "campaign_link": campaign_address(signature.campaign),
            "privacy_link": absolute(reverse("privacy")),
            "organisation": settings.ORGANISATION_NAME,
            "demo": settings.DEMO,
            "language": signature.language,
        }
        message = EmailMultiAlternatives(
            subject=subject(),
            body=render_to_string(f"campaigns/letters/{template}.txt", context),
            to=[secrets.open(signature.email_sealed, "email")],
            headers={
                "Message-ID": letter.message_id,
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",
            },
        )
        message.attach_alternative(render_to_string(f"campaigns/letters/{template}.html", context), "text/html")
    return message
