"""The count over time: totals by the hour and by the day, from the sums alone."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from makers_campaigns import make_campaign, make_signature

from campaigns.actions.signing import withdraw
from campaigns.actions.tallying import tally_up

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)


@pytest.fixture
def campaign():
    """Two confirmed five days ago, one at 12:30 of the 10th; of the two one is withdrawn at noon, too."""
    with time_machine.travel(NOON, tick=False):
        campaign = make_campaign(opens_at=NOON - timedelta(days=6))
        old = [make_signature(campaign, confirmed=True, at=NOON - timedelta(days=5), country="FR") for _n in range(2)]
        make_signature(campaign, confirmed=True, at=NOON)
        tally_up(at=NOON)
        withdraw(old[0], at=NOON)
        tally_up(at=NOON)
        yield campaign


def told(client, campaign):
    return client.get(f"/campaigns/{campaign.slug}/series.json").json()


def test_days_run_from_the_opening_to_today_and_end_at_the_total(client, campaign):
    days = told(client, campaign)["days"]
    assert [day["begins"] for day in days] == [f"2026-03-{day:02}" for day in range(4, 11)]
    assert [day["total"] for day in days] == [0, 2, 2, 2, 2, 2, 2]
    assert (days[-1]["confirmed"], days[-1]["withdrawn"], days[-1]["set_aside"]) == (1, 1, 0)
    assert told(client, campaign)["total"] == 2


def test_hours_are_the_last_seventy_two_and_go_on_from_what_was_counted_before(client, campaign):
    hours = told(client, campaign)["hours"]
    assert len(hours) == 72
    assert hours[0]["begins"] == "2026-03-07T13:00:00+00:00" and hours[0]["total"] == 2
    assert hours[-1] == {
        "begins": "2026-03-10T12:00:00+00:00", "confirmed": 1, "withdrawn": 1, "set_aside": 0, "total": 2
    }  # fmt: skip


def test_no_country_is_told(client, campaign):
    for suffix in ("json", "csv"):
        said = client.get(f"/campaigns/{campaign.slug}/series.{suffix}").text
        assert "FR" not in said and "country" not in said


def test_the_table_has_a_header_and_no_cell_begins_a_formula(client, campaign):
    response = client.get(f"/campaigns/{campaign.slug}/series.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(response.text)))
    assert rows[0] == ["period", "begins", "confirmed", "withdrawn", "set_aside", "total"]
    assert len(rows) == 1 + 7 + 72
    assert ["day", "2026-03-05", "2", "0", "0", "2"] in rows
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)


def test_the_series_is_readable_from_anywhere_and_asks_for_no_signature(client, campaign, django_assert_num_queries):
    with django_assert_num_queries(4) as queries:
        response = client.get(f"/campaigns/{campaign.slug}/series.json")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "public" in response.headers["Cache-Control"]
    assert not any("campaigns_signature" in query["sql"] for query in queries.captured_queries)


def test_an_entry_after_today_is_told_once_the_clock_was_set_back(client, campaign):
    make_signature(campaign, confirmed=True, at=NOON + timedelta(days=1))
    tally_up(at=NOON)
    days = told(client, campaign)["days"]
    assert days[-1]["begins"] == str(date(2026, 3, 11))
    assert days[-1]["total"] == told(client, campaign)["total"] == 3
