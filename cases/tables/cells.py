"""Cells that no spreadsheet takes for a formula. Pure.

A cell that begins with ``= + - @``, tab or carriage return is written with an apostrophe before it; so is one whose
own apostrophes stand before such a sign, which is why reading what was written always gives the same text.
"""

import re

FORMULA = re.compile(r"'*[=+\-@\t\r]")
GUARDED = re.compile(r"'+[=+\-@\t\r]")
JOINT = ";"


def guarded(text):
    """`text` as it is written into a cell."""
    return f"'{text}" if FORMULA.match(text) else text


def unguarded(cell):
    """The text that was written into `cell`."""
    return cell[1:] if GUARDED.match(cell) else cell
