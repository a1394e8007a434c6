"""Letters that are stuck: staff try them once more or give them up, for a reason, without seeing an address."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from makers_campaigns import make_campaign, make_signature, newest_letter
from makers_roles import make_role
from makers_staff import sign_in

from campaigns.actions.sending import reclaim_abandoned, send_due
from campaigns.actions.settling import give_up, send_again
from campaigns.models import Letter, Signature
from cases.errors import ReasonMissing
from cases.models import Change

pytestmark = pytest.mark.django_db
NOW = timezone.now
LIST = "admin:campaigns_letter_changelist"


def make_stuck(state="failed", campaign=None, **fields):
    campaign = campaign or make_campaign()
    make_signature(campaign, "leyla@gmail.com")
    letter = newest_letter(campaign)
    fields = {"attempts": 8, "last_error": "refused with 550", **fields}
    Letter.objects.filter(pk=letter.pk).update(state=state, **fields)
    return letter


def desk_of(role):
    return sign_in(Client(), make_role(role))


def act(desk, letter, action, because="The mail host is well again."):
    data = {"action": action, "because": because, "_selected_action": [letter.pk]}
    return desk.post(reverse(LIST), data, follow=True)


@pytest.mark.parametrize("role", ["administrator", "data protection"])
def test_a_letter_that_was_refused_is_tried_once_more(role):
    letter = make_stuck()
    Signature.objects.update(bounced_at=NOW())
    assert "1 letter: done" in act(desk_of(role), letter, "send_again").text
    assert send_due(worker="w") == 1
    assert len(mail.outbox) == 1
    change = Change.objects.get(verb="letters_sent_again")
    assert (change.table, change.fields["letters"]) == ("campaign", ["", str(letter.pk)])
    assert change.because == "The mail host is well again."


def test_what_the_mail_host_said_stands_beside_the_state():
    make_stuck()
    page = desk_of("data protection").get(reverse(LIST)).text
    assert re.search(r'field-state">refused for good</td><td class="field-last_error">refused with 550<', page)


def test_a_letter_that_is_given_up_is_never_sent():
    letter = make_stuck("held")
    act(desk_of("administrator"), letter, "give_up")
    letter.refresh_from_db()
    assert letter.state == "not_sent"
    assert send_due(worker="w") == 0
    assert Change.objects.filter(verb="letters_given_up").exists()


@pytest.mark.parametrize("action", ["send_again", "give_up"])
def test_without_a_reason_nothing_is_done(action):
    letter = make_stuck()
    assert "Say why" in act(desk_of("administrator"), letter, action, because=" ").text
    letter.refresh_from_db()
    assert letter.state == "failed"
    assert not Change.objects.filter(verb__startswith="letters").exists()


@pytest.mark.parametrize("state", ["queued", "sent", "not_sent"])
def test_only_what_is_stuck_can_be_settled(state):
    letter = make_stuck(state, sent_at=NOW() if state == "sent" else None)
    assert send_again(Letter.objects.all(), by=None, because="x", at=NOW()) == 0
    assert give_up(Letter.objects.all(), by=None, because="x") == 0
    letter.refresh_from_db()
    assert letter.state == state


def test_an_expired_link_is_not_sent_again():
    make_stuck(expires_at=NOW() - timedelta(hours=1))
    assert send_again(Letter.objects.all(), by=None, because="x", at=NOW()) == 0


def test_what_nobody_knows_of_is_tried_once_and_waits_for_staff_again():
    letter = make_stuck("held", unknown_count=2)
    send_again(Letter.objects.all(), by=None, because="They say that it never came.", at=NOW())
    Letter.objects.filter(pk=letter.pk).update(
        state="leased", leased_by="dead", leased_until=NOW(), attempting_at=NOW()
    )
    reclaim_abandoned(at=NOW() + timedelta(minutes=1))
    letter.refresh_from_db()
    assert letter.state == "held"


def test_many_letters_of_some_campaigns_are_one_change_for_each():
    first, second = make_campaign(), make_campaign()
    for campaign in (first, first, second):
        make_stuck(campaign=campaign)
    Letter.objects.update(state="failed")
    assert send_again(Letter.objects.all(), by=None, because="x", at=NOW()) == 3
    assert Change.objects.filter(verb="letters_sent_again").count() == 2
    with pytest.raises(ReasonMissing):
        send_again(Letter.objects.all(), by=None, because="", at=NOW())


def test_an_act_takes_no_more_than_its_share(monkeypatch):
    monkeypatch.setattr("campaigns.actions.settling.AT_ONCE", 2)
    for _n in range(3):
        make_stuck()
    assert give_up(Letter.objects.all(), by=None, because="x") == 2
    assert give_up(Letter.objects.all(), by=None, because="x") == 1


def test_nothing_that_names_a_signer_is_shown():
    letter = make_stuck()
    desk = desk_of("administrator")
    said = desk.get(reverse(LIST)).text + desk.get(reverse("admin:campaigns_letter_change", args=[letter.pk])).text
    assert "gmail.com" in said
    assert "refused with 550" in said
    assert "leyla" not in said
    assert letter.signature.email_key not in said
    assert letter.message_id not in said


def test_whoever_may_only_look_is_offered_no_act():
    make_stuck()
    desk = desk_of("campaigner")
    assert desk.get(reverse(LIST)).status_code == 403


def test_the_desk_of_an_administrator_tells_of_mail_trouble():
    make_stuck()
    text = desk_of("administrator").get(reverse("admin:index")).text
    assert "Refused by the mail host for good" in text
    assert "waits=failed" in text
