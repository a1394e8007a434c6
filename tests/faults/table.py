"""The table of what was seen, on the screen and, where it is asked for, between the marks in docs/faults.md."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
HEADINGS = (
    "fault",
    "database",
    "signings",
    "confirmations",
    "lost",
    "twice",
    "mails",
    "extra copies",
    "turned away",
    "p95 ms",
    "answers again s",
    "letter again s",
    "all sent and counted s",
)


def cells(story):
    def seconds(value):
        return "never" if value is None else f"{value:.1f}"

    return (
        story.fault,
        story.database,
        len(story.signed),
        len(story.confirmed),
        story.lost,
        story.twice,
        len(story.letters),
        sum(story.copies.values()),
        story.turned_away,
        "–" if story.p95 is None else round(story.p95 * 1000),
        seconds(story.again),
        seconds(story.mailed),
        seconds(story.drained),
    )


def lines(stories):
    """A table in Markdown."""
    rows = [HEADINGS, ("---", "---", *["---:"] * (len(HEADINGS) - 2)), *map(cells, stories)]
    return ["| " + " | ".join(map(str, row)) + " |" for row in rows]


def write(stories, page=PAGE):
    """Replaces what stands between the marks. Raises ValueError where they are missing."""
    text = page.read_text("utf-8")
    table = "\n".join(lines(stories))
    changed, number = re.subn(
        f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: f"{BEGIN}\n{table}\n{END}", text, flags=re.DOTALL
    )
    if number != 1:
        raise ValueError(f"{page} has no marks for the table.")
    page.write_text(changed, "utf-8")
