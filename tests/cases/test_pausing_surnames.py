"""A surname alone is recognised where nobody else on record bears it: how many texts of the shipped record that hides,
and whose."""

import pytest
from django.db.models import CharField, TextField
from django.utils import timezone
from makers import cite, make_person, make_source, make_staff
from makers_data import STARTER
from makers_pages import make_name
from makers_protection import in_days

from cases.actions.deriving import derive_standing
from cases.actions.importing import import_tables
from cases.actions.pausing import lift, pause
from cases.models import Person, PersonName
from cases.silence import own_surnames, silenced
from cases.tables import TABLES
from cases.withholding import Names, surname_in

pytestmark = pytest.mark.django_db


def silence(person):
    return pause(person, asked_by="the sister", review_on=in_days(30), by=make_staff(f"dp {person.pk}"))


@pytest.mark.parametrize(
    ("name", "surname"),
    [
        ("Ruslan Izzatli", "izatli"),
        ("Игбал Абилов", "abilov"),
        ("Anar Asəf oğlu Məmmədli", "mamadli"),
        ("Ulviyya Ali", ""),
        ("Madonna", ""),
        ("", ""),
    ],
)
def test_the_surname_of_a_name_is_its_last_word_if_it_is_long_enough(name, surname):
    assert surname_in(name) == surname


def test_a_surname_that_nobody_else_bears_names_them_in_any_form(client):
    ana, ben = make_person("Ana Silenced"), make_person("Ben Example", summary="House arrest refused for Silenced.")
    make_name(ana, "Ana Səssizova")
    cite(ben, make_source(title="Сессизовой продлили арест", url="https://example.org/1/"))
    text = client.get(ben.get_absolute_url()).text
    assert "refused for Silenced" in text and "Сессизовой" in text
    silence(ana)
    text = client.get(ben.get_absolute_url()).text
    assert "refused for Silenced" not in text and "Сессизовой" not in text
    assert "Example" in text
    lift(ana, by=make_staff("lifts"), because="The family agrees")
    assert "refused for Silenced" in client.get(ben.get_absolute_url()).text


@pytest.mark.parametrize("other", ["Cem Silenced", "Cem Silencedova", "Silenced Cem"])
def test_a_surname_that_somebody_else_bears_is_nobodys(other):
    ana = make_person("Ana Silenced")
    make_person(other)
    silence(ana)
    assert silenced().within("Ana Silenced") and not silenced().within("House arrest refused for Silenced.")


def test_two_who_are_silenced_and_share_a_surname_are_told_by_their_names_alone():
    for name in ("Ana Silenced", "Ben Silenced"):
        silence(make_person(name))
    assert not silenced().within("Silenced was there.")


def test_whose_names_are_kept_is_asked_in_two_statements_however_many_they_are(django_assert_num_queries):
    with django_assert_num_queries(1):
        silenced()
    for name in ("Ana Silenced", "Ben Quieted", "Cem Unspoken"):
        silence(make_person(name))
    with django_assert_num_queries(2):
        assert silenced().within("Unspoken")


def texts():
    """(table, id, text) of everything in letters on the shipped record, names of persons apart."""
    for table in TABLES:
        prose = [field.name for field in table.model._meta.concrete_fields if isinstance(field, CharField | TextField)]
        for row in table.model.objects.all():
            if table.model not in (Person, PersonName):
                yield from ((table.name, row.public_id, getattr(row, name)) for name in prose)


def test_on_the_shipped_record_a_surname_alone_is_mistaken_once():
    """Agshin Abdullayev, in the address of one source, is not Anar Abdulla, who is also known as Abdullayev."""
    import_tables(STARTER)
    PersonName.objects.update(state="published", published_at=timezone.now())
    for person in Person.objects.all():
        derive_standing(person)
    names = {person.pk: {person.display_name, person.native_name} - {""} for person in Person.objects.all()}
    for name in PersonName.objects.all():
        names[name.person_id].add(name.text)
    surnames, said, found = own_surnames(names), list(texts()), {}
    assert sum(map(bool, surnames.values())) >= 30
    for person in Person.objects.all():
        whole, more = Names(names[person.pk]), Names(names[person.pk], surnames[person.pk])
        hits = {(table, key) for table, key, text in said if more.within(text) and not whole.within(text)}
        if hits:
            found[person.display_name] = hits
    assert found == {
        "Anar Abdulla": {("hearings", "ev-0101"), ("sources", "src-mey-sam")},
        "Azer Gasimli": {("sources", "src-ck-gas12")},
        "Bahruz Samadov": {("sources", "src-ck-abi")},
        "Farid Mehralizada": {("sources", "src-ck-meh")},
        "Igbal Abilov": {("sources", "src-ck-abi"), ("sources", "src-oc-abi18")},
        "Ruslan Izzatli": {("hearings", "ev-0114")},
        "Shahnaz Baylargizi": {("proceedings", "toplum-baylargizi")},
    }
