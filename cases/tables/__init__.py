"""The record as plain tables: one CSV file for each, read by the import and written by the export alike."""

from .record import TABLES, table_named, table_of
from .table import Table

__all__ = ["TABLES", "Table", "table_named", "table_of"]
