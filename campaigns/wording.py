"""What a person may write into a signature: cleaned to NFC, or refused with a sentence."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FORMULA_STARTS = ("=", "+", "-", "@")
MARKS_IN_A_ROW = 4
ADDRESS_OF_A_SITE = re.compile(r"(?i)(\w+://|\bwww\.|\b[\w-]+\.(com|net|org|info|biz|ru|az|xyz)\b)")
# What the eye cannot see and a list can be garbled with; joiners stay, Persian and Indic names need them.
HIDDEN = set("\u200b\u200e\u200f\u2060\ufeff") | set(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))


def clean_line(text):
    """One line of text, trimmed and in NFC. Raises ValidationError, in a sentence, for what no name contains."""
    cleaned = unicodedata.normalize("NFC", text).strip(" \u00a0\u2003\u3000")
    _refuse_unprintable(cleaned, allowed="")
    if cleaned.startswith(FORMULA_STARTS):
        raise ValidationError(_("Begin with a letter: = + - and @ start formulas in the lists that are handed over."))
    if ADDRESS_OF_A_SITE.search(cleaned):
        raise ValidationError(_("Leave out web addresses."))
    return cleaned


def clean_name(text):
    """A person's name. Raises ValidationError, in a sentence, where it cannot be one."""
    cleaned = clean_line(text)
    if not any(character.isalpha() for character in cleaned):
        raise ValidationError(_("Write your name with letters."))
    return cleaned


def clean_paragraph(text):
    """Several lines of text, such as a reason. Raises ValidationError, in a sentence, for what cannot be printed."""
    cleaned = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    _refuse_unprintable(cleaned, allowed="\n")
    if ADDRESS_OF_A_SITE.search(cleaned):
        raise ValidationError(_("Leave out web addresses."))
    if cleaned.startswith(FORMULA_STARTS):
        raise ValidationError(_("Begin with a letter: = + - and @ start formulas in the lists that are handed over."))
    return cleaned


def _refuse_unprintable(text, *, allowed):
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if character in allowed:
            marks = 0
            continue
        if category in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") or character in HIDDEN:
            raise ValidationError(_("Remove the characters that cannot be printed."))
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > MARKS_IN_A_ROW:
            raise ValidationError(_("Use at most four accents on one letter."))


def initials(name):
    """The first letter of each word of a name, with full stops, as it is handed over by choice."""
    return " ".join(f"{word[0].upper()}." for word in name.replace("-", " ").split() if word[0].isalpha())
