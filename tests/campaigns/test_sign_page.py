"""Signing over the web: the same answer for everybody, a sentence for what is wrong, nothing typed is lost."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from makers import make_person, make_report
from makers_campaigns import (
    form_data,
    make_campaign,
    make_signature,
    make_text,
    newest_letter,
    post_signature,
    token_of,
)

from campaigns.actions.bouncing import take_complaint
from campaigns.actions.declining import unsubscribe
from campaigns.actions.running import move_campaign, pause_campaign, retract_campaign
from campaigns.links import make_stamp
from campaigns.models import CampaignQuestion, Letter, Signature
from cases.actions.deriving import derive_standing
from cases.models import Pause

pytestmark = pytest.mark.django_db
NOW = timezone.now


def test_signing_answers_303_to_check_your_mail_and_keeps_one_row(client):
    campaign = make_campaign()
    response = post_signature(client, campaign)
    assert (response.status_code, response.url) == (303, f"/campaigns/{campaign.slug}/check-your-mail/")
    assert "Check your mail" in client.get(response.url).content.decode()
    assert Signature.objects.get().country == "DE"
    assert not response.cookies


def test_whatever_is_known_of_a_mailbox_the_answer_and_its_work_are_the_same(client):
    campaign = make_campaign()
    for name in ("unsubscribed", "complained", "bounced", "aside"):
        make_signature(campaign, f"{name}@example.org", confirmed=name == "aside")
        if name == "unsubscribed":
            unsubscribe(newest_letter(campaign), at=NOW())
        elif name == "complained":
            take_complaint(newest_letter(campaign), at=NOW())
        else:
            fact = {"bounced": "bounced_at", "aside": "set_aside_at"}[name]
            Signature.objects.filter(pk=newest_letter(campaign).signature_id).update(**{fact: NOW()})
    make_signature(campaign, "known@example.org")
    make_signature(campaign, "confirmed@example.org", confirmed=True)
    for _n in range(6):
        make_signature(campaign, "often@example.org")
    answers, queries = set(), set()
    for name in ("new", "known", "confirmed", "often", "unsubscribed", "complained", "bounced", "aside"):
        data = form_data(campaign, email=f"{name}@example.org")
        with CaptureQueriesContext(connection) as captured:
            response = client.post(f"/campaigns/{campaign.slug}/sign/", data)
        kept = {name: value for name, value in response.headers.items() if name not in ("Date", "Expires")}
        answers.add((response.status_code, response.content, str(sorted(kept.items()))))
        queries.add(tuple(re.sub(r"NULL|X?'.*?'|\w*\d\w*", "?", query["sql"]) for query in captured))
    assert len(answers) == 1
    assert len(queries) == 1, "the same statements, whatever the address"


def test_a_signing_takes_at_most_six_statements(client, django_assert_max_num_queries):
    campaign = make_campaign()
    CampaignQuestion.objects.create(campaign=campaign, key="profession", label="Profession")
    data = form_data(campaign, answer_profession="Nurse")
    with django_assert_max_num_queries(6):
        assert client.post(f"/campaigns/{campaign.slug}/sign/", data).status_code == 303


def test_the_answer_to_a_campaigns_own_question_is_encrypted(client):
    campaign = make_campaign()
    CampaignQuestion.objects.create(campaign=campaign, key="profession", label="Profession", required=True)
    response = post_signature(client, campaign)
    assert (response.status_code, "Answer this question." in response.content.decode()) == (422, True)
    post_signature(client, campaign, answer_profession="Nurse")
    sealed = Signature.objects.get().extra_sealed
    assert "Nurse" not in sealed
    assert campaign.key.unwrapped().open(sealed, "answers") == '{"profession": "Nurse"}'


BAD_INPUT = [
    ("name", "", "Enter your name."),
    ("name", "   ", "Enter your name."),
    ("name", "x" * 121, "Use at most 120 characters."),
    ("name", "https://spam.example", "Leave out web addresses."),
    ("name", "=SUM(A1)", "Begin with a letter"),
    ("name", "Ley\0la", "Remove the characters that cannot be printed."),
    ("name", "e" + "\u0301" * 2000, "Use at most 120 characters."),
    ("name", "e\u0323" + "\u0301" * 20, "Use at most four accents on one letter."),
    ("email", "", "Enter your e-mail address."),
    ("email", "leyla.example.org", "Enter your e-mail address with an @."),
    ("email", "leyla@nowhere", "Enter an address that can receive mail"),
    ("email", "leyla\0@example.org", "Enter an address that can receive mail"),
    ("email", "leyla@example.org\r\nBcc: all@example.org", "Enter an address that can receive mail"),
    ("country", "", "Choose the country you live in."),
    ("country", "ZZ", "Choose the country you live in from the list."),
    ("name_delivery", "loudly", "Choose how your name is delivered."),
    ("reason", "x" * 601, "Use at most 600 characters."),
    ("reason", "See http://spam.example", "Leave out web addresses."),
    ("consent", "", "Tick the box if you agree that we keep your signature."),
    ("website", "http://bot.example", "Leave this field empty: only programs fill it in."),
]


@pytest.mark.parametrize(("field", "typed", "sentence"), BAD_INPUT, ids=lambda value: repr(value)[:30])
def test_bad_input_gets_a_sentence_beside_the_field_and_loses_nothing(client, field, typed, sentence):
    campaign = make_campaign()
    response = post_signature(client, campaign, **{"reason": "My own reason.", field: typed})
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count(sentence) == 2, "once in the summary, once beside the field"
    assert "Leyla Example" in page or field == "name"
    assert "My own reason." in page or field == "reason"
    if field == "email" and typed.isprintable():
        assert f'value="{typed}"' in page
    assert not Signature.objects.exists()
    assert not Letter.objects.exists()


def test_a_post_of_nothing_names_everything_that_is_missing(client):
    campaign = make_campaign()
    page = client.post(f"/campaigns/{campaign.slug}/sign/", {}).content.decode()
    for sentence in ("Enter your name.", "Enter your e-mail address.", "Choose the country", "Tick the box"):
        assert sentence in page


@pytest.mark.parametrize("age", [timedelta(days=8), None])
def test_an_expired_or_foreign_stamp_brings_the_filled_form_back_with_a_fresh_one(client, age):
    campaign = make_campaign()
    text = campaign.texts.get()
    stamp = make_stamp(text.pk, at=NOW() - age) if age else "1.1:invented"
    response = post_signature(client, campaign, stamp=stamp)
    page = response.content.decode()
    assert response.status_code == 409
    assert "What you typed is still here." in page
    assert 'value="Leyla Example"' in page
    fresh = re.search(r'name="stamp" value="([^"]+)"', page)[1]
    assert post_signature(client, campaign, stamp=fresh).status_code == 303


def test_who_read_an_older_text_is_shown_the_new_one_first(client):
    campaign = make_campaign()
    data = form_data(campaign)
    make_text(campaign, ask="We ask for something else.")
    response = client.post(f"/campaigns/{campaign.slug}/sign/", data)
    assert response.status_code == 409
    assert "We ask for something else." in response.content.decode()
    assert not Signature.objects.exists()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Origin": "http://testserver"}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({"Origin": "null"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "null"}, 403),
    ],
)
def test_only_a_positively_foreign_form_is_refused(client, headers, status):
    campaign = make_campaign()
    response = client.post(f"/campaigns/{campaign.slug}/sign/", form_data(campaign), headers=headers)
    assert response.status_code == status


def test_a_network_that_sends_too_much_is_asked_to_wait_and_others_are_not(client, settings):
    settings.SIGNINGS_PER_NETWORK_PER_HOUR = 2
    campaign = make_campaign()
    answers = [post_signature(client, campaign).status_code for _n in range(3)]
    assert answers == [303, 303, 429]
    page = post_signature(client, campaign).content.decode()
    assert "Please try again in an hour." in page
    assert 'value="Leyla Example"' in page
    other = client.post(f"/campaigns/{campaign.slug}/sign/", form_data(campaign), REMOTE_ADDR="203.0.113.9")
    assert other.status_code == 303


def test_the_network_is_kept_as_a_hash_only(client):
    campaign = make_campaign()
    client.post(f"/campaigns/{campaign.slug}/sign/", form_data(campaign), REMOTE_ADDR="203.0.113.9")
    key = Signature.objects.get().network_key
    assert re.fullmatch("[0-9a-f]{32}", key)


def test_only_listed_ways_of_sharing_are_counted(client):
    campaign = make_campaign()
    post_signature(client, campaign, via="telegram", email="a@example.org")
    post_signature(client, campaign, via="<script>", email="b@example.org")
    assert sorted(Signature.objects.values_list("via", flat=True)) == ["", "telegram"]
    assert 'name="via" value="telegram"' in client.get(f"/campaigns/{campaign.slug}/?via=telegram").content.decode()
    assert "evil" not in client.get(f"/campaigns/{campaign.slug}/?via=evil").content.decode()


def test_a_paused_campaign_says_why_and_since_when(client):
    campaign = make_campaign()
    pause_campaign(campaign, by=None, because="The family asked for a week of silence.")
    page = client.get(f"/campaigns/{campaign.slug}/").content.decode()
    assert "Signing is paused" in page
    assert "The family asked for a week of silence." in page
    assert "<form" not in page
    assert post_signature(client, campaign).status_code == 409


def test_a_cited_release_of_everybody_stops_signing_at_once(client):
    from makers import cite

    person, other = make_person(), make_person("Ben Example")
    campaign = make_campaign(person, other)
    for each in (person, other):
        assert post_signature(client, campaign, email=f"{each.pk}@example.org").status_code == 303
        cite(make_report(each, "released", "2024-05-01"))
        derive_standing(each)
    assert post_signature(client, campaign, email="late@example.org").status_code == 409
    assert "Signing has stopped" in client.get(f"/campaigns/{campaign.slug}/").content.decode()
    letter = Letter.objects.order_by("pk").first()
    assert client.post(f"/confirm/{token_of(letter)}/").status_code == 303, "a mailed link still confirms"


@pytest.mark.parametrize("status", ["house_arrest", "travel_ban"])
def test_house_arrest_or_a_travel_ban_does_not_stop_signing(client, status):
    from makers import cite

    person = make_person()
    cite(make_report(person, status, "2024-05-01"))
    derive_standing(person)
    assert post_signature(client, make_campaign(person)).status_code == 303


def test_a_release_without_a_source_does_not_stop_signing(client):
    person = make_person()
    make_report(person, "released", "2024-05-01")
    derive_standing(person)
    assert post_signature(client, make_campaign(person)).status_code == 303


def test_an_old_address_leads_to_the_new_one_for_readers_and_for_forms(client):
    campaign = make_campaign(slug="old-address")
    move_campaign(campaign, slug="new-address", by=None, because="A better name.")
    response = client.get("/campaigns/old-address/")
    assert (response.status_code, response.url) == (301, "/campaigns/new-address/")
    assert client.get("/campaigns/old-address/share/").url == "/campaigns/new-address/share/"
    posted = client.post("/campaigns/old-address/sign/", form_data(campaign))
    assert (posted.status_code, posted.url) == (308, "/campaigns/new-address/sign/")


@pytest.mark.parametrize("path", ["", "share/", "check-your-mail/"])
def test_a_campaign_taken_back_says_so_and_no_more(client, path):
    campaign = make_campaign(title="Free Ana Example", slug="first")
    move_campaign(campaign, slug="second", by=None, because="A better name.")
    retract_campaign(campaign, by=None, because="A mistake.")
    for slug in ("first", "second"):
        response = client.get(f"/campaigns/{slug}/{path}")
        assert response.status_code == 410
        assert "This appeal was taken back" in response.content.decode()
        assert "Ana Example" not in response.content.decode()
    assert client.post("/campaigns/second/sign/", {}).status_code == 410
    assert client.get("/campaigns/second/count.json").status_code == 404


def test_a_campaign_hidden_by_a_pause_is_404(client):
    person = make_person()
    campaign = make_campaign(person)
    Pause.objects.create(person=person, asked_by="Family", review_on=NOW().date())
    assert client.get(f"/campaigns/{campaign.slug}/").status_code == 404
    assert post_signature(client, campaign).status_code == 404


@pytest.mark.parametrize("path", ["", "share/", "check-your-mail/", "count.json"])
def test_a_draft_is_nowhere(client, path):
    campaign = make_campaign(public=False)
    assert client.get(f"/campaigns/{campaign.slug}/{path}").status_code == 404


def test_signing_a_draft_is_404(client):
    campaign = make_campaign(public=False)
    assert post_signature(client, campaign).status_code == 404
    assert client.get(f"/campaigns/{campaign.slug}/sign/", follow=True).status_code == 404


def test_who_opens_the_address_of_a_form_that_came_back_gets_the_form(client):
    campaign = make_campaign()
    response = client.get(f"/campaigns/{campaign.slug}/sign/")
    assert (response.status_code, response.url) == (302, f"/campaigns/{campaign.slug}/#sign")
    assert "no-store" in response.headers["Cache-Control"]


def test_a_repeated_signer_learns_it_by_mail_only(client):
    campaign = make_campaign()
    make_signature(campaign, "leyla@example.org", confirmed=True)
    page = client.get(post_signature(client, campaign).url).content.decode()
    assert "already" not in page
    assert newest_letter(campaign).kind == "already_confirmed"
