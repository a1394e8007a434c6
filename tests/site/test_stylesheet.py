"""What every page loads: one stylesheet, current, small, for both writing directions, and one small script."""

import gzip
import importlib.util
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
CSS = ROOT / "static" / "css"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PUBLIC = [path for path in TEMPLATES if not {"letters", "admin"} & set(path.relative_to(ROOT).parts)]


def bundler():
    spec = importlib.util.spec_from_file_location("bundle", CSS / "bundle.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stylesheet() -> str:
    return (CSS / "habeas.css").read_text(encoding="utf-8")


def test_the_stylesheet_is_current():
    assert stylesheet() == bundler().bundle(), "Run `python static/css/bundle.py`."


def test_every_part_is_in_the_stylesheet():
    assert {path.stem for path in (CSS / "parts").glob("*.css")} == set(bundler().PARTS)


def test_every_brace_of_a_part_is_closed():
    for part in (CSS / "parts").glob("*.css"):
        text = part.read_text(encoding="utf-8")
        assert text.count("{") == text.count("}"), part.name


def test_stylesheet_and_script_stay_within_their_budget():
    script = (ROOT / "static" / "js" / "habeas.js").read_bytes()
    assert len(stylesheet().encode()) < 30_000
    assert len(gzip.compress(stylesheet().encode())) < 10_000
    assert len(script) < 10_000


@pytest.mark.parametrize(
    "forbidden",
    [
        r"[;{](margin|padding|border)-(left|right)\b",
        r"[;{](left|right)\s*:",
        r"text-align:\s*(left|right)",
        r"float:\s*(left|right)",
        r"[;{]order\s*:",
        r"@import",
        r"url\((?!#)",
    ],
)
def test_the_stylesheet_turns_with_the_writing_direction_and_fetches_nothing(forbidden):
    assert not re.search(forbidden, stylesheet())


def test_every_colour_of_the_light_page_has_one_for_the_dark_page():
    light, dark = (set(re.findall(r"(--[a-z-]+):\s*#", block)) for block in _colour_blocks())
    assert light - dark == {"--on-fill"}
    assert dark <= light


def _colour_blocks():
    text = (CSS / "parts" / "tokens.css").read_text(encoding="utf-8")
    light = re.search(r":root \{(.*?)\n\}", text, re.DOTALL)[1]
    dark = re.search(r"prefers-color-scheme: dark\) \{(.*?)\n\}", text, re.DOTALL)[1]
    return light, dark


@pytest.mark.parametrize("template", PUBLIC, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_needs_what_the_content_security_policy_forbids(template):
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style\b|\son[a-z]+=|javascript:", text)
    # What is marked as JSON is data for a script, and is never run.
    scripts = [tag for tag in re.findall(r"<script\b[^>]*>", text) if 'type="application/json"' not in tag]
    assert all("src=" in tag for tag in scripts)


def test_text_has_its_contrast_on_paper_and_on_tone():
    for block in _colour_blocks():
        colours = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{3,6});", block))
        for ground in ("paper", "tone"):
            for text in ("ink", "muted", "signal", "relief", "caution"):
                assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
            assert contrast(colours["edge"], colours[ground]) >= 3
        assert contrast("#ffffff", colours["fill"]) >= 4.5


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
