"""The editors' desk: one drawer for each noun."""

from . import citing, custody, events, history, law, organisations, people, proceedings, sources

__all__ = ["citing", "custody", "events", "history", "law", "organisations", "people", "proceedings", "sources"]
