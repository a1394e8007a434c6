"""Which texts name somebody, and what stands in their place while silence lasts."""

import pytest
from makers import cite, make_affiliation, make_event, make_organisation, make_proceeding, make_source, make_staff
from makers_campaigns import make_campaign, post_signature
from makers_pages import make_defendant, make_name
from makers_protection import in_days

from campaigns.models import Signature
from cases.actions.pausing import lift, pause
from cases.models import Proceeding
from cases.silence import silenced
from cases.withholding import Names

ANAR = Names(["Anar Mammadli", "Anar Asəf oğlu Məmmədli", "Анар Маммадли"])

NAMED = [
    "Anar Mammadli was arrested.",
    "MAMMADLI, Anar",
    "Anar Məmmədlinin həbs müddəti uzadıldı",
    "Суд продлил арест Анару Маммадли",
    "Anar Asef oglu Mammadli",
    "A. Mammadli's lawyer",
    "https://example.org/2024/04/30/anar-mammadli-arrested/",
    "https://example.org/anarmammadli",
    "https://example.org/?q=Anar%20M%C9%99mm%C9%99dli",
    "mammadli-anar",
]
NOT_NAMED = [
    "",
    "Anar Abdulla was arrested.",
    "Anar was there.",
    "Alasgar Mammadli, a lawyer",
    "Anarchy in Mammadabad",
    "Elvin Mustafayev and Anar Abdulla met the lawyer of Toplum TV, Alasgar Mammadli",
    "https://example.org/anar-abdulla/",
]


@pytest.mark.parametrize("text", NAMED)
def test_a_name_is_found_however_it_is_written(text):
    assert ANAR.within(text)


@pytest.mark.parametrize("text", NOT_NAMED)
def test_what_many_people_bear_is_nobodys(text):
    assert not ANAR.within(text)


def test_one_word_and_no_word_are_no_name_and_a_mononym_is_one():
    assert not Names() and not Names(["", "Ana"]) and not Names(["2"])
    assert Names(["Madonna"]).within("An award for Madonna.") and not Names(["Madonna"]).within("Mado")


pytestmark = pytest.mark.django_db


def silence(person):
    return pause(person, asked_by="the sister", review_on=in_days(30), by=make_staff("dp"))


@pytest.fixture
def trial():
    return make_proceeding("The trial", slug="trial", summary="Ana Silenced and Ben Example are tried.")


@pytest.fixture
def ana(trial):
    person = make_defendant(trial, "Ana Silenced", slug="ana", native_name="Ana Səssiz")
    make_name(person, "Anna Silensed", public=False)
    return person


@pytest.fixture
def ben(trial, ana):
    ben = make_defendant(trial, "Ben Example", slug="ben", summary="Ben Example was held with Ana Silenced.")
    make_event(ben, on="2024-12-01", kind="award", summary="Anna Silensed and Ben Example got an award.")
    named = make_source(title="Ana Silenced speaks", url="https://example.org/one/", language="en")
    linked = make_source(title="", url="https://example.org/silenced-ana/", archive_url="https://archive.example/1")
    plain = make_source(title="Ana Speaks", url="https://example.org/two/")
    for source in (named, linked, plain):
        cite(ben, source)
    return ben


def test_a_source_that_names_them_keeps_publisher_and_day_alone(client, ana, ben):
    assert "Ana Silenced speaks" in client.get("/cases/ben/").text
    silence(ana)
    text = client.get("/cases/ben/").text
    assert text.count("A source whose title is withheld for now") == 2
    assert "example.org/one/" not in text and "silenced-ana" not in text and "archive.example" not in text
    assert "Ana Speaks" in text and "example.org/two/" in text


def test_a_text_that_names_them_is_withheld_and_comes_back(client, ana, ben):
    pages = ["/cases/ben/", "/proceedings/trial/", "/", "/cases/"]
    silence(ana)
    for page in pages:
        text = client.get(page).text
        assert "Silenced" not in text and "Silensed" not in text, page
    assert "[withheld for now]" in client.get("/cases/ben/").text
    lift(ana, by=make_staff("lifts"), because="The family agrees")
    assert "with Ana Silenced" in client.get("/cases/ben/").text


def test_a_proceeding_against_them_alone_is_hidden_with_its_campaigns(client, ana, ben):
    alone = make_proceeding("Proceeding against somebody", slug="against-somebody")
    make_event(ana, proceeding=alone)
    charge = ana.charges.first()
    charge.proceeding = alone
    charge.save()
    named = make_proceeding("The case of Ana Silenced and others", slug="others")
    charge = ben.charges.first()
    charge.proceeding = named
    charge.save()
    campaign = make_campaign(slug="stop-it", title="Stop it", proceeding=alone)
    assert client.get("/campaigns/stop-it/").status_code == 200
    silence(ana)
    for page in ("/proceedings/against-somebody/", "/proceedings/others/", "/campaigns/stop-it/"):
        assert client.get(page).status_code == 404, page
    assert "/proceedings/others/" not in client.get("/cases/ben/").text + client.get("/sitemap.xml").text
    assert client.get("/proceedings/trial/").status_code == 200
    assert set(Proceeding.objects.public()) == {named, ben.charges.last().proceeding}
    assert campaign.is_published


def test_a_campaign_whose_words_name_them_is_hidden_and_takes_no_signature(client, ana, ben):
    campaign = make_campaign(ben, slug="free-ben", title="Freedom for Ben", body="Ben and Ana Silenced must be free.")
    pages = ["/campaigns/free-ben/", "/campaigns/free-ben/share/"]
    assert {client.get(page).status_code for page in pages} == {200}
    silence(ana)
    assert {client.get(page).status_code for page in pages} == {404}
    assert post_signature(client, campaign, email="late@example.org").status_code == 404
    assert not Signature.objects.exists()
    for page in ("/", "/campaigns/", "/cases/ben/", "/sitemap.xml"):
        assert "free-ben" not in client.get(page).text, page


def test_events_and_sources_on_a_campaign_page_are_withheld(client, ana, ben):
    event = make_event(ben, on="2025-01-01", kind="award", summary="Ana Silenced and Ben got an award.")
    cite(event, make_source(title="x", url="https://example.org/ana-silenced/"))
    make_campaign(ben, slug="free-ben", title="Freedom for Ben", organisation=None)
    assert "ana-silenced" in client.get("/campaigns/free-ben/").text
    silence(ana)
    text = client.get("/campaigns/free-ben/").text
    assert "silenced" not in text.casefold() and "[withheld for now]" in text


def test_an_organisation_called_after_them_is_no_facet_and_has_no_name(client, ana, ben):
    make_affiliation(ben, make_organisation("Ana Silenced Foundation", slug="ana-silenced-foundation"))
    assert "ana-silenced-foundation" in client.get("/cases/").text
    silence(ana)
    for page in ("/", "/cases/", "/cases/?organisation=ana-silenced-foundation&sort=name", "/cases/ben/"):
        assert "Silenced Foundation" not in client.get(page).text, page


def test_their_own_preview_names_them(ana, client, django_assert_num_queries):
    silence(ana)
    with django_assert_num_queries(4):  # Two each time: outside of a request nothing is kept.
        assert silenced().within("Ana Silenced") and not silenced(besides=ana)
