"""The outbox: every letter leaves once, twice only where nobody knows whether it arrived."""

import smtplib
import time
from datetime import timedelta
from threading import Event

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from makers import make_person, make_staff
from makers_campaigns import make_campaign, make_signature, newest_letter, token_of

from campaigns.actions import sending, working
from campaigns.actions.leasing import give_lease_back, take_lease, worker_name
from campaigns.actions.running import open_campaign, publish_campaign, retract_campaign
from campaigns.actions.sending import MailHostAway, lease_batch, prolong_leases, reclaim_abandoned, send_due
from campaigns.actions.sweeping import sweep
from campaigns.management.commands import work
from campaigns.models import Lease, Letter, Signature, Tally
from cases.actions.pausing import lift, pause
from config.vitals import outbox_seconds

pytestmark = pytest.mark.django_db
NOW = timezone.now


class Dead(BaseException):
    """The worker is killed: nothing of ours gets to handle it."""


def work_until(stop, monkeypatch):
    """The worker's rounds as they are, without its pauses and without closing the test's own connection."""
    monkeypatch.setattr(working, "POLL", 0)
    monkeypatch.setattr(working.connection, "close", lambda: None)
    monkeypatch.setattr(working, "close_old_connections", lambda: None)
    working.send_until(stop, worker="w")


def away_once(act):
    """Does what `act` does, but for the first time, when there is no database."""
    calls = []

    def acting(*args, **kwargs):
        calls.append(1)
        if len(calls) == 1:
            raise OperationalError
        return act(*args, **kwargs)

    return acting


def away_always(*_args):
    raise ConnectionRefusedError


def later(**span):
    return NOW() + timedelta(**span)


def host_that_says(monkeypatch, error, *, before=0):
    """A mail host that takes `before` letters and answers the next ones with `error`."""
    taken = []

    def send_messages(self, messages):
        if len(taken) >= before:
            raise error
        taken.extend(messages)
        return original(self, messages)

    original = EmailBackend.send_messages
    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)


def test_a_letter_is_sent_with_text_html_and_its_link():
    campaign = make_campaign(title="Free Ana Example")
    make_signature(campaign, "leyla@example.org")
    assert send_due(worker="w") == 1
    letter = newest_letter(campaign)
    (message,) = mail.outbox
    assert message.to == ["leyla@example.org"]
    assert message.subject == "Please confirm"
    assert f"/confirm/{token_of(letter)}/" in message.body
    assert f"/confirm/{token_of(letter)}/" in message.alternatives[0].content
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert message.extra_headers["Message-ID"] == letter.message_id
    assert (letter.state, letter.leased_by, letter.attempts) == ("sent", "", 1)


def test_the_subject_and_the_letter_repeat_nothing_that_was_typed():
    campaign = make_campaign()
    make_signature(campaign, "leyla@example.org", name="Win Money Now", reason="Call this number.")
    send_due(worker="w")
    (message,) = mail.outbox
    for text in (message.subject, message.body, message.alternatives[0].content):
        assert text
        assert "Win Money" not in text
        assert "Call this" not in text


def test_nothing_in_a_letter_is_loaded_from_anywhere():
    make_signature(make_campaign())
    send_due(worker="w")
    assert "<img" not in mail.outbox[0].alternatives[0].content
    assert "src=" not in mail.outbox[0].alternatives[0].content


def test_a_letter_is_ascii_on_its_way_whatever_it_says():
    make_signature(make_campaign(title="Azadlıq “sözün”"))
    send_due(worker="w")
    whole = mail.outbox[0].message()
    assert whole.as_bytes().isascii()
    for part in whole.get_payload():
        assert "Azadlıq" in part.get_payload(decode=True).decode()


def test_a_repeated_signer_gets_a_different_letter():
    campaign = make_campaign()
    make_signature(campaign, "leyla@example.org", confirmed=True)
    make_signature(campaign, "leyla@example.org")
    while send_due(worker="w"):
        pass
    assert [m.subject for m in mail.outbox] == ["Please confirm", "You have confirmed already"]
    assert "/confirm/" not in mail.outbox[1].body


def test_a_letter_is_never_sent_twice():
    make_signature(make_campaign())
    send_due(worker="w")
    assert send_due(worker="w") == 0
    assert len(mail.outbox) == 1


def test_two_workers_never_lease_the_same_letter():
    campaign = make_campaign()
    for _n in range(5):
        make_signature(campaign)
    first = lease_batch(worker="a", limit=3, at=NOW())
    second = lease_batch(worker="b", limit=3, at=NOW())
    assert (len(first), len(second)) == (3, 2)
    assert not set(first) & set(second)


def test_what_a_dead_worker_had_not_tried_goes_out_once():
    make_signature(make_campaign())
    lease_batch(worker="dead", limit=5, at=NOW())
    assert reclaim_abandoned(at=NOW()) == 0, "the lease still runs"
    assert reclaim_abandoned(at=later(minutes=2)) == 1
    Letter.objects.update(due_at=NOW())
    assert send_due(worker="w") == 1
    letter = Letter.objects.get()
    assert (letter.state, letter.unknown_count, len(mail.outbox)) == ("sent", 0, 1)


def test_a_worker_killed_while_sending_costs_one_second_copy_with_the_same_message_id(monkeypatch):
    campaign = make_campaign()
    make_signature(campaign)
    with monkeypatch.context() as killed:
        finish = sending._finish
        killed.setattr(sending, "_finish", lambda *_a, **_k: (_ for _ in ()).throw(Dead))
        with pytest.raises(Dead):
            send_due(worker="dead")
        assert finish is not sending._finish
    assert len(mail.outbox) == 1
    assert reclaim_abandoned(at=later(minutes=2)) == 1
    Letter.objects.update(due_at=NOW())
    send_due(worker="w")
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert newest_letter(campaign).state == "sent"


def test_a_living_worker_keeps_what_it_holds_however_slow_the_mail_host():
    make_signature(make_campaign())
    lease_batch(worker="slow", limit=5, at=NOW())
    assert prolong_leases(worker="slow", at=later(minutes=1)) == 1
    assert prolong_leases(worker="other", at=later(minutes=5)) == 0
    assert reclaim_abandoned(at=later(minutes=1)) == 0
    assert reclaim_abandoned(at=later(minutes=2)) == 1


def test_a_worker_whose_database_was_lost_in_the_middle_takes_up_its_own_batch_again(monkeypatch):
    campaign = make_campaign()
    for _n in range(3):
        make_signature(campaign)
    stop = Event()
    # The mail host has taken the first letter, and then the database is gone: neither can be written down.
    for name in ("_finish", "_release"):
        monkeypatch.setattr(sending, name, away_once(getattr(sending, name)))
    monkeypatch.setattr(working, "_database_away", lambda *_a: None)
    monkeypatch.setattr(working, "send_due", lambda **asked: send_due(**asked) or stop.set())
    work_until(stop, monkeypatch)
    assert set(Letter.objects.values_list("state", flat=True)) == {"sent"}
    assert sorted(Letter.objects.values_list("unknown_count", flat=True)) == [0, 0, 1]
    assert len(mail.outbox) == 4


def test_the_clock_tallies_and_sweeps_until_it_is_stopped(monkeypatch):
    campaign = make_campaign()
    make_signature(campaign, confirmed=True, at=NOW() - timedelta(minutes=1))
    make_signature(campaign, at=NOW() - timedelta(days=15))
    stop = Event()
    monkeypatch.setattr(stop, "wait", lambda _seconds: stop.set())
    monkeypatch.setattr(working.connection, "close", lambda: None)
    monkeypatch.setattr(working, "close_old_connections", lambda: None)
    working.keep_time_until(stop, worker="w")
    assert Tally.objects.get().total == 1
    assert Signature.objects.count() == 1
    assert not Lease.objects.filter(until__gt=NOW()).exists(), "the next worker can take over at once"


@pytest.mark.django_db(transaction=True)
def test_leases_are_prolonged_while_a_duty_takes_long_and_until_the_last_letter_is_done(monkeypatch):
    """A worker that stops, or has much to forget, still holds the letter that a slow mail host is taking."""
    make_signature(make_campaign(), at=NOW() - timedelta(minutes=1))
    seen = []

    def send_slowly(stop, *, worker):
        if not worker.endswith("/1"):
            return
        (pk,) = lease_batch(worker=worker, limit=1, at=NOW() - timedelta(seconds=15))
        stop.set()
        for _n in range(100):
            if Letter.objects.get(pk=pk).leased_until > later(seconds=15):
                seen.append(pk)
                break
            time.sleep(0.05)

    monkeypatch.setattr(work, "keep_time_until", lambda stop, **_told: stop.wait())
    monkeypatch.setattr(work, "send_until", send_slowly)
    monkeypatch.setattr(work.signal, "signal", lambda *_a: None)
    monkeypatch.setattr(working, "PROLONG_EVERY", 0.05)
    call_command("work")
    assert seen


def test_after_two_unknown_outcomes_staff_decide():
    make_signature(make_campaign())
    for _n in range(2):
        (pk,) = lease_batch(worker="dead", limit=1, at=later(minutes=10))
        Letter.objects.filter(pk=pk).update(attempting_at=NOW())
        reclaim_abandoned(at=later(minutes=20))
        Letter.objects.filter(state="queued").update(due_at=NOW())
    letter = Letter.objects.get()
    assert (letter.state, letter.unknown_count) == ("held", 2)
    assert send_due(worker="w") == 0


def test_a_mail_host_that_is_away_loses_nothing(monkeypatch):
    campaign = make_campaign()
    for _n in range(3):
        make_signature(campaign)
    with monkeypatch.context() as away:
        away.setattr(EmailBackend, "open", lambda self: (_ for _ in ()).throw(ConnectionRefusedError()))
        with pytest.raises(MailHostAway):
            send_due(worker="w")
        with pytest.raises(CommandError):
            call_command("work", "--once")
    assert set(Letter.objects.values_list("state", "attempts")) == {("queued", 0)}
    assert send_due(worker="w") == 3


def test_how_long_letters_wait_for_a_mail_host_that_is_away_shows(monkeypatch):
    make_signature(make_campaign())
    since = NOW() - timedelta(minutes=20)
    Letter.objects.update(due_at=since)
    monkeypatch.setattr(EmailBackend, "open", lambda self: (_ for _ in ()).throw(ConnectionRefusedError()))
    with pytest.raises(MailHostAway):
        send_due(worker="w")
    assert Letter.objects.get().due_at == since
    lease_batch(worker="dead", limit=1, at=NOW() - timedelta(minutes=1))
    assert reclaim_abandoned(at=NOW()) == 1
    assert Letter.objects.get().due_at == since
    assert outbox_seconds(NOW()) >= 20 * 60


def test_what_is_given_back_is_due_although_the_clock_was_set_back():
    make_signature(make_campaign())
    tomorrow = NOW() + timedelta(days=1)
    Letter.objects.update(due_at=tomorrow)
    lease_batch(worker="dead", limit=1, at=tomorrow)
    Letter.objects.update(leased_until=NOW() - timedelta(minutes=1))
    assert reclaim_abandoned(at=NOW()) == 1
    assert send_due(worker="w") == 1


def test_a_line_that_breaks_in_the_middle_of_a_batch_leaves_the_rest_in_the_queue(monkeypatch):
    campaign = make_campaign()
    for _n in range(3):
        make_signature(campaign)
    host_that_says(monkeypatch, TimeoutError(), before=1)
    with pytest.raises(MailHostAway):
        send_due(worker="w")
    states = Letter.objects.order_by("pk").values_list("state", "unknown_count")
    assert list(states) == [("sent", 0), ("queued", 1), ("queued", 0)]


def test_a_line_that_breaks_before_the_letter_was_handed_over_is_no_unknown_outcome(monkeypatch):
    make_signature(make_campaign())
    monkeypatch.setattr(sending.DataWatch, "__init__", lambda self, connection: setattr(self, "begun", False))
    host_that_says(monkeypatch, smtplib.SMTPServerDisconnected())
    with pytest.raises(MailHostAway):
        send_due(worker="w")
    letter = Letter.objects.get()
    assert (letter.state, letter.unknown_count, letter.attempts) == ("queued", 0, 0)


def test_a_refusal_for_now_is_tried_again_ever_more_slowly(monkeypatch):
    make_signature(make_campaign(), "leyla@example.org")
    host_that_says(
        monkeypatch, smtplib.SMTPRecipientsRefused({"leyla@example.org": (451, b"leyla@example.org later")})
    )
    waits = []
    for _n in range(3):
        Letter.objects.update(due_at=NOW())
        send_due(worker="w")
        letter = Letter.objects.get()
        waits.append((letter.due_at - NOW()).total_seconds())
    assert letter.state == "queued"
    assert letter.last_error == "refused with 451"
    assert waits == sorted(waits)
    assert waits[2] > 10 * waits[0]


def test_patience_with_refusals_has_an_end(monkeypatch):
    make_signature(make_campaign())
    host_that_says(monkeypatch, smtplib.SMTPDataError(452, b"full"))
    for _n in range(sending.ATTEMPTS):
        Letter.objects.update(due_at=NOW())
        send_due(worker="w")
    assert Letter.objects.get().state == "failed"


@pytest.mark.parametrize(
    ("error", "bounced"),
    [
        (smtplib.SMTPRecipientsRefused({"leyla@example.org": (550, b"no leyla@example.org here")}), False),
        (smtplib.SMTPRecipientsRefused({"leyla@example.org": (550, b"5.1.1 no such mailbox")}), True),
        (smtplib.SMTPRecipientsRefused({"leyla@example.org": (550, b"5.7.1 your address is listed")}), False),
        (smtplib.SMTPRecipientsRefused({"leyla@example.org": (552, b"5.2.2 the mailbox is full")}), False),
        (smtplib.SMTPDataError(554, b"spam from leyla@example.org"), False),
    ],
)
def test_a_refusal_for_good_is_final_and_a_hard_bounce_marks_the_signature(monkeypatch, error, bounced):
    make_signature(make_campaign(), "leyla@example.org")
    host_that_says(monkeypatch, error)
    send_due(worker="w")
    letter = Letter.objects.get()
    assert letter.state == "failed"
    assert "leyla" not in letter.last_error
    assert bool(Signature.objects.get().bounced_at) is bounced


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPSenderRefused(530, b"5.7.0 authentication required", "habeas@example.org"),
        smtplib.SMTPSenderRefused(550, b"5.7.1 you may not send here", "habeas@example.org"),
        smtplib.SMTPRecipientsRefused({"leyla@example.org": (530, b"authentication required by leyla@example.org")}),
    ],
)
def test_a_refusal_that_is_about_us_costs_no_letter_its_attempts(monkeypatch, caplog, error):
    make_signature(make_campaign(), "leyla@example.org")
    host_that_says(monkeypatch, error)
    with pytest.raises(MailHostAway):
        send_due(worker="w")
    assert Letter.objects.filter(state="queued", attempts=0, unknown_count=0).exists()
    assert f"mail host away: {type(error).__name__} 5" in caplog.text
    assert "leyla" not in caplog.text + Letter.objects.get().last_error


def test_no_address_is_logged_whatever_goes_wrong(monkeypatch, caplog):
    make_signature(make_campaign(), "leyla@example.org")
    monkeypatch.setitem(
        sending.WRITERS, "confirm", lambda *_a, **_k: (_ for _ in ()).throw(ValueError("leyla@example.org"))
    )
    send_due(worker="w")
    assert Letter.objects.get().state == "failed"
    assert caplog.records
    assert "leyla" not in caplog.text


def test_letters_of_a_hidden_campaign_wait():
    campaign = make_campaign()
    make_signature(campaign)
    retract_campaign(campaign, by=None, because="A mistake.")
    assert send_due(worker="w") == 0
    publish_campaign(campaign, by=None, because="It was none.")
    open_campaign(campaign, by=None, because="It was none.")
    assert send_due(worker="w") == 1


def test_letters_of_a_campaign_whose_words_name_somebody_silent_wait():
    ben = make_person("Ben Silenced")
    make_signature(make_campaign(title="Free Ana and Ben Silenced"))
    make_signature(make_campaign())
    pause(ben, by=make_staff("dp"), asked_by="the sister", review_on=timezone.localdate() + timedelta(days=30))
    assert send_due(worker="w") == 1
    assert send_due(worker="w") == 0
    lift(ben, by=make_staff("other"), because="The family agrees.")
    assert send_due(worker="w") == 1


def test_no_more_letters_leave_in_a_minute_than_the_setting_allows(settings):
    settings.SENDING_PER_MINUTE = 2
    campaign = make_campaign()
    for _n in range(3):
        make_signature(campaign)
    assert send_due(worker="w") == 2
    assert send_due(worker="w") == 0
    Letter.objects.filter(state="sent").update(sent_at=NOW() - timedelta(seconds=61))
    assert send_due(worker="w") == 1


def test_what_another_worker_is_about_to_send_counts_for_this_minute(settings):
    settings.SENDING_PER_MINUTE = 3
    campaign = make_campaign()
    for _n in range(6):
        make_signature(campaign)
    assert len(lease_batch(worker="other", limit=2, at=NOW())) == 2
    assert send_due(worker="w") == 1
    assert send_due(worker="w") == 0


def test_what_left_before_the_clock_was_set_back_holds_no_letter_up(settings):
    settings.SENDING_PER_MINUTE = 2
    campaign = make_campaign()
    for _n in range(3):
        make_signature(campaign)
    with time_machine.travel(later(days=1), tick=False):
        assert send_due(worker="w") == 2
    assert send_due(worker="w") == 1


def test_an_expired_link_is_not_mailed():
    make_signature(make_campaign(), at=NOW() - timedelta(days=8))
    send_due(worker="w")
    assert Letter.objects.get().state == "not_sent"
    assert not mail.outbox


def test_a_worker_that_is_told_to_stop_puts_its_batch_back():
    campaign = make_campaign()
    for _n in range(3):
        make_signature(campaign)
    send_due(worker="w", stopping=lambda: len(mail.outbox) == 1)
    assert sorted(Letter.objects.values_list("state", flat=True)) == ["queued", "queued", "sent"]


def test_the_worker_survives_a_database_that_is_away(monkeypatch):
    stop, calls = Event(), []

    def away(**_kwargs):
        calls.append(1)
        if len(calls) == 2:
            stop.set()
        raise OperationalError

    monkeypatch.setattr(working, "send_due", away)
    monkeypatch.setattr(working, "_database_away", lambda error, stop: None)
    work_until(stop, monkeypatch)
    assert len(calls) == 2


@pytest.mark.parametrize(("took", "least", "most"), [(0.0, 0.5, 0.5), (0.1, 1.0, 1.5), (2.0, 10.0, 10.0)])
def test_a_long_look_for_letters_is_followed_by_a_long_rest(monkeypatch, took, least, most):
    """Those of a hidden campaign wait, and each look passes over all of them."""
    stop, waits, clock = Event(), [], iter((0.0, took))
    monkeypatch.setattr(stop, "wait", lambda seconds: waits.append(seconds) or stop.set())
    monkeypatch.setattr(working, "send_due", lambda **_asked: 0)
    monkeypatch.setattr(working, "moment", lambda: next(clock), raising=False)
    monkeypatch.setattr(working.connection, "close", lambda: None)
    monkeypatch.setattr(working, "close_old_connections", lambda: None)
    working.send_until(stop, worker="w")
    assert least <= waits[0] <= most


def test_one_worker_at_a_time_has_a_duty():
    assert take_lease("tally", holder="a", at=NOW(), seconds=15)
    assert not take_lease("tally", holder="b", at=NOW(), seconds=15)
    assert take_lease("tally", holder="a", at=NOW(), seconds=15)
    assert take_lease("tally", holder="b", at=later(seconds=16), seconds=15)
    give_lease_back("tally", holder="b", at=later(seconds=16))
    assert take_lease("tally", holder="a", at=later(seconds=17), seconds=15)


def test_no_two_workers_have_one_name():
    assert worker_name() != worker_name()


def test_signatures_nobody_confirmed_vanish_after_fourteen_days():
    campaign = make_campaign()
    make_signature(campaign, at=NOW() - timedelta(days=15))
    kept = [
        make_signature(campaign, at=NOW() - timedelta(days=15), confirmed=True),
        make_signature(campaign, at=NOW() - timedelta(days=13)),
    ]
    assert sweep(at=NOW())["unconfirmed"] == 1
    assert list(Signature.objects.order_by("pk")) == kept
    assert Letter.objects.count() == 2


def test_the_hash_of_the_network_is_dropped_after_a_day():
    campaign = make_campaign()
    make_signature(campaign, at=NOW() - timedelta(hours=25))
    make_signature(campaign)
    assert sweep(at=NOW())["networks"] == 1
    assert Signature.objects.filter(network_key__isnull=False).count() == 1


def test_a_duty_that_fails_keeps_no_other_from_being_done(monkeypatch, caplog):
    """One broken row must not stop the count: a clock that ended would not be started again while letters leave."""
    make_signature(make_campaign(), confirmed=True)
    stop, rounds = Event(), []

    def fail(*, at):
        raise ValueError("a name that nobody should read")

    monkeypatch.setattr(working, "reclaim", fail)
    monkeypatch.setattr(working, "remind", fail)
    monkeypatch.setattr(stop, "wait", lambda _seconds: rounds.append(1) or (len(rounds) > 2 and stop.set()))
    monkeypatch.setattr(working.connection, "close", lambda: None)
    monkeypatch.setattr(working, "close_old_connections", lambda: None)
    monkeypatch.setattr(working, "tally_up", away_once(working.tally_up))
    monkeypatch.setattr(working, "TALLY_EVERY", 0)
    working.keep_time_until(stop, worker="w")
    assert Tally.objects.get().total == 1
    assert "ValueError" in caplog.text


def test_a_letter_that_fails_in_an_unforeseen_way_ends_no_worker(monkeypatch, caplog):
    make_signature(make_campaign())
    stop, calls = Event(), []

    def sending_twice(**asked):
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("leyla@example.org")
        return send_due(**asked) or stop.set()

    monkeypatch.setattr(working, "send_due", sending_twice)
    monkeypatch.setattr(working, "FAILED_PAUSE", 0, raising=False)
    work_until(stop, monkeypatch)
    assert len(mail.outbox) == 1
    assert "ValueError" in caplog.text
