"""The gate: what is missing before a page may be public. One function for every way of publishing."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..charging import stands
from ..independence import independent_publishers
from ..models import (
    CaseEvent,
    Charge,
    ChargeEvent,
    ChargeSuccession,
    Citation,
    ConsentRecord,
    Detention,
    Pause,
    Person,
    Picture,
    Proceeding,
    PublicationBasis,
    RiskAssessment,
    Source,
    State,
)
from ..searching import fold
from .planning import embargo_in_force
from .reviewing import has_unread_changes, submitted_by

SCOPES = ConsentRecord.Scope
EVENT_SCOPES = {CaseEvent.Kind.ILL_TREATMENT: SCOPES.HEALTH, CaseEvent.Kind.FAMILY_TARGETED: SCOPES.FAMILY}
"""The kinds of events that may be told only with consent. The kind decides, not the words: whoever tells of health or
of relatives gives the event its kind."""
HIGH = RiskAssessment.Level.HIGH
SHORTEST_NAME = 3


@dataclass(frozen=True)
class Missing:
    """One thing that keeps a page from being public: a code, a sentence, the model where it is added, and the row
    that is in the way, if it is one."""

    code: str
    sentence: str
    model_name: str
    row: Model | None = None


def missing_for_publication(person, *, by=None, on=None):
    """Everything that keeps `person` from being published on the day `on` (today) by the staff member `by`."""
    on = on or timezone.localdate()
    basis = PublicationBasis.objects.filter(person=person).first()
    return [
        *_silence(person),
        *_basis(person, basis, on),
        *_risk(person, basis, by, on),
        *_minor(person),
        *_events(person, on),
        *_pictures(person, on),
        *_identity(person),
        *_citations(person),
    ]


def missing_for(record, *, by=None, events=()):
    """The same question for any record with a page: a person, a proceeding, an organisation.

    `events`: keys of events that are changed with it, whomever they are about then.
    """
    held = [*_held_back(record), *_events_of_others(record, events)]
    if isinstance(record, Person):
        return [*held, *missing_for_publication(record, by=by)]
    if _support(Citation.objects.of(record)).exists():
        return held
    return [*held, Missing("source", _("No source is cited for “%(name)s”.") % {"name": record}, "citation")]


def missing_for_campaign(persons, *, on=None):
    """One sentence for each of `persons` who was asked for consent and has not agreed to a campaign."""
    willing = persons.agreed_to_campaigns(on=on or timezone.localdate())
    return [
        _("“%(name)s” has not agreed to a campaign, or no longer does.") % {"name": person.name}
        for person in persons.exclude(pk__in=willing.values("pk"))
    ]


def has_agreed(person, scope, on):
    """Whether `person` consents to `scope` on the day `on`; on a basis for which nobody was asked, never."""
    basis = PublicationBasis.objects.filter(person=person).first()
    if basis is None or basis.kind in PublicationBasis.MINIMAL:
        return False
    return ConsentRecord.objects.in_force(on).filter(person=person, scope=scope).exists()


def unagreed_events(person, on):
    """The events of `person`, public or waiting, of a kind that `person` or somebody public in them did not agree
    to."""
    events = person.events.exclude(state=State.RETRACTED).filter(kind__in=EVENT_SCOPES)
    return [event for event in events if not _all_agree(event, person, on)]


def _all_agree(event, person, on):
    others = event.persons.published().exclude(pk=person.pk)
    return all(has_agreed(one, EVENT_SCOPES[event.kind], on) for one in [person, *others])


def _events_of_others(page, keys):
    """The events among `keys`, and those of `page`, that nobody could agree to, or that somebody else who is public
    did not agree to. Those of the person whose page it is are asked about with the rest of it."""
    on, mine = timezone.localdate(), Q(pk__in=keys)
    if not isinstance(page, Person):
        link = "proceeding" if isinstance(page, Proceeding) else "organisations"
        mine |= Q(**{link: page}, persons__isnull=True)
    events = CaseEvent.objects.exclude(state=State.RETRACTED).filter(mine, kind__in=EVENT_SCOPES).distinct()
    for event in events.prefetch_related("persons"):
        people = event.persons.all()
        if page in people:
            continue
        scope = SCOPES(EVENT_SCOPES[event.kind]).label
        if not people:
            sentence = _("%(row)s names nobody who could have agreed to “%(scope)s”: say whom it is about.")
            yield Missing("scope", sentence % {"row": f"“{event}”", "scope": scope}, "caseevent", event)
        elif not all(has_agreed(one, EVENT_SCOPES[event.kind], on) for one in people if one.is_published):
            yield Missing("scope", _not_agreed(f"“{event}”", scope), "caseevent", event)


def _held_back(page):
    if until := embargo_in_force(page):
        moment = date_format(timezone.localtime(until), "Y-m-d H:i T")
        sentence = _("An embargo holds “%(name)s” back until %(moment)s.") % {"name": page, "moment": moment}
        yield Missing("embargo", sentence, "publicationplan")


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
            if not has_agreed(person, SCOPES.NAME, on):
                yield Missing("consent", _("No consent to publish the name is in force."), "consentrecord")
        case PublicationBasis.Kind.PUBLIC_RECORD:
            if len(independent_publishers(_sources_on(person))) < 2:
                sentence = _("A public record needs sources by at least two independent publishers.")
                yield Missing("publishers", sentence, "citation")


def _risk(person, basis, by, on):
    """A current assessment; at high risk the second person, and somebody else to publish."""
    if basis and basis.kind == PublicationBasis.Kind.DEMONSTRATION and settings.DEMO:
        return
    current = RiskAssessment.objects.filter(person=person).current(on)
    risk = current.first()
    if risk is None:
        yield Missing("risk", _("There is no risk assessment, or its review is overdue."), "riskassessment")
    elif by is not None and by.pk == risk.assessed_by_id and current.above(risk.level).filter(level=HIGH).exists():
        sentence = _("You assessed the risk as lower than high, which it was: somebody else publishes.")
        yield Missing("lowered", sentence, "riskassessment")
    elif risk.level == HIGH and basis:
        if basis.second_person_id is None:
            yield Missing("second_person", _("At high risk a second person must agree."), "publicationbasis")
        elif by is not None and by.pk == basis.second_person_id:
            sentence = _("At high risk the person who agrees and the person who publishes must be two people.")
            yield Missing("second_person", sentence, "publicationbasis")
        if by is not None and by.pk == submitted_by(person):
            sentence = _("At high risk whoever submitted the page for review does not publish it.")
            yield Missing("submitter", sentence, "publicationbasis")
        if by is not None and has_unread_changes(person, by):
            sentence = _(
                "At high risk somebody else reads what you changed: let them submit the page for review, then publish."
            )
            yield Missing("own_change", sentence, "publicationbasis")


def _minor(person):
    """A minor is shown under a pseudonym, and nothing that is published leads back to the name."""
    if not person.is_minor:
        return
    if not person.pseudonym:
        yield Missing("pseudonym", _("A minor is shown under a pseudonym, and there is none."), "person")
    if person.birth_year or person.native_name:
        sentence = _("Of a minor neither the year of birth nor the native name is published: clear both.")
        yield Missing("minor", sentence, "person")
    names = {word for word in fold(person.display_name).split() if len(word) >= SHORTEST_NAME}
    told = fold(" ".join([person.slug.replace("-", " "), person.summary, person.occupation, person.pseudonym]))
    if names & set(told.split()):
        sentence = _("The name of the minor stands in the address, the summary, the occupation or the pseudonym.")
        yield Missing("minor_name", sentence, "person")


def _events(person, on):
    for event in unagreed_events(person, on):
        scope = SCOPES(EVENT_SCOPES[event.kind]).label
        yield Missing("scope", _not_agreed(f"“{event}”", scope), "caseevent", event)


def _pictures(person, on):
    for picture in person.pictures.exclude(state=State.RETRACTED):
        if person.is_minor:
            yield Missing("photo", _("No picture of a minor is published: take it back."), "picture", picture)
        elif not has_agreed(person, SCOPES.PHOTO, on):
            yield Missing("photo", _not_agreed(_("The picture"), SCOPES.PHOTO.label), "picture", picture)
        if not Picture.objects.licensed(on).filter(pk=picture.pk).exists():
            yield Missing("licence", _("The licence of the picture has expired."), "picture", picture)


def _not_agreed(row, scope):
    return _(
        "%(row)s needs a consent to “%(scope)s” that is in force, and a basis on which consent was sought: a public "
        "record shows the least. Record the consent, or take this back."
    ) % {"row": row, "scope": scope}


def _identity(person):
    if not _support(Citation.objects.filter(Q(person=person) | Q(name__person=person))).exists():
        yield Missing("identity", _("No source is cited for who this person is."), "citation")


def _citations(person):
    """A source on the arrest and on each charge that stands. What was taken back, row or source, proves nothing."""
    cited = _support(Citation.objects.filter(_about(person)))
    arrests = Q(detention__in=_kept(Detention, person=person))
    arrests |= Q(event__in=_kept(CaseEvent, persons=person, kind=CaseEvent.Kind.ARREST))
    if _kept(Detention, person=person).exists() and not cited.filter(arrests).exists():
        yield Missing("arrest", _("No source is cited for the arrest."), "citation")
    links = ChargeSuccession.objects.filter(change__person=person, role=ChargeSuccession.Role.REPLACED)
    replaced = set(links.exclude(change__state=State.RETRACTED).values_list("charge_id", flat=True))
    events = {}
    for event in _kept(ChargeEvent, charge__person=person):
        events.setdefault(event.charge_id, []).append(event)
    proved = set(cited.values_list("charge_id", "charge_event_id"))
    charges_proved, events_proved = {charge for charge, _event in proved}, {event for _charge, event in proved}
    for charge in _kept(Charge, person=person).select_related("provision"):
        told = events.get(charge.pk, [])
        is_cited = charge.pk in charges_proved or any(event.pk in events_proved for event in told)
        if stands(told, replaced=charge.pk in replaced) and not is_cited:
            sentence = _("No source is cited for the charge “%(c)s”.") % {"c": charge.provision}
            yield Missing("charge", sentence, "citation", charge)


def _kept(model, **condition):
    return model.objects.filter(**condition).exclude(state=State.RETRACTED)


def _about(person):
    arrest = Q(detention__person=person) | Q(event__persons=person)
    return arrest | Q(charge__person=person) | Q(charge_event__charge__person=person)


def _support(citations):
    """Those that say so, and of which nothing was taken back."""
    supporting = citations.filter(stance=Citation.Stance.SUPPORTS)
    return supporting.exclude(state=State.RETRACTED).exclude(source__state=State.RETRACTED)


def _sources_on(person):
    on_person = Q(person=person) | Q(detention__person=person) | Q(charge__person=person)
    return Source.objects.filter(pk__in=_support(Citation.objects.filter(on_person)).values("source")).select_related(
        "publisher"
    )
