"""The letters we send: one function each. They read, and never write.

Subjects are neutral: who looks over a shoulder at a list of mails learns nothing. Nothing in a letter is loaded from
anywhere, the only secrets in it are its own links, and nothing that the signer typed is in it but where it goes:
whoever signs with somebody else's address cannot write to them by it.
"""

from functools import cached_property

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import utf8_charset_qp
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from .links import absolute, campaign_address, confirm_address, not_me_address, return_path, unsubscribe_address


class Mail(EmailMultiAlternatives):
    """A mail that is put together once: what could be checked is what is sent. In ASCII, because not every mail host
    on its way takes more."""

    encoding = utf8_charset_qp

    def message(self):
        return self._whole

    @cached_property
    def _whole(self):
        return super().message()


def confirm_letter(letter, *, secrets):
    """Asks the signer to confirm, with the one link that does it."""
    return _message(letter, secrets, subject=lambda: _("Please confirm"), template="confirm", confirms=True)


def reminder_letter(letter, *, secrets):
    """Asks once more, with a link of its own; nobody gets a third one without signing again."""
    return _message(
        letter,
        secrets,
        subject=lambda: _("Please confirm: a reminder"),
        template="reminder",
        confirms=True,
        can_be_stopped=True,
    )


def already_confirmed_letter(letter, *, secrets):
    """Tells somebody who signs again that their signature counts already. Only their mailbox learns it."""
    return _message(
        letter,
        secrets,
        subject=lambda: _("You have confirmed already"),
        template="already_confirmed",
        can_be_stopped=True,
    )


def _message(letter, secrets, *, subject, template, confirms=False, can_be_stopped=False):
    """The mail in the signer's language, as text and HTML, with the Message-ID the outbox keeps.

    `can_be_stopped`: it bears what RFC 8058 asks for, so that a mail program offers to stop such letters by one click.
    """
    signature = letter.signature
    with translation.override(signature.language):
        stop = unsubscribe_address(letter, secrets) if can_be_stopped else ""
        context = {
            "title": signature.text.title,
            "link": confirm_address(secrets.confirm_token(letter.nonce)) if confirms else "",
            "not_me_link": not_me_address(letter, secrets),
            "unsubscribe_link": stop,
            "expires_at": letter.expires_at,
            "signed_at": signature.signed_at,
            "confirmed_at": signature.confirmed_at,
            "campaign_link": campaign_address(signature.campaign),
            "privacy_link": absolute(reverse("privacy")),
            "organisation": settings.ORGANISATION_NAME,
            "demo": settings.DEMO,
            "language": signature.language,
        }
        message = Mail(
            subject=subject(),
            body=render_to_string(f"campaigns/letters/{template}.txt", context),
            from_email=return_path(letter, secrets) or settings.DEFAULT_FROM_EMAIL,
            to=[secrets.open(signature.email_sealed, "email")],
            headers={
                "From": settings.DEFAULT_FROM_EMAIL,
                "Message-ID": letter.message_id,
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",
                **_stopping(stop),
            },
        )
        message.attach_alternative(render_to_string(f"campaigns/letters/{template}.html", context), "text/html")
    return message


def _stopping(link):
    if not link:
        return {}
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
