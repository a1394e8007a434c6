"""The mailed link: reading it changes nothing, the button counts once."""

from datetime import timedelta

import pytest
from django.utils import timezone
from makers_campaigns import make_campaign, make_signature, newest_letter, token_of

from campaigns.actions import signing
from campaigns.actions.tallying import tally_up
from campaigns.models import CampaignQuestion, Letter, Signature, Tally

pytestmark = pytest.mark.django_db


def link_of(campaign):
    return f"/confirm/{token_of(newest_letter(campaign))}/"


def test_ten_readings_change_nothing(client):
    campaign = make_campaign()
    make_signature(campaign)
    before = list(Signature.objects.values()), list(Letter.objects.values())
    for _n in range(10):
        assert client.get(link_of(campaign)).status_code == 200
        assert client.head(link_of(campaign)).status_code == 200
    assert (list(Signature.objects.values()), list(Letter.objects.values())) == before


def test_the_page_shows_what_will_be_counted(client):
    campaign = make_campaign()
    make_signature(campaign, name="Leyla Anna Example", name_delivery="initials", country="DE", reason="Because.")
    page = client.get(link_of(campaign)).content.decode()
    for words in ("Leyla Anna Example", "L. A. E.", "Germany", "Because.", "We ask for her release."):
        assert words in page


def test_the_page_shows_the_answers_to_the_campaigns_own_questions(client):
    campaign = make_campaign()
    CampaignQuestion.objects.create(campaign=campaign, key="profession", label="Your profession")
    make_signature(campaign, answers={"profession": "Nurse"})
    page = client.get(link_of(campaign)).content.decode()
    assert "Your profession" in page
    assert "Nurse" in page


def test_the_button_confirms_and_may_be_pressed_again(client):
    campaign = make_campaign()
    make_signature(campaign)
    for _n in range(3):
        response = client.post(link_of(campaign))
        assert (response.status_code, response.url) == (303, f"/campaigns/{campaign.slug}/share/#confirmed")
    tally_up(at=timezone.now())
    assert Tally.objects.get(campaign=campaign).total == 1
    assert "Confirmed on" in client.get(link_of(campaign)).content.decode()


def test_input_that_came_in_after_the_page_was_opened_is_shown_before_it_counts(client):
    campaign = make_campaign()
    make_signature(campaign, "leyla@example.org")
    link = link_of(campaign)
    seen = client.get(link).context["seen"]
    make_signature(campaign, "leyla@example.org", name="Somebody Else")
    response = client.post(link, {"seen": seen})
    assert response.status_code == 409
    assert "Somebody Else" in response.content.decode()
    assert client.post(link, {"seen": response.context["seen"]}).status_code == 303


def test_the_link_of_a_signature_that_was_taken_back_says_so_and_promises_nothing(client):
    campaign = make_campaign()
    signature = make_signature(campaign, "leyla@example.org", confirmed=True)
    link = link_of(campaign)
    signing.withdraw(signature, at=timezone.now())
    for response, status in ((client.get(link), 200), (client.post(link), 409)):
        page = response.content.decode()
        assert response.status_code == status
        assert "This signature was taken back" in page
        assert "Confirm my signature" not in page
    make_signature(campaign, "leyla@example.org")
    assert "Confirm my signature" in client.get(link_of(campaign)).content.decode()
    assert client.post(link_of(campaign)).status_code == 303


def test_a_signature_that_is_declined_while_somebody_confirms_it_is_unknown(client, monkeypatch):
    """“It wasn't me” deletes the row that the confirm page has just read."""
    campaign = make_campaign()
    make_signature(campaign)
    link = link_of(campaign)
    find = signing.find_letter

    def found_and_gone(token, *, at):
        letter = find(token, at=at)
        Signature.objects.all().delete()
        return letter

    monkeypatch.setattr(signing, "find_letter", found_and_gone)
    assert client.post(link).status_code == 404


def test_an_expired_link_says_so(client):
    campaign = make_campaign()
    make_signature(campaign, at=timezone.now() - timedelta(days=8))
    response = client.get(link_of(campaign))
    assert response.status_code == 410
    assert "good for seven days" in response.content.decode()
    assert client.post(link_of(campaign)).status_code == 410
    assert Signature.objects.get().confirmed_at is None


@pytest.mark.parametrize("token", ["x", "A" * 43, "%F0%9F%99%82", "a%2Fb".replace("%2F", "-")])
def test_an_unknown_link_is_a_sentence_and_404(client, token):
    response = client.get(f"/confirm/{token}/")
    assert response.status_code == 404
    assert "We do not know this link." in response.content.decode()


def test_a_token_page_is_kept_and_listed_by_nobody_and_works_with_its_own_form(client):
    campaign = make_campaign()
    make_signature(campaign)
    response = client.get(link_of(campaign))
    assert "no-store" in response.headers["Cache-Control"]
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "canonical" not in response.content.decode()
    assert not response.cookies


def test_another_site_cannot_press_the_button(client):
    campaign = make_campaign()
    make_signature(campaign)
    response = client.post(link_of(campaign), headers={"Origin": "https://evil.example"})
    assert response.status_code == 403
    assert Signature.objects.get().confirmed_at is None
