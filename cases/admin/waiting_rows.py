"""The conditions behind the numbers of the desk: what it means for a row that something waits."""

from datetime import timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.db.models import BigIntegerField, CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.utils import timezone

from ..actions.publishing import WAITING
from ..models import (
    Affiliation,
    Amendment,
    CaseEvent,
    Change,
    Charge,
    ChargeChange,
    ChargeEvent,
    Citation,
    ConsentRecord,
    CustodyReport,
    Detention,
    DetentionOrder,
    Hearing,
    Organisation,
    Pause,
    Person,
    PersonName,
    Picture,
    Proceeding,
    PublicationBasis,
    PublicationPlan,
    Recognition,
    ReviewComment,
    RiskAssessment,
    Sentence,
    State,
)

SOON = timedelta(days=14)
VERIFIED_WITHIN = timedelta(days=90)
OF_PERSON = {
    PersonName: "person",
    Affiliation: "person",
    Detention: "person",
    DetentionOrder: "detention__person",
    CustodyReport: "person",
    Charge: "person",
    ChargeEvent: "charge__person",
    ChargeChange: "person",
    Hearing: "persons",
    Sentence: "person",
    CaseEvent: "persons",
    Recognition: "person",
}
"""What hangs on a person → the way from the row to the person."""
CITED_FOR_PERSON = {
    "person": "person",
    "name": "name__person",
    "affiliation": "affiliation__person",
    "detention": "detention__person",
    "order": "order__detention__person",
    "custody_report": "custody_report__person",
    "charge": "charge__person",
    "charge_event": "charge_event__charge__person",
    "charge_change": "charge_change__person",
    "hearing": "hearing__persons",
    "sentence": "sentence__person",
    "event": "event__persons",
    "recognition": "recognition__person",
}
KEPT = ~Q(state=State.RETRACTED)
UNSETTLED = Q(standing__isnull=True) | Q(
    standing__status__in=[
        "",
        CustodyReport.Status.PRETRIAL_DETENTION,
        CustodyReport.Status.ON_TRIAL_DETAINED,
        CustodyReport.Status.UNKNOWN,
    ]
)
"""Persons for whom an order of custody still matters: neither convicted nor known to be free."""


def today(at):
    return timezone.localdate(at)


# Review


def in_review(at, user):
    return Q(state=State.IN_REVIEW)


def own_drafts(model):
    def condition(at, user):
        added = Change.objects.filter(by=user, verb="add", table=model._meta.model_name)
        return Q(Exists(added.filter(record_id=Cast(OuterRef("pk"), CharField()))), state=State.DRAFT)

    return condition


def open_comments(model):
    def condition(at, user):
        return Q(pk__in=ReviewComment.objects.filter(resolved_at__isnull=True).values(model._meta.model_name))

    return condition


def waiting_for_person(at, user):
    ways = [Q(pk__in=_waiting(model).values(way)) for model, way in OF_PERSON.items()]
    cited = Citation.objects.filter(state__in=WAITING)
    ways += [
        Q(pk__in=cited.filter(**{f"{name}__isnull": False}).values(way)) for name, way in CITED_FOR_PERSON.items()
    ]
    return Q(reduce(or_, ways) | Q(pk__in=_amended(Person)), state=State.PUBLISHED)


def waiting_for_proceeding(at, user):
    hearings = _waiting(Hearing).filter(persons__isnull=True, proceeding__isnull=False)
    events = _waiting(CaseEvent).filter(persons__isnull=True, proceeding__isnull=False)
    cited = Citation.objects.filter(state__in=WAITING, proceeding__isnull=False)
    found = Q(pk__in=hearings.values("proceeding")) | Q(pk__in=events.values("proceeding"))
    return Q(found | Q(pk__in=cited.values("proceeding")) | Q(pk__in=_amended(Proceeding)), state=State.PUBLISHED)


def waiting_for_organisation(at, user):
    events = _waiting(CaseEvent).filter(persons__isnull=True, organisations__isnull=False)
    cited = Citation.objects.filter(state__in=WAITING, organisation__isnull=False)
    found = Q(pk__in=events.values("organisations")) | Q(pk__in=cited.values("organisation"))
    return Q(found | Q(pk__in=_amended(Organisation)), state=State.PUBLISHED)


def _waiting(model):
    """Rows that the public does not read, or not as they are to become."""
    return model.objects.filter(Q(state__in=WAITING) | Q(pk__in=_amended(model))).order_by()


def _amended(model):
    waiting = Amendment.objects.filter(table=model._meta.model_name).order_by()
    return waiting.annotate(key=Cast("record_id", BigIntegerField())).values("key")


# What went by itself


def ended(model):
    """Taken back in the last 14 days by the system, because a consent or a licence had ended, and still gone."""

    def condition(at, user):
        taken_back = Change.objects.filter(
            by=None,
            verb="retract",
            at__gte=at - SOON,
            table=model._meta.model_name,
            record_id=Cast(OuterRef("pk"), CharField()),
        )
        return Q(Exists(taken_back), state=State.RETRACTED, retracted_at__gte=at - SOON)

    return condition


# Publication plans


def planned(model):
    def condition(at, user):
        plans = PublicationPlan.objects.filter(done_at__isnull=True, publish_at__isnull=False, refused="")
        return Q(pk__in=plans.order_by().values(model._meta.model_name))

    return condition


def refused(model):
    def condition(at, user):
        plans = PublicationPlan.objects.exclude(refused="").order_by().values(model._meta.model_name)
        return Q(~Q(state=State.PUBLISHED), pk__in=plans)

    return condition


# Protection


def without_basis(at, user):
    return Q(KEPT, basis__isnull=True)


def without_consent(at, user):
    """On a basis of consent, and no consent to publish the name is in force."""
    named = _consents(at).filter(scope=ConsentRecord.Scope.NAME, person=OuterRef("pk"))
    return Q(KEPT, ~Exists(named), basis__kind=PublicationBasis.Kind.CONSENT)


def consent_ends(at, user):
    """A consent ends soon, and none of the same scope lasts longer."""
    last = today(at) + SOON
    consents = _consents(at)
    longer = consents.filter(Q(expires_on__isnull=True) | Q(expires_on__gt=last))
    longer = longer.filter(person=OuterRef("person"), scope=OuterRef("scope"))
    ending = consents.filter(~Exists(longer), expires_on__lte=last).order_by()
    return Q(KEPT, pk__in=ending.values("person"))


def _consents(at):
    day = today(at)
    return ConsentRecord.objects.filter(
        Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=day),
        Q(expires_on__isnull=True) | Q(expires_on__gte=day),
        given_on__lte=day,
    )


def risk_overdue(at, user):
    return Q(KEPT, _assessed(), ~Exists(_current_risk(at)))


def risk_due(at, user):
    lasting = _current_risk(at).filter(review_due_on__gt=today(at) + SOON)
    return Q(KEPT, _assessed(), Exists(_current_risk(at)) & ~Exists(lasting))


def _current_risk(at):
    return RiskAssessment.objects.current(today(at)).filter(person=OuterRef("pk"))


def _assessed():
    """Whoever needs an assessment: in a demonstration a demonstration basis does without."""
    kind = PublicationBasis.Kind.DEMONSTRATION
    return Q(basis__isnull=True) | ~Q(basis__kind=kind) if settings.DEMO else Q()


def pause_due(at, user):
    return Q(pk__in=Pause.objects.review_due(today(at)).order_by().values("person"))


def licence_ends(at, user):
    pictures = Picture.objects.published().filter(licence_expires_on__lte=today(at) + SOON)
    return Q(pk__in=pictures.order_by().values("person"))


# Courts and custody


def hearing_soon(at, user):
    day = today(at)
    return Q(KEPT, ~Q(status__in=Hearing.OVER), on__begins_from=day, on__begins_by=day + SOON)


def hearing_without_outcome(at, user):
    passed = today(at) - timedelta(days=1)
    return Q(KEPT, status=Hearing.Status.SCHEDULED, outcome="", on__over_by=passed)


def order_ends(at, user):
    day = today(at)
    return Q(_last_order(), expires_on__begins_from=day, expires_on__over_by=day + SOON)


def order_ended(at, user):
    return Q(_last_order(), expires_on__over_by=today(at) - timedelta(days=1))


def _last_order():
    """Orders about somebody still held on them, so far as known, after which no other was made."""
    later = Q(ordered_on__gt=OuterRef("ordered_on")) | Q(
        ordered_on=OuterRef("ordered_on"), sequence__gt=OuterRef("sequence")
    )
    others = DetentionOrder.objects.filter(later, KEPT, detention=OuterRef("detention"))
    persons = Person.objects.filter(UNSETTLED).order_by().values("pk")
    return Q(
        KEPT,
        ~Exists(others),
        detention__until_on__isnull=True,
        detention__release="",
        detention__person__in=persons,
    )


# Verification


def never_verified(at, user):
    return Q(verified_on__isnull=True, state=State.PUBLISHED)


def verified_long_ago(at, user):
    return Q(state=State.PUBLISHED, verified_on__lt=today(at) - VERIFIED_WITHIN)


def custody_stale(at, user):
    fresh = today(at) - timedelta(days=settings.CUSTODY_FRESH_DAYS)
    return Q(
        ~Q(pk__in=Person.objects.filter(standing__confirmed_on__begins_from=fresh).order_by().values("pk")),
        Q(standing__term_ends_on__isnull=True) | Q(standing__term_ends_on__gte=today(at)) | Q(standing__is_open=False),
        state=State.PUBLISHED,
        standing__held=True,
    )


def term_over(at, user):
    over = Person.objects.published().term_over(on=today(at)).order_by().values("pk")
    return Q(pk__in=over)
