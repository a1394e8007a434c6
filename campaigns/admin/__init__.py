"""The editors' desk of campaigns: one drawer per noun."""

from . import campaigns, recipients, signatures

__all__ = ["campaigns", "recipients", "signatures"]
