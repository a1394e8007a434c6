"""Ways to pass a campaign on: plain links that load nothing from anybody, and the channels we count by."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

import qrcode
from django.utils.translation import gettext_lazy as _

# What ?via= may say. It counts ways, not people; anything else is dropped.
CHANNELS = frozenset(
    [
        "share",
        "copy",
        "whatsapp",
        "telegram",
        "signal",
        "email",
        "bluesky",
        "mastodon",
        "x",
        "facebook",
        "qr",
        "letter",
    ]
)

# {text} ends in the link; {message} is the text alone.
_NETWORKS = [
    ("whatsapp", _("WhatsApp"), "https://wa.me/?text={text}"),
    ("telegram", _("Telegram"), "https://t.me/share/url?url={link}&text={message}"),
    ("signal", _("Signal"), "sgnl://send?text={text}"),
    ("email", _("E-mail"), "mailto:?subject={subject}&body={text}"),
    ("bluesky", _("Bluesky"), "https://bsky.app/intent/compose?text={text}"),
    ("mastodon", _("Mastodon"), "https://share.joinmastodon.org/#text={text}"),
    ("x", _("X"), "https://x.com/intent/post?text={message}&url={link}"),
    ("facebook", _("Facebook"), "https://www.facebook.com/sharer/sharer.php?u={link}"),
]


@dataclass(frozen=True)
class ShareLink:
    channel: str
    name: str
    href: str


def known_channel(text):
    """`text` where it is a channel we count by, else nothing."""
    return text if text in CHANNELS else ""


def with_channel(address, channel):
    """The campaign's address as it is shared by this way."""
    return f"{address}?via={channel}"


def share_links(address, *, message, subject):
    """One plain link per network. `address` is the campaign's absolute address, `message` what is said before it."""
    return [_share_link(*network, address, message, subject) for network in _NETWORKS]


def _share_link(channel, name, pattern, address, message, subject):
    link = with_channel(address, channel)
    parts = {"link": link, "message": message, "text": f"{message} {link}", "subject": subject}
    return ShareLink(channel, name, pattern.format(**{key: quote(value, safe="") for key, value in parts.items()}))


def letter_link(*, email, subject, salutation, points):
    """A mailto: link that opens a letter to the recipient with salutation and key points to start from."""
    body = "\r\n\r\n".join([salutation, *points])
    return f"mailto:{quote(email, safe='@')}?subject={quote(subject, safe='')}&body={quote(body, safe='')}"


@dataclass(frozen=True)
class QrCode:
    """A QR code as one SVG path; `size` is its side in modules, the quiet zone of four included."""

    size: int
    path: str


@lru_cache(maxsize=256)
def qr_code(text):
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    matrix = code.get_matrix()
    squares = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark]
    return QrCode(size=len(matrix), path="".join(squares))
