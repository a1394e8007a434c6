import pytest
from makers import make_change, make_charge, make_charge_event, make_person

from cases.charging import in_order, laid_on, last_event, stands

pytestmark = pytest.mark.django_db


def test_the_last_event_by_date_then_sequence_is_the_status():
    charge = make_charge(make_person())
    make_charge_event(charge, "convicted", "2024-09-01", sequence=1)
    make_charge_event(charge, "on_trial", "2024-09-01")
    assert [e.status for e in in_order(charge.events.all())] == ["charged", "on_trial", "convicted"]
    assert last_event(charge.events.all()).status == "convicted"


def test_an_event_of_unknown_date_takes_its_place_by_sequence():
    charge = make_charge(make_person(), laid=None)
    make_charge_event(charge, "superseded", "2024-08", sequence=1)
    make_charge_event(charge, "charged", None)
    assert [e.status for e in in_order(charge.events.all())] == ["charged", "superseded"]
    make_charge_event(charge, "unknown", None, sequence=2)
    assert last_event(charge.events.all()).status == "unknown"


def test_a_charge_without_events_stands_and_has_no_status():
    charge = make_charge(make_person(), laid=None)
    assert last_event(charge.events.all()) is None
    assert stands(charge.events.all(), replaced=False)
    assert laid_on(charge.events.all()) is None


@pytest.mark.parametrize(
    ("status", "current"), [("convicted_in_case", True), ("on_trial", True), ("dropped", False), ("superseded", False)]
)
def test_a_charge_stands_until_an_event_ends_it(status, current):
    charge = make_charge(make_person())
    make_charge_event(charge, status, "2024-09-01")
    assert stands(charge.events.all(), replaced=False) is current


def test_a_replaced_charge_does_not_stand_even_without_an_event():
    person = make_person()
    old, new = make_charge(person), make_charge(person, laid="2024-06")
    make_change(person, replaced=[old], new=[new])
    assert not stands(old.events.all(), replaced=True)
    assert str(laid_on(new.events.all())) == "2024-06"
