"""Reading: list, page, count, share; and what the record's pages show of campaigns."""

import json

import pytest
from django.template import Context, Template
from django.utils import timezone
from makers import cite, make_event, make_organisation, make_person, make_proceeding
from makers_campaigns import make_campaign, make_signature

from campaigns.actions.running import close_campaign
from campaigns.actions.tallying import tally_up
from campaigns.models import CampaignRecipient, CampaignShareText
from campaigns.sharing import CHANNELS, qr_code, share_links

pytestmark = pytest.mark.django_db


def get(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_shows_public_campaigns_and_open_ones_first(client):
    close_campaign(make_campaign(title="An old appeal", featured_order=1), by=None, because="Over.")
    make_campaign(title="A new appeal")
    make_campaign(title="A hidden appeal", public=False)
    page = get(client, "/campaigns/")
    assert page.index("A new appeal") < page.index("An old appeal")
    assert "A hidden appeal" not in page


def test_the_page_tells_whom_of_whom_and_how_many(client):
    person = make_person("Ana Example", occupation="Editor")
    campaign = make_campaign(person, title="Free Ana", ask="We ask for her release.", goal=10)
    make_signature(campaign, confirmed=True)
    make_signature(campaign)
    tally_up(at=timezone.now())
    page = get(client, f"/campaigns/{campaign.slug}/")
    for words in ("Free Ana", "We ask for her release.", "Ministry of Answers", "Ana Example", "goal 10", "Version 1"):
        assert words in page
    assert "<b data-count-figure>1</b> signature" in page
    assert "1 in the last 24 hours" in page


def test_an_event_stands_with_whom_it_happened_to_and_who_says_so(client):
    person = make_person("Ana Example")
    event = make_event(person, on="2024-05-01", summary="Taken from her home.")
    source = cite(event).source
    make_event(person, on="2024-05-02", summary="Nobody may read this.", public=False)
    page = get(client, f"/campaigns/{make_campaign(person).slug}/")
    assert "Taken from her home." in page
    assert source.publisher.name in page
    assert source.url in page
    assert "Nobody may read this." not in page


def test_the_count_is_readable_from_anywhere_and_for_a_few_seconds(client, django_assert_num_queries):
    campaign = make_campaign(goal=10)
    make_signature(campaign, confirmed=True)
    tally_up(at=timezone.now())
    with django_assert_num_queries(2):
        response = client.get(f"/campaigns/{campaign.slug}/count.json")
    counted = json.loads(response.content)
    assert (counted["total"], counted["confirmed"], counted["goal"]) == (1, 1, 10)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert int(response.headers["Cache-Control"].split("max-age=")[1].split(",")[0]) <= 10


@pytest.mark.parametrize("path", ["", "share/", "check-your-mail/"])
def test_a_page_takes_as_many_queries_for_many_rows_as_for_few(client, path, django_assert_max_num_queries):
    people = [make_person(f"Person {n}") for n in range(12)]
    campaign = make_campaign(*people)
    for person in people:
        cite(make_event(person, on="2024-05-01", summary="Something."))
        make_signature(campaign, confirmed=True)
    tally_up(at=timezone.now())
    with django_assert_max_num_queries(12):
        client.get(f"/campaigns/{campaign.slug}/{path}")


def test_share_links_are_plain_and_name_their_way(client):
    campaign = make_campaign(slug="free-ana")
    CampaignShareText.objects.create(campaign=campaign, language="en", text="Read & sign: 100 %")
    page = get(client, "/campaigns/free-ana/share/")
    assert "Read &amp; sign: 100 %" in page
    for channel in ("whatsapp", "telegram", "signal", "email", "bluesky", "mastodon", "x", "facebook"):
        assert f"via%3D{channel}" in page
    assert "<svg" in page
    assert "style=" not in page


def test_every_share_link_is_counted_by_a_known_way_and_quotes_what_it_says():
    links = share_links("https://h.example/campaigns/a/", message="Read & sign?", subject="A & B")
    assert links and {link.channel for link in links} <= CHANNELS
    assert all("&sign" not in link.href and " " not in link.href for link in links)


def test_the_code_is_a_square_with_a_quiet_zone():
    code = qr_code("https://h.example/campaigns/a/?via=qr")
    assert code.path.startswith("M4 4h1v1h-1z")
    assert code.size >= 21 + 8


def test_a_published_address_of_the_recipient_opens_a_letter(client):
    campaign = make_campaign()
    recipient = CampaignRecipient.objects.get(campaign=campaign).recipient
    assert "We know no published address" in get(client, f"/campaigns/{campaign.slug}/share/")
    recipient.email = "minister@example.org"
    recipient.save()
    page = get(client, f"/campaigns/{campaign.slug}/share/")
    assert 'href="mailto:minister@example.org?subject=' in page


def rendered(source, **context):
    return Template("{% load campaigns %}" + source).render(Context(context)).strip()


def test_pages_of_the_record_find_their_open_campaigns_in_one_query(django_assert_num_queries):
    person, proceeding, outlet = make_person(), make_proceeding(), make_organisation()
    make_campaign(person, title="For the person")
    make_campaign(person, title="A hidden one", public=False)
    make_campaign(title="For the proceeding", proceeding=proceeding)
    make_campaign(title="For the outlet", organisation=outlet)
    source = "{% open_campaigns_for one as all %}{% for c in all %}{{ c.text_title }} {{ c.tally.total }}{% endfor %}"
    for record, title in [(person, "person"), (proceeding, "proceeding"), (outlet, "outlet")]:
        with django_assert_num_queries(2):  # The second, who must not be named, is asked once in a request.
            assert rendered(source, one=record) == f"For the {title} 0"


def test_the_featured_campaign_is_the_open_one_with_the_smallest_number():
    source = "{% featured_campaign as c %}{{ c.text_title }}"
    assert rendered(source) == ""
    make_campaign(title="Second", featured_order=2)
    first = make_campaign(title="First", featured_order=1)
    make_campaign(title="Unnumbered")
    assert rendered(source) == "First"
    close_campaign(first, by=None, because="Over.")
    assert rendered(source) == "Second"


@pytest.mark.parametrize("why", [{"noindex": True}, {"is_minor": True, "pseudonym": "Sparrow"}])
def test_search_engines_are_kept_from_campaigns_about_somebody_who_is_kept_from_them(client, why):
    make_campaign(make_person("Mia Hidden", **why), slug="shy")
    make_campaign(make_person(), slug="open")
    assert '<meta name="robots" content="noindex">' in get(client, "/campaigns/shy/")
    assert '<meta name="robots"' not in get(client, "/campaigns/open/")
    listed = get(client, "/sitemap.xml")
    assert "/campaigns/open/" in listed and "/campaigns/shy/" not in listed


def test_the_site_map_lists_public_campaigns_only(client):
    make_campaign(slug="seen")
    make_campaign(slug="unseen", public=False)
    listed = get(client, "/sitemap.xml")
    assert "/campaigns/seen/" in listed
    assert "unseen" not in listed
