"""Every bad cell of every file is named, all in one go, and nothing is stored."""

import pytest
from makers import make_person, make_publisher
from makers_data import import_rows, write_tables

from cases.actions.importing import import_tables
from cases.errors import Unreadable
from cases.models import Person, Publisher, Source

pytestmark = pytest.mark.django_db

ANA = {"id": "ana"}


def faults(folder, **tables):
    with pytest.raises(Unreadable) as refusal:
        import_rows(folder, **tables)
    assert not Person.objects.exists()
    return refusal.value.messages


def test_all_bad_cells_of_all_files_are_told_at_once(tmp_path):
    told = faults(
        tmp_path,
        sources=[{"id": "page", "copy": "photocopy", "published_on": "2024-13", "url": "not an address"}],
        persons=[{**ANA, "display_name": "", "birth_year": "18x", "is_minor": "maybe"}, {"id": "ben", "slug": "ben"}],
        custody_reports=[{"id": "r", "person": "ben", "as_of": ""}],
        citations=[{"id": "c", "source": "nothing", "record_table": "persons", "record_id": "ben"}],
    )
    assert [message.partition(": ")[0] for message in told] == [
        "sources.csv, row 2, url",
        "sources.csv, row 2, published_on",
        "sources.csv, row 2, copy",
        "persons.csv, row 2, display_name",
        "persons.csv, row 2, birth_year",
        "persons.csv, row 2, is_minor",
        "custody_reports.csv, row 2, as_of",
        "citations.csv, row 2, source",
    ]
    assert "“2024-13” names a day that no calendar has." in told[1]
    assert "“photocopy” is not one of original, republication, mirror, unknown." in told[2]
    assert told[-1].endswith("There is no source “nothing”, neither in the files nor here.")
    assert not Source.objects.exists()


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        ("id", "", "This must not be empty."),
        ("id", "a b", "Use letters, digits, dots and hyphens only."),
        ("slug", "Ana Example", "Enter a valid “slug”"),
        ("country", "Nowhere", "“Nowhere” is no country code"),
        ("birth_year", "1850", "greater than or equal to 1900"),
        ("display_name", "x" * 201, "at most 200 characters"),
        ("summary", "a\0b", "The cell holds a NUL character."),
        ("category", "king", "“king” is not one of journalist"),
    ],
)
def test_a_bad_cell_gets_a_sentence(tmp_path, column, cell, sentence):
    (told,) = faults(tmp_path, persons=[{**ANA, column: cell}])
    assert told.startswith(f"persons.csv, row 2, {column}: ")
    assert sentence in told


@pytest.mark.parametrize("cell", ["2024-02-30", "2024/08/19", "19.8.2024", "yesterday", "2024-08-19/2024-08-01"])
def test_an_impossible_date_is_told(tmp_path, cell):
    (told,) = faults(tmp_path, persons=[ANA], detentions=[{"id": "d", "from_on": cell}])
    assert told.startswith("detentions.csv, row 2, from_on: “")


@pytest.mark.parametrize("cell", ["25:00", "2 pm", "14h30"])
def test_an_impossible_time_is_told(tmp_path, cell):
    (told,) = faults(tmp_path, persons=[ANA], hearings=[{"id": "h", "at_time": cell, "time_zone": "Asia/Baku"}])
    assert told == f"hearings.csv, row 2, at_time: “{cell}” is not a time of day: write 14:30."


def test_a_broken_rule_of_one_row_is_told_by_its_name(tmp_path):
    told = faults(
        tmp_path,
        persons=[{**ANA, "is_minor": "true"}],
        detentions=[{"id": "d", "from_on": "2024-02", "until_on": "2024-01"}],
        sentences=[{"id": "s", "kind": "upheld"}],
    )
    assert told == [
        "persons.csv, row 2: This breaks a rule: a minor is shown under a pseudonym.",
        "detentions.csv, row 2: This breaks a rule: a detention ends after it begins.",
        "sentences.csv, row 2: This breaks a rule: a sentence is imposed or decides about one.",
    ]


def test_an_id_stands_once(tmp_path):
    (told,) = faults(tmp_path, persons=[ANA, {**ANA, "slug": "other"}])
    assert told == "persons.csv, row 3, id: “ana” stands in row 2 already."


def test_what_must_be_unique_is_compared_in_the_file_and_with_what_is_stored(tmp_path):
    make_publisher("Taken")
    told = faults(
        tmp_path,
        publishers=[{"id": "p", "name": "Taken"}],
        persons=[ANA, {"id": "ben"}],
        names=[{"id": "n1"}, {"id": "n2"}],
    )
    assert [message.partition(": ")[0] for message in told] == [
        "publishers.csv, row 2, name",
        "persons.csv, row 3, slug",
        "names.csv, row 3, text",
    ]
    assert Publisher.objects.count() == 1


def test_lists_hold_each_id_once_and_nothing_empty(tmp_path):
    told = faults(
        tmp_path,
        persons=[ANA],
        hearings=[{"id": "h", "persons": "ana;ana"}, {"id": "i", "persons": "ana;"}, {"id": "j", "persons": "ana;x"}],
    )
    assert [message.partition(": ")[2] for message in told] == [
        "The same id stands here twice.",
        "There is nothing between two semicolons.",
        "There is no person “x”, neither in the files nor here.",
    ]


def test_a_charge_is_new_once_and_not_replaced_by_itself(tmp_path):
    told = faults(
        tmp_path,
        legal_codes=[{"id": "code"}],
        provisions=[{"id": "article"}],
        persons=[ANA],
        charges=[{"id": "one"}, {"id": "two"}],
        charge_changes=[
            {"id": "a", "new": "one", "replaced": "one"},
            {"id": "b", "new": "two"},
            {"id": "c", "new": "two"},
        ],
    )
    assert told == [
        "charge_changes.csv, row 2, new: “one” cannot be replaced and new in the same change.",
        "charge_changes.csv, row 4, new: The same stands in row 3 already.",
    ]


def test_a_citation_is_of_a_record_and_a_field_that_there_are(tmp_path):
    told = faults(
        tmp_path,
        sources=[{"id": "page"}],
        persons=[ANA],
        citations=[
            {"id": "c1", "record_table": "persons", "record_id": "ana", "field": "shoe_size"},
            {"id": "c2", "record_table": "sources", "record_id": "page"},
            {"id": "c3", "record_table": "detentions", "record_id": "ana"},
            {"id": "c4", "record_table": "persons", "record_id": ""},
        ],
    )
    assert [message.partition(": ")[0] for message in told] == [
        "citations.csv, row 2, field",
        "citations.csv, row 3, record_table",
        "citations.csv, row 5, record_id",
        "citations.csv, row 4, record_id",
    ]


def test_a_row_refers_to_another_row(tmp_path):
    (told,) = faults(tmp_path, publishers=[{"id": "p", "counts_as": "p"}])
    assert told == "publishers.csv, row 2, counts_as: The row refers to itself."


def test_a_row_with_a_bad_cell_is_not_reported_missing_by_those_that_refer_to_it(tmp_path):
    (told,) = faults(tmp_path, persons=[{**ANA, "gender": "?"}], names=[{"id": "n"}])
    assert told.startswith("persons.csv, row 2, gender: ")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "persons.csv, row 1: The file is empty"),
        (b"\xef\xbb\xbfid,slug\n", "persons.csv, row 1: The file begins with a byte order mark"),
        (b"id,slug,colour\n", "persons.csv, row 1, colour: This table has no such column."),
        (b"id,slug,slug\n", "persons.csv, row 1, slug: This column stands here twice."),
        (b"slug,id\n", "persons.csv, row 1, id: This must be the first column."),
        (b"id,slug\n", "persons.csv, row 1, display_name: This column is missing."),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence_and_its_rows_are_not_missed(tmp_path, content, sentence):
    write_tables(tmp_path, persons=[ANA], names=[{"id": "n"}])
    (tmp_path / "persons.csv").write_bytes(content)
    with pytest.raises(Unreadable) as refusal:
        import_tables(tmp_path)
    assert any(message.startswith(sentence) for message in refusal.value.messages)
    assert all(message.startswith("persons.csv, row 1") for message in refusal.value.messages)


def test_rows_of_the_wrong_length_broken_quotes_and_foreign_bytes_are_told(tmp_path):
    write_tables(tmp_path, persons=[ANA], names=[{"id": "n"}], publishers=[{"id": "p"}])
    for file, end in [
        ("persons.csv", b"ben,too,short\n"),
        ("names.csv", b'"never closed\n'),
        ("publishers.csv", b"\xff"),
    ]:
        with (tmp_path / file).open("ab") as opened:
            opened.write(end)
    with pytest.raises(Unreadable) as refusal:
        import_tables(tmp_path)
    told = "\n".join(refusal.value.messages)
    assert "persons.csv, row 3: The row has 3 cells, its table 14 columns." in told
    assert "names.csv, row 3: This is not well-formed CSV" in told
    assert "publishers.csv, row " in told
    assert "the file is not UTF-8." in told
    assert not Person.objects.exists()


def test_a_table_nobody_knows_and_a_folder_without_tables_are_told(tmp_path):
    with pytest.raises(Unreadable, match="There is no table in"):
        import_tables(tmp_path)
    with pytest.raises(Unreadable, match="is no folder"):
        import_tables(tmp_path / "nowhere")
    (tmp_path / "animals.csv").write_text("id\n")
    with pytest.raises(Unreadable, match=r"animals\.csv: this is none of our tables"):
        import_tables(tmp_path)


def test_a_fault_leaves_what_is_stored_untouched(tmp_path):
    make_person(public_id="ana", slug="ana-example", public=False)
    with pytest.raises(Unreadable):
        import_rows(tmp_path, persons=[{**ANA, "occupation": "New"}], names=[{"id": "n", "kind": "?"}])
    assert Person.objects.get().occupation == ""
