"""The tables in docs/performance.md: one for each stage, between markers, so that a stage can be taken anew alone."""

import os
import platform
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
HEAD = "| what | measured | aim | the closest peer | by |\n|---|---|---|---|---|"


@dataclass(frozen=True)
class Row:
    """One figure: what it is of, what came out, what is aimed at, what the closest peer needs, and the command."""

    what: str
    measured: str
    aim: str = ""
    peer: str = ""
    command: str = ""

    def __str__(self):
        command = f"`{self.command}`" if self.command else ""
        return f"| {self.what} | {self.measured} | {self.aim} | {self.peer} | {command} |"


def write(stage, rows, page=PAGE):
    """Put the rows of one stage between its markers. Raises ValueError where the page has none for it."""
    text = page.read_text("utf-8")
    begin, end = f"<!-- bench:{stage} -->", f"<!-- /bench:{stage} -->"
    if begin not in text or end not in text:
        raise ValueError(f"{page.name} has no place for the stage {stage}.")
    taken = f"Taken on {date.today():%-d %B %Y}, {machine()}, by `make bench STAGES={stage}`."
    block = "\n".join([begin, "", HEAD, *map(str, rows), "", taken, "", end])
    page.write_text(re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _m: block, text, flags=re.DOTALL), "utf-8")


def machine():
    return f"{os.cpu_count()} cores, Python {platform.python_version()}"
