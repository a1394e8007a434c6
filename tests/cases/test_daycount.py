from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.dates import PartialDate
from cases.daycount import Episode, certainly_overlap, count_days, possibly_overlap

TODAY = date(2026, 11, 23)


def stay(since, until=None, ended=False):
    return Episode(PartialDate.of(since), PartialDate.of(until), ended)


def count(*episodes, on=TODAY, confirmed=None, **known):
    return count_days(episodes, on=on, confirmed_on=PartialDate.of(confirmed), **known)


def test_the_day_of_arrest_is_day_one():
    assert count(stay("2026-11-23"), confirmed="2026-11-23").low == 1
    assert count(stay("2026-11-22"), confirmed="2026-11-23").low == 2


def test_a_freshly_confirmed_stay_runs_to_today():
    told = count(stay("2023-11-21"), confirmed="2026-10-01")
    assert (told.low, told.running, told.stale) == (1099, True, False)


@pytest.mark.parametrize(("age", "running"), [(90, True), (91, False)])
def test_custody_is_fresh_for_as_many_days_as_the_setting_says(age, running):
    assert count(stay("2023-11-21"), confirmed=TODAY - timedelta(days=age)).running is running


def test_a_stale_stay_counts_to_its_last_confirmation():
    told = count(stay("2023-11-21"), confirmed="2025-09-09")
    assert (told.low, told.high, told.stale, told.running) == (659, 659, True, False)
    assert count(stay("2023-11-20"), confirmed="2025-09-09").low == 660


def test_an_ended_stay_counts_both_ends():
    told = count(stay("2023-11-27", "2025-11-27"))
    assert (told.low, told.stale, told.running, str(told.until)) == (732, False, False, "2025-11-27")


def test_a_day_covered_twice_counts_once_and_a_gap_not_at_all():
    assert count(stay("2024-01-01", "2024-01-10"), stay("2024-01-05", "2024-01-12")).low == 12
    assert count(stay("2024-01-01", "2024-01-10"), stay("2024-02-01", "2024-02-10")).low == 20


def test_partial_dates_make_a_range():
    told = count(stay("2024-01", "2024-03-10"))
    assert (told.low, told.high, told.exact) == (40, 70, False)


def test_a_term_that_ran_out_without_news_stops_at_the_last_confirmation():
    told = count(stay("2023-08-04"), confirmed="2025-05-15", term_ends_on=date(2026, 8, 3))
    assert (told.low, told.term_over, told.stale) == (651, True, True)


def test_custody_confirmed_after_the_term_is_not_called_over():
    assert not count(stay("2023-08-04"), confirmed="2026-09-01", term_ends_on=date(2026, 8, 3)).term_over


def test_without_a_beginning_there_is_no_count():
    assert count(stay(None)) is None
    assert count() is None
    assert count(stay("2027-01-01")) is None


def test_a_stay_that_ended_on_an_unknown_day_proves_one_day_only():
    told = count(stay("2023-12-22", ended=True), confirmed="2025-01-01")
    assert (told.low, told.running, told.stale) == (1, False, False)


def test_touching_stays_make_one_spell_and_a_gap_begins_a_new_one():
    assert str(count(stay("2024-01-01", "2024-01-31"), stay("2024-02-01"), confirmed=TODAY).since) == "2024-01-01"
    assert str(count(stay("2023-01-01", "2023-01-31"), stay("2024-02-01"), confirmed=TODAY).since) == "2024-02-01"


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 60)), min_size=1, max_size=6))
def test_exact_stays_count_the_days_of_their_union(stays):
    begin = date(2020, 1, 1)
    episodes, days = [], set()
    for start, length in stays:
        first = begin + timedelta(days=start)
        episodes.append(stay(first, first + timedelta(days=length)))
        days |= {start + n for n in range(length + 1)}
    told = count_days(episodes, on=TODAY)
    assert told.low == told.high == len(days)


def test_overlaps_are_certain_only_where_the_dates_prove_them():
    assert certainly_overlap(stay("2024-01-01"), stay("2024-02-01"))
    assert not certainly_overlap(stay("2024-01-01", "2024-02-01"), stay("2024-02-01"))
    assert not certainly_overlap(stay("2024-01-01", "2024-02"), stay("2024-02"))
    assert possibly_overlap(stay("2024-01-01", "2024-02"), stay("2024-02"))
    assert not possibly_overlap(stay("2024-01-01", "2024-01-31"), stay("2024-02-01"))
