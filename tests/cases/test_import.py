"""Taking tables in: drafts only, repeatable, and never over what was edited here."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from makers import make_person, make_source, make_staff
from makers_data import import_rows, write_tables

from cases.actions.importing import import_tables
from cases.actions.publishing import publish_demonstration
from cases.actions.recording import broken_links
from cases.errors import Conflict, Inconsistent, Unreadable
from cases.models import (
    Amendment,
    Change,
    Charge,
    ChargeChange,
    Citation,
    Detention,
    Hearing,
    Person,
    PersonName,
    Publisher,
    Sentence,
    SlugRedirect,
    Source,
    Standing,
    State,
)
from cases.searching import fold

pytestmark = pytest.mark.django_db

ANA = {"id": "ana"}
LAW = {"legal_codes": [{"id": "code"}], "provisions": [{"id": "article"}]}


def test_new_rows_are_stored_as_drafts_with_everything_they_say(tmp_path):
    imported = import_rows(
        tmp_path,
        **LAW,
        sources=[{"id": "page", "published_on": "2024-08", "url": "https://news.example/1"}],
        persons=[{**ANA, "research_note": "Read twice."}],
        detentions=[{"id": "stay", "from_on": "2024-01-10", "authority": "police"}],
        charges=[{"id": "old"}, {"id": "new-1"}, {"id": "new-2"}],
        charge_changes=[{"id": "change", "on": "2024-08", "replaced": "old", "new": "new-2;new-1"}],
        hearings=[{"id": "hearing", "at_time": "14:30", "time_zone": "Asia/Baku"}],
        citations=[{"id": "c1", "record_table": "detentions", "record_id": "stay", "field": "from_on"}],
    )

    assert str(imported) == "11 rows are new, 0 were updated, 0 were stored already."
    ana = Person.objects.get(public_id="ana")
    assert (ana.state, ana.research_note) == (State.DRAFT, "Read twice.")
    assert str(Source.objects.get().published_on) == "2024-08"
    assert Detention.objects.get(person=ana).authority == "police"
    change = ChargeChange.objects.get()
    roles = set(change.successions.values_list("charge__public_id", "role"))
    assert roles == {("old", "replaced"), ("new-1", "new"), ("new-2", "new")}
    assert Hearing.objects.get().persons.get() == ana
    assert Hearing.objects.get().at_time.hour == 14
    assert Citation.objects.get().record == Detention.objects.get()
    assert not Person.objects.public().exists()


def test_the_same_files_again_change_nothing_and_say_so(tmp_path):
    import_rows(tmp_path, persons=[ANA], names=[{"id": "n"}])
    before = Person.objects.values().get()

    again = import_tables(tmp_path)

    assert again.changed_nothing
    assert str(again) == "Nothing changed: all 2 rows are stored as they stand in the files."
    assert Person.objects.values().get() == before


def test_a_draft_that_nobody_edited_here_is_updated(tmp_path):
    import_rows(tmp_path, persons=[{**ANA, "occupation": "Editor"}])
    import_rows(tmp_path, persons=[{**ANA, "occupation": "Publisher"}])
    assert Person.objects.get().occupation == "Publisher"
    assert {change.table for change in Change.objects.all()} == {"importedrow"}


def test_an_import_is_an_act_in_the_log_and_one_that_changes_nothing_is_none(tmp_path):
    editor = make_staff()
    for _time in range(2):
        import_rows(tmp_path, by=editor, persons=[ANA], names=[{"id": "n"}])
    change = Change.objects.get()
    assert (change.verb, change.by, change.label) == ("import", editor, f"tables in {tmp_path.name}")
    assert change.fields == {"persons": ["", "1 created"], "names": ["", "1 created"]}
    assert list(broken_links()) == []


def test_rows_that_are_not_in_the_files_stay(tmp_path):
    import_rows(tmp_path, persons=[ANA, {"id": "ben", "slug": "ben"}])
    import_rows(tmp_path, persons=[ANA])
    assert Person.objects.count() == 2


def test_references_lead_to_rows_that_are_stored_already(tmp_path):
    make_person(public_id="ana", public=False)
    make_source(public_id="page")
    import_rows(tmp_path, names=[{"id": "n"}], citations=[{"id": "c", "record_table": "persons", "record_id": "ana"}])
    assert PersonName.objects.get().person.public_id == "ana"
    assert Citation.objects.get().source.public_id == "page"


def test_a_row_edited_here_since_its_last_import_is_a_conflict(tmp_path):
    import_rows(tmp_path, persons=[ANA, {"id": "ben", "slug": "ben"}])
    Person.objects.filter(public_id="ana").update(occupation="Edited here")
    rows = [{**ANA, "occupation": "From the file"}, {"id": "ben", "slug": "ben", "occupation": "New"}]

    with pytest.raises(Conflict) as refusal:
        import_rows(tmp_path, persons=rows)

    assert refusal.value.messages == [
        "persons.csv, row 2: “ana” was edited here since its last import."
        " It was left as it is; --overwrite writes over it."
    ]
    assert Person.objects.get(public_id="ana").occupation == "Edited here"
    assert Person.objects.get(public_id="ben").occupation == ""


def test_a_row_edited_here_is_left_alone_when_the_file_says_the_same_as_before_the_edit_or_after(tmp_path):
    import_rows(tmp_path, persons=[ANA])
    Person.objects.update(occupation="Edited here")
    with pytest.raises(Conflict):
        import_rows(tmp_path, persons=[ANA])
    assert import_rows(tmp_path, persons=[{**ANA, "occupation": "Edited here"}]).changed_nothing


def test_a_changed_link_between_charges_is_an_edit_too(tmp_path):
    rows = {**LAW, "persons": [ANA], "charges": [{"id": "old"}, {"id": "new"}]}
    import_rows(tmp_path, **rows, charge_changes=[{"id": "change", "replaced": "old", "new": "new"}])
    ChargeChange.objects.get().successions.filter(role="replaced").delete()
    with pytest.raises(Conflict):
        import_rows(tmp_path, **rows, charge_changes=[{"id": "change", "replaced": "old", "new": "new"}])


def test_what_the_public_reads_is_not_changed_by_an_import(tmp_path, settings):
    settings.DEMO = True
    rows = {
        "sources": [{"id": "page"}],
        "citations": [{"id": "c", "record_table": "persons", "record_id": "ana"}],
    }
    import_rows(tmp_path, persons=[ANA], **rows)
    publish_demonstration()

    with pytest.raises(Conflict) as refusal:
        import_rows(tmp_path, persons=[{**ANA, "occupation": "Another"}], **rows)

    assert "“ana” is no draft any more: the public may be reading it" in refusal.value.messages[0]
    assert Person.objects.public().get().occupation == ""


def test_a_new_row_of_a_public_person_waits_as_a_draft(tmp_path):
    make_person(public_id="ana")
    import_rows(tmp_path, names=[{"id": "n"}])
    assert PersonName.objects.get().state == State.DRAFT


def test_reference_data_that_is_stored_is_not_changed_without_a_word(tmp_path):
    import_rows(tmp_path, publishers=[{"id": "p", "name": "Before"}])
    with pytest.raises(Conflict, match="is reference data, which public pages may show"):
        import_rows(tmp_path, publishers=[{"id": "p", "name": "After"}])
    assert Publisher.objects.get().name == "Before"


def test_overwriting_a_public_row_is_a_staff_act_that_waits_for_publishing(tmp_path):
    editor = make_staff()
    person = make_person(public_id="ana", slug="ana-example", occupation="Editor")

    imported = import_rows(tmp_path, persons=[{**ANA, "occupation": "Publisher"}], overwrite=True, by=editor)

    person.refresh_from_db()
    assert (person.occupation, person.state) == ("Editor", State.PUBLISHED)
    assert Amendment.objects.get().fields == {"country": "AZ", "occupation": "Publisher"}
    assert imported.tables["persons"]["updated"] == 1
    change = Change.objects.get(table="person")
    assert (change.by, change.verb, change.fields["occupation"]) == (editor, "import", ["Editor", "Publisher"])


def test_an_address_that_changes_leads_on(tmp_path):
    import_rows(tmp_path, persons=[ANA])
    import_rows(tmp_path, persons=[{**ANA, "slug": "ana-new"}])
    assert SlugRedirect.objects.target(Person, "ana-example") == "ana"
    with pytest.raises(Unreadable, match="row 2, slug: This is an old address of “ana”"):
        import_rows(tmp_path, persons=[{"id": "ben", "slug": "ana-example"}])


def test_a_row_may_refer_to_one_further_down(tmp_path):
    rows = [{"id": "a-appeal", "kind": "upheld", "revises": "b-verdict"}, {"id": "b-verdict", "months": "36"}]
    import_rows(tmp_path, persons=[ANA], sentences=rows)
    assert Sentence.objects.get(public_id="a-appeal").revises.months == 36


def test_rows_that_refer_to_each_other_in_a_circle_are_refused(tmp_path):
    rows = [{"id": "a", "kind": "upheld", "revises": "b"}, {"id": "b", "kind": "upheld", "revises": "a"}]
    with pytest.raises(Unreadable) as refusal:
        import_rows(tmp_path, persons=[ANA], sentences=rows)
    assert len(refusal.value.messages) == 2
    assert not Sentence.objects.exists()
    assert not Person.objects.exists()


def test_rules_across_rows_are_asked_of_everybody_touched_and_nothing_stays(tmp_path):
    stays = [{"id": f"{who}-{n}", "person": who, "from_on": f"2024-0{n}-01"} for who in ("ana", "ben") for n in (1, 2)]
    with pytest.raises(Inconsistent) as refusal:
        import_rows(tmp_path, persons=[ANA, {"id": "ben", "slug": "ben"}], detentions=stays)
    told = [message.partition(":")[0] for message in refusal.value.messages]
    assert told == ["ana", "ben"]
    assert not Person.objects.exists()
    assert not Detention.objects.exists()


def test_whoever_was_imported_is_found_by_search(tmp_path):
    import_rows(tmp_path, persons=[{**ANA, "display_name": "Sevinc Vaqifqızı"}])
    assert fold("Sevinj Vagifgizi") in Standing.objects.get().search_text


def test_a_charge_is_new_in_one_stored_change_only(tmp_path):
    rows = {**LAW, "persons": [ANA], "charges": [{"id": "one"}]}
    import_rows(tmp_path, **rows, charge_changes=[{"id": "first", "new": "one"}])
    with pytest.raises(Unreadable, match="“one” is new in the stored change “first”"):
        import_rows(tmp_path, charge_changes=[{"id": "second", "new": "one"}])
    assert Charge.objects.get().changes.count() == 1


def test_the_command_names_every_fault_and_stores_nothing(tmp_path):
    write_tables(tmp_path, persons=[{**ANA, "country": "Nowhere", "gender": "?"}])
    with pytest.raises(CommandError) as error:
        call_command("import_cases", str(tmp_path))
    lines = str(error.value).splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "persons.csv, row 2, gender",
        "persons.csv, row 2, country",
        "Nothing was stored.",
    ]


def test_the_command_tells_what_it_did_and_how_far_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr("cases.actions.importing.examining.EVERY", 2)
    write_tables(tmp_path, persons=[ANA, {"id": "ben", "slug": "ben"}])
    out, err = StringIO(), StringIO()
    call_command("import_cases", str(tmp_path), stdout=out, stderr=err)
    assert "persons: 2 created" in out.getvalue()
    assert "persons.csv: 2 rows read" in err.getvalue()


def test_the_command_wants_a_member_of_staff_it_knows(tmp_path):
    with pytest.raises(CommandError, match="no active member of staff called “nobody”"):
        call_command("import_cases", str(tmp_path), "--by", "nobody")


def test_whoever_a_row_moves_away_from_is_derived_anew_as_well(tmp_path):
    people = [ANA, {"id": "ben", "slug": "ben"}]
    import_rows(tmp_path, persons=people, names=[{"id": "n"}])
    Standing.objects.update(badge="disputed")
    import_rows(tmp_path, names=[{"id": "n", "person": "ben"}])
    assert set(Standing.objects.values_list("person__public_id", "badge")) == {
        ("ana", "unconfirmed"),
        ("ben", "unconfirmed"),
    }


def test_two_rows_that_trade_their_addresses_are_refused_and_nothing_is_stored(tmp_path):
    import_rows(tmp_path, persons=[ANA, {"id": "ben", "slug": "ben"}])
    with pytest.raises(Unreadable, match="The database refused the rows"):
        import_rows(tmp_path, persons=[{**ANA, "slug": "ben"}, {"id": "ben", "slug": "ana-example"}])
    assert Person.objects.get(public_id="ana").slug == "ana-example"
