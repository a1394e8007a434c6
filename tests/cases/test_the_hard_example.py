"""The AbzasMedia proceeding as the shipped record tells it: what the pages say, word for word."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test.utils import override_settings
from makers_reading import words

from cases.actions.publishing import publish_demonstration
from cases.models import Person

STARTER = Path(__file__).resolve().parents[2] / "cases" / "starter" / "azerbaijan-2024"
COUNTS = ["192.3.2", "193-1.3.1", "193-1.3.2", "206.4", "213.2.1", "320.1", "320.2"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("record", "on_that_day")]


@pytest.fixture(scope="module")
def record(django_db_setup, django_db_blocker):
    """The shipped tables, imported and shown as a demonstration, once for all tests here."""
    with django_db_blocker.unblock(), override_settings(DEMO=True), transaction.atomic():
        call_command("import_cases", str(STARTER), verbosity=0)
        publish_demonstration()
        yield
        transaction.set_rollback(True)


def html_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def hers(client):
    return html_of(client, "/cases/sevinj-vagifgizi/")


def section(html, name):
    """The part of a page that has this id."""
    return re.split(r'<section class="section"|<dl class="provenance"', html.partition(f'id="{name}"')[2])[0]


def ledger(html):
    """The lines of the ledger: (date, what is told, numbers of sources)."""
    found = re.findall(r'<li class="entry.*?</li>\s*(?=<li class="entry|</ol>)', section(html, "ledger"), re.DOTALL)
    lines = []
    for line in found:
        on = re.search(r'datetime="([^"]+)"', line)
        what = re.search(r'<div class="what">\s*<p>(.*?)</p>', line, re.DOTALL).group(1)
        lines.append((on.group(1) if on else "", words(what), re.findall(r"#source-(\d+)", line)))
    return lines


def test_the_count_stops_at_the_last_confirmation(hers):
    text = words(hers)
    assert "At least 659 days last confirmed 9 September 2025" in text
    assert "Held in Azerbaijan, serving nine years — as last confirmed on 9 September 2025" in text
    assert "21 November 2023 arrested" in text


def test_her_director_was_arrested_the_day_before(client):
    assert "At least 660 days last confirmed 9 September 2025" in words(html_of(client, "/cases/ulvi-hasanli/"))


def test_every_spelling_stands_on_the_page(hers):
    for spelling in ["Sevinj Vagifgizi", "Sevinc Vaqifqızı", "Sevinj Vaqifqizi", "Sevinj Abbasova"]:
        assert spelling in words(hers)


@pytest.mark.parametrize("typed", ["Vagifgizi", "Vaqifqızı", "vaqifqizi", "VAQIFQIZI", "sevinc vagifgizi", "Abbasova"])
def test_every_spelling_finds_her(client, typed):
    html = client.get("/cases/", {"q": typed}).content.decode()
    assert "/cases/sevinj-vagifgizi/" in html


def test_the_first_charge_is_struck_with_its_penalty_and_without_a_day(hers):
    charges = section(hers, "charges")
    assert '<s class="struck"><span class="article">206.3.2</span>' in charges
    assert "5 to 8 years · laying date not recorded" in words(charges)
    assert "Replaced in August 2024 by seven counts." in words(charges)


def test_seven_counts_by_month_each_with_its_penalty_not_recorded_and_convicted_in_the_case(hers):
    charges = section(hers, "charges")
    counts = re.findall(
        r'<li class="charge"><span class="article">([^<]+)</span>.*?<span class="penalty">([^<]+)', charges
    )
    assert [article for article, _told in counts] == COUNTS
    assert {told for _article, told in counts} == {"August 2024 · convicted in the case · penalty not recorded"}
    assert "“up to 12 years”, as reported for all together" in words(charges)
    assert "Convicted in the case on 20 June 2025; the result for the single count was not read." in words(charges)
    assert "Highest penalty" not in words(charges)


def test_the_conviction_and_the_appeal_are_told_on_their_days(hers):
    lines = {on: what for on, what, _sources in ledger(hers)}
    assert lines["2025-06-20"] == (
        "Verdict. All seven convicted and sentenced to between seven and a half and nine years. This person: 9 years."
    )
    assert lines["2025-09-09"] == "Appeal. Sentences upheld."
    assert lines["2024-08"].endswith("206.3.2 → seven counts")
    assert "9 years, 20 June 2025; upheld, 9 September 2025" in words(hers)


def test_both_lengths_of_the_remand_stand_side_by_side_with_their_own_sources(hers):
    text = words(section(hers, "ledger"))
    differing = re.search(r"Sources differ: length of the order (.*?) 2024", text).group(1)
    assert re.fullmatch(r"three months and 29 days \d+ OCCRP four months \d+ JAMnews \d+ OC Media", differing)


@pytest.mark.parametrize("slug", ["sevinj-vagifgizi", "ulvi-hasanli", "farid-mehralizada", "aziz-orujov"])
def test_every_line_of_the_ledger_has_a_source(client, slug):
    lines = ledger(html_of(client, f"/cases/{slug}/"))
    assert len(lines) > 8
    assert [line for line in lines if not line[2]] == []


def test_the_ledger_of_everybody_has_no_line_without_a_source(client):
    bare = {}
    for person in Person.objects.public():
        lines = [line for line in ledger(html_of(client, person.get_absolute_url())) if not line[2]]
        bare.update({person.slug: lines} if lines else {})
    assert bare == {}


def test_a_link_that_the_outlet_and_he_deny_is_told_as_disputed(client):
    text = words(html_of(client, "/cases/farid-mehralizada/"))
    assert "AbzasMedia (disputed)" in text
    assert re.search(r"tried as its staff \d+ Turan outlet and defendant deny it \d+ OC Media", text)
    assert "Economist; journalist of RFE/RL's Azerbaijani service" in text


def test_the_seven_are_tried_together(client, hers):
    proceeding = words(html_of(client, "/proceedings/abzasmedia/"))
    for name in ["Ulvi Hasanli", "Mahammad Kekalov", "Nargiz Absalamova", "Hafiz Babali", "Elnara Gasimova"]:
        assert name in words(hers)
        assert name in proceeding
    assert "The AbzasMedia proceeding: 7 people." in words(hers)
    assert "7 people prosecuted together in Azerbaijan." in proceeding
    assert "The tie to the outlet is disputed" in proceeding


def test_the_home_page_counts_those_held_and_those_whose_term_is_over(client):
    html = html_of(client, "/")
    assert "42 people are held in Azerbaijan, as last confirmed. Every line about them has a source." in words(html)
    assert "2 people whose term is over by the calendar" in words(html)
    assert re.findall(r'class="days caution">(\d+)<', html) == ["651", "616"]


def test_a_released_man_s_days_have_ended(client):
    text = words(html_of(client, "/cases/aziz-orujov/"))
    assert "732 days held" in text
    assert "Released on 27 November 2025" in text


def test_the_list_is_narrowed_by_outlet_custody_and_article(client):
    text = words(html_of(client, "/cases/?organisation=abzasmedia&custody=convicted_imprisoned&article=AZ-CC-206.4"))
    assert re.search(r"\b\d people of 51", text)
    assert "Sevinj Vagifgizi" in text
    assert "Remove" not in text
    assert "Bahruz Samadov" not in text


def test_every_page_bears_the_demonstration_s_sentence(client, settings):
    settings.DEMO = True
    for address in ["/", "/cases/", "/cases/sevinj-vagifgizi/", "/proceedings/abzasmedia/"]:
        html = html_of(client, address)
        assert "Real people; public sources up to 12 March 2026; may be out of date." in html
        assert '<meta name="robots" content="noindex">' in html
