"""What a process remembers for moments: never past an act of staff, never without the shared cache."""

import time

import pytest
from django.core.cache import cache
from makers_campaigns import form_data, make_campaign, post_signature

from campaigns.actions.running import open_campaign, pause_campaign
from campaigns.models import Signature
from cases.caching import begin_generation
from cases.remembering import LONGEST, MOST, remembered


@pytest.fixture(autouse=True)
def remembering(settings):
    settings.PAGE_CACHE_SECONDS = 60


@pytest.fixture
def source():
    """Gives 1, 2, 3 … : whether it was asked again is seen in what it gives."""
    return iter(range(1, 10_000)).__next__


@pytest.mark.once
def test_what_was_found_is_not_asked_for_again(source):
    begin_generation()
    assert [remembered(("a",), source), remembered(("a",), source), remembered(("b",), source)] == [1, 1, 2]


@pytest.mark.once
def test_a_new_generation_forgets(source):
    begin_generation()
    remembered(("c",), source)
    begin_generation()
    assert remembered(("c",), source) == 2


@pytest.mark.once
def test_without_a_generation_in_the_shared_cache_nothing_is_remembered(source):
    begin_generation()
    remembered(("d",), source)
    cache.clear()
    assert remembered(("d",), source) == 2


@pytest.mark.once
def test_what_changes_by_itself_is_read_again_after_seconds(source, monkeypatch):
    begin_generation()
    remembered(("e",), source)
    now = time.monotonic()
    monkeypatch.setattr("cases.remembering.time.monotonic", lambda: now + LONGEST + 1)
    assert remembered(("e",), source) == 2


@pytest.mark.once
def test_nothing_is_no_news_to_remember():
    begin_generation()
    found = iter([None, "now"]).__next__
    assert [remembered(("f",), found), remembered(("f",), found)] == [None, "now"]


@pytest.mark.once
def test_it_never_grows_without_end(source):
    from cases.remembering import _kept

    begin_generation()
    for number in range(2 * MOST):
        remembered(("g", number), source)
    assert len(_kept) <= MOST


@pytest.mark.django_db(transaction=True)
def test_a_pause_stops_the_very_next_signing_and_its_end_lets_it_go_on(client):
    campaign = make_campaign()
    begin_generation()
    answers = [post_signature(client, campaign, email="one@example.org").status_code]
    pause_campaign(campaign, by=None, because="The family asked for it.")
    answers.append(post_signature(client, campaign, email="two@example.org").status_code)
    open_campaign(campaign, by=None, because="They agree again.")
    answers.append(post_signature(client, campaign, email="three@example.org").status_code)
    assert answers == [303, 409, 303]
    assert Signature.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_in_a_rush_the_campaign_is_asked_for_once(client, django_assert_num_queries):
    campaign = make_campaign()
    begin_generation()
    post_signature(client, campaign, email="one@example.org")
    data = form_data(campaign, email="two@example.org")
    with django_assert_num_queries(4):  # BEGIN, the signature, its letter, COMMIT.
        client.post(f"/campaigns/{campaign.slug}/sign/", data)
    assert Signature.objects.count() == 2
