"""What readers see: the public pages of the record, their states, and their cost."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from makers import (
    cite,
    make_affiliation,
    make_change,
    make_charge,
    make_charge_event,
    make_court,
    make_detention,
    make_event,
    make_hearing,
    make_held_person,
    make_order,
    make_organisation,
    make_person,
    make_proceeding,
    make_provision,
    make_publisher,
    make_report,
    make_sentence,
    make_source,
)
from makers_pages import make_defendant, make_full_record, make_name, make_recognition
from makers_reading import THAT_DAY, words_of_main

from cases.actions.deriving import derive_standing
from cases.models import ConfidentialSource, Pause, SlugRedirect, State

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_that_day")]


def page(client, record):
    response = client.get(record.get_absolute_url())
    assert response.status_code == 200
    return words_of_main(response)


def queries(client, address):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


# Where a person stands


def test_a_stale_count_stops_at_the_last_confirmation_and_says_so(client):
    text = page(client, make_defendant(make_proceeding()))
    assert "At least 659 days last confirmed 9 September 2025" in text
    assert "serving nine years — as last confirmed on 9 September 2025" in text
    assert "it does not mean that there was a release" in text


def test_a_freshly_confirmed_count_runs_to_today(client):
    text = page(client, make_held_person(since="2023-11-21", confirmed="2026-11-01"))
    assert "Day 1,099" in text
    assert "before trial" in text
    assert "as last confirmed" not in text


def test_an_ended_count_says_for_how_long_somebody_was_held(client):
    person = make_person()
    make_detention(person, "2023-11-27", until_on="2025-11-27", release="served")
    derive_standing(person)
    text = page(client, person)
    assert "732 days held" in text
    assert "Released on 27 November 2025" in text


def test_a_term_that_is_over_without_news_shows_only_the_confirmed_days(client):
    person = make_person()
    make_detention(person, "2023-08-04")
    make_report(person, "convicted_imprisoned", "2025-05-15")
    make_sentence(person, 36, "2024-01-31")
    derive_standing(person)
    response = client.get(person.get_absolute_url())
    assert "651 days confirmed" in words_of_main(response)
    assert "Not known whether still held" in words_of_main(response)
    assert "The term of 3 years is over by the calendar, and no source tells of a release." in words_of_main(response)
    assert "band--unknown" in response.content.decode()


def test_without_a_day_of_arrest_nothing_is_counted(client):
    person = make_person()
    make_detention(person, None)
    make_report(person, as_of="2024-03-01")
    derive_standing(person)
    assert "No days are counted: no day of an arrest is recorded." in page(client, person)


def test_days_of_an_earlier_stay_are_counted_and_said_to_be(client):
    person = make_person()
    make_detention(person, "2024-03-06", until_on="2024-03-08", release="supervision")
    make_detention(person, "2025-01-17")
    make_report(person, as_of="2026-02-09")
    derive_standing(person)
    text = page(client, person)
    assert "At least 392 days" in text
    assert "Days of earlier stays in prison are counted too." in text


def test_a_person_of_whom_nothing_is_known_yet_has_a_page(client):
    text = page(client, make_person("Ana Example"))
    assert "Ana Example" in text
    assert "Not known whether held" in text


# Charges


def test_a_replaced_charge_is_struck_and_leads_to_what_replaced_it(client):
    person = make_defendant(make_proceeding())
    html = client.get(person.get_absolute_url()).content.decode()
    assert re.search(r'<s class="struck"><span class="article">206\.\d+</span> Smuggling by a group</s>', html)
    text = page(client, person)
    assert "penalty not recorded · laying date not recorded" in text
    assert "Replaced in August 2024 by two counts." in text
    assert "August 2024 · convicted in the case · penalty not recorded" in text
    assert "“up to 12 years”, as reported for all together" in text
    assert "Convicted in the case on 20 June 2025; the result for the single count was not read." in text


def test_a_charge_replaced_by_nobody_knows_what_says_so(client):
    person = make_person()
    charge = make_charge(person, make_provision("234.4.1", penalty_min_months=60, penalty_max_months=96))
    make_charge_event(charge, "superseded", None, sequence=1)
    text = page(client, person)
    assert "5 to 8 years" in text
    assert "Replaced; by which charge is not stated." in text


def test_penalties_are_told_as_far_as_they_were_read(client):
    person = make_person()
    make_charge(
        person,
        make_provision("274", "Treason", penalty_min_months=144, penalty_max_months=240, life_imprisonment=True),
    )
    make_charge(person, make_provision("188", "Building", penalty_max_months=30))
    text = page(client, person)
    assert "12 to 20 years or life imprisonment" in text
    assert "up to 2 years 6 months" in text
    assert "Highest penalty recorded for one count that stands: 20 years." in text


def test_who_alleges_is_named_where_it_is_recorded(client):
    person = make_person()
    make_charge(person, alleged_by="City Police Department")
    assert "Alleged by: City Police Department." in page(client, person)


def test_charges_that_were_added_stand_apart_from_the_first(client):
    person = make_person()
    first = make_charge(person, make_provision("188.2", "First"), laid="2024-01-11")
    added = make_charge(person, make_provision("206.3.2", "Added"), laid="2024-03-01")
    make_change(person, new=[added], kind="added", on="2024-03-01")
    text = page(client, person)
    assert first.provision.article in text
    assert text.index("First") < text.index("Added")


# How we know


def test_sources_are_numbered_in_the_order_in_which_the_page_shows_them(client):
    html = client.get(make_full_record().get_absolute_url()).content.decode()
    shown = [int(n) for n in re.findall(r'href="#source-(\d+)"', html)]
    first_seen = list(dict.fromkeys(shown))
    assert first_seen == sorted(first_seen)
    assert first_seen == list(range(1, len(first_seen) + 1))
    assert re.findall(r'<li id="source-(\d+)"', html) == [str(n) for n in first_seen]


def test_a_confidential_source_is_told_without_any_identity(client):
    person = make_person()
    source = make_source(is_confidential=True, title="", url="", published_on="2024-02-03", language="az")
    ConfidentialSource.objects.create(source=source, identity="Somebody Brave")
    cite(person, source)
    text = page(client, person)
    assert "Confidential source" in text
    assert "Somebody Brave" not in text
    assert "undated" not in text
    assert "3 February 2024" not in text


def test_what_sources_state_differently_stands_side_by_side(client):
    person = make_person()
    organisation = make_organisation("The Outlet")
    tie = make_affiliation(person, organisation, attribution="disputed", note="Both deny it.")
    cite(tie, make_source(publisher=make_publisher("Turan")), field="organisation", stated_value="tried as its staff")
    denied = make_source(publisher=make_publisher("OC Media"))
    cite(tie, denied, field="organisation", stated_value="both deny it", stance="contradicts")
    text = page(client, person)
    assert "The Outlet (disputed) Both deny it." in text
    assert "Sources differ: tie to the organisation tried as its staff 1 Turan both deny it 2 OC Media" in text


def test_the_page_says_how_to_cite_it_and_who_has_verified_it(client):
    person = make_person("Ana Example")
    text = page(client, person)
    assert (
        f"Habeas. “Ana Example”. Case record, read on 23 November 2026. http://testserver/cases/{person.slug}/" in text
    )
    assert "not yet verified by an editor of this organisation" in text


def test_recognition_names_who_recognises_and_according_to_whom(client):
    person = make_person()
    make_recognition(person, "Rights defenders", category="political_prisoner", reported_by="Turan")
    assert "Rights defenders: political prisoner (Turan)" in page(client, person)


def test_the_next_hearing_is_one_to_come_and_else_none_is_announced(client):
    person = make_person()
    make_hearing(person, on="2026-11-22", outcome="Gone.")
    assert "Next hearing None announced" in page(client, person)
    make_hearing(person, on="2026-12-01", status="cancelled")
    make_hearing(person, on="2026-12-03", court=make_court("City Court"))
    assert "Next hearing 3 December 2026, City Court" in page(client, person)
    today = make_hearing(person, on="2026-11-23", court=make_court("Court of Today"))
    assert "Next hearing 23 November 2026, Court of Today" in page(client, person)
    for status in ("held", "adjourned"):
        type(today).objects.filter(pk=today.pk).update(status=status)
        assert "Next hearing 3 December 2026" in page(client, person)
    make_hearing(person, on="2026-11", status="scheduled")
    assert "Next hearing November 2026" in page(client, person)


# Who is shown, and who is not


def test_nothing_unpublished_is_on_the_page(client):
    person = make_full_record()
    secret = "Zzyzx"
    hidden = make_organisation(secret, public=False)
    detention = make_detention(person, "2024-01-01", arrest_place=secret, public=False)
    make_order(person.detentions.published().first(), summary=secret, public=False)
    make_order(detention, summary=secret)
    make_order(person.detentions.published().first(), kind="extension", court=make_court(secret, public=False))
    make_report(person, as_of="2026-10-01", detail=secret, public=False)
    make_name(person, secret, public=False)
    make_affiliation(person, hidden)
    charge = make_charge(person, make_provision(secret[:5], secret), public=False)
    make_charge_event(charge, "dropped", "2025-01-01", summary=secret)
    make_charge_event(person.charges.published().first(), "dropped", "2025-01-01", summary=secret, public=False)
    make_change(person, summary=secret, public=False)
    make_hearing(person, outcome=secret, public=False)
    make_event(person, summary=secret, public=False)
    make_sentence(person, text=secret, public=False)
    make_recognition(person, secret, public=False)
    cite(person, make_source(title=secret, public=False))
    cite(person, make_source(title=secret), public=False)
    make_charge(person, proceeding=make_proceeding(secret, public=False))
    derive_standing(person)
    assert secret not in client.get(person.get_absolute_url()).content.decode()


@pytest.mark.parametrize("state", ["draft", "paused", "unknown"])
def test_what_is_not_public_is_not_found(client, state):
    person = make_held_person(public=state != "draft", slug="ana-example")
    if state == "paused":
        Pause.objects.create(person=person, asked_by="the family", review_on=dt.date(2026, 12, 1))
    address = "/cases/nobody/" if state == "unknown" else "/cases/ana-example/"
    assert client.get(address).status_code == 404


def test_a_record_that_was_taken_back_says_so_and_nothing_else(client):
    person = make_held_person("Ana Example", slug="ana-example")
    type(person).objects.filter(pk=person.pk).update(state=State.RETRACTED, retracted_at=THAT_DAY)
    response = client.get("/cases/ana-example/")
    assert response.status_code == 410
    assert "This record was taken back" in words_of_main(response)
    assert "Ana" not in response.content.decode()


def test_an_old_address_leads_to_the_new_one_for_good(client):
    person, proceeding = make_person(), make_proceeding()
    SlugRedirect.objects.create(kind="person", old_slug="old-name", target=person.public_id)
    SlugRedirect.objects.create(kind="proceeding", old_slug="old-case", target=proceeding.public_id)
    for old, record in (("/cases/old-name/", person), ("/proceedings/old-case/", proceeding)):
        response = client.get(old)
        assert (response.status_code, response["Location"]) == (301, record.get_absolute_url())


def test_an_old_address_of_a_hidden_person_leads_nowhere(client):
    person = make_person(public=False)
    SlugRedirect.objects.create(kind="person", old_slug="old-name", target=person.public_id)
    assert client.get("/cases/old-name/").status_code == 404


@pytest.mark.parametrize("name", ["cases:home", "cases:list", "case", "proceeding"])
def test_a_minor_is_nowhere_named(client, name):
    proceeding = make_proceeding()
    person = make_defendant(
        proceeding, "Real Name", native_name="Əsl Ad", is_minor=True, pseudonym="A young person", slug="a-young-person"
    )
    make_name(person, "Other Real Name")
    make_event(person, kind="award", on="2026-11-01", summary="Something.")
    derive_standing(person)
    address = {"case": person.get_absolute_url(), "proceeding": proceeding.get_absolute_url()}.get(name)
    html = client.get(address or reverse(name)).content.decode()
    assert "A young person" in html
    assert "Real Name" not in html
    assert "Əsl Ad" not in html


@pytest.mark.parametrize("why", [{"noindex": True}, {"is_minor": True, "pseudonym": "Sparrow"}])
def test_search_engines_are_kept_out_where_a_person_asks_for_it_or_is_a_minor_and_nowhere_else(client, why):
    shy, other = make_person(**why), make_person()
    assert '<meta name="robots" content="noindex">' in client.get(shy.get_absolute_url()).content.decode()
    assert '<meta name="robots"' not in client.get(other.get_absolute_url()).content.decode()
    sitemap = client.get("/sitemap.xml").content.decode()
    assert other.slug in sitemap
    assert shy.slug not in sitemap


def test_previews_say_as_of_when(client):
    html = client.get(make_defendant(make_proceeding(), "Ana Example").get_absolute_url()).content.decode()
    description = re.search(r'<meta property="og:description" content="([^"]+)"', html).group(1)
    assert "Ana Example" in description
    assert "At least 659 days, last confirmed 9 September 2025." in description


# Home


def test_the_home_page_counts_who_is_held_and_leaves_out_whose_term_is_over(client):
    make_held_person("Ana Example", country="AZ")
    over = make_held_person("Ben Example", since="2023-08-04", country="AZ")
    make_sentence(over, 24, "2024-01-31")
    derive_standing(over)
    free = make_person("Cem Example")
    make_detention(free, until_on="2024-03-01", release="released")
    derive_standing(free)
    text = words_of_main(client.get("/"))
    assert "1 person is held in Azerbaijan, as last confirmed. Every line about them has a source." in text
    assert "1 person whose term is over by the calendar" in text
    assert text.index("Ana Example") < text.index("Ben Example")
    assert "Cem Example" not in text


def test_the_home_page_counts_countries_where_there_are_several(client):
    make_held_person(country="XK")
    make_held_person(country="AZ")
    assert "2 people are held in 2 countries, as last confirmed." in words_of_main(client.get("/"))


def test_an_empty_record_claims_nothing(client):
    assert "Nobody is recorded as held." in words_of_main(client.get("/"))


def test_what_changed_last_is_told_once_for_all_it_is_about_and_never_from_the_future(client):
    ana, ben = make_person("Ana Example"), make_person("Ben Example")
    hidden = make_person("Zzyzx", public=False)
    make_hearing(ana, on="2026-03-06", outcome="Cassation heard.")
    make_hearing(ben, on="2026-03-06", outcome="Cassation heard.")
    make_hearing(ana, on="2026-12-01", outcome="Still to come.")
    make_event(hidden, on="2026-11-01", summary="About nobody public.")
    make_order(make_detention(ana), ordered_on="2026-01-05", summary="Remanded.")
    text = words_of_main(client.get("/"))
    assert text.count("Cassation heard.") == 1
    assert "6 March 2026 Hearing. Ana Example, Ben Example. Cassation heard." in text or (
        "6 March 2026 Hearing. Ben Example, Ana Example. Cassation heard." in text
    )
    assert "Still to come." not in text
    assert "About nobody public." not in text
    assert text.index("Cassation heard.") < text.index("Remanded.")


def test_three_figures_say_how_much_is_known(client):
    make_full_record()
    text = words_of_main(client.get("/"))
    assert re.search(r"sources, each numbered on the page that uses it \d+", text)
    assert "dated events 5" in text
    assert "places where sources differ, shown side by side 0" in text


# Proceeding


def test_a_proceeding_names_its_public_defendants_and_their_common_counts(client):
    proceeding = make_proceeding("The Example proceeding", country="AZ")
    ana, ben = make_person("Ana Example"), make_person("Ben Example")
    hidden = make_person("Zzyzx", public=False)
    provision = make_provision("192.3.2", "Enterprise")
    for person in (ana, ben, hidden):
        make_charge(person, provision, proceeding=proceeding)
    make_charge(ana, make_provision("320.1", "Forgery"), proceeding=proceeding)
    make_hearing(ana, ben, proceeding=proceeding, outcome="All heard.")
    make_hearing(ana, proceeding=proceeding, outcome="One heard.")
    make_hearing(hidden, proceeding=proceeding, outcome="About nobody public.")
    text = page(client, proceeding)
    assert "2 people prosecuted together in Azerbaijan." in text
    assert "192.3.2 Enterprise against all of them · penalty not recorded" in text
    assert "320.1 Forgery against 1 person" in text
    assert "Hearing. All heard." in text
    assert "Hearing. Ana Example. One heard." in text
    assert "Zzyzx" not in text
    assert "About nobody public." not in text


def test_those_tried_together_stand_on_each_case_page(client):
    proceeding = make_proceeding("The Example proceeding")
    ana, _ben = make_defendant(proceeding, "Ana Example"), make_defendant(proceeding, "Ben Example", months=96)
    make_charge(make_person("Zzyzx", public=False), proceeding=proceeding)
    text = page(client, ana)
    assert "Tried together The Example proceeding: 2 people." in text
    assert "Ben Example 659 8 years" in text
    assert "Zzyzx" not in text


# What it costs


@pytest.mark.parametrize("name", ["cases:home", "cases:list", "case", "proceeding", "filtered"])
def test_a_page_asks_the_database_as_often_for_many_rows_as_for_few(client, name):
    def furnish(number):
        for _each in range(number):
            defendant = make_defendant(proceeding)
            for n in range(3):
                cite(make_event(person, defendant, kind="award", on=f"2025-01-1{n}", summary=f"Award {n}"))
                cite(make_order(person.detentions.first(), kind="extension", ordered_on=f"2025-02-1{n}"))

    proceeding = make_proceeding("The Example proceeding")
    person = make_defendant(proceeding)
    furnish(1)
    addresses = {
        "case": person.get_absolute_url(),
        "proceeding": proceeding.get_absolute_url(),
        "filtered": "/cases/?q=example&custody=convicted_imprisoned&sort=change",
    }
    address = addresses.get(name) or reverse(name)
    client.get(address)
    few = queries(client, address)
    furnish(6)
    assert queries(client, address) == few
    assert few <= 12
