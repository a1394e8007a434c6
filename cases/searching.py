"""Finding a name however it is spelled: every text is folded to one skeleton, and skeletons are compared.

Pure. Azerbaijani, Turkish, Russian and English write the same name in many ways (Vaqifqızı, Vagifgizi, Вагифгызы);
what tells the spellings apart (marks, doubled letters, kh or x, q or g, ə or a or e) is dropped, nothing else is.
"""

import re
import unicodedata

CYRILLIC = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "y", "к": "k",
        "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh",
        "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "yu", "я": "ya",
        "є": "e", "і": "i", "ґ": "g", "ә": "ə", "ғ": "gh", "ҝ": "g", "ө": "o", "ү": "u", "һ": "h", "ҹ": "j", "ј": "y",
    }
)  # fmt: skip
UNMARKED = str.maketrans(
    {"ı": "i", "ə": "a", "ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "œ": "oe", "ð": "d", "þ": "th"}
)
SPELLED_OUT = str.maketrans({"ş": "sh", "ç": "ch", "ğ": "gh", "š": "sh", "č": "ch", "ž": "zh"})
ALIKE = [("dzh", "j"), ("dj", "j"), ("zh", "j"), ("ch", "j"), ("kh", "h"), ("gh", "g"), ("sh", "s")]
SAME_LETTER = str.maketrans({"c": "j", "e": "a", "q": "g", "w": "v", "x": "h", "y": "i"})

DASHES = re.compile(r"[\u2010-\u2015\u2212]")
APOSTROPHES = re.compile(r"['\u2018\u2019\u02bc\u02b9`]")
DOUBLED = re.compile(r"([^\W\d_])\1+")
WORD = re.compile(r"\d[\d.\-]*\d|[^\W_]+")

LONGEST_QUERY = 200
MOST_WORDS = 8


def fold(text):
    """The skeleton of `text`: words in one spelling, parted by single spaces.

    An article such as 193-1.3.1 stays one word; all other punctuation parts words.
    """
    text = APOSTROPHES.sub("", DASHES.sub("-", _unmarked(text)))
    return " ".join(_skeleton(word) for word in WORD.findall(text))


def search_words(query):
    """What somebody typed, as skeletons, each of which must be found. No more than a person would type."""
    words = fold(query[:LONGEST_QUERY]).split()
    return list(dict.fromkeys(words))[:MOST_WORDS]


def search_text(names, words=()):
    """Everything that a search finds a person by: `names` also without their spaces, other `words` as they are."""
    folded = [fold(name) for name in names]
    joined = [name.replace(" ", "") for name in folded if " " in name]
    return " ".join(dict.fromkeys(filter(None, [*folded, *joined, *map(fold, words)])))


def slug_from(text, longest=80):
    """The last part of an address for `text`: ASCII letters, digits, hyphens; empty where nothing is left."""
    text = APOSTROPHES.sub("", _unmarked(text, first=SPELLED_OUT))
    slug = "-".join(re.findall(r"[a-z0-9]+", text))
    return slug if len(slug) <= longest else slug[: longest + 1].rpartition("-")[0] or slug[:longest]


def _unmarked(text, first=None):
    """`text` in small Latin letters without marks; the table `first` is applied before the marks go."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(CYRILLIC)
    if first:
        text = text.translate(first)
    marked = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in marked if not unicodedata.combining(letter)).translate(UNMARKED)


def _skeleton(word):
    for written, sign in ALIKE:
        word = word.replace(written, sign)
    return DOUBLED.sub(r"\1", word.translate(SAME_LETTER))
