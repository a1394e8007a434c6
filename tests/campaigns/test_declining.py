"""“It wasn't me” and unsubscribing: by the link in a letter, with one press, without a cookie."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from makers_campaigns import make_campaign, make_signature, marked, newest_letter, token_of

from campaigns.actions.running import retract_campaign
from campaigns.actions.sending import send_due
from campaigns.actions.tallying import tally_up
from campaigns.links import NOT_ME, UNSUBSCRIBE, fits, message_id_in
from campaigns.models import Letter, MailStop, Signature, Tally

pytestmark = pytest.mark.django_db


def no(campaign):
    return f"/not-me/{marked(newest_letter(campaign), NOT_ME)}/"


def stop(campaign):
    return f"/unsubscribe/{marked(newest_letter(campaign), UNSUBSCRIBE)}/"


def test_reading_the_page_deletes_nothing(client):
    campaign = make_campaign()
    make_signature(campaign)
    response = client.get(no(campaign))
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert Signature.objects.count() == 1
    assert not MailStop.objects.exists()


def test_whoever_did_not_sign_is_forgotten_and_gets_no_more_letters(client):
    campaign = make_campaign()
    make_signature(campaign, "leyla@example.org")
    assert client.post(no(campaign)).status_code == 200
    assert not Signature.objects.exists()
    assert not Letter.objects.exists()
    make_signature(campaign, "Leyla@example.org")
    send_due(worker="w")
    assert Letter.objects.get().state == "not_sent"
    assert not mail.outbox


def test_pressing_twice_says_that_it_is_deleted_already(client):
    campaign = make_campaign()
    make_signature(campaign)
    link = no(campaign)
    assert client.post(link).status_code == 200
    response = client.post(link)
    assert response.status_code == 404
    assert "deleted already" in response.text


def test_a_confirmed_signature_that_was_nobodys_is_taken_back(client):
    campaign = make_campaign()
    make_signature(campaign, confirmed=True)
    tally_up(at=timezone.now())
    client.post(no(campaign))
    client.post(no(campaign))
    tally_up(at=timezone.now())
    assert Tally.objects.get().total == 0


def test_a_no_to_one_campaign_is_none_to_another(client):
    first, second = make_campaign(), make_campaign()
    make_signature(first, "leyla@example.org")
    client.post(no(first))
    make_signature(second, "leyla@example.org")
    assert send_due(worker="w") == 1
    assert len(mail.outbox) == 1


def test_unsubscribing_takes_one_post_without_a_cookie_from_anywhere(client):
    campaign = make_campaign()
    signature = make_signature(campaign, wants_news=True)
    client.cookies.clear()
    posted = {"List-Unsubscribe": "One-Click"}
    response = client.post(
        stop(campaign), posted, headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}
    )
    assert response.status_code == 200
    assert not response.cookies
    signature.refresh_from_db()
    assert (signature.wants_news, signature.news_consent) == (False, None)
    assert MailStop.objects.get().why == "unsubscribed"
    assert client.post(stop(campaign)).status_code == 200


def test_whoever_unsubscribed_can_still_sign_and_confirm(client):
    campaign = make_campaign()
    make_signature(campaign, "leyla@example.org")
    client.post(stop(campaign))
    make_signature(campaign, "leyla@example.org")
    assert send_due(worker="w") == 2
    assert client.post(f"/confirm/{token_of(newest_letter(campaign))}/").status_code == 303


def test_a_stronger_no_replaces_a_weaker_one(client):
    campaign = make_campaign()
    make_signature(campaign, confirmed=True)
    client.post(stop(campaign))
    client.post(no(campaign))
    client.post(stop(campaign))
    assert MailStop.objects.get().why == "not_me"


def test_one_may_say_no_to_what_is_hidden_or_old(client):
    campaign = make_campaign()
    make_signature(campaign, at=timezone.now() - timedelta(days=10))
    retract_campaign(campaign, by=None, because="A mistake.")
    assert client.post(no(campaign)).status_code == 200
    assert not Signature.objects.exists()


@pytest.mark.parametrize("page", ["not-me", "unsubscribe"])
@pytest.mark.parametrize("token", ["x", "a" * 52, "A" * 43, "é" * 52, "1" * 52])
def test_an_unknown_token_is_a_sentence_and_404(client, page, token):
    for response in (client.get(f"/{page}/{token}/"), client.post(f"/{page}/{token}/")):
        assert response.status_code == 404
        assert "We do not know this link" in response.text


def test_a_token_is_good_for_its_own_purpose_and_letter_only(client):
    campaign = make_campaign()
    make_signature(campaign)
    letter = newest_letter(campaign)
    token = marked(letter, UNSUBSCRIBE)
    assert client.post(f"/not-me/{token}/").status_code == 404
    make_signature(campaign)
    other = marked(newest_letter(campaign), NOT_ME)
    mixed = marked(letter, NOT_ME)[:26] + other[26:]
    assert client.post(f"/not-me/{mixed}/").status_code == 404
    assert Signature.objects.count() == 2


def test_a_token_has_128_bits_that_are_kept_nowhere():
    campaign = make_campaign()
    make_signature(campaign)
    letter = newest_letter(campaign)
    secrets = letter.signature.campaign.key.unwrapped()
    assert message_id_in(marked(letter, NOT_ME).upper()) == letter.message_id
    assert fits(marked(letter, NOT_ME).upper(), letter, secrets, NOT_ME)
    mark = secrets.letter_mark(NOT_ME, letter.nonce)
    assert len(mark) == 16
    kept = [str(value) for row in (*Letter.objects.values(), *Signature.objects.values()) for value in row.values()]
    assert not any(mark.hex() in value for value in kept)
