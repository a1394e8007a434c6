"""Writes habeas.css, the one stylesheet a page loads, from the parts beside it.

Run `python static/css/bundle.py` after changing a part; a test holds the two together.
Only comments and indentation are dropped, so the result can still be read.
"""

import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
PARTS = (
    "tokens",
    "type",
    "layout",
    "site",
    "forms",
    "record",
    "case",
    "charges",
    "ledger",
    "roll",
    "list",
    "campaign",
    "print",
)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def bundle() -> str:
    """The text of habeas.css as the parts have it now, in the order of PARTS."""
    whole = "\n".join((HERE / "parts" / f"{part}.css").read_text(encoding="utf-8") for part in PARTS)
    lines = (line.strip() for line in COMMENT.sub("", whole).splitlines())
    return "".join(f"{line}\n" for line in lines if line)


if __name__ == "__main__":
    (HERE / "habeas.css").write_text(bundle(), encoding="utf-8")
