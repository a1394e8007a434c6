"""What a person may write into a signature."""

import pytest
from django.core.exceptions import ValidationError

from campaigns.wording import clean_line, clean_name, clean_paragraph, initials


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Leyla Əliyeva ", "Leyla Əliyeva"),
        ("Cafe\u0301", "Café"),
        ("O'Brien-Smith Jr.", "O'Brien-Smith Jr."),
        ("مريم ر.", "مريم ر."),
        ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
        ("নন্দিনী", "নন্দিনী"),
    ],
)
def test_names_of_many_kinds_are_kept_in_one_form(typed, kept):
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "=HYPERLINK(1)",
        "+49 Leyla",
        "-Leyla",
        "@leyla",
        "\tLeyla",
        "Ley\rla",
        "Ley\0la",
        "Ley\u202ela",
        "Leyla \ud800",
        "http://spam.example",
        "see www.spam.example",
        "cheap-pills.com",
        "1234",
        "...",
        "e" + "\u0301" * 2000,
        "e\u0323\u0301\u0308\u0304\u0306\u0307",
    ],
)
def test_what_is_no_name_is_refused_in_a_sentence(typed):
    with pytest.raises(ValidationError) as refusal:
        clean_name(typed)
    assert refusal.value.messages[0].endswith(".")


def test_a_reason_may_have_several_lines():
    assert clean_paragraph("First.\r\nSecond.") == "First.\nSecond."


@pytest.mark.parametrize("typed", ["a\0b", "=1+1", "https://x.example", "a\u2028b"])
def test_a_reason_is_held_to_the_same_rules(typed):
    with pytest.raises(ValidationError):
        clean_paragraph(typed)


def test_an_empty_line_stays_empty():
    assert clean_line("   ") == ""


def test_initials_are_first_letters():
    assert initials("Leyla Anna-Maria Əliyeva") == "L. A. M. Ə."
