"""The editors' desk: one drawer for each noun."""

from . import citing, custody, events, history, law, media, organisations, people, proceedings, security, sources

__all__ = [
    "citing",
    "custody",
    "events",
    "history",
    "law",
    "media",
    "organisations",
    "people",
    "proceedings",
    "security",
    "sources",
]
