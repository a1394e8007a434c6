"""What was taken back is gone with what hangs on it, and an address that hides a name tells nothing."""

import pytest
from makers import cite, make_charge, make_person, make_proceeding, make_source, make_staff
from makers_protection import in_days

from cases.actions.pausing import pause
from cases.actions.publishing import retract
from cases.exports import export
from cases.models import SlugRedirect

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return make_staff()


def test_a_proceeding_against_nobody_public_goes_with_the_last_of_them(client, editor):
    ana, ben = make_person("Ana Example"), make_person("Ben Example")
    proceeding = make_proceeding("The case of Example and others")
    for person in (ana, ben):
        make_charge(person, proceeding=proceeding)
    retract(ana, by=editor, because="The consent was withdrawn")
    assert client.get(proceeding.get_absolute_url()).status_code == 200
    retract(ben, by=editor, because="The consent was withdrawn")
    assert client.get(proceeding.get_absolute_url()).status_code == 404
    assert proceeding.slug not in client.get("/sitemap.xml").content.decode()


def test_a_proceeding_with_one_taken_back_and_one_paused_is_about_nobody(client, editor):
    ana, ben = make_person("Ana Example"), make_person("Ben Example")
    proceeding = make_proceeding()
    for person in (ana, ben):
        make_charge(person, proceeding=proceeding)
    retract(ana, by=editor, because="The consent was withdrawn")
    pause(ben, asked_by="the sister", review_on=in_days(30), by=editor)
    assert client.get(proceeding.get_absolute_url()).status_code == 404


def test_a_proceeding_in_which_nobody_is_charged_yet_is_public(client):
    assert client.get(make_proceeding().get_absolute_url()).status_code == 200


def test_the_public_tables_lose_the_sources_of_who_was_taken_back(tmp_path, editor):
    ana, ben = make_person("Ana Example"), make_person("Ben Example")
    cite(ana, make_source(title="Ana Example is arrested"))
    cite(ben, make_source(title="Another is arrested"))
    retract(ana, by=editor, because="The consent was withdrawn")
    export(tmp_path)
    told = "".join(file.read_text() for file in tmp_path.iterdir())
    assert "Ana Example" not in told and "Another is arrested" in told


def test_a_page_taken_back_and_paused_is_not_even_said_to_be_gone(client, editor):
    ana = make_person("Ana Example")
    retract(ana, by=editor, because="Wrong")
    assert client.get(ana.get_absolute_url()).status_code == 410
    pause(ana, asked_by="the sister", review_on=in_days(30), by=editor)
    assert client.get(ana.get_absolute_url()).status_code == 404


def test_the_old_address_of_a_minor_says_nothing_after_the_page_was_taken_back(client, editor):
    minor = make_person("Ana Example", slug="sparrow", is_minor=True, pseudonym="Sparrow")
    SlugRedirect.objects.create(kind="person", old_slug="ana-example", target=minor.public_id)
    assert client.get("/cases/ana-example/").status_code == 404
    retract(minor, by=editor, because="Wrong")
    assert client.get("/cases/ana-example/").status_code == 404
    assert client.get("/cases/sparrow/").status_code == 410
