"""The record that ships: it imports, keeps its rules, comes back byte for byte, and tells the hard example right."""

import csv
from collections import Counter
from datetime import date

import pytest
from django.conf import settings as site
from makers_data import STARTER, contents

from cases.actions.checking import problems_of, problems_of_proceeding
from cases.actions.importing import import_tables
from cases.actions.publishing import publish_demonstration
from cases.charging import last_event
from cases.daycount import count_days
from cases.exports import export
from cases.models import Affiliation, Charge, ChargeSuccession, Citation, Detention, Person, Proceeding, Sentence
from cases.tables import TABLES
from cases.tables.columns import ListColumn

ROWS = {
    "persons": 51,
    "charges": 283,
    "provisions": 56,
    "sources": 292,
    "custody_reports": 51,
    "detentions": 58,
    "detention_orders": 101,
    "hearings": 65,
    "charge_changes": 42,
    "sentences": 38,
    "recognitions": 84,
}
UNCITED = {"publishers", "sources", "legal_codes", "offence_types", "places", "names", "organisations", "citations"}


@pytest.fixture(scope="module")
def starter(django_db_setup, django_db_blocker):
    """The starter record, imported once for this module and left to no other."""
    from django.db import connection, transaction

    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        import_tables(STARTER)
        connection.check_constraints()
        yield
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


@pytest.fixture
def record(starter, db):
    return Person.objects.get(public_id="vagifgizi-sevinj")


def rows(name):
    with (STARTER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("table", ROWS)
def test_every_row_is_there(record, table):
    model = next(t.model for t in TABLES if t.name == table)
    assert model.objects.count() == len(rows(table)) == ROWS[table]


def test_every_stated_row_has_a_source():
    cited = {(row["record_table"], row["record_id"]) for row in rows("citations")}
    for table in TABLES:
        if table.name not in UNCITED:
            assert not [row["id"] for row in rows(table.name) if (table.name, row["id"]) not in cited], table.name


def test_the_files_are_what_an_export_writes(record, tmp_path):
    export(tmp_path, everything=True)
    assert contents(tmp_path) == contents(STARTER)


def test_importing_it_again_changes_nothing(record):
    assert import_tables(STARTER).changed_nothing


def test_it_keeps_the_rules_across_rows(record):
    assert not [problem for person in Person.objects.all() for problem in problems_of(person)]
    assert not [problem for proceeding in Proceeding.objects.all() for problem in problems_of_proceeding(proceeding)]


def test_the_data_dictionary_names_every_table_and_column():
    lines = (STARTER / "README.md").read_text(encoding="utf-8").splitlines()
    told = {line.split("|")[1].strip(): line.split("|")[3] for line in lines if line.startswith("| ")}
    for table in TABLES:
        missing = [
            c.name
            for c in table.columns
            if c.name != "id" and c.name not in told[table.name].replace(",", " ").split()
        ]
        assert not missing, (table.name, missing)


def test_no_cell_begins_a_formula_or_hides_a_space():
    for path in sorted(STARTER.glob("*.csv")):
        for row in rows(path.stem):
            for column, cell in row.items():
                assert cell == cell.strip(), (path.name, row["id"], column)
                assert not cell.startswith(("=", "+", "-", "@")), (path.name, row["id"], column)


def test_her_custody_counts_to_the_day_it_was_last_confirmed(record):
    stay, report = Detention.objects.get(person=record), record.custody_reports.get()
    assert (str(stay.from_on), stay.until_on, report.status) == ("2023-11-21", None, "convicted_imprisoned")
    count = count_days(
        [stay.episode], on=date(2026, 11, 23), confirmed_on=report.as_of, fresh_days=site.CUSTODY_FRESH_DAYS
    )
    assert (count.low, count.high, count.stale, str(count.confirmed_on)) == (659, 659, True, "2025-09-09")


def test_his_counts_one_day_more(record):
    ulvi = Person.objects.get(public_id="hasanli-ulvi")
    stay, report = ulvi.detentions.get(), ulvi.custody_reports.get()
    assert count_days([stay.episode], on=date(2026, 11, 23), confirmed_on=report.as_of).low == 660


def test_one_charge_was_replaced_by_seven_and_each_is_convicted_in_the_case(record):
    change = record.charge_changes.get()
    parts = ChargeSuccession.objects.filter(change=change).values_list("role", "charge__provision__article")
    assert (str(change.on), change.reported_penalty) == ("2024-08", "up to 12 years")
    assert [article for role, article in parts if role == "replaced"] == ["206.3.2"]
    new = sorted(article for role, article in parts if role == "new")
    assert new == ["192.3.2", "193-1.3.1", "193-1.3.2", "206.4", "213.2.1", "320.1", "320.2"]
    states = Counter(last_event(charge.events.all()).status for charge in record.charges.all())
    assert states == {"superseded": 1, "convicted_in_case": 7}


def test_penalties_nobody_read_stay_unknown_and_the_read_one_is_in_months(record):
    penalties = record.charges.values_list("provision__article", "provision__penalty_max_months")
    assert {article: months for article, months in penalties if months} == {"206.3.2": 96}


def test_the_sentence_was_imposed_and_upheld(record):
    told = list(record.sentences.order_by("sequence").values_list("kind", "months"))
    assert told == [("imposed", 108), ("upheld", 108)]
    assert str(Sentence.objects.get(person=record, kind="upheld").on) == "2025-09-09"


def test_all_her_spellings_are_there(record):
    spellings = set(record.names.values_list("text", flat=True))
    assert spellings == {"Sevinc Vaqifqızı", "Sevinj Abbasova", "Sevinc Vaqifqizi", "Sevinj Vaqifqizi"}


def test_sources_that_differ_on_the_remand_stand_side_by_side(record):
    stated = Citation.objects.filter(order__detention__person=record, field="months")
    assert set(stated.values_list("stated_value", "stance")) == {
        ("three months and 29 days", "supports"),
        ("four months", "contradicts"),
    }


def test_a_tie_that_is_denied_is_disputed_with_both_sides(record):
    tie = Affiliation.objects.get(person__public_id="mehralizada-farid", organisation__public_id="abzasmedia")
    assert tie.attribution == "disputed"
    assert set(tie.citations.values_list("stance", flat=True)) == {"supports", "contradicts"}


def test_a_first_charge_nobody_says_was_replaced_is_not_linked(record):
    first = Charge.objects.filter(proceeding__public_id="toplum", provision__article="206.3.2")
    assert first.count() == 9
    assert not ChargeSuccession.objects.filter(charge__in=first).exists()
    assert {last_event(charge.events.all()).status for charge in first} == {"unknown"}


def test_it_is_all_draft_until_a_demonstration_shows_it(record, settings):
    assert not Person.objects.public().exists()
    settings.DEMO = True
    publish_demonstration()
    assert Person.objects.public().count() == 51
    assert record.standing.count_until - record.standing.count_from + 1 == 659


def test_lists_in_the_files_name_each_row_once():
    for table in TABLES:
        for column in table.columns:
            if isinstance(column, ListColumn):
                for row in rows(table.name):
                    ids = row[column.name].split(";")
                    assert len(ids) == len(set(ids)), row["id"]
