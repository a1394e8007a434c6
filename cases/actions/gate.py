"""The gate: what is missing before a page may be public. One function for every way of publishing."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ..charging import stands
from ..independence import independent_publishers
from ..models import (
    ChargeSuccession,
    Citation,
    ConsentRecord,
    Pause,
    Person,
    PublicationBasis,
    RiskAssessment,
    Source,
)


@dataclass(frozen=True)
class Missing:
    """One thing that keeps a page from being public: a code, a sentence, and the model where it is added."""

    code: str
    sentence: str
    model_name: str


def missing_for_publication(person, *, by=None, on=None):
    """Everything that keeps `person` from being published on the day `on` (today) by the staff member `by`."""
    on = on or timezone.localdate()
    basis = PublicationBasis.objects.filter(person=person).first()
    return [
        *_silence(person),
        *_basis(person, basis, on),
        *_risk(person, basis, by, on),
        *_identity(person),
        *_citations(person),
    ]


def missing_for(record, *, by=None):
    """The same question for any record with a page: a person, a proceeding, an organisation."""
    if isinstance(record, Person):
        return missing_for_publication(record, by=by)
    if Citation.objects.of(record).exists():
        return []
    return [Missing("source", _("No source is cited for “%(name)s”.") % {"name": record}, "citation")]


def _silence(person):
    if Pause.objects.in_force().filter(person=person).exists():
        yield Missing("pause", _("The family or a lawyer has asked for silence, and the pause is in force."), "pause")


def _basis(person, basis, on):
    if basis is None:
        yield Missing("basis", _("There is no publication basis."), "publicationbasis")
        return
    match basis.kind:
        case PublicationBasis.Kind.DEMONSTRATION:
            if not settings.DEMO:
                yield Missing("basis", _("A demonstration basis counts only in a demonstration."), "publicationbasis")
        case PublicationBasis.Kind.CONSENT:
            if not _consents(person, on).filter(scope=ConsentRecord.Scope.NAME).exists():
                yield Missing("consent", _("No consent to publish the name is in force."), "consentrecord")
        case PublicationBasis.Kind.PUBLIC_RECORD:
            if len(independent_publishers(_sources_on(person))) < 2:
                sentence = _("A public record needs sources by at least two independent publishers.")
                yield Missing("publishers", sentence, "citation")


def _consents(person, on):
    return ConsentRecord.objects.filter(
        Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=on),
        Q(expires_on__isnull=True) | Q(expires_on__gte=on),
        person=person,
        given_on__lte=on,
    )


def _risk(person, basis, by, on):
    """A current assessment; at high risk the second person, and somebody else to publish."""
    if basis and basis.kind == PublicationBasis.Kind.DEMONSTRATION and settings.DEMO:
        return
    risk = RiskAssessment.objects.filter(person=person).current(on).first()
    if risk is None:
        yield Missing("risk", _("There is no risk assessment, or its review is overdue."), "riskassessment")
    elif risk.level == RiskAssessment.Level.HIGH and basis:
        if basis.second_person_id is None:
            yield Missing("second_person", _("At high risk a second person must agree."), "publicationbasis")
        elif by is not None and by.pk == basis.second_person_id:
            sentence = _("At high risk the person who agrees and the person who publishes must be two people.")
            yield Missing("second_person", sentence, "publicationbasis")


def _identity(person):
    if person.is_minor and not person.pseudonym:
        yield Missing("pseudonym", _("A minor is shown under a pseudonym, and there is none."), "person")
    if not Citation.objects.filter(Q(person=person) | Q(name__person=person)).exists():
        yield Missing("identity", _("No source is cited for who this person is."), "citation")


def _citations(person):
    """A source on the arrest and on each charge that stands."""
    detentions = person.detentions.all()
    arrests = Q(detention__person=person) | Q(event__persons=person, event__kind="arrest")
    if detentions and not Citation.objects.filter(arrests).exists():
        yield Missing("arrest", _("No source is cited for the arrest."), "citation")
    links = ChargeSuccession.objects.filter(change__person=person, role=ChargeSuccession.Role.REPLACED)
    replaced = set(links.values_list("charge_id", flat=True))
    charges = person.charges.select_related("provision").prefetch_related("events__citations", "citations")
    for charge in charges:
        events = charge.events.all()
        cited = charge.citations.all() or any(event.citations.all() for event in events)
        if stands(events, replaced=charge.pk in replaced) and not cited:
            yield Missing(
                "charge", _("No source is cited for the charge “%(c)s”.") % {"c": charge.provision}, "citation"
            )


def _sources_on(person):
    on_person = Q(citations__person=person) | Q(citations__detention__person=person)
    return (
        Source.objects.filter(on_person | Q(citations__charge__person=person)).select_related("publisher").distinct()
    )
