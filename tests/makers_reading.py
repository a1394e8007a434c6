"""What a reader reads of a page, and on which day."""

import datetime as dt
import re
from html import unescape

THAT_DAY = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


def words(html):
    """The text of a piece of HTML, each run of blanks as one."""
    text = unescape(re.sub(r"<[^>]+>", " ", html))
    return re.sub(r"\s+([.,;:])", r"\1", " ".join(text.split()))


def words_of_main(response):
    """What stands between the head and the foot of a page."""
    return words(re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)[0])
