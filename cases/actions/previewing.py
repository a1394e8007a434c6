"""Looking at the record as if what waits were public already. Everything is rolled back."""

from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from ..models import Person
from .amending import apply_amendments, write_waiting
from .checking import check_person
from .deriving import derive_standing
from .publishing import make_public
from .rows import WAITING, rows_of


@contextmanager
def as_public(page):
    """Inside the block `page` and its rows are as publishing would leave them, without the gate. Yields the page.

    Whatever is shown of it must be rendered inside the block.
    """
    with transaction.atomic():
        page = type(page)._default_manager.select_for_update().get(pk=page.pk)
        touched = apply_amendments(page, rows_of(page), by=None, log=False)
        now = timezone.now()
        make_public(type(page)._default_manager.filter(pk=page.pk), now)
        for rows in rows_of(page):
            make_public(rows.filter(state__in=WAITING), now)
        for person in Person.objects.filter(pk__in=touched | ({page.pk} if isinstance(page, Person) else set())):
            derive_standing(person)
        yield type(page)._default_manager.get(pk=page.pk)
        transaction.set_rollback(True)


def prove(persons, records=()):
    """Asks the rules across rows about `persons` as if what waits in their rows and in `records` were written.

    Raises `Inconsistent`; changes nothing.
    """
    people = Person.objects.filter(pk__in=persons).order_by("pk")
    with transaction.atomic():
        for person in people:
            apply_amendments(person, rows_of(person), by=None, log=False)
        for record in records:
            write_waiting(record)
        for person in people:
            check_person(person)
        transaction.set_rollback(True)
