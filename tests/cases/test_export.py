"""What goes out: public rows only, or every stored fact; no cell is a formula; the same bytes every time."""

import csv
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from makers import (
    cite,
    make_affiliation,
    make_change,
    make_charge,
    make_detention,
    make_event,
    make_hearing,
    make_order,
    make_organisation,
    make_person,
    make_proceeding,
    make_sentence,
    make_source,
    public_state,
)
from makers_data import contents, empty_the_record, exported, import_rows

from cases.actions.importing import import_tables
from cases.exports import export, lines
from cases.models import ConfidentialSource, LegalCode, Pause, Person, PersonName, Place, Proceeding
from cases.tables import TABLES, table_named
from cases.tables.cells import guarded, unguarded


@given(st.text())
def test_a_guarded_cell_is_no_formula_and_gives_back_its_text(text):
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["=1+1", "'=1+1", "''=x", "'quoted'", "-5", "\tx", "plain"])
@pytest.mark.django_db
def test_text_that_looks_like_a_formula_comes_back_as_it_was(tmp_path, text):
    make_person(public_id="ana", summary=text, country="AZ")
    export(tmp_path, everything=True)
    empty_the_record()
    import_tables(tmp_path)
    assert Person.objects.get().summary == text


def in_a_listed_country():
    """The makers set their rows in XK, which is no ISO 3166 code."""
    for model in (Person, Proceeding, LegalCode):
        model.objects.update(country="AZ")


@pytest.mark.django_db
def test_everything_comes_back_byte_for_byte_in_an_empty_database(tmp_path):
    ana = make_person(public_id="ana", birth_year=1980)
    ben = make_person(public_id="B", public=False)
    proceeding = make_proceeding(public_id="p")
    make_proceeding(public_id="a-part", severed_from=proceeding)
    old, new = make_charge(ana, proceeding=proceeding), make_charge(ana, laid=None)
    make_change(ana, replaced=[old], new=[new], summary='Two lines\nand a "quotation", with a comma;')
    hearing = make_hearing(ana, ben, proceeding=proceeding, at_time="14:30", time_zone="Asia/Baku")
    sentence = make_sentence(ana, hearing=hearing)
    make_sentence(ana, on="2024-08-15/2024-08-19", kind="upheld", revises=sentence, public_id="a-first")
    make_event(ana, organisations=[make_organisation()], on=None)
    make_order(make_detention(ana, legal_basis="=SUM(1)"), days=3)
    cite(ana, field="display_name", stated_value="Anna", stance="contradicts")
    cite(old, make_source(is_confidential=True, title="", url=""))
    in_a_listed_country()
    before, after = tmp_path / "before", tmp_path / "after"

    export(before, everything=True)
    empty_the_record()
    import_tables(before)
    export(after, everything=True)

    assert contents(before) == contents(after)
    assert len(contents(before)) == len(TABLES)
    assert Person.objects.get(public_id="B").hearings.exists()


@pytest.mark.django_db
def test_rows_stand_in_the_order_of_their_bytes(tmp_path):
    for public_id in ["b", "A", "a-b", "a.b", "a", "B", "ab"]:
        make_person(public_id=public_id)
    assert list(exported(tmp_path, "persons")) == sorted(["b", "A", "a-b", "a.b", "a", "B", "ab"])


@pytest.mark.django_db
def test_drafts_and_what_hangs_on_them_are_not_public(tmp_path):
    ana, draft = make_person(public_id="ana"), make_person(public_id="draft", public=False)
    shown, hidden = make_detention(ana, public_id="shown"), make_detention(draft, public_id="hidden")
    make_detention(ana, "2025-01-01", public_id="waiting", public=False)
    for number, detention in enumerate([shown, hidden]):
        cite(make_order(detention, public_id=f"order-{number}"))
    make_event(draft, public_id="of-draft", summary="Names somebody")
    make_hearing(draft, ana, public_id="of-both")
    make_affiliation(ana, make_organisation(public=False))
    cite(ana, make_source(public=False))
    cite(draft)

    assert set(exported(tmp_path, "persons")) == {"ana"}
    assert set(exported(tmp_path, "detentions")) == {"shown"}
    assert set(exported(tmp_path, "detention_orders")) == {"order-0"}
    assert not exported(tmp_path, "events")
    assert exported(tmp_path, "hearings")["of-both"]["persons"] == "ana"
    assert not exported(tmp_path, "affiliations")
    assert [row["record_id"] for row in exported(tmp_path, "citations").values()] == ["order-0"]
    assert set(exported(tmp_path, "persons", everything=True)) == {"ana", "draft"}


@pytest.mark.django_db
def test_a_reference_to_what_is_not_public_is_empty(tmp_path):
    ana = make_person()
    make_charge(ana, public_id="charge", proceeding=make_proceeding(public=False))
    assert exported(tmp_path, "charges")["charge"]["proceeding"] == ""
    assert exported(tmp_path, "charges", everything=True)["charge"]["proceeding"] != ""


@pytest.mark.django_db
def test_a_paused_person_leaves_the_public_tables_with_every_row(tmp_path):
    ana = make_person()
    make_detention(ana)
    make_event(ana)
    cite(ana)
    Pause.objects.create(person=ana, asked_by="family", review_on=timezone.localdate())
    for table in ("persons", "detentions", "events", "citations"):
        assert not exported(tmp_path, table), table


@pytest.mark.django_db
def test_the_public_never_gets_staff_columns_or_who_a_source_is(tmp_path):
    ana = make_person(public_id="ana", research_note="Ask her sister")
    source = make_source(is_confidential=True, title="", url="")
    ConfidentialSource.objects.create(source=source, identity="A neighbour", contact="+1 555")
    cite(ana, source)

    assert "research_note" not in exported(tmp_path, "persons")["ana"]
    assert exported(tmp_path, "persons", everything=True)["ana"]["research_note"] == "Ask her sister"
    assert b"neighbour" not in b"".join(contents(tmp_path).values())


@pytest.mark.django_db
def test_a_minor_has_no_name_but_the_pseudonym(tmp_path):
    child = make_person("Real Name", public_id="child", native_name="Echt", is_minor=True, pseudonym="A.")
    PersonName.objects.create(person=child, text="Other Name", **public_state(True))
    cite(child, field="display_name", stated_value="Real Name")

    row = exported(tmp_path, "persons")["child"]

    assert (row["display_name"], row["native_name"]) == ("A.", "")
    assert b"Name" not in (tmp_path / "names.csv").read_bytes() + (tmp_path / "citations.csv").read_bytes()


@pytest.mark.django_db
def test_a_place_is_as_precise_as_the_public_may_know_it(tmp_path):
    ana = make_person()
    place = {"country": "AZ", "region": "Absheron", "city": "Baku", "facility": "Facility 1"}
    for precision in Place.Precision.values:
        kept = Place.objects.create(public_id=precision, precision=precision, **place)
        make_detention(ana, place=kept)
    Place.objects.create(public_id="unused", **place)

    told = {i: (row["region"], row["city"], row["facility"]) for i, row in exported(tmp_path, "places").items()}

    assert told == {
        "country": ("", "", ""),
        "region": ("Absheron", "", ""),
        "city": ("", "Baku", ""),
        "facility": ("", "Baku", "Facility 1"),
    }


@pytest.mark.django_db
def test_the_public_tables_can_be_imported_elsewhere(tmp_path):
    ana = make_person(public_id="ana", research_note="Not for everybody", country="AZ")
    cite(make_detention(ana))
    export(tmp_path)
    empty_the_record()
    import_tables(tmp_path)
    assert Person.objects.get().research_note == ""


@pytest.mark.django_db
def test_a_plain_export_does_not_wipe_the_staff_columns_it_lacks(tmp_path):
    import_rows(tmp_path, persons=[{"id": "ana", "research_note": "Kept"}])
    person = tmp_path / "persons.csv"
    rows = list(csv.reader(StringIO(person.read_text())))
    person.write_text("".join(",".join(row[:-1]) + "\n" for row in rows).replace("Ana Example", "Ana Other"))
    import_tables(tmp_path)
    assert (Person.objects.get().display_name, Person.objects.get().research_note) == ("Ana Other", "Kept")


@pytest.mark.django_db
@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_the_queries_of_an_export_do_not_grow_with_its_rows(table):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            for _line in lines(table_named(table)):
                pass
        return len(asked)

    def make_one():
        person = make_person()
        cite(make_hearing(person))
        make_event(person, organisations=[make_organisation()])
        make_change(person, new=[make_charge(person)])
        make_order(make_detention(person))
        make_sentence(person)

    make_one()
    before = queries()
    for _n in range(4):
        make_one()
    assert queries() == before


@pytest.mark.django_db
def test_the_command_writes_the_tables_and_counts_them(tmp_path):
    make_person(public=False)
    out = StringIO()
    call_command("export_cases", str(tmp_path / "new" / "folder"), stdout=out, stderr=StringIO())
    assert out.getvalue() == f"0 rows in {len(TABLES)} tables.\n"
    call_command("export_cases", str(tmp_path), "--all", stdout=out, stderr=StringIO())
    assert f"1 rows in {len(TABLES)} tables." in out.getvalue()
