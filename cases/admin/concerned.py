"""Whom a row concerns, as the forms of the desk ask it."""

from ..actions.concerned import PAGES, pages_of, persons_of
from ..models import Charge

__all__ = ["PAGES", "charges_of", "pages_of", "persons_of"]


def charges_of(person_id):
    """The charges an editor may choose among for one person."""
    return Charge.objects.filter(person=person_id).select_related("person", "provision")
