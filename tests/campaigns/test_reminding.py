"""One reminder, two days later, to whom it can still help."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from makers import make_person, make_staff
from makers_campaigns import make_campaign, make_signature, marked, newest_letter, token_of

from campaigns.actions.reminding import remind
from campaigns.actions.running import pause_campaign, retract_campaign
from campaigns.actions.sending import send_due
from campaigns.actions.working import drain
from campaigns.links import NOT_ME, UNSUBSCRIBE
from campaigns.models import Letter, MailStop, Signature
from cases.actions.pausing import pause

pytestmark = pytest.mark.django_db
NOW = timezone.now


def days_ago(days):
    return NOW() - timedelta(days=days)


def make_waiting(campaign=None, email=None, *, days=3, **given):
    """A signature made, and its letter sent, `days` ago; nobody has followed the link."""
    signature = make_signature(campaign or make_campaign(), email, at=days_ago(days), **given)
    Letter.objects.filter(signature=signature, state="queued").update(state="sent", sent_at=days_ago(days))
    return signature


def test_who_has_not_confirmed_after_two_days_is_reminded_once(client):
    campaign = make_campaign()
    make_waiting(campaign, "leyla@gmail.com")
    assert remind(at=NOW()) == 1
    assert remind(at=NOW()) == 0
    assert send_due(worker="w") == 1
    (message,) = mail.outbox
    letter = newest_letter(campaign)
    assert (letter.kind, letter.provider) == ("reminder", "gmail.com")
    assert (message.subject, message.to) == ("Please confirm: a reminder", ["leyla@gmail.com"])
    assert client.post(f"/confirm/{token_of(letter)}/").status_code == 303
    assert Signature.objects.get().confirmed_at


def test_a_reminder_can_be_unsubscribed_with_one_press_and_declined():
    campaign = make_campaign()
    make_waiting(campaign)
    remind(at=NOW())
    send_due(worker="w")
    (message,) = mail.outbox
    letter = newest_letter(campaign)
    link = f"http://testserver/unsubscribe/{marked(letter, UNSUBSCRIBE)}/"
    assert message.extra_headers["List-Unsubscribe"] == f"<{link}>"
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    for text in (message.body, message.alternatives[0].content):
        assert link in text
        assert f"/not-me/{marked(letter, NOT_ME)}/" in text


def test_only_what_is_no_confirmation_can_be_unsubscribed():
    campaign = make_campaign()
    make_signature(campaign, "leyla@example.org", confirmed=True)
    make_signature(campaign, "leyla@example.org")
    while send_due(worker="w"):
        pass
    first, second = mail.outbox
    assert "List-Unsubscribe" not in first.extra_headers
    assert "/not-me/" in first.body
    assert "List-Unsubscribe" in second.extra_headers


@pytest.mark.parametrize("days", [1, 8])
def test_not_before_two_days_and_not_when_the_link_would_outlive_the_signature(days):
    make_waiting(days=days)
    assert remind(at=NOW()) == 0


@pytest.mark.parametrize(
    "fact", ["confirmed_at", "withdrawn_at", "bounced_at", "set_aside_at", "reminded_at", "letters_count"]
)
def test_no_reminder_where_it_would_be_wrong(fact):
    signature = make_waiting()
    Signature.objects.filter(pk=signature.pk).update(**{fact: 5 if fact == "letters_count" else NOW()})
    assert remind(at=NOW()) == 0


@pytest.mark.parametrize("why", ["unsubscribed", "not_me", "complained"])
def test_no_reminder_to_a_mailbox_that_said_no(why):
    signature = make_waiting()
    MailStop.objects.create(campaign=signature.campaign, email_key=signature.email_key, why=why, stopped_at=NOW())
    assert remind(at=NOW()) == 0


@pytest.mark.parametrize("state", ["queued", "failed", "held"])
def test_no_reminder_of_a_letter_that_never_arrived(state):
    signature = make_signature(make_campaign(), at=days_ago(3))
    Letter.objects.filter(signature=signature).update(state=state)
    assert remind(at=NOW()) == 0


@pytest.mark.parametrize("act", [pause_campaign, retract_campaign])
def test_no_reminder_of_a_campaign_that_is_not_open_and_public(act):
    signature = make_waiting()
    act(signature.campaign, by=None, because="For the test.")
    assert remind(at=NOW()) == 0


def test_no_reminder_of_a_campaign_whose_words_name_somebody_silent():
    ben = make_person("Ben Silenced")
    make_waiting(make_campaign(title="Free Ana and Ben Silenced"))
    pause(ben, by=make_staff("dp"), asked_by="the sister", review_on=timezone.localdate() + timedelta(days=30))
    assert remind(at=NOW()) == 0


def test_who_confirms_before_the_reminder_leaves_gets_none():
    signature = make_waiting()
    remind(at=NOW())
    Signature.objects.filter(pk=signature.pk).update(confirmed_at=NOW())
    send_due(worker="w")
    assert not mail.outbox
    assert newest_letter(signature.campaign).state == "not_sent"


def test_unsubscribing_takes_the_reminder_out_of_the_queue(client):
    signature = make_waiting()
    remind(at=NOW())
    client.post(f"/unsubscribe/{marked(newest_letter(signature.campaign), UNSUBSCRIBE)}/")
    assert newest_letter(signature.campaign).state == "not_sent"


def test_a_reminder_counts_as_one_of_the_letters_of_a_signature():
    signature = make_waiting()
    remind(at=NOW())
    signature.refresh_from_db()
    assert (signature.letters_count, bool(signature.reminded_at)) == (2, True)


def test_many_are_reminded_in_batches(monkeypatch):
    monkeypatch.setattr("campaigns.actions.reminding.BATCH", 2)
    campaign = make_campaign()
    for _n in range(5):
        make_waiting(campaign)
    assert remind(at=NOW()) == 5
    assert Letter.objects.filter(kind="reminder").count() == 5


def test_the_worker_reminds():
    make_waiting()
    drain(worker="w")
    assert [message.subject for message in mail.outbox] == ["Please confirm: a reminder"]


def test_a_round_of_the_worker_reminds_for_a_moment_and_goes_on_in_the_next(monkeypatch):
    """A rush of two days ago must not keep the count of today waiting."""
    monkeypatch.setattr("campaigns.actions.reminding.BATCH", 2)
    campaign = make_campaign()
    for _n in range(5):
        make_waiting(campaign)
    assert [remind(at=NOW(), seconds=0) for _n in range(4)] == [2, 2, 1, 0]
