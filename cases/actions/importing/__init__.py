"""Taking tables in from outside: all of them or nothing, as drafts, and without touching what was edited here."""

from .importing import Imported, import_tables

__all__ = ["Imported", "import_tables"]
