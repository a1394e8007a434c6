"""Beside the drawers: the search over all of them, and the lists that somebody keeps by name."""

import pytest
from makers import make_organisation, make_person, make_proceeding, make_source, make_staff
from makers_campaigns import make_campaign
from makers_desk import client_of, make_member, rows_behind

from cases.models import SavedFilter, Source

pytestmark = pytest.mark.django_db


def search(client, words):
    answer = client.get("/admin/search/", {"q": words})
    assert answer.status_code == 200
    return {str(part.heading): [str(row) for row, _url in part.rows] for part in answer.context["found"]}


def test_the_search_finds_everything_in_any_spelling():
    make_person("Vaqif Nümunə")
    make_organisation("Çağdaş Mətbuat")
    make_proceeding("The Şuşa proceeding")
    make_source(title="The trial of Vagif opened")
    campaign = make_campaign(make_person("Somebody"), title="Free Vagif")
    client = client_of(make_staff())
    assert search(client, "vagif") == {
        "persons": ["Vaqif Nümunə"],
        "sources": [str(make_source_named("The trial of Vagif opened"))],
        "campaigns": ["Free Vagif"],
    }
    assert search(client, "Вагиф")["persons"] == ["Vaqif Nümunə"]
    assert search(client, "cagdas metbuat") == {"organisations": ["Çağdaş Mətbuat"]}
    assert search(client, "susa") == {"proceedings": ["The Şuşa proceeding"]}
    assert search(client, campaign.public_id) == {"campaigns": ["Free Vagif"]}
    assert search(client, "nobody at all") == {}
    assert search(client, "") == {}


def make_source_named(title):
    return Source.objects.get(title=title)


def test_the_search_shows_ten_and_leads_to_the_rest():
    for number in range(12):
        make_person(f"Ana Example {number}")
    client = client_of(make_staff())
    (part,) = client.get("/admin/search/?q=ana").context["found"]
    assert len(part.rows) == 10
    assert part.more
    assert len(rows_behind(client, part.url)) == 12


@pytest.mark.parametrize(
    ("role", "finds"),
    [
        ("researcher", {"persons", "sources"}),
        ("campaigner", {"persons", "sources", "campaigns"}),
        ("data protection", {"persons", "campaigns"}),
        ("administrator", set()),
    ],
)
def test_the_search_finds_only_what_the_asker_may_see(role, finds):
    make_person("Ana Example")
    make_source(title="Ana")
    make_campaign(make_person("Somebody"), title="Free Ana")
    assert set(search(client_of(make_member(role)), "ana")) == finds


def test_what_was_searched_for_is_shown_as_text():
    page = client_of(make_staff()).get("/admin/search/", {"q": '"><script>alert(1)</script>'}).text
    assert "&lt;script&gt;alert" in page and "<script>alert" not in page


def test_the_search_stands_on_every_page_of_the_staff():
    client = client_of(make_staff())
    for address in ("/admin/", "/admin/cases/person/", "/admin/cases/person/add/", "/admin/search/"):
        assert 'id="desk-search"' in client.get(address).text


# Kept lists


def keep(client, name="Drafts", path="/admin/cases/person/", query="state__exact=draft"):
    return client.post("/admin/filters/save/", {"name": name, "path": path, "query": query}, follow=True)


def test_a_list_is_kept_under_a_name_and_stands_on_the_desk():
    make_person("Draft Example", public=False)
    make_person("Public Example")
    client = client_of(make_staff())
    answer = keep(client)
    assert "“Drafts” is kept" in answer.text
    assert answer.request["QUERY_STRING"] == "state__exact=draft"
    (kept,) = client.get("/admin/").context["saved_filters"]
    assert kept["name"] == "Drafts"
    assert [str(row) for row in rows_behind(client, kept["url"])] == ["Draft Example"]


def test_a_name_is_given_once():
    client = client_of(make_staff())
    keep(client)
    assert "You have a list called “Drafts” already." in keep(client).text
    assert SavedFilter.objects.count() == 1


def test_nobody_sees_or_forgets_the_lists_of_others():
    keep(client_of(make_staff()))
    other = client_of(make_staff("other"))
    kept = SavedFilter.objects.get()
    assert not other.get("/admin/").context["saved_filters"]
    assert other.post(f"/admin/filters/{kept.pk}/delete/").status_code == 404
    assert SavedFilter.objects.count() == 1


def test_one_forgets_ones_own_list():
    client = client_of(make_staff())
    keep(client)
    answer = client.post(f"/admin/filters/{SavedFilter.objects.get().pk}/delete/", follow=True)
    assert "“Drafts” is forgotten." in answer.text
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize(
    "path",
    ["https://evil.example/", "//evil.example/", "/cases/", "/admin/", "/admin/cases/person/add/", ""],
)
def test_only_a_list_of_the_staff_site_can_be_kept(path):
    assert keep(client_of(make_staff()), path=path).status_code == 404


@pytest.mark.parametrize(("name", "query"), [("", ""), (" ", ""), ("n" * 81, ""), ("Long", "q=" + "x" * 1500)])
def test_a_list_needs_a_name_and_some_measure(name, query):
    answer = keep(client_of(make_staff()), name=name, query=query)
    assert "Give the list a name" in answer.text
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize("address", ["/admin/search/", "/admin/filters/save/", "/admin/filters/1/delete/"])
def test_pages_of_the_staff_are_closed_to_everybody_else(client, address):
    for answer in (client.get(address), client.post(address)):
        assert answer.headers["Location"].startswith("/admin/login/")
