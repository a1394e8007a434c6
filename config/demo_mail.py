"""The letters of a demonstration, to read in the browser that runs beside it: there they go no further."""

import ipaddress
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

SHOWN = 50
# Django's file backend ends each message with a line of 79 hyphens.
BETWEEN = b"\n" + b"-" * 79 + b"\n"


@require_safe
@never_cache
def mailbox(request):
    """The sole page where addresses stand in clear: only on the machine itself, only in a demonstration."""
    if not settings.DEMO or not comes_from_this_machine(request):
        raise Http404
    letters = [as_shown(letter) for letter in newest_letters(Path(settings.EMAIL_FILE_PATH or ""))]
    return render(request, "demo/mail.html", {"letters": letters, "noindex": True})


def comes_from_this_machine(request) -> bool:
    """A proxy on this machine speaks for others, so whatever it forwards is not from here."""
    if any(header in request.headers for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP")):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def newest_letters(folder: Path) -> list[EmailMessage]:
    """The last letters written there, newest first: each file is one batch, in the order of sending."""
    files = sorted(folder.glob("*.log"), key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)
    letters: list[EmailMessage] = []
    for file in files:
        # What follows the last separator is still being written.
        batch = file.read_bytes().split(BETWEEN)[:-1]
        letters += [message_from_bytes(raw, policy=policy.default) for raw in reversed(batch)]
        if len(letters) >= SHOWN:
            break
    return letters[:SHOWN]


def as_shown(letter: EmailMessage) -> dict[str, str]:
    body = letter.get_body(("plain",))
    headers = {name: str(letter.get(name, "")) for name in ("To", "From", "Subject", "Date")}
    return {
        "to": headers["To"],
        "sender": headers["From"],
        "subject": headers["Subject"],
        "date": headers["Date"],
        "text": body.get_content() if body else "",
    }
