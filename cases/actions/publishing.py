"""Making a page public, and taking it back. Every way of publishing ends here."""

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from ..errors import NotPublishable, ReasonMissing, Refusal
from ..models import (
    Affiliation,
    CaseEvent,
    Charge,
    ChargeChange,
    ChargeEvent,
    Citation,
    CustodyReport,
    Detention,
    DetentionOrder,
    Hearing,
    Organisation,
    Person,
    PersonName,
    Proceeding,
    PublicationBasis,
    Recognition,
    Sentence,
    Source,
    State,
    arc_name,
)
from .checking import check_person
from .deriving import derive_standing
from .gate import Missing, missing_for, missing_for_publication
from .recording import record_change

__all__ = [
    "Missing",
    "draft_rows",
    "missing_for",
    "missing_for_publication",
    "publish",
    "publish_demonstration",
    "retract",
]

WAITING = [State.DRAFT, State.IN_REVIEW]


@transaction.atomic
def publish(record, *, by, because):
    """Makes a person, a proceeding or an organisation public, with every waiting row of its page.

    `by`: the staff member. `because`: the reason, kept in the log. Publishing again publishes what was added since.
    Raises `ReasonMissing`, `NotPublishable` (with one sentence for each thing missing) or `Inconsistent`.
    """
    because = _reason(because)
    record = type(record).objects.select_for_update().get(pk=record.pk)
    missing = missing_for(record, by=by)
    if missing:
        raise NotPublishable(*(m.sentence for m in missing))
    return _publish(record, by=by, because=because)


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


def draft_rows(record):
    """The waiting rows that publishing `record` would make public: a list of (model, number), empty ones left out."""
    counted = [(rows.model, rows.filter(state__in=WAITING).distinct().count()) for rows in rows_of(record)]
    return [(model, number) for model, number in counted if number]


def rows_of(record):
    """Querysets of everything that becomes public with `record` and its page, cited sources last."""
    rows = {Person: _rows_of_person, Proceeding: _rows_of_proceeding, Organisation: _rows_of_organisation}[
        type(record)
    ](record)
    citations = Citation.objects.filter(_cites(record, rows))
    return [*rows, citations, Source.objects.filter(pk__in=_keys(citations, "source"))]


def _publish(record, *, by, because):
    """Publishes without asking the gate again: the callers have."""
    now = timezone.now()
    was = record.state
    _make_public(type(record).objects.filter(pk=record.pk), now)
    for rows in rows_of(record):
        _make_public(rows.filter(state__in=WAITING), now)
    record_change(record, verb="publish", by=by, because=because, fields={"state": (was, State.PUBLISHED)})
    record.refresh_from_db()
    for person in _persons_of(record):
        derive_standing(person)
    if isinstance(record, Person):
        check_person(record)
    return record


def _make_public(rows, now):
    """Sets the state of `rows`; in portions, since a condition over joins cannot be updated directly."""
    ids = list(rows.values_list("pk", flat=True).distinct())
    for start in range(0, len(ids), 500):
        rows.model.objects.filter(pk__in=ids[start : start + 500]).update(
            state=State.PUBLISHED, published_at=Coalesce("published_at", now), retracted_at=None
        )


def _persons_of(record):
    """The persons whose standing publishing `record` may change."""
    if isinstance(record, Person):
        return [record]
    if isinstance(record, Proceeding):
        return Person.objects.filter(charges__proceeding=record).distinct()
    return Person.objects.filter(affiliations__organisation=record).distinct()


def _rows_of_person(person):
    detentions = Detention.objects.filter(person=person)
    orders = DetentionOrder.objects.filter(detention__person=person)
    hearings = Hearing.objects.filter(persons=person)
    events = CaseEvent.objects.filter(persons=person)
    return [
        PersonName.objects.filter(person=person),
        Affiliation.objects.filter(person=person),
        detentions,
        orders,
        CustodyReport.objects.filter(person=person),
        Charge.objects.filter(person=person),
        ChargeEvent.objects.filter(charge__person=person),
        ChargeChange.objects.filter(person=person),
        hearings,
        Sentence.objects.filter(person=person),
        events,
        Recognition.objects.filter(person=person),
        Proceeding.objects.filter(Q(charges__person=person) | Q(hearings__in=hearings)),
        Organisation.objects.filter(
            Q(affiliations__person=person)
            | Q(recognitions__person=person)
            | Q(pk__in=orders.values("court"))
            | Q(pk__in=hearings.values("court"))
            | Q(pk__in=ChargeEvent.objects.filter(charge__person=person).values("court"))
        ),
    ]


def _rows_of_proceeding(proceeding):
    hearings = Hearing.objects.filter(proceeding=proceeding, persons__isnull=True)
    events = CaseEvent.objects.filter(proceeding=proceeding, persons__isnull=True)
    return [hearings, events]


def _rows_of_organisation(organisation):
    return [CaseEvent.objects.filter(organisations=organisation, persons__isnull=True)]


def _cites(record, rows):
    """The condition under which a citation belongs to the page of `record`.

    By keys, since the plan for a condition over fifteen joined tables is a guess on every database.
    """
    condition = Q(**{arc_name(type(record)): record})
    for queryset in rows:
        if keys := _keys(queryset, "pk"):
            condition |= Q(**{f"{arc_name(queryset.model)}__in": keys})
    if isinstance(record, Person):
        condition |= Q(provision__in=_keys(record.charges.all(), "provision"))
    return condition


def _keys(queryset, name):
    return list(queryset.order_by().values_list(name, flat=True).distinct())


def _reason(because):
    because = (because or "").strip()
    if not because:
        raise ReasonMissing(_("Give a reason: it is kept with the change."))
    return because
