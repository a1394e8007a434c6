"""Plain functions that make rows. Invented people in an invented setting; give what the test is about, no more."""

from datetime import timedelta
from itertools import count

from django.contrib.auth import get_user_model
from django.utils import timezone

from cases.actions.deriving import derive_standing
from cases.models import (
    Affiliation,
    CaseEvent,
    Charge,
    ChargeChange,
    ChargeEvent,
    ChargeSuccession,
    Citation,
    ConsentRecord,
    CustodyReport,
    Detention,
    DetentionOrder,
    Hearing,
    LegalCode,
    LegalProvision,
    Organisation,
    Person,
    Proceeding,
    PublicationBasis,
    Publisher,
    RiskAssessment,
    Sentence,
    Source,
    State,
    arc_name,
)

numbers = count(1)


def public_state(public):
    """The fields of a row that is (not) published."""
    return {"state": State.PUBLISHED, "published_at": timezone.now()} if public else {"state": State.DRAFT}


def make_staff(name="editor", **fields):
    """Somebody who may do everything."""
    return get_user_model().objects.create_superuser(
        username=name, email=f"{name}@habeas.example", password="correct horse battery", **fields
    )


def make_publisher(name=None, **fields):
    return Publisher.objects.create(name=name or f"Publisher {next(numbers)}", **fields)


def make_source(*, public=True, publisher=None, **fields):
    number = next(numbers)
    fields = {"title": f"Title {number}", "url": f"https://news.example/{number}", "kind": "news", **fields}
    publisher = None if fields.get("is_confidential") else publisher or make_publisher()
    return Source.objects.create(publisher=publisher, **fields, **public_state(public))


def cite(record, source=None, *, public=True, **fields):
    """A citation of `record`; by a new source unless one is given."""
    source = source or make_source(public=public)
    return Citation.objects.create(**{arc_name(type(record)): record}, source=source, **fields, **public_state(public))


def make_person(name="Ana Example", *, public=True, **fields):
    number = next(numbers)
    fields = {"slug": f"person-{number}", "country": "XK", **fields}
    person = Person.objects.create(display_name=name, **fields, **public_state(public))
    derive_standing(person)
    return person


def make_organisation(name=None, *, public=True, **fields):
    number = next(numbers)
    fields = {"slug": f"organisation-{number}", "kind": "outlet", **fields}
    return Organisation.objects.create(name=name or f"Organisation {number}", **fields, **public_state(public))


def make_court(name="Court of First Instance", **fields):
    return make_organisation(name, kind="court", **fields)


def make_proceeding(name=None, *, public=True, **fields):
    number = next(numbers)
    fields = {"slug": f"proceeding-{number}", "country": "XK", **fields}
    return Proceeding.objects.create(name=name or f"Proceeding {number}", **fields, **public_state(public))


def make_affiliation(person, organisation=None, *, public=True, **fields):
    organisation = organisation or make_organisation()
    return Affiliation.objects.create(person=person, organisation=organisation, **fields, **public_state(public))


def make_provision(article=None, heading="Smuggling", **fields):
    code, _created = LegalCode.objects.get_or_create(
        public_id="XK-CC", defaults={"name": "Criminal Code", "kind": "criminal_code", "country": "XK"}
    )
    return LegalProvision.objects.create(code=code, article=article or f"{next(numbers)}.1", heading=heading, **fields)


def make_detention(person, since="2024-01-10", *, public=True, **fields):
    fields = {"kind": "remand", **fields}
    return Detention.objects.create(person=person, from_on=since, **fields, **public_state(public))


def make_order(detention, *, public=True, **fields):
    fields = {"kind": "initial", "ordered_on": "2024-01-11", **fields}
    return DetentionOrder.objects.create(detention=detention, **fields, **public_state(public))


def make_report(person, status="pretrial_detention", as_of="2024-03-01", *, public=True, **fields):
    return CustodyReport.objects.create(person=person, status=status, as_of=as_of, **fields, **public_state(public))


def make_charge(person, provision=None, *, public=True, laid="2024-01-11", **fields):
    """A charge with the event that laid it; `laid=None` for a charge without any event."""
    provision = provision or make_provision()
    charge = Charge.objects.create(person=person, provision=provision, **fields, **public_state(public))
    if laid is not None:
        make_charge_event(charge, "charged", laid, public=public)
    return charge


def make_charge_event(charge, status="charged", on=None, *, public=True, **fields):
    return ChargeEvent.objects.create(charge=charge, status=status, on=on, **fields, **public_state(public))


def make_change(person, *, replaced=(), new=(), kind="aggravated", on="2024-06", public=True, **fields):
    change = ChargeChange.objects.create(person=person, kind=kind, on=on, **fields, **public_state(public))
    for role, charges in (("replaced", replaced), ("new", new)):
        for charge in charges:
            ChargeSuccession.objects.create(change=change, charge=charge, role=role)
    return change


def make_hearing(*persons, public=True, **fields):
    fields = {"on": "2024-05-02", **fields}
    hearing = Hearing.objects.create(**fields, **public_state(public))
    hearing.persons.set(persons)
    return hearing


def make_event(*persons, kind="arrest", on="2024-01-10", organisations=(), public=True, **fields):
    event = CaseEvent.objects.create(kind=kind, on=on, **fields, **public_state(public))
    event.persons.set(persons)
    event.organisations.set(organisations)
    return event


def make_sentence(person, months=36, on="2024-09-01", *, public=True, **fields):
    return Sentence.objects.create(person=person, months=months, on=on, **fields, **public_state(public))


def make_publishable(person, by):
    """Adds all that the gate asks for: a consent basis, the consent, a risk assessment, a source on who it is."""
    today = timezone.localdate()
    PublicationBasis.objects.create(person=person, kind="consent")
    ConsentRecord.objects.create(person=person, given_by="the person", scope="name", given_on=today)
    RiskAssessment.objects.create(
        person=person, level="low", assessed_on=today, assessed_by=by, review_due_on=today + timedelta(days=90)
    )
    cite(person, public=False)
    return person


def make_held_person(name="Ana Example", *, since="2024-01-10", confirmed="2024-03-01", **fields):
    """A public person in pre-trial detention, each row with a source."""
    person = make_person(name, **fields)
    for row in (make_detention(person, since), make_report(person, as_of=confirmed), person):
        cite(row)
    charge = make_charge(person)
    cite(charge)
    derive_standing(person)
    return person
