"""The log of staff acts: whole, or said to be broken."""

from importlib import import_module
from io import StringIO
from threading import Barrier, Thread
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from makers import make_person, make_publishable, make_publisher, make_staff
from makers_admin import change_url, list_url
from makers_campaigns import make_campaign, make_signature
from makers_desk import client_of, make_member
from makers_protection import agree
from makers_roles import limit_to

from cases.actions.publishing import publish, retract
from cases.actions.recording import broken_links, record_change
from cases.models import Change, LogEnd


@pytest.fixture
def log(db):
    """Five acts, and the digest of the last."""
    person, editor = make_person(public=False), make_staff()
    return [
        record_change(person, verb="change", by=editor, because=f"Reason {n}", fields={"summary": ("", f"Text {n}")})
        for n in range(5)
    ]


def verify(**options):
    out = StringIO()
    call_command("verify_changes", stdout=out, **options)
    return out.getvalue()


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def test_an_untouched_log_is_whole_and_its_newest_digest_is_told(log):
    said = verify()
    assert "5 rows checked" in said
    assert f"Newest: {log[-1].digest}" in said


def test_an_empty_log_is_whole(db):
    assert "0 rows checked" in verify()


def test_an_emptied_log_is_found(log):
    sql("DELETE FROM cases_change")
    with pytest.raises(CommandError, match="rows were removed from the end"):
        verify()


def test_a_log_that_no_longer_says_where_it_ends_is_found(log):
    sql("DELETE FROM cases_logend")
    with pytest.raises(CommandError, match="or what tells which it was"):
        verify()


def test_a_log_from_before_its_end_was_noted_ends_at_its_newest_act(log):
    sql("DELETE FROM cases_logend")
    note_the_end = import_module("cases.migrations.0003_where_the_log_ends").note_the_end
    note_the_end(apps, SimpleNamespace(connection=connection))
    assert "5 rows checked" in verify()
    sql("DELETE FROM cases_change WHERE id = %s", log[-1].pk)
    with pytest.raises(CommandError, match="rows were removed from the end"):
        verify()


def test_a_log_emptied_with_all_that_tells_of_its_end_is_found_by_what_was_published(db):
    editor = make_staff()
    publish(make_publishable(make_person(public=False), editor), by=editor, because="Reviewed")
    assert "1 rows checked" in verify()
    sql("DELETE FROM cases_change")
    sql("DELETE FROM cases_logend")
    with pytest.raises(CommandError, match="1 persons are public or taken back, and the log does not say by whom"):
        verify()


@pytest.mark.parametrize(("was", "now"), [("published", "retracted"), ("retracted", "published")])
def test_a_page_shown_or_hidden_outside_the_product_is_found(db, was, now):
    editor = make_staff()
    person = publish(make_publishable(make_person(public=False), editor), by=editor, because="Reviewed")
    if was == "retracted":
        retract(person, by=editor, because="Wrong.")
    verify()
    retracted_at = "NULL" if now == "published" else "CURRENT_TIMESTAMP"
    sql(f"UPDATE cases_person SET state = '{now}', retracted_at = {retracted_at}")
    with pytest.raises(CommandError, match="1 persons are public or taken back, and the log does not say by whom"):
        verify()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("because", "Reason 3"),
        ("label", "Somebody else"),
        ("verb", "Change"),
        ("record_id", "0"),
        ("table", "Person"),
        ("at", "2020-01-01 00:00:00+00:00"),
        ("fields", '{"summary": ["", "Text 9"]}'),
        ("by_id", None),
        ("previous", "f" * 64),
        ("digest", "f" * 64),
    ],
)
def test_one_changed_column_of_one_row_is_found(log, column, value):
    sql(f'UPDATE cases_change SET "{column}" = %s WHERE id = %s', value, log[2].pk)
    with pytest.raises(CommandError, match=r"^Row \d+ of the log"):
        verify()


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_row_missing_from_the_beginning_or_the_middle_is_found(log, place):
    sql("DELETE FROM cases_change WHERE id = %s", log[place].pk)
    with pytest.raises(CommandError, match=f"^Row {log[place + 1].pk} of the log"):
        verify()


@pytest.mark.parametrize("number", [1, 2, 5])
def test_rows_missing_from_the_end_are_found(log, number):
    sql("DELETE FROM cases_change WHERE id >= %s", log[-number].pk)
    with pytest.raises(CommandError, match="The act that was written last is gone"):
        verify()


def rewrite(change, column, value):
    """What somebody can do who can write to the database, knows how the chain is made, and has no key."""
    setattr(change, column, value)
    sql(f"UPDATE cases_change SET {column} = %s, digest = %s WHERE id = %s", value, change.compute_digest(), change.pk)
    return change.compute_digest()


def test_a_chain_that_was_made_anew_with_its_end_is_found_by_the_seal(log):
    digest = rewrite(log[-2], "because", "Another reason")
    digest = rewrite(log[-1], "previous", digest)
    sql("UPDATE cases_logend SET digest = %s", digest)
    assert not list(broken_links())
    with pytest.raises(CommandError, match="rows were removed from the end"):
        verify()


def test_an_end_that_was_cut_with_all_that_tells_of_it_is_found_by_the_seal(log):
    sql("DELETE FROM cases_change WHERE id = %s", log[-1].pk)
    sql("UPDATE cases_logend SET digest = %s, number = 4", log[3].digest)
    with pytest.raises(CommandError, match="rows were removed from the end"):
        verify()


@pytest.mark.parametrize("also", ["", "UPDATE cases_logend SET number = 4", "DELETE FROM cases_logend"])
def test_the_next_act_does_not_mend_a_cut(log, also):
    sql("DELETE FROM cases_change WHERE id = %s", log[-1].pk)
    if also:
        sql(also)
    for n in range(2):
        record_change(make_person(public=False), verb="change", by=None, because=f"Afterwards {n}")
        with pytest.raises(CommandError, match="rows were removed from the end"):
            verify()


def test_an_earlier_state_put_back_as_a_whole_is_found_by_the_digest_that_was_kept(log):
    earlier = LogEnd.objects.get()
    newest = record_change(make_person(public=False), verb="change", by=None, because="To be forgotten")
    sql("DELETE FROM cases_change WHERE id = %s", newest.pk)
    earlier.save()
    assert "5 rows checked" in verify()
    assert "5 rows checked" in verify(newest=log[-1].digest)
    with pytest.raises(CommandError, match="rows were removed from its end"):
        verify(newest=newest.digest)


def test_a_log_sealed_with_an_older_key_is_whole_while_the_key_is_kept(log, settings):
    old, new = settings.SIGNING_KEYS[0], Fernet.generate_key().decode()
    settings.SIGNING_KEYS = [new, old]
    assert "5 rows checked" in verify()
    settings.SIGNING_KEYS = [new]
    with pytest.raises(CommandError, match="the key that sealed it"):
        verify()
    settings.SIGNING_KEYS = [new, old]
    record_change(make_person(public=False), verb="change", by=None, because="Sealed anew")
    settings.SIGNING_KEYS = [new]
    assert "6 rows checked" in verify()


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL refuses what is no moment")
def test_a_row_that_can_no_longer_be_read_is_found(log):
    sql("UPDATE cases_change SET at = 'never' WHERE id = %s", log[1].pk)
    with pytest.raises(CommandError):
        verify()


@pytest.mark.django_db(transaction=True)
def test_acts_at_the_same_moment_follow_one_another():
    person, together, troubles = make_person(), Barrier(6), []

    def act():
        try:
            together.wait()
            for _n in range(4):
                with transaction.atomic():
                    record_change(person, verb="change", by=None, because="At once.")
        except Exception as error:
            troubles.append(error)
        finally:
            connection.close()

    threads = [Thread(target=act) for _n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert Change.objects.count() == 24
    assert list(broken_links()) == []


# Its drawer


def rows(client, **query):
    return list(client.get(list_url(Change), query).context["cl"].result_list)


def test_the_log_is_narrowed_by_who_what_when_and_words(log):
    other, place = make_staff("other"), make_person("Boris Example")
    record_change(place, verb="publish", by=other, because="It is ready.")
    record_change(place, verb="write_text", by=None)
    client = client_of(make_staff("reader"))
    assert len(rows(client)) == 7
    assert len(rows(client, verb="publish")) == 1
    assert len(rows(client, by__id__exact=other.pk)) == 1
    assert len(rows(client, q="Boris")) == 2
    assert len(rows(client, at__gte="2020-01-01 00:00:00+00:00", at__lt="2020-01-02 00:00:00+00:00")) == 0
    page = client.get(list_url(Change)).text
    assert "the system" in page
    assert "write text" in page


def test_the_history_of_a_record_is_its_part_of_the_log(log):
    other = make_person("Boris Example")
    change = record_change(other, verb="publish", by=None)
    client = client_of(make_staff("reader"))
    answer = client.get(change_url(other).replace("/change/", "/history/"), follow=True)
    assert list(answer.context["cl"].result_list) == [change]


@pytest.mark.parametrize("role", ["researcher", "editor", "publisher", "campaigner", "translator"])
def test_who_only_edits_does_not_read_the_log(log, role):
    client = client_of(make_member(role))
    assert client.get(list_url(Change)).status_code == 403
    assert client.get(change_url(log[0])).status_code == 403
    assert "Done last" not in client.get("/admin/").text


@pytest.mark.parametrize("role", ["data protection", "administrator"])
def test_who_guards_reads_the_log_and_cannot_edit_it(log, role):
    client = client_of(make_member(role))
    assert len(rows(client)) == 5
    assert client.post(change_url(log[0]), {"label": "Somebody else"}).status_code == 403
    assert client.post(f"{list_url(Change)}{log[0].pk}/delete/", {"post": "yes"}).status_code == 403
    assert Change.objects.get(pk=log[0].pk).label == log[0].label


@pytest.mark.parametrize("role", ["data protection", "administrator"])
def test_who_has_countries_reads_of_acts_on_these_and_on_what_all_share(log, role):
    reader, ours, publisher = make_member(role), make_person("Ana Ours", country="DE"), make_publisher("A Paper")
    limit_to(reader, "DE")
    signatures = [make_signature(make_campaign(person)) for person in (ours, make_person("Ben Theirs", country="FR"))]
    gone = make_person("Cem Gone", country="FR")
    met = [record_change(row, verb="change", by=None) for row in (ours, agree(ours, "name"), publisher, signatures[0])]
    others = (signatures[1], agree(signatures[1].campaign.persons.get(), "name"), gone)
    hidden = [record_change(row, verb="change", by=None) for row in others]
    gone.delete()
    client = client_of(reader)
    read = rows(client)
    assert set(met) <= set(read)
    assert not {*log, *hidden} & set(read)
    assert client.get(change_url(log[0])).status_code == 302
    assert "Ben Theirs" not in client.get(list_url(Change)).text
    desk = client.get("/admin/").text
    assert "Ana Ours" in desk and "Theirs" not in desk and "Gone" not in desk


def test_the_log_does_not_tell_a_research_note_to_those_who_do_not_read_it(db):
    person = make_person()
    change = record_change(
        person, verb="change", by=None, fields={"research_note": ("", "A neighbour"), "gender": ("", "f")}
    )
    client = client_of(make_member("data protection"))
    for address in (list_url(Change), change_url(change)):
        page = client.get(address).text
        assert "neighbour" not in page and "research_note" in page and "gender: – → f" in page
    assert client.get(list_url(Change), {"fields__icontains": "neighbour"}).status_code == 400
