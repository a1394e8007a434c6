"""The list of cases: search, facets, orders, pages; the query string is the whole state."""

import re
from html import unescape

import pytest
from makers import (
    make_affiliation,
    make_charge,
    make_detention,
    make_event,
    make_held_person,
    make_organisation,
    make_person,
    make_provision,
    make_report,
)

from cases.actions.deriving import derive_standing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_that_day")]


def listed(client, query=""):
    """The names on the list, in their order."""
    response = client.get(f"/cases/{query}")
    assert response.status_code == 200
    return re.findall(r"<h2><a href=[^>]+>([^<]+)</a></h2>", unescape(response.content.decode()))


def boxes(client, query=""):
    """The boxes to tick: {label: (number, ticked, query string)}."""
    html = unescape(client.get(f"/cases/{query}").content.decode())
    pattern = (
        r'<li><a href="([^"]*)" rel="nofollow"( aria-current="true")?><span class="label">([^<]+)</span> '
        r'<span class="n">(\d+)</span>'
    )
    return {label: (int(n), bool(ticked), query) for query, ticked, label, n in re.findall(pattern, html)}


@pytest.fixture
def three():
    """Two people of one outlet, one of another, with different articles and situations."""
    outlet, paper = make_organisation("The Outlet", slug="outlet"), make_organisation("The Paper", slug="paper")
    smuggling = make_provision("206.3.2", "Smuggling", public_id="XK-206.3.2")
    treason = make_provision("274", "Treason", public_id="XK-274")
    people = []
    for name, organisation, provision, status in [
        ("Ana Vaqifqızı", outlet, smuggling, "pretrial_detention"),
        ("Ben Example", outlet, treason, "convicted_imprisoned"),
        ("Cem Example", paper, smuggling, "convicted_imprisoned"),
    ]:
        person = make_person(name)
        make_detention(person, f"2024-01-0{len(people) + 1}")
        make_report(person, status, "2024-06-01")
        make_affiliation(person, organisation)
        make_charge(person, provision)
        derive_standing(person)
        people.append(person)
    return people


@pytest.mark.parametrize("typed", ["Vagifgizi", "vaqifqizi", "VAQİFQIZI", "ana vagif", "Vaqifqızı Ana"])
def test_a_name_is_found_however_it_is_spelled(client, three, typed):
    assert listed(client, f"?q={typed}") == ["Ana Vaqifqızı"]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("outlet", ["Ana Vaqifqızı", "Ben Example"]),
        ("206.3.2", ["Ana Vaqifqızı", "Cem Example"]),
        ("treason", ["Ben Example"]),
        ("paper smuggling", ["Cem Example"]),
        ("nobody of this name", []),
    ],
)
def test_outlets_and_articles_are_found_too_and_every_word_must_fit(client, three, typed, names):
    assert listed(client, f"?q={typed}&sort=name") == names


@pytest.mark.parametrize("typed", ["%25", "_", "%5C", "%27%22%3Cb%3Ezqz", "%CC%80" * 2000, "zq" * 2500, "%00a"])
def test_whatever_is_typed_finds_nobody_and_breaks_nothing(client, three, typed):
    response = client.get(f"/cases/?q={typed}")
    assert response.status_code in (200, 400)
    if response.status_code == 200:
        assert "No case fits." in response.content.decode()
        assert "<b>" not in re.findall(r'value="([^"]*)"', response.content.decode())[0]


def test_boxes_of_one_facet_widen_and_of_several_narrow(client, three):
    assert listed(client, "?organisation=outlet&sort=name") == ["Ana Vaqifqızı", "Ben Example"]
    assert len(listed(client, "?organisation=outlet&organisation=paper")) == 3
    assert listed(client, "?organisation=outlet&custody=convicted_imprisoned") == ["Ben Example"]
    assert listed(client, "?organisation=paper&custody=convicted_imprisoned&article=XK-206.3.2") == ["Cem Example"]
    assert listed(client, "?organisation=nowhere") == []


def test_a_box_says_how_many_people_it_would_show_beside_the_other_facets(client, three):
    numbers = {label: number for label, (number, _ticked, _query) in boxes(client).items()}
    assert numbers == {
        "The Outlet": 2,
        "The Paper": 1,
        "Held before trial": 1,
        "Sentenced, in prison": 2,
        "206.3.2 Smuggling": 2,
        "274 Treason": 1,
    }
    chosen = boxes(client, "?organisation=outlet")
    assert chosen["The Outlet"][:2] == (2, True)
    assert chosen["The Paper"][:2] == (1, False)
    assert chosen["206.3.2 Smuggling"][:2] == (1, False)


def test_a_box_ticks_and_unticks_itself_and_keeps_the_rest(client, three):
    tick = boxes(client, "?q=example&sort=name")["The Paper"][2]
    assert tick == "?q=example&organisation=paper&sort=name"
    ticked = boxes(client, tick)
    assert ticked["The Paper"][1:] == (True, "?q=example&sort=name")
    assert listed(client, tick) == ["Cem Example"]


def test_a_ticked_box_that_shows_nobody_can_still_be_unticked(client, three):
    assert boxes(client, "?q=nobody&organisation=outlet&article=XK-274&custody=released") == {
        "The Outlet": (0, True, "?q=nobody&custody=released&article=XK-274"),
        "274 Treason": (0, True, "?q=nobody&organisation=outlet&custody=released"),
        "Released": (0, True, "?q=nobody&organisation=outlet&article=XK-274"),
    }


def test_what_was_chosen_stands_as_chips_that_take_it_away(client, three):
    html = unescape(client.get("/cases/?q=example&organisation=outlet").content.decode())
    assert '<a class="chip" href="?organisation=outlet" rel="nofollow" aria-label="Remove “example”">' in html
    assert '<a class="chip" href="?q=example" rel="nofollow" aria-label="Remove The Outlet">' in html
    assert "<b>1 person</b> of 3" in html
    assert '<input type="hidden" name="organisation" value="outlet">' in html


def test_the_three_orders(client, three):
    make_event(three[2], kind="award", on="2026-01-01")
    derive_standing(three[2])
    undated = make_person("Aaa Undated")
    assert listed(client)[-1] == undated.name
    assert listed(client)[:3] == ["Ana Vaqifqızı", "Ben Example", "Cem Example"]
    assert listed(client, "?sort=name")[0] == undated.name
    assert listed(client, "?sort=change")[0] == "Cem Example"
    assert listed(client, "?sort=nonsense") == listed(client)


def test_days_are_sorted_as_they_are_counted_on_the_day(client):
    make_held_person("Stale Long", since="2022-01-02", confirmed="2024-01-01")
    make_held_person("Fresh Longer", since="2024-01-02", confirmed="2026-11-01")
    make_held_person("Vaguely confirmed", since="2024-01-02", confirmed="2026")
    assert listed(client) == ["Fresh Longer", "Vaguely confirmed", "Stale Long"]
    text = client.get("/cases/").content.decode()
    days = [int(n.replace(",", "")) for n in re.findall(r"([\d,]+) days</b>", text)]
    assert days == [1057, 731, 730]


def test_more_than_fifty_stand_on_pages(client):
    for number in range(51):
        make_person(f"Person {number:02}")
    assert len(listed(client, "?sort=name")) == 50
    assert listed(client, "?sort=name&page=2") == ["Person 50"]
    assert 'href="?sort=name&amp;page=2" rel="next"' in client.get("/cases/?sort=name").content.decode()
    assert 'href="?sort=name" rel="prev"' in client.get("/cases/?sort=name&page=2").content.decode()


@pytest.mark.parametrize("page", ["3", "0", "-1", "x", "9" * 30])
def test_a_page_that_is_none_is_not_found(client, page):
    assert client.get(f"/cases/?page={page}").status_code == 404


@pytest.mark.parametrize("query", ["?q=example", "?custody=released", "?sort=name"])
def test_a_narrowed_list_is_kept_out_of_search_engines_and_points_to_the_whole(client, query):
    html = client.get(f"/cases/{query}").content.decode()
    assert '<meta name="robots" content="noindex">' in html
    assert '<link rel="canonical" href="http://testserver/cases/">' in html
    assert '<meta name="robots"' not in client.get("/cases/").content.decode()


def test_nobody_hidden_is_listed_counted_or_found(client, three):
    hidden = make_held_person("Zzyzx", public=False)
    make_affiliation(hidden, make_organisation("Hidden outlet"))
    assert "Zzyzx" not in listed(client)
    assert listed(client, "?q=Zzyzx") == []
    assert "Hidden outlet" not in boxes(client)
    assert "<b>3 people</b>" in client.get("/cases/").content.decode()
