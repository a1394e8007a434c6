"""What the books name is there: files, commands, targets of make, headings that are pointed to."""

import re
import subprocess
from functools import cache
from pathlib import Path

import django.contrib.admin
import pytest
from django.core.management import get_commands

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
OURS = ("bench", "campaigns", "cases", "config", "deploy", "docs", "requirements", "static", "templates", "tests")


@cache
def kept_files():
    """Every file of the repository, from its root."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    return set(listed.stdout.split()) or pytest.skip("this is no checkout")


def books():
    return [ROOT / name for name in sorted(kept_files()) if name.endswith(".md")]


def named(pattern):
    """(book, what) for everything in any book that `pattern` finds."""
    found = [(book, what) for book in books() for what in re.findall(pattern, book.read_text("utf-8"), re.MULTILINE)]
    assert len(found) > 5, "there is something to look for"
    return found


def test_every_file_that_a_book_names_is_there():
    folders = {str(folder) for name in kept_files() for folder in Path(name).parents}
    for book, name in named(rf"`((?:{'|'.join(OURS)})/[\w./-]*)`"):
        assert name.rstrip("/") in kept_files() | folders, f"{book.name}: {name}"


def test_every_link_leads_to_a_file_and_a_heading():
    for book, link in named(r"\]\(([^)\s]+)\)"):
        if "://" in link:
            continue
        name, _hash, heading = link.partition("#")
        file = (book.parent / name).resolve() if name else book
        assert file.exists(), f"{book.name}: {link}"
        assert not heading or heading in headings(file), f"{book.name}: {link}"


def headings(file):
    """The headings of a book as links name them."""
    lines = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).strip().replace(" ", "-") for line in lines}


def test_every_command_that_a_book_names_is_there():
    for book, name in named(r"manage(?:\.py)? ([a-z]+_[a-z_]+|[a-z]{4,})\b"):
        assert name in get_commands(), f"{book.name}: manage.py {name}"


def test_every_target_of_make_that_a_book_names_is_there():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for book, name in named(r"(?:^(?:\w+=\w+ )?|`(?:\w+=\w+ )?)make ([a-z]+)"):
        assert name in targets, f"{book.name}: make {name}"


def test_what_the_editors_book_tells_to_press_is_called_so_on_the_pages():
    book = " ".join((ROOT / "docs" / "editing.md").read_text("utf-8").split())
    names = {part for names in re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", book) for part in names.split(" → ")}
    assert len(names) > 40
    assert {name for name in names if name.lower() not in words_of_the_pages()} == set()


@cache
def words_of_the_pages():
    """Everything that templates and code could say, ours and that of Django's staff site."""
    kept = [ROOT / name for name in kept_files() if name.endswith((".py", ".html")) and not name.startswith("tests/")]
    theirs = Path(django.contrib.admin.__file__).parent.glob("templates/**/*.html")
    return "\n".join(file.read_text("utf-8") for file in [*kept, *theirs]).lower()
