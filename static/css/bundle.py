"""Writes habeas.css, the one stylesheet a page loads, from the parts beside it.

Run `python static/css/bundle.py` after changing a part; a test holds the two together.
Comments and needless blanks are dropped; every rule stays on its line, so the result can still be read.
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
BLANKS = re.compile(r"\s*([{};,])\s*")
RULE_END = re.compile(r"(?<=})(?!})")


def bundle() -> str:
    """The text of habeas.css as the parts have it now, in the order of PARTS."""
    whole = "\n".join((HERE / "parts" / f"{part}.css").read_text(encoding="utf-8") for part in PARTS)
    tight = BLANKS.sub(r"\1", COMMENT.sub("", whole)).replace(";}", "}")
    return RULE_END.sub("\n", tight).strip() + "\n"


if __name__ == "__main__":
    (HERE / "habeas.css").write_text(bundle(), encoding="utf-8")
