"""Two floors and a roof: config → campaigns → cases → Django; inside an app, what speaks to people stands on verbs,
verbs on nouns, nouns on pure files."""

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
FLOORS = {"cases": 0, "campaigns": 1, "config": 2}
PURE, NOUNS, LETTERS, VERBS, FACES = range(5)
ROOMS = {
    "models": NOUNS,
    "letters": LETTERS,
    "dossier": LETTERS,
    "docket": LETTERS,
    "lists": LETTERS,
    "latest": LETTERS,
    "silence": LETTERS,
    "naming": LETTERS,
    "tables": LETTERS,  # read the nouns and are read by import and export
    "actions": VERBS,
    "views": FACES,
    "admin": FACES,
    "management": FACES,
    "templatetags": FACES,
    "feeds": FACES,
    "sitemaps": FACES,
    "exports": FACES,
    "urls": FACES,
    "apps": FACES,
}
# Fields of a model bring form fields with them, so `forms` is read from below and may itself read anything.
BETWEEN = {"forms", "privacy"}


def modules() -> list[Path]:
    files = (file for floor in FLOORS for file in (ROOT / floor).rglob("*.py"))
    return sorted(file.relative_to(ROOT) for file in files if "migrations" not in file.parts)


def imported_names(file: Path) -> list[str]:
    """Dotted names of ours that the file imports anywhere, also inside functions."""
    names = []
    for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = ".".join(file.parts[: len(file.parts) - node.level]) if node.level else ""
            base = ".".join(filter(None, (package, node.module or "")))
            names += [f"{base}.{alias.name}" for alias in node.names]
    return [name for name in names if name.split(".")[0] in FLOORS]


def room(dotted: str) -> str:
    """The second word of a dotted name: `cases.models.people` lies in `models`."""
    return [*dotted.removesuffix(".py").split("."), ""][1]


def test_there_are_modules_to_look_at():
    assert len(modules()) > 20


@pytest.mark.parametrize("file", modules(), ids=str)
def test_imports_go_downstairs(file):
    here = FLOORS[file.parts[0]]
    upstairs = [name for name in imported_names(file) if FLOORS[name.split(".")[0]] > here]
    assert not upstairs, f"{file} imports from the floor above: {upstairs}"


@pytest.mark.parametrize("file", [file for file in modules() if file.parts[0] != "config"], ids=str)
def test_rooms_stand_on_the_rooms_below(file):
    app, own = file.parts[0], room(".".join(file.parts))
    if own in BETWEEN:
        return
    for name in imported_names(file):
        if name.split(".")[0] == app and room(name) != own:
            assert ROOMS.get(room(name), PURE) <= ROOMS.get(own, PURE), f"{file} is a room below {name}"
