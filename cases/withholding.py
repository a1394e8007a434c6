"""Whether a text names somebody for whom silence was asked, and what stands in its place.

Pure. A name is found however it is spelled (see `cases.searching`), inflected, in any order, with an initial, and in
an address. A given name alone is nobody's: too many people bear it. So is a surname alone, unless nobody else on
record bears it (see `cases.silence`).
"""

from functools import lru_cache
from itertools import pairwise
from urllib.parse import unquote

from django.db import models
from django.utils.translation import gettext_lazy as _

from .searching import fold

WITHHELD = _("[withheld for now]")
WITHHELD_TITLE = _("A source whose title is withheld for now")

BETWEEN = 2
"""How many words (a patronymic, a title) may stand between the two words of a name."""
ENDING = 6
"""How many letters an inflected form may have more than the name."""
SHORTEST_SURNAME = 6
"""Letters of a folded surname that is recognised alone: shorter ones are words, given names, parts of others."""
KINSHIP = ("oglu", "oghlu", "ogli", "gizi", "kizi")
PATRONYMIC = ("ovij", "avij", "ovna", "avna")
VOWELS = "aiou"


class Names:
    """The names of people, as something that texts are held against. Empty: false, and no text is looked at.

    `surnames`: folded ones that name somebody even where they stand alone.
    """

    def __init__(self, texts=(), surnames=()):
        self.surnames = {_stem(surname) for surname in surnames}
        pairs = {_essential(fold(text).split()) for text in texts} - {()}
        self.alone = {pair[0] for pair in pairs if len(pair) == 1}
        self.pairs = [tuple(map(_stem, pair)) for pair in pairs if len(pair) == 2]
        joined = [given + surname for pair in pairs if len(pair) == 2 for given, surname in (pair, pair[::-1])]
        self.joined = {fold(name) for name in joined}

    def __bool__(self):
        return bool(self.pairs or self.alone)

    def within(self, *texts):
        """Whether any of `texts` (prose, titles, addresses, ids) bears one of the names."""
        return bool(self) and any(self._within(_folded(text)) for text in texts if text)

    def veiled(self, text):
        """`text`, or what stands in its place where it bears one of the names."""
        return str(WITHHELD) if self.within(text) else text

    def _within(self, folded):
        words = folded.split()
        if self.alone.intersection(words) or any(name in folded for name in self.joined):
            return True
        if any(is_form(word, surname) for surname in self.surnames for word in words):
            return True
        return any(_side_by_side(words, *pair) for pair in self.pairs)


def withhold(rows, names):
    """Takes out of `rows` (model instances that are only shown, never saved) every text that bears one of `names`.

    A person's own name is no text about somebody else: it stays. Of a source, title and addresses go together.
    """
    for row in rows if names else ():
        if row._meta.model_name == "source":
            _withhold_source(row, names)
            continue
        for name in texts_of(type(row)):
            if names.within(getattr(row, name)):
                setattr(row, name, str(WITHHELD))
    return rows


def _withhold_source(source, names):
    if names.within(source.title, source.url, source.archive_url):
        source.title, source.url, source.archive_url, source.language = str(WITHHELD_TITLE), "", "", ""


OWN = {"person": {"display_name", "native_name", "pseudonym"}, "personname": {"text"}}
"""What somebody is called, by model: two people may share a name."""
NO_PROSE = {"public_id", "slug", "state", "language", "script", "stem", "search_text"}
LAW = {"legalprovision", "legalcode", "offencetype"}


@lru_cache
def texts_of(model):
    """The names of the columns of `model` that hold prose."""
    if model._meta.model_name in LAW:
        return ()
    kept = NO_PROSE | OWN.get(model._meta.model_name, set())
    prose = [f for f in model._meta.concrete_fields if type(f) in (models.CharField, models.TextField)]
    return tuple(field.name for field in prose if not field.choices and field.name not in kept)


def surname_in(text):
    """The surname in the name `text`, folded; "" where it has only one word or is too short to be anybody's own."""
    words = _essential(fold(text).split())
    return words[1] if len(words) == 2 and len(words[1]) >= SHORTEST_SURNAME else ""


def is_surname_in(surname, folded):
    """Whether a form of the folded `surname` is a word of the `folded` text."""
    return any(is_form(word, _stem(surname)) for word in folded.split())


@lru_cache(maxsize=20_000)
def _folded(text):
    return fold(unquote(str(text)))


def _essential(words):
    """The two words that make a name, of `words` folded; one where there is no more, none where there is nothing."""
    words = [word for word in words if not word[0].isdigit()]
    for place, word in enumerate(words):
        if word in KINSHIP and place:
            words = words[: place - 1] + words[place + 1 :]
            break
    plain = [word for word in words if not word.endswith(PATRONYMIC)] or words
    return (plain[0], plain[-1]) if len(plain) > 1 else tuple(word for word in plain if len(word) > 3)


def _stem(word):
    """`word` without the vowel that an ending may take the place of."""
    return word[:-1] if len(word) > 4 and word[-1] in VOWELS else word


def is_form(word, stem):
    return word == stem if len(stem) < 4 else word.startswith(stem) and len(word) <= len(stem) + ENDING


def _side_by_side(words, one, other):
    """Whether forms of both stems stand near each other, or one of them beside the initial of the other."""
    for place, word in enumerate(words):
        for here, there in ((one, other), (other, one)):
            if not is_form(word, here):
                continue
            near = [*words[max(0, place - BETWEEN - 1) : place], *words[place + 1 : place + BETWEEN + 2]]
            if any(is_form(each, there) for each in near):
                return True
    return any(first == one[0] and is_form(second, other) for first, second in pairwise(words))
