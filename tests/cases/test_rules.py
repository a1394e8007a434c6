"""One-row rules in the database, rules across rows in one action, the log of acts."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from makers import (
    cite,
    make_change,
    make_charge,
    make_detention,
    make_held_person,
    make_order,
    make_person,
    make_proceeding,
    make_provision,
    make_sentence,
    make_source,
    make_staff,
)

from cases.actions.addresses import free_slug, keep_old_address
from cases.actions.checking import check_person, doubts_of, problems_of
from cases.actions.recording import broken_links, record_change
from cases.errors import Inconsistent
from cases.models import (
    Change,
    Citation,
    Pause,
    Person,
    PublicationBasis,
    SlugRedirect,
    Source,
)

pytestmark = pytest.mark.django_db


def refused_by(name):
    """The database refuses, and says by which rule where it can (SQLite names no unique constraint)."""
    return pytest.raises(IntegrityError, match=f"{name}|UNIQUE constraint failed")


@pytest.mark.parametrize(
    ("rule", "break_it"),
    [
        ("a_minor_is_shown_under_a_pseudonym", lambda p: make_person(is_minor=True)),
        ("a_published_person_has_its_day", lambda p: Person.objects.filter(pk=p.pk).update(published_at=None)),
        ("a_sentence_is_imposed_or_decides_about_one", lambda p: make_sentence(p, kind="upheld")),
        (
            "a_minimum_penalty_is_not_above_the_maximum",
            lambda p: make_provision(penalty_min_months=9, penalty_max_months=8),
        ),
        ("a_confidential_source_names_nobody_here", lambda p: make_source(is_confidential=True, title="Her lawyer")),
        (
            "a_public_record_basis_is_approved_by_somebody",
            lambda p: PublicationBasis.objects.create(person=p, kind="public_record"),
        ),
        ("a_citation_is_of_exactly_one_record", lambda p: Citation.objects.create(source=make_source())),
        ("a_citation_is_of_exactly_one_record", lambda p: cite(p, charge=make_charge(p))),
        (
            "a_verified_person_was_verified_by_somebody",
            lambda p: Person.objects.filter(pk=p.pk).update(verified_on="2024-01-01"),
        ),
    ],
)
def test_the_database_keeps_the_rules_of_one_row(rule, break_it):
    person = make_person()
    with refused_by(rule), transaction.atomic():
        break_it(person)


def test_a_person_is_paused_once_at_a_time():
    person = make_person()
    Pause.objects.create(person=person, asked_by="family", review_on="2024-01-01", lifted_at=timezone.now())
    Pause.objects.create(person=person, asked_by="family", review_on="2024-01-01")
    with refused_by("a_person_is_paused_once_at_a_time"), transaction.atomic():
        Pause.objects.create(person=person, asked_by="lawyer", review_on="2024-01-01")


def test_a_charge_is_new_in_one_change_only():
    person = make_person()
    charge = make_charge(person)
    make_change(person, new=[charge])
    with refused_by("a_charge_is_new_in_one_change_only"), transaction.atomic():
        make_change(person, new=[charge])


def test_a_sound_record_has_no_problem():
    person = make_held_person()
    old, new = make_charge(person), make_charge(person, laid="2024-06")
    make_change(person, replaced=[old], new=[new])
    assert problems_of(person) == []
    check_person(person)


def test_custody_that_certainly_overlaps_is_refused_unless_the_basis_differs():
    person = make_person()
    make_detention(person, "2024-01-01")
    second = make_detention(person, "2024-02-01")
    with pytest.raises(Inconsistent, match="overlap"):
        check_person(person)
    second.legal_basis = "another case"
    second.save()
    check_person(person)


def test_custody_that_may_overlap_is_a_doubt():
    person = make_person()
    make_detention(person, "2024-01-01", until_on="2024-02")
    make_detention(person, "2024-02")
    assert problems_of(person) == [] and len(doubts_of(person)) == 1


def test_a_charge_cannot_replace_itself_through_others():
    person = make_person()
    a, b = make_charge(person), make_charge(person)
    make_change(person, replaced=[a], new=[b])
    make_change(person, replaced=[b], new=[a])
    with pytest.raises(Inconsistent, match="replaces itself"):
        check_person(person)


def test_rows_of_somebody_else_are_refused():
    person, other = make_person(), make_person("Ben Example")
    make_change(person, replaced=[make_charge(other)])
    make_sentence(person, 12, kind="upheld", revises=make_sentence(other))
    assert len(problems_of(person)) == 2


def test_an_extension_does_not_come_before_its_detention():
    stay = make_detention(make_person(), "2024-02-01")
    make_order(stay, kind="extension", ordered_on="2024-01-01")
    assert len(problems_of(stay.person)) == 1


def test_verify_record_names_every_broken_rule():
    out = StringIO()
    person = make_held_person()
    call_command("verify_record", stdout=out)
    assert "1 persons checked" in out.getvalue()
    make_detention(person, "2024-02-01")
    looped, other = make_proceeding("Loop"), make_proceeding()
    looped.joined_into, other.joined_into = other, looped
    looped.save()
    other.save()
    with pytest.raises(CommandError) as refused:
        call_command("verify_record", stdout=out)
    for words in ("overlap", "standing differs", "Loop leads back to itself"):
        assert words in str(refused.value)


def test_the_log_is_a_chain_and_nothing_in_it_is_edited():
    editor, person = make_staff(), make_person()
    for verb in ("add", "change", "publish"):
        record_change(person, verb=verb, by=editor, because="why", fields={"slug": ("a", None)})
    assert list(broken_links()) == []
    change = Change.objects.order_by("pk")[1]
    for edit in (change.save, change.delete, Change.objects.all().delete, lambda: Change.objects.update(verb="x")):
        with pytest.raises(TypeError):
            edit()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_change SET because = 'why not' WHERE id = %s", [change.pk])
    assert list(broken_links()) == [change]


def test_a_row_taken_out_of_the_log_is_noticed():
    editor, person = make_staff(), make_person()
    rows = [record_change(person, verb="change", by=editor) for _n in range(3)]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_change WHERE id = %s", [rows[1].pk])
    assert list(broken_links()) == [rows[2]]


def test_a_slug_is_free_only_if_nobody_ever_had_it():
    assert free_slug(Person, "Ana Example") == "ana-example"
    person = make_person(slug="ana-example")
    assert free_slug(Person, "Ana Example") == "ana-example-2"
    person.slug = "ana"
    person.save()
    keep_old_address(person, "ana-example")
    assert SlugRedirect.objects.target(Person, "ana-example") == person.public_id
    assert free_slug(Person, "Ana Example") == "ana-example-2"


def test_going_back_to_an_old_slug_leaves_no_circle():
    person = make_person(slug="one")
    person.slug = "two"
    keep_old_address(person, "one")
    person.slug = "one"
    keep_old_address(person, "two")
    assert SlugRedirect.objects.target(Person, "one") is None
    assert SlugRedirect.objects.target(Person, "two") == person.public_id


def test_a_confidential_source_prints_its_number_only():
    source = Source.objects.get(pk=make_source(is_confidential=True, title="", url="").pk)
    assert str(source) == f"confidential source {source.public_id}"
