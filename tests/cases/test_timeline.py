"""The ordered story: what is merged, what is struck, what is marked, and where the undated stand."""

import datetime as dt

import pytest
from makers import (
    cite,
    make_change,
    make_charge,
    make_charge_event,
    make_detention,
    make_event,
    make_hearing,
    make_order,
    make_person,
    make_provision,
    make_report,
    make_sentence,
    make_source,
)
from makers_pages import make_full_record

from cases.daycount import count_days
from cases.dossier import Dossier, public_person
from cases.timeline import by_year, kinds, story

pytestmark = pytest.mark.django_db


def told(person, counted=None):
    return story(Dossier(public_person(person.slug)), counted)


def lines(entries):
    return [(str(entry.on or ""), str(entry.title), entry.text) for entry in entries]


def test_entries_stand_in_the_order_of_their_dates_and_the_undated_last_by_sequence():
    person = make_person()
    make_event(person, kind="award", on=None, sequence=2, summary="Undated second.")
    make_event(person, kind="award", on=None, sequence=1, summary="Undated first.")
    make_event(person, kind="award", on="2024-08", summary="A month.")
    make_event(person, kind="award", on="2024-08-01", summary="Its first day.")
    make_event(person, kind="award", on="2023", summary="A year.")
    texts = [entry.text for entry in told(person)]
    assert texts == ["A year.", "Its first day.", "A month.", "Undated first.", "Undated second."]


def test_years_stand_above_their_entries_and_no_year_above_the_undated():
    person = make_person()
    for on in ["2024-02-03", "2023-05", None, "../2023-01-05"]:
        make_event(person, kind="award", on=on)
    assert [year for year, _entries in by_year(told(person))] == [2023, 2024, None]


def test_a_date_is_written_as_precisely_as_it_is_known():
    person = make_person()
    for on in ["2024-02-03", "2024-05", "2024-08-15/2024-08-19", None]:
        make_event(person, kind="award", on=on)
    entries = told(person)
    assert [entry.when for entry in entries] == ["3 February", "May", "15–19 August 2024", "Day not given"]
    assert [entry.machine_date for entry in entries] == ["2024-02-03", "2024-05", "", ""]


def test_an_arrest_and_the_detention_it_began_are_one_line_with_the_sources_of_both():
    person = make_person()
    event, detention = make_event(person, summary="At the airport."), make_detention(person)
    one, other = cite(event), cite(detention)
    [entry] = told(person)
    assert (entry.title, entry.text, entry.mark) == ("Arrest", "At the airport.", "custody")
    assert {c.source_id for c in entry.citations} == {one.source_id, other.source_id}


def test_a_detention_that_no_event_tells_begins_with_a_line_of_its_own():
    person = make_person()
    make_detention(person, "2024-01-10", arrest_place="the airport", until_on="2024-03-01", release="released")
    assert lines(told(person)) == [
        ("2024-01-10", "Arrest", "Place: the airport."),
        ("2024-03-01", "Release", "From pre-trial detention."),
    ]
    assert [entry.mark for entry in told(person)] == ["custody", "free"]


def test_a_release_told_by_an_event_is_told_once():
    person = make_person()
    make_detention(person, until_on="2024-03-01", release="released")
    make_event(person, kind="release", on="2024-03-01", summary="Left prison.")
    assert [entry.title for entry in told(person)] == ["Arrest", "Release"]


def test_custody_in_another_form_is_no_release():
    person = make_person()
    make_detention(person, until_on="2024-03-01", release="transferred")
    make_detention(person, "2024-03-01", kind="house_arrest")
    assert [entry.title for entry in told(person)] == ["Arrest", "House arrest"]


def test_orders_are_marked_by_what_they_change():
    person = make_person()
    detention = make_detention(person, "2024-01-10")
    for kind in ["initial", "extension", "conversion", "refusal", "release"]:
        make_order(detention, kind=kind, ordered_on="2024-02-01", summary=kind)
    marks = {entry.text: entry.mark for entry in told(person) if entry.record and entry.text}
    assert marks == {
        "initial": "custody",
        "extension": "custody",
        "conversion": "custody",
        "refusal": "",
        "release": "free",
    }


def test_a_sentence_is_told_at_the_hearing_that_pronounced_it_for_this_person_alone():
    person, other = make_person(), make_person()
    hearing = make_hearing(person, other, kind="verdict", on="2024-09-01", outcome="Both convicted.")
    sentence = make_sentence(person, 108, hearing=hearing)
    make_sentence(other, 96, hearing=hearing)
    cited = cite(sentence)
    [entry] = told(person)
    assert entry.added == ["This person: nine years."]
    assert entry.mark == "custody"
    assert [c.source_id for c in entry.citations] == [cited.source_id]


def test_a_verdict_about_one_person_is_not_told_twice():
    person = make_person()
    hearing = make_hearing(person, kind="verdict", on="2024-09-01", outcome="Sentenced to three years.")
    make_sentence(person, 36, hearing=hearing)
    assert [entry.added for entry in told(person)] == [[]]


def test_an_upheld_sentence_adds_no_words_to_the_appeal_that_says_so():
    person = make_person()
    imposed = make_sentence(person, 108, "2024-09-01", text="9 years")
    appeal = make_hearing(person, kind="appeal", on="2024-12-01", outcome="Sentences upheld.")
    make_sentence(person, 108, "2024-12-01", kind="upheld", revises=imposed, hearing=appeal)
    entries = told(person)
    assert lines(entries) == [("2024-09-01", "Sentence", "9 years."), ("2024-12-01", "Appeal", "Sentences upheld.")]
    assert entries[1].added == []


def test_replaced_and_new_charges_are_told_by_the_change_and_by_nothing_else():
    person = make_person()
    old = make_charge(person, make_provision("206.3.2"), laid=None)
    make_charge_event(old, "superseded", "2024-08", sequence=1)
    new = [make_charge(person, make_provision(article), laid="2024-08") for article in ("192.3.2", "320.1")]
    make_change(person, replaced=[old], new=new, on="2024-08", summary="Charges raised.")
    [entry] = told(person)
    assert (entry.replaced, entry.new, entry.kind) == (["206.3.2"], ["192.3.2", "320.1"], "charges")


def test_charges_laid_on_one_day_are_one_line_that_falls_back_on_the_sources_of_the_charges():
    person = make_person()
    source = make_source()
    for article in ("192.3.2", "320.1"):
        cite(make_charge(person, make_provision(article, "Heading"), laid="2024-01-11"), source)
    [entry] = told(person)
    assert lines([entry]) == [("2024-01-11", "Charged", "192.3.2 Heading; 320.1 Heading.")]
    assert {c.source_id for c in entry.citations} == {source.pk}


def test_a_conviction_is_told_by_the_verdict_of_its_day_and_else_by_itself():
    person = make_person()
    charge = make_charge(person, make_provision("192.3.2", "Heading"), laid=None)
    make_charge_event(charge, "convicted_in_case", "2025-06-20")
    assert lines(told(person)) == [("2025-06-20", "Convicted in the case", "192.3.2 Heading.")]
    make_hearing(person, kind="verdict", on="2025-06-20", outcome="All convicted.")
    assert lines(told(person)) == [("2025-06-20", "Verdict", "All convicted.")]


def test_an_outcome_that_nobody_knows_is_no_event():
    person = make_person()
    make_charge_event(make_charge(person, laid=None), "unknown", None)
    assert told(person) == []


def test_lines_of_one_day_that_say_the_same_become_one():
    person = make_person()
    make_event(person, on="2024-01-10", summary="Detained and remanded.")
    make_order(make_detention(person, "2024-01-10"), ordered_on="2024-01-10", summary="Detained and remanded.")
    assert lines(told(person)) == [("2024-01-10", "Arrest, remand", "Detained and remanded.")]


def test_days_are_numbered_from_the_arrest_within_the_stay_and_only_where_the_day_is_known():
    person = make_person()
    for on in ["2023-11-20", "2023-11-21", "2025-09-09", "2024-08"]:
        make_event(person, kind="award", on=on)
    detention = make_detention(person, "2023-11-21")
    detention.refresh_from_db()
    counted = count_days([detention.episode], on=dt.date(2025, 9, 9), confirmed_on=detention.from_on)
    days = {str(entry.on): entry.day for entry in told(person, counted)}
    assert days == {"2023-11-20": None, "2023-11-21": 1, "2024-08": None, "2025-09-09": 659}


def test_values_that_sources_state_differently_stand_side_by_side_with_their_own_sources():
    person = make_person()
    order = make_order(make_detention(person, "2024-01-10"), ordered_on="2024-01-11", summary="Remanded.")
    one = cite(order, field="months", stated_value="three months and 29 days")
    two = cite(order, field="months", stated_value="four months", stance="contradicts")
    plain = cite(order)
    entry = told(person)[1]
    [difference] = entry.differing
    assert str(difference.about) == "length of the order"
    assert [(s.value, [c.pk for c in s.citations]) for s in difference.statements] == [
        ("three months and 29 days", [one.pk]),
        ("four months", [two.pk]),
    ]
    assert [c.pk for c in entry.citations] == [plain.pk]


def test_custody_reports_are_no_entries():
    person = make_person()
    make_report(person)
    assert told(person) == []


def test_every_line_of_a_whole_record_has_a_source_and_a_kind():
    entries = told(make_full_record())
    assert all(entry.citations or entry.differing for entry in entries)
    assert [(kind, number) for kind, _label, number in kinds(entries)] == [
        ("custody", 1),
        ("court", 2),
        ("charges", 2),
        ("other", 1),
    ]
