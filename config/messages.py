"""`make messages`: collects what is to be translated and compiles the translations, with Babel instead of gettext's
tools, so that no machine needs them."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "config" / "locale"
TEMPLATE = LOCALE / "django.pot"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def extract_template(fileobj, keywords, comment_tags, options):
    """Reads a Django template as the Python that Django makes of it for gettext; its indentation means nothing."""
    python = templatize(fileobj.read().decode("utf-8"))
    flat = "\n".join(line.lstrip() for line in python.splitlines())
    return extract_python(BytesIO(flat.encode("utf-8")), keywords, comment_tags, {"encoding": "utf-8"})


METHODS: list = [
    ("**/migrations/**", "ignore"),
    ("config/messages.py", "ignore"),
    ("config/**.py", "python"),
    ("cases/**.py", "python"),
    ("campaigns/**.py", "python"),
    ("templates/**.html", extract_template),
    ("templates/**.txt", extract_template),
]


def collect() -> Catalog:
    catalog = Catalog(project="Habeas", charset="utf-8", header_comment="# Texts of Habeas, AGPL-3.0-or-later.")
    for folder in ("config", "cases", "campaigns", "templates"):
        found = extract_from_dir(
            ROOT / folder,
            method_map=[(pattern.removeprefix(f"{folder}/"), method) for pattern, method in METHODS],
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
        )
        for filename, _line, message, comments, context in found:
            catalog.add(message, locations=[(f"{folder}/{filename}", 0)], auto_comments=comments, context=context)
    return catalog


def write(file: Path, catalog: Catalog) -> None:
    with file.open("wb") as out:
        write_po(out, catalog, sort_output=True, include_lineno=False, width=119)


def bring_up_to_date(file: Path, collected: Catalog) -> None:
    """Adds new texts to one language and compiles it; translations that are no longer used are kept as comments."""
    language = file.parent.parent.name
    with file.open("rb") as source:
        catalog = read_po(source, locale=language)
    catalog.update(collected)
    write(file, catalog)
    with file.with_suffix(".mo").open("wb") as out:
        write_mo(out, catalog)


def main() -> None:
    LOCALE.mkdir(exist_ok=True)
    collected = collect()
    write(TEMPLATE, collected)
    for file in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        bring_up_to_date(file, collected)
    print(f"{len(collected)} texts to translate are in {TEMPLATE.relative_to(ROOT)}.")  # noqa: T201


if __name__ == "__main__":
    main()
