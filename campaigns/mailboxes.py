"""Which addresses reach the same mailbox, by the rules the mail providers publish."""

import unicodedata

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

_validate = EmailValidator()

# Other domains of the same provider that lead to the same mailbox.
SAME_DOMAIN = {
    "googlemail.com": "gmail.com",
    "pm.me": "proton.me",
    "protonmail.com": "proton.me",
    "ya.ru": "yandex.ru",
    "yandex.com": "yandex.ru",
    "yandex.by": "yandex.ru",
    "yandex.kz": "yandex.ru",
}
# Providers that deliver name+anything to name.
PLUS_TAGS = {
    "fastmail.com",
    "gmail.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "mailbox.org",
    "me.com",
    "outlook.com",
    "posteo.de",
    "proton.me",
    "yandex.ru",
}
# Where millions have a mailbox, so that its name says nothing about anybody.
PUBLIC_PROVIDERS = {
    "126.com", "163.com", "abv.bg", "aol.com", "bk.ru", "btinternet.com", "fastmail.com", "free.fr", "freenet.de",
    "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net", "hotmail.com", "hotmail.co.uk", "hotmail.de",
    "hotmail.fr", "hotmail.it", "hushmail.com", "icloud.com", "inbox.lv", "inbox.ru", "interia.pl", "laposte.net",
    "libero.it", "list.ru", "live.com", "live.co.uk", "live.fr", "mac.com", "mail.com", "mail.ru", "mailbox.org",
    "me.com", "msn.com", "naver.com", "o2.pl", "onet.pl", "op.pl", "orange.fr", "outlook.com", "outlook.de",
    "outlook.fr", "posteo.de", "proton.me", "qq.com", "rambler.ru", "rediffmail.com", "riseup.net", "sapo.pt",
    "seznam.cz", "sfr.fr", "t-online.de", "tutanota.com", "ukr.net", "wanadoo.fr", "web.de", "wp.pl", "yahoo.com",
    "yahoo.co.uk", "yahoo.de", "yahoo.fr", "yahoo.it", "yandex.ru", "ymail.com", "zoho.com",
}  # fmt: skip
# Providers for which a dot in the name means nothing.
DOTS_IGNORED = {"gmail.com"}


def clean_address(text):
    """The address as mail is sent to it: trimmed, domain in lower-case ASCII. Raises ValueError if it can't be one."""
    address = unicodedata.normalize("NFC", text).strip()
    local, at, domain = address.rpartition("@")
    if not at or len(address) > 254:
        raise ValueError("not an address")
    try:
        ascii_domain = domain.encode("idna").decode().lower()
    except UnicodeError as error:
        raise ValueError("not a domain") from error
    cleaned = f"{local}@{ascii_domain}"
    try:
        _validate(cleaned)
    except ValidationError as error:
        raise ValueError("not an address") from error
    if "." not in ascii_domain or local.startswith('"'):
        raise ValueError("not an address the public mail network delivers to")
    return cleaned


def canonical_mailbox(address):
    """One spelling for all addresses of one mailbox; `address` comes from clean_address. Never used to send mail."""
    local, _, domain = address.lower().rpartition("@")
    domain = SAME_DOMAIN.get(domain, domain)
    if domain in PLUS_TAGS:
        local = local.split("+", 1)[0] or local
    if domain in DOTS_IGNORED:
        local = local.replace(".", "") or local
    return f"{local}@{domain}"


def provider_of(address):
    """The public provider an address belongs to, for the figures of mail; "" for every other domain, because a rare
    one (a firm's, a family's) would name its owner. MAIL_PROVIDERS adds those that are common where a site is read."""
    domain = address.rpartition("@")[2].lower()
    domain = SAME_DOMAIN.get(domain, domain)
    return domain if domain in PUBLIC_PROVIDERS or domain in settings.MAIL_PROVIDERS else ""
