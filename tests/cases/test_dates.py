from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from makers import make_detention, make_person

from cases.dates import PartialDate, UnreadableDate, add_months
from cases.forms import PartialDateFormField
from cases.models import Detention

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1))


@pytest.mark.parametrize(
    ("text", "precision", "shown"),
    [
        ("2024-08-19", "day", "19 August 2024"),
        ("2024-08", "month", "August 2024"),
        ("2024", "year", "2024"),
        ("2024-08-15/2024-08-19", "interval", "15–19 August 2024"),
        ("2024-07-30/2024-08-02", "interval", "between 30 July 2024 and 2 August 2024"),
        ("../2024-08-19", "interval", "not after 19 August 2024"),
        ("2024-08-19/..", "interval", "not before 19 August 2024"),
    ],
)
def test_a_partial_date_reads_and_prints_as_what_it_is(text, precision, shown):
    when = PartialDate.parse(text)
    assert (str(when), when.precision, when.display()) == (text, precision, shown)


@pytest.mark.parametrize(
    "text", ["2024-13", "2024-02-30", "19.8.2024", "24-08-19", "2024-08-19/2024-08-01", "soon", "2024-8"]
)
def test_what_is_no_date_is_refused_with_a_sentence_that_names_it(text):
    with pytest.raises(UnreadableDate, match=r"2024|24-08|soon|19"):
        PartialDate.parse(text)


def test_nothing_is_an_unknown_date():
    assert PartialDate.parse("") is None
    assert PartialDate.parse(None) is None


@given(DAYS, DAYS)
def test_any_interval_survives_being_written_and_read(a, b):
    when = PartialDate(min(a, b), max(a, b))
    assert PartialDate.parse(str(when)) == when


def test_months_are_added_to_the_last_day_that_exists():
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2023, 11, 21), 108) == date(2032, 11, 21)


@pytest.mark.django_db
def test_the_column_sorts_by_time_and_keeps_what_was_given():
    person = make_person()
    for text in ("2024-08-19", "2024-08", "2024", "2023-12-31", ""):
        make_detention(person, text)
    ordered = [str(d.from_on or "") for d in Detention.objects.exclude(from_on=None).order_by("from_on")]
    assert ordered == ["2023-12-31", "2024", "2024-08", "2024-08-19"]
    assert Detention.objects.get(from_on=None).from_on is None


@pytest.mark.django_db
def test_range_queries_ask_what_is_certain_and_what_is_possible():
    person = make_person()
    for text in ("2024-08-19", "2024-08", "2024", "2024-08-15/2024-08-19"):
        make_detention(person, text)

    def found(**lookup):
        return sorted(str(d.from_on) for d in Detention.objects.filter(**lookup))

    assert found(from_on__begins_by=date(2024, 8, 1)) == ["2024", "2024-08"]
    assert found(from_on__over_by=date(2024, 8, 20)) == ["2024-08-15/2024-08-19", "2024-08-19"]
    assert found(from_on__begins_from=date(2024, 8, 15)) == ["2024-08-15/2024-08-19", "2024-08-19"]
    assert found(from_on__overlaps=(date(2024, 8, 20), date(2024, 8, 31))) == ["2024", "2024-08"]


@pytest.mark.django_db
def test_the_database_refuses_a_date_that_ends_before_it_begins():
    detention = make_detention(make_person())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_detention SET from_on = %s WHERE id = %s", ["2024-08-20/2024-08-19", detention.pk]
        )


@pytest.mark.django_db
def test_a_detention_cannot_end_before_it_begins():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_detention(make_person(), "2024-08-19", until_on="2024-08-18")


def test_the_form_field_reads_every_precision_and_names_what_is_wrong():
    field = PartialDateFormField(required=False)
    assert str(field.clean("2024-08")) == "2024-08"
    assert field.clean("") is None
    assert not field.has_changed(PartialDate.parse("2024-08"), "2024-08")
    with pytest.raises(ValidationError, match="2024-13"):
        field.clean("2024-13")
