"""A whole record: one invented person with every kind of row that a case page tells."""

from datetime import timedelta

from django.utils import timezone
from makers import (
    cite,
    make_affiliation,
    make_change,
    make_charge,
    make_charge_event,
    make_court,
    make_detention,
    make_event,
    make_hearing,
    make_order,
    make_organisation,
    make_person,
    make_proceeding,
    make_provision,
    make_publisher,
    make_report,
    make_sentence,
    make_source,
    make_staff,
    numbers,
    public_state,
)
from makers_protection import make_picture

from cases.actions.deriving import derive_standing
from cases.models import (
    Change,
    ConfidentialSource,
    ConsentRecord,
    ImportedRow,
    Pause,
    PersonName,
    Place,
    PublicationBasis,
    Recognition,
    RiskAssessment,
    SlugRedirect,
)


def make_name(person, text, *, public=True, **fields):
    return PersonName.objects.create(person=person, text=text, **fields, **public_state(public))


def make_recognition(person, recognised_by="Rights Watchers", *, public=True, **fields):
    return Recognition.objects.create(person=person, recognised_by=recognised_by, **fields, **public_state(public))


def make_defendant(proceeding, name=None, *, months=108, public=True, **fields):
    """Arrested on 21 November 2023, one charge replaced by two, convicted on 20 June 2025, upheld on 9 September."""
    number = next(numbers)
    person = make_person(name or f"Defendant {number}", public=public, **fields)
    cite(person, public=public)
    detention = make_detention(person, "2023-11-21", arrest_place="the airport", public=public)
    order = make_order(
        detention, ordered_on="2023-11-21", court=make_court(f"Court {number}", public=public), public=public
    )
    report = make_report(person, "convicted_imprisoned", "2025-09-09", public=public)
    outlet = make_organisation(f"Outlet {number}", public=public)
    tie = make_affiliation(person, outlet, role="Reporter", public=public)
    old = make_charge(
        person,
        make_provision(f"206.{number}", "Smuggling by a group"),
        proceeding=proceeding,
        public=public,
        laid=None,
    )
    laid = make_charge_event(old, "charged", None, public=public)
    gone = make_charge_event(old, "superseded", "2024-08", sequence=1, public=public)
    new = [
        make_charge(
            person,
            make_provision(f"192.{number}.{n}", f"Count {n}"),
            proceeding=proceeding,
            laid="2024-08",
            public=public,
            sequence=n,
        )
        for n in (1, 2)
    ]
    change = make_change(
        person, replaced=[old], new=new, on="2024-08", reported_penalty="up to 12 years", public=public,
        summary="Charges raised to two offences.",
    )  # fmt: skip
    verdict = make_hearing(
        person, kind="verdict", on="2025-06-20", proceeding=proceeding, outcome="All convicted.", public=public
    )
    appeal = make_hearing(
        person, kind="appeal", on="2025-09-09", proceeding=proceeding, outcome="Sentences upheld.", public=public
    )
    convicted = [make_charge_event(c, "convicted_in_case", "2025-06-20", sequence=2, public=public) for c in new]
    sentence = make_sentence(person, months, "2025-06-20", hearing=verdict, text="9 years", public=public)
    upheld = make_sentence(
        person, months, "2025-09-09", kind="upheld", revises=sentence, hearing=appeal, public=public
    )
    recognition = make_recognition(person, public=public)
    rows = [
        detention,
        order,
        report,
        tie,
        old,
        *new,
        laid,
        gone,
        change,
        verdict,
        appeal,
        *convicted,
        sentence,
        upheld,
        recognition,
    ]
    for row in rows:
        cite(row, public=public)
    derive_standing(person)
    return person


def make_full_record():
    """One defendant, and at least one row of every model of the record."""
    proceeding = make_proceeding("The Example proceeding")
    cite(proceeding)
    person = make_defendant(proceeding, "Ana Example", native_name="Ana Nümunə", country="XK")
    make_name(person, "Anna Example")
    cite(make_event(person, kind="award", on="2024-12-09", organisations=[make_organisation()], summary="An award."))
    ConfidentialSource.objects.create(source=make_source(is_confidential=True, title="", url=""), identity="Somebody")
    make_publisher("A mirror", counts_as=make_publisher("The mirrored"))
    Place.objects.create(country="XK", city="Town")
    today = timezone.localdate()
    PublicationBasis.objects.create(person=person, kind="consent")
    ConsentRecord.objects.create(person=person, given_by="the person", scope="name", given_on=today)
    RiskAssessment.objects.create(
        person=person,
        level="low",
        assessed_on=today,
        review_due_on=today + timedelta(days=90),
        assessed_by=make_staff(f"assessor-{next(numbers)}"),
    )
    make_picture(person)
    Pause.objects.create(person=make_person("Silent Example"), asked_by="the family", review_on=today)
    SlugRedirect.objects.create(kind="person", old_slug="ana-exemple", target=person.public_id)
    ImportedRow.objects.create(table="persons", row_id=person.public_id, digest="0" * 64)
    Change.objects.create(
        at=timezone.now(),
        verb="publish",
        table="person",
        record_id=str(person.pk),
        label="Ana",
        previous="-",
        digest="1" * 64,
    )
    return person
