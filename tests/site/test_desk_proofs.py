"""What the desk says where a public page lost what proved it."""

import re

import pytest
from django.utils import timezone
from makers import (
    cite,
    make_charge,
    make_detention,
    make_event,
    make_person,
    make_staff,
    public_state,
)
from makers_desk import client_of, rows_behind

from cases.actions.gate import missing_for_publication
from cases.models import Charge, Person, PersonName, PublicationBasis, Source

pytestmark = pytest.mark.django_db


def sourced(*, of=None, basis="consent", publishers=1, taken_back="citation", also=None):
    """Somebody public with sources by so many publishers on what `of` makes of them; one was taken back, and `also` is
    what was done besides."""
    person = make_person()
    PublicationBasis.objects.create(
        person=person, kind=basis, documentation="Both reports name them.", approved_by=make_staff()
    )
    row = of(person) if of else person
    cites = [cite(row) for _n in range(publishers)]
    gone = {"citation": cites[0], "source": cites[0].source, None: None}[taken_back]
    if gone:
        type(gone).objects.filter(pk=gone.pk).update(state="retracted", retracted_at=timezone.now())
    if also:
        also(person, row, cites)
    return person


def name_of(person):
    return PersonName.objects.create(person=person, text="A. Example", **public_state(True))


def retracted_charge(person):
    charge = make_charge(person)
    Charge.objects.filter(pk=charge.pk).update(state="retracted", retracted_at=timezone.now())
    return charge


def one_publisher(person, row, cites):
    Source.objects.filter(pk__in=[c.source_id for c in cites]).update(publisher=cites[0].source.publisher)


def repeating(person, row, cites):
    first, last = cites[1].source.publisher, cites[2].source.publisher
    last.counts_as = first
    last.save()


def republished(person, row, cites):
    Source.objects.filter(pk=cites[2].source_id).update(copy="republication")


PROOFS = [
    ({}, True),
    ({"taken_back": "source"}, True),
    ({"taken_back": None}, False),
    ({"publishers": 2}, False),
    ({"of": name_of}, True),
    ({"of": name_of, "also": lambda person, row, cites: cite(person)}, False),
    ({"of": make_detention}, True),
    ({"of": lambda person: make_event(person, kind="arrest")}, True),
    ({"of": lambda person: make_event(person, kind="hunger_strike")}, False),
    ({"of": make_charge}, True),
    ({"of": make_charge, "publishers": 2}, False),
    ({"of": retracted_charge}, False),
    ({"of": make_charge, "also": lambda person, row, cites: cite(row.events.first())}, False),
    ({"also": lambda person, row, cites: cite(person, stance="disputes")}, True),
    ({"also": lambda person, row, cites: Person.objects.filter(pk=person.pk).update(state="draft")}, False),
    ({"basis": "public_record", "publishers": 3}, False),
    ({"basis": "public_record", "publishers": 2}, True),
    ({"basis": "public_record", "publishers": 3, "also": one_publisher}, True),
    ({"basis": "public_record", "publishers": 3, "also": repeating}, True),
    ({"basis": "public_record", "publishers": 3, "also": republished}, True),
    ({"basis": "public_record", "publishers": 1, "taken_back": None}, False),
]


@pytest.mark.parametrize(("made", "waits"), PROOFS, ids=range(len(PROOFS)))
def test_a_page_that_lost_what_proved_it_waits_as_the_gate_would_refuse_it(made, waits):
    person = sourced(**made)
    client = client_of(make_staff("reader"))
    address = re.search(r'href="([^"]+\?waits=unproved)"', client.get("/admin/").text)
    assert bool(address) == waits
    if waits:
        assert list(rows_behind(client, address[1])) == [person]
        gate = {missing.code for missing in missing_for_publication(person)}
        assert gate & {"identity", "arrest", "charge", "publishers"}
