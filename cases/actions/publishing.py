"""Making a page public, and taking it back. Every way of publishing ends here."""

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from ..errors import NotPublishable, ReasonMissing, Refusal
from ..models import CaseEvent, Organisation, Person, Proceeding, PublicationBasis, PublicationPlan, State
from .amending import apply_amendments, keys_amended
from .checking import check_person
from .concerned import PAGES, persons_of, persons_of_all
from .deriving import derive_standing
from .gate import Missing, missing_for, missing_for_publication
from .picturing import make_way
from .planning import embargoed
from .proving import prove
from .recording import record_change
from .rows import WAITING, draft_rows, rows_of

__all__ = [
    "Missing",
    "draft_rows",
    "missing_for",
    "missing_for_publication",
    "publish",
    "publish_demonstration",
    "retract",
    "rows_of",
]


@transaction.atomic
def publish(record, *, by, because):
    """Makes a person, a proceeding or an organisation public, with every waiting row of its page and what waits in
    rows that are public already. The gate is asked about the page as it would be read then.

    `by`: the staff member. `because`: the reason, kept in the log. Publishing again publishes what was added since.
    Raises `ReasonMissing`, `NotPublishable` (with one sentence for each thing missing) or `Inconsistent`.
    """
    because = _reason(because)
    record = type(record).objects.select_for_update().get(pk=record.pk)
    rows = rows_of(record)
    events = keys_amended(record, rows, CaseEvent)
    touched = apply_amendments(record, rows, by=by)
    record.refresh_from_db()
    missing = missing_for(record, by=by, events=events)
    if missing:
        raise NotPublishable(*(m.sentence for m in missing))
    record = _publish(record, by=by, because=because)
    prove(touched)
    for person in Person.objects.filter(pk__in=touched).order_by("pk"):
        derive_standing(person)
    return record


@transaction.atomic
def retract(record, *, by, because):
    """Takes a page back. The page says so; the rows stay, and publishing again brings them back."""
    because = _reason(because)
    record = type(record).objects.select_for_update().get(pk=record.pk)
    if record.state != State.PUBLISHED:
        raise Refusal(_("“%(name)s” is not public, so there is nothing to take back.") % {"name": record})
    type(record).objects.filter(pk=record.pk).update(state=State.RETRACTED, retracted_at=timezone.now())
    record_change(record, verb="retract", by=by, because=because, fields={"state": (record.state, State.RETRACTED)})
    record.refresh_from_db()
    return record


@transaction.atomic
def publish_demonstration():
    """Publishes the whole record on a basis that counts only in a demonstration. Writes no consent, risk or approval.

    Raises `Refusal` outside a demonstration.
    """
    if not settings.DEMO:
        raise Refusal(_("Only a demonstration (DEMO) shows an unreviewed record."))
    because = _("Demonstration of the shipped record")
    waiting = Person.objects.filter(state__in=WAITING)
    for person in waiting.filter(basis__isnull=True):
        PublicationBasis.objects.create(person=person, kind=PublicationBasis.Kind.DEMONSTRATION)
    for model in (Organisation, Proceeding, Person):
        for record in model.objects.filter(state__in=WAITING).order_by("pk"):
            if not missing_for(record):
                _publish(record, by=None, because=because)


def _publish(record, *, by, because):
    """Publishes without asking the gate again: the callers have."""
    now = timezone.now()
    was = record.state
    make_public(type(record).objects.filter(pk=record.pk), now)
    if isinstance(record, Person):
        make_way(record)
    found = rows_of(record)
    concerned = _persons_of(record, found)
    for rows in found:
        if rows.model in PAGES:  # A page shown on this one has its own embargo.
            rows = rows.exclude(pk__in=list(embargoed(rows.model, now)))
        make_public(rows.filter(state__in=WAITING), now)
    PublicationPlan.objects.of(record).filter(done_at__isnull=True).update(done_at=now)
    record_change(record, verb="publish", by=by, because=because, fields={"state": (was, State.PUBLISHED)})
    record.refresh_from_db()
    for person in Person.objects.filter(pk__in=concerned).order_by("pk"):
        derive_standing(person)
    if isinstance(record, Person):
        check_person(record)
    return record


def make_public(rows, now):
    """Sets the state of `rows`; in portions, since a condition over joins cannot be updated directly."""
    ids = list(rows.values_list("pk", flat=True).distinct())
    for start in range(0, len(ids), 500):
        rows.model.objects.filter(pk__in=ids[start : start + 500]).update(
            state=State.PUBLISHED, published_at=Coalesce("published_at", now), retracted_at=None
        )


def _persons_of(record, rows):
    """The keys of the persons whose standing publishing `record` with its `rows` may change: whoever shares a hearing,
    an event, a source, a body or a prosecution that was not public before, too."""
    found = {record.pk} if isinstance(record, Person) else persons_of(record)
    for waiting in (queryset.filter(state__in=WAITING) for queryset in rows):
        found |= persons_of_all(waiting)
    return found


def _reason(because):
    because = (because or "").strip()
    if not because:
        raise ReasonMissing(_("Give a reason: it is kept with the change."))
    return because
