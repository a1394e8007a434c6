"""What belongs to every save: a lock on the persons concerned, the rules across their rows, their standing."""

from ..actions.checking import check_person
from ..actions.deriving import derive_standing
from ..actions.recording import record_change
from ..models import Person
from .forms import SourcedForm


def lock(keys):
    """Holds the persons `keys` until the transaction ends: nobody else changes their rows meanwhile."""
    list(Person.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
    return set(keys)


def settle(keys):
    """Proves the rules across the rows of the persons `keys`, and derives their standing. Raises `Inconsistent`."""
    for person in Person.objects.filter(pk__in=keys).order_by("pk"):
        check_person(person)
        derive_standing(person)


def cite(row, *, by):
    """Keeps the source named beside a row as a citation of it. Naming it again adds nothing."""
    source = row.cleaned_data.get("source") if isinstance(row, SourcedForm) else None
    if source and not row.instance.citations.filter(source=source, field="").exists():
        citation = row.instance.citations.create(source=source)
        record_change(citation, verb="add", by=by, fields={"source": ("", source)})
