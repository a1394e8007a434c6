"""The desk offers only what whoever looks may do, and says who does the rest."""

import pytest
from django.urls import reverse
from makers import make_person
from makers_admin import as_shown, change_url, decide_url
from makers_days import make_draft, make_member
from makers_staff import sign_in

from cases.actions.restoring import earlier_states
from cases.actions.reviewing import submit

pytestmark = pytest.mark.django_db


def page_for(client, user, person):
    return sign_in(client, user).get(change_url(person)).content.decode()


def test_publish_is_offered_to_publishers_alone(client):
    person = make_draft(make_member("researcher"))
    assert ">Publish…</a>" in page_for(client, make_member("publisher"), person)
    seen = page_for(client, make_member("editor"), person)
    assert "ublish…" not in seen
    assert ">What would become public</a>" in seen


def test_no_link_leads_whoever_cannot_change_a_page_to_its_decisions(client):
    researcher = make_member("researcher")
    draft = submit(make_draft(researcher), by=researcher, because="From the article.")
    assert decide_url(draft, "publish") not in page_for(client, researcher, draft)


def test_what_a_researcher_may_not_add_has_no_link_but_says_who_adds_it(client):
    researcher = make_member("researcher")
    person = make_draft(researcher)
    seen = page_for(client, researcher, person)
    assert "#basis-group" not in seen
    assert "An editor adds it." in seen
    assert "#risk_assessments-group" in seen
    seen = page_for(client, make_member("editor"), person)
    assert "#basis-group" in seen
    assert "An editor adds it." not in seen


def test_saving_offers_an_editor_a_look_and_a_publisher_the_act(client):
    person = make_draft(make_member("researcher"))
    for role, words in (("editor", "What would become public"), ("publisher", "Publish…")):
        sign_in(client, make_member(role))
        answer = client.post(change_url(person), as_shown(client.get(change_url(person))), follow=True)
        told = str(list(answer.context["messages"])[-1])
        assert "not public yet" in told
        assert f">{words}</a>" in told


def test_a_row_shows_the_sources_it_has_to_those_who_edit_it_and_to_those_who_read_it(client):
    researcher = make_member("researcher")
    draft = make_draft(researcher)
    citation = draft.detentions.get().citations.get()
    name = str(citation.source)
    assert f"<li>{name}</li>" in page_for(client, researcher, draft)
    citation.stance = "contradicts"
    citation.save()
    seen = page_for(client, make_member("campaigner"), draft)
    assert f"{name} (contradicts)" in seen
    assert "<p>None</p>" not in seen


def test_the_review_page_offers_publishing_to_publishers_and_names_the_time_zone(client):
    researcher = make_member("researcher")
    draft = submit(make_draft(researcher), by=researcher, because="From the article.")
    address = decide_url(draft, "review")
    seen = sign_in(client, make_member("editor")).get(address).content.decode()
    assert ">Publish…</a>" not in seen
    assert ">What would become public</a>" in seen
    assert "submitted for review" not in seen, "the state says so already"
    seen = sign_in(client, make_member("publisher")).get(address).content.decode()
    assert ">Publish…</a>" in seen
    assert seen.count("Days and hours are those of UTC.") == 2


@pytest.mark.parametrize(("public", "waits"), [(True, True), (False, False)])
def test_who_brings_an_earlier_state_back_is_told_whether_the_public_reads_it(client, public, waits):
    person = make_person(public=public, occupation="Editor", country="DE")
    editor = sign_in(client, make_member("editor"))
    posted = as_shown(client.get(change_url(person)))
    editor.post(change_url(person), {**posted, "occupation": "Reporter"})
    change = earlier_states(person).first()
    answer = editor.post(
        reverse("admin:cases_person_restore", args=[person.pk, change.pk]), {"because": "By mistake."}, follow=True
    )
    told = " ".join(str(message) for message in answer.context["messages"])
    assert "The earlier values of “Ana Example” are back." in told
    assert ("once the page is published again" in told) == waits
