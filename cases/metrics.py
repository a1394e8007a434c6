"""What the lower floors count themselves; everything else is counted where requests come in. Labels are few and fixed:
never a name, an address or a slug."""

from prometheus_client import Counter

PAGES = Counter("habeas_pages", "Public pages, by whether they were kept (hit) or made anew (miss).", ["found"])
for _found in ("hit", "miss"):
    PAGES.labels(_found)  # Stands at zero until the first one: a rate needs a beginning.
