"""What belongs to every save: a lock on the persons concerned, the rules across their rows, their standing."""

from ..actions.deriving import derive_standing
from ..actions.proving import prove
from ..actions.recording import record_change
from ..models import Person
from .forms import SourcedForm


def lock(keys):
    """Holds the persons `keys` until the transaction ends: nobody else changes their rows meanwhile."""
    list(Person.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
    return set(keys)


def settle(keys, waiting=()):
    """Proves the rules across the rows of the persons `keys` as they will be, and derives their standing.

    `waiting`: rows in which something waits that must be storable, too. Raises `Inconsistent`.
    """
    prove(keys, waiting)
    for person in Person.objects.filter(pk__in=keys).order_by("pk"):
        derive_standing(person)


def cite(row, *, by):
    """Keeps the source named beside a row as a citation of it and returns it. Naming it again adds nothing."""
    source = row.cleaned_data.get("source") if isinstance(row, SourcedForm) else None
    if not source or row.instance.citations.filter(source=source, field="").exists():
        return None
    citation = row.instance.citations.create(source=source)
    record_change(citation, verb="add", by=by, fields={"source": ("", source)})
    return citation
