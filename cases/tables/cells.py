"""Cells that no spreadsheet takes for a formula. Pure.

A cell that begins with ``= + - @``, tab or carriage return is written with an apostrophe before it; so is one whose
own apostrophes stand before such a sign, which is why reading what was written always gives the same text.
"""

import re

FORMULA = re.compile(r"'*[=+\-@\t\r]")
GUARDED = re.compile(r"'+[=+\-@\t\r]")
RISKY = frozenset("'=+-@\t\r")
"""What such a cell begins with; hardly any does, which is asked first."""
JOINT = ";"


def guarded(text):
    """`text` as it is written into a cell."""
    return f"'{text}" if text and text[0] in RISKY and FORMULA.match(text) else text


def unguarded(cell):
    """The text that was written into `cell`."""
    return cell[1:] if GUARDED.match(cell) else cell
