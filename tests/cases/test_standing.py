from datetime import date, timedelta

import pytest
from django.utils import timezone
from makers import (
    cite,
    make_affiliation,
    make_change,
    make_charge,
    make_detention,
    make_event,
    make_hearing,
    make_held_person,
    make_organisation,
    make_person,
    make_provision,
    make_publishable,
    make_publisher,
    make_report,
    make_sentence,
    make_source,
    make_staff,
)
from time_machine import travel

from cases.actions.deriving import derive_standing, derive_what_has_come, is_derived
from cases.actions.publishing import publish
from cases.models import Person, PersonName, Standing
from cases.searching import fold

pytestmark = pytest.mark.django_db


def days_on(standing, day):
    """The arithmetic that lists use to sort by days held."""
    return standing.count_until - standing.count_from + 1


def test_the_newest_report_is_the_status():
    person = make_held_person()
    make_report(person, "convicted_imprisoned", "2024-09-02")
    standing = derive_standing(person)
    assert (standing.status, str(standing.status_as_of), standing.held) == ("convicted_imprisoned", "2024-09-02", True)
    assert str(standing.confirmed_on) == "2024-09-02"
    assert days_on(standing, date.today()) == 237


def test_a_release_newer_than_the_last_report_is_the_status():
    person = make_person()
    stay = make_detention(person, "2024-01-10", until_on="2024-06-01", release="served")
    make_report(person)
    standing = derive_standing(person)
    assert (standing.status, standing.held, standing.is_open) == ("released", False, False)
    assert not standing.release_cited
    cite(stay)
    assert derive_standing(person).release_cited
    cite(stay, stance="contradicts")
    assert not derive_standing(person).release_cited


def test_house_arrest_is_not_being_held_and_its_days_are_not_counted():
    person = make_person()
    make_detention(person, "2024-01-10", until_on="2024-02-10", release="transferred")
    make_detention(person, "2024-02-10", kind="house_arrest")
    make_report(person, "house_arrest", "2024-03-01")
    standing = derive_standing(person)
    assert (standing.status, standing.held) == ("house_arrest", False)
    assert days_on(standing, date.today()) == 32


def test_draft_rows_change_nothing():
    person = make_held_person()
    before = derive_standing(person)
    make_report(person, "released", "2024-12-01", public=False)
    make_detention(person, "2020-01-01", public=False)
    make_charge(person, public=False)
    cite(person, make_source(public=False))
    after = derive_standing(person)
    assert (after.status, after.count_from, after.current_charges) == (before.status, before.count_from, 1)
    assert after.publishers == before.publishers


def test_the_term_in_force_is_the_last_one_stated_and_ends_by_the_calendar():
    person = make_held_person(since="2023-11-21")
    imposed = make_sentence(person, 108, "2025-06-20", text="9 years")
    make_sentence(person, None, "2025-09-09", kind="upheld", revises=imposed)
    standing = derive_standing(person)
    assert (standing.term_months, standing.term_text) == (108, "9 years")
    assert standing.term_ends_on == date(2032, 11, 20)
    assert str(standing.verdict_on) == "2025-06-20"
    make_sentence(person, None, "2025-10-01", kind="quashed", revises=imposed)
    assert derive_standing(person).term_months is None


def test_the_roll_leaves_out_those_whose_term_ran_out_without_news():
    person = make_held_person(since="2021-01-10", confirmed="2021-06-01")
    make_sentence(person, 12, "2021-05-01")
    standing = derive_standing(person)
    assert standing.held
    assert person not in Person.objects.held(on=date(2024, 1, 1))
    assert person in Person.objects.term_over(on=date(2024, 1, 1))
    assert person in Person.objects.held(on=date(2021, 12, 1))


def test_current_charges_are_those_nothing_has_replaced_or_ended():
    person = make_person()
    old = make_charge(person, make_provision(heading="Smuggling"))
    new = make_charge(person, make_provision(heading="Tax evasion"), laid="2024-06")
    make_change(person, replaced=[old], new=[new])
    standing = derive_standing(person)
    assert (standing.current_charge, standing.current_charges) == ("Tax evasion", 1)


def test_publishers_that_share_texts_count_once():
    turan = make_publisher("Turan")
    repeater = make_publisher("24saat", counts_as=turan)
    person = make_person()
    assert derive_standing(person).badge == "unconfirmed"
    cite(person, make_source(publisher=turan))
    cite(person, make_source(publisher=repeater))
    standing = derive_standing(person)
    assert (standing.publishers, standing.badge) == (1, "reported")
    cite(person, make_source(publisher=make_publisher("OCCRP")))
    assert derive_standing(person).badge == "confirmed"


def test_a_contradicted_person_is_disputed_but_a_contradicted_field_is_not():
    person = make_person()
    cite(person)
    cite(person, field="birth_year", stated_value="1990", stance="contradicts")
    assert derive_standing(person).badge != "disputed"
    cite(person, stance="contradicts")
    assert derive_standing(person).badge == "disputed"


def test_search_finds_every_spelling_and_the_outlet():
    person = make_person("Sevinj Vagifgizi", native_name="Sevinc Vaqifqızı")
    outlet = make_organisation("AbzasMedia")
    make_affiliation(person, outlet)
    make_charge(person, make_provision("206.3.2"))
    text = derive_standing(person).search_text
    for query in ("Vagifgizi", "Vaqifqızı", "vaqifqizi", "abzasmedia", "206.3.2"):
        assert fold(query) in text, query


def test_the_name_of_a_minor_is_never_searchable():
    person = make_person("Real Name", is_minor=True, pseudonym="A.", native_name="Native Name")
    PersonName.objects.create(person=person, text="Other Name", state="published", published_at=person.published_at)
    text = derive_standing(person).search_text
    assert fold("Name") not in text


def test_the_newest_happening_is_not_in_the_future():
    person = make_held_person()
    make_event(person, kind="award", on="2024-12-10")
    make_event(person, kind="award", on="2999-12-10")
    assert str(derive_standing(person).last_event_on) == "2024-12-10"


def test_a_standing_that_differs_from_the_record_is_found():
    person = make_held_person()
    assert is_derived(person)
    make_report(person, "released", "2024-12-01")
    assert not is_derived(person)


def test_a_day_that_has_come_is_told_though_nobody_changed_anything():
    person, hearing_on = make_held_person(), timezone.localdate() + timedelta(days=3)
    make_hearing(person, on=hearing_on.isoformat())
    assert str(derive_standing(person).last_event_on) == "2024-03-01"
    with travel(timezone.now() + timedelta(days=4), tick=False):
        assert not is_derived(person)
        assert derive_what_has_come(at=timezone.now()) == 1
        assert is_derived(person)
        assert derive_what_has_come(at=timezone.now()) == 0


def test_publishing_one_page_tells_everybody_else_in_its_rows():
    editor, other = make_staff(), make_person("Ben Example")
    person = make_publishable(make_person(public=False), editor)
    make_event(person, other, kind="raid", on="2024-05-05", public=False)
    late = make_organisation("Late Paper", public=False)
    make_affiliation(other, late)
    make_affiliation(person, late, public=False)
    publish(person, by=editor, because="Reviewed")
    assert is_derived(other)
    assert str(Standing.objects.get(person=other).last_event_on) == "2024-05-05"
