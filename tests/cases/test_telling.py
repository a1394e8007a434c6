"""The words for where somebody stands: terms, penalties, dates inside sentences, the bar."""

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from makers import (
    make_charge,
    make_charge_event,
    make_detention,
    make_person,
    make_provision,
    make_report,
    make_sentence,
)
from makers_pages import make_full_record

from cases.actions.deriving import derive_standing
from cases.citing import plain_citation
from cases.counts import blocks, conviction, highest_penalty
from cases.dates import PartialDate
from cases.dossier import Dossier, public_person
from cases.models import Standing
from cases.telling import (
    on_day,
    penalty,
    short_term,
    tell_bar,
    tell_count,
    tell_status,
    term_in_words,
    today_in,
)

TODAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("months", "words", "figures"),
    [
        (108, "nine years", "9 years"),
        (90, "seven years and six months", "7 years 6 months"),
        (12, "one year", "1 year"),
        (1, "one month", "1 month"),
        (144, "12 years", "12 years"),
        (None, "", ""),
    ],
)
def test_a_term_in_words_and_in_figures(months, words, figures):
    assert term_in_words(months) == words
    assert short_term(months) == figures


@pytest.mark.parametrize(
    ("low", "high", "life", "said"),
    [
        (60, 96, False, "5 to 8 years"),
        (144, 240, True, "12 to 20 years or life imprisonment"),
        (6, 24, False, "6 months to 2 years"),
        (None, 36, False, "up to 3 years"),
        (36, None, False, "from 3 years"),
        (None, None, True, "life imprisonment"),
        (None, None, False, "penalty not recorded"),
    ],
)
def test_a_penalty_is_told_as_far_as_it_was_read(low, high, life, said):
    provision = SimpleNamespace(penalty_min_months=low, penalty_max_months=high, life_imprisonment=life)
    assert penalty(provision) == said


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("2025-09-09", "on 9 September 2025"),
        ("2024-08", "in August 2024"),
        ("2024", "in 2024"),
        ("2024-08-15/2024-08-19", "15–19 August 2024"),
    ],
)
def test_a_date_inside_a_sentence(date, said):
    assert on_day(PartialDate.parse(date)) == said


@pytest.mark.parametrize(
    ("status", "mark", "said"),
    [
        ("pretrial_detention", "held", "Held in Azerbaijan before trial — as last confirmed on 1 March 2024"),
        ("on_trial_detained", "held", "Held in Azerbaijan, on trial — as last confirmed on 1 March 2024"),
        ("convicted_imprisoned", "held", "Held in Azerbaijan after a sentence — as last confirmed on 1 March 2024"),
        ("house_arrest", "free", "Under house arrest in Azerbaijan — as last confirmed on 1 March 2024"),
        ("travel_ban", "free", "Under a travel ban in Azerbaijan — as last confirmed on 1 March 2024"),
        ("released", "released", "Released on 1 March 2024"),
        ("died", "free", "Died on 1 March 2024"),
        ("unknown", "unknown", "Not known whether held — as last confirmed on 1 March 2024"),
    ],
)
def test_a_status_claims_no_more_than_its_day(status, mark, said):
    standing = Standing(status=status, status_as_of=PartialDate.parse("2024-03-01"))
    country = SimpleNamespace(name="Azerbaijan")
    assert tell_status(standing, tell_count(standing, TODAY), country) == (mark, said)


def test_a_day_of_detention_is_a_day_where_somebody_is_held():
    with time_machine.travel(dt.datetime(2026, 11, 23, 21, tzinfo=dt.UTC), tick=False):
        assert today_in("AZ") == dt.date(2026, 11, 24)
        assert today_in("FR") == dt.date(2026, 11, 23)


@pytest.mark.django_db
def test_the_bar_measures_the_confirmed_days_against_the_term_and_marks_the_verdict():
    person = public_person(make_full_record().slug)
    bar = tell_bar(person.standing, tell_count(person.standing, TODAY), TODAY)
    assert (bar["done"], bar["silent"], bar["tick"]) == (20.04, 13.38, 17.58)
    assert bar["tick_text"] == "Verdict, day 578"
    assert (bar["start_on"], bar["end_on"]) == ("21 November 2023", "20 November 2032")
    assert bar["sentence"] == "659 of the 3,288 days of the term. Nothing is known of the 440 days since."


@pytest.mark.django_db
def test_a_range_of_days_is_told_where_the_dates_are_partial():
    person = make_person()
    make_detention(person, "2024-01", until_on="2024-03-01", release="released")
    assert tell_count(derive_standing(person), TODAY).figure == "31 to 61"


@pytest.mark.django_db
def test_no_bar_without_a_term_or_without_a_day_of_arrest():
    person, vague = make_person(), make_person()
    make_detention(person)
    make_detention(vague, "2024-01")
    make_sentence(vague, 36)
    for each in (person, vague):
        make_report(each)
        standing = derive_standing(each)
        assert tell_bar(standing, tell_count(standing, TODAY), TODAY) is None


@pytest.mark.django_db
def test_the_highest_penalty_is_of_one_count_that_stands_and_never_a_sum():
    person = make_person()
    make_charge(person, make_provision("1", penalty_max_months=60))
    make_charge(person, make_provision("2", penalty_max_months=96))
    gone = make_charge(person, make_provision("3", penalty_max_months=240))
    make_charge_event(gone, "dropped", "2024-05-01")
    dossier = Dossier(public_person(person.slug))
    assert highest_penalty(dossier) == "8 years"
    assert [count.current for block in blocks(dossier) for count in block.now] == [True, True, False]


@pytest.mark.django_db
def test_a_conviction_says_whether_the_result_for_the_single_count_was_read():
    person, other = make_person(), make_person()
    make_charge_event(make_charge(person), "convicted", "2025-06-20")
    make_charge_event(make_charge(other), "convicted_in_case", "2025-06")
    assert conviction(Dossier(public_person(person.slug))) == "Convicted on 20 June 2025."
    assert conviction(Dossier(public_person(other.slug))) == (
        "Convicted in the case in June 2025; the result for the single count was not read."
    )


def test_a_citation_says_who_what_when_and_where():
    said = plain_citation(organisation="Habeas", title="Ana", on="23 November 2026", url="https://habeas.example/x/")
    assert said == "Habeas. “Ana”. Case record, read on 23 November 2026. https://habeas.example/x/"
