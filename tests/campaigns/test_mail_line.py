"""The line to the mail host, over SMTP itself: hosts that refuse, wait, hang and drop, and one that is quick."""

import asyncio
import socket
import threading
from datetime import timedelta

import pytest
from django.utils import timezone
from makers_campaigns import make_campaign, make_signature

from campaigns.actions import mail_line
from campaigns.actions.mail_line import MailLine
from campaigns.actions.sending import MailHostAway, send_due
from campaigns.models import Letter, Signature
from deploy.mail_sink import Sink

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def host(tmp_path, settings):
    """A mail host of our own on this machine; `mode` is how it behaves."""
    loop, sink = asyncio.new_event_loop(), Sink(tmp_path / "letters.jsonl")
    server = loop.run_until_complete(asyncio.start_server(sink.receive, "127.0.0.1", 0, limit=2**20))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.sockets[0].getsockname()
    settings.EMAIL_TIMEOUT = 0.5
    yield sink
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.set_exception_handler(lambda *_said: None)  # That conversations are broken off here is no news.
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def make_letters(number=1):
    campaign = make_campaign()
    for _n in range(number):
        make_signature(campaign)


def what_is_written():
    return list(Letter.objects.order_by("pk").values_list("state", "unknown_count", "attempts"))


def send_all(line=None):
    while send_due(worker="w", line=line):
        pass


def test_one_connection_carries_several_batches(host, monkeypatch):
    monkeypatch.setattr(mail_line, "FEWEST", 2)
    line = MailLine()
    line.limit = 2
    make_letters(5)
    send_all(line)
    line.close()
    assert (host.count, host.connections) == (5, 1)
    assert what_is_written() == [("sent", 0, 1)] * 5


def test_a_connection_ends_after_so_many_letters(host, monkeypatch):
    monkeypatch.setattr(mail_line, "LETTERS_A_LINE", 2)
    line = MailLine()
    line.limit = 2
    monkeypatch.setattr(mail_line, "MOST", 2)
    monkeypatch.setattr(mail_line, "FEWEST", 2)
    make_letters(4)
    send_all(line)
    assert host.connections == 2


def test_a_connection_that_rests_is_hung_up(host, monkeypatch):
    line = MailLine()
    make_letters()
    send_due(worker="w", line=line)
    line.rest()
    assert line._backend
    monkeypatch.setattr(mail_line, "IDLE_SECONDS", -1)
    line.rest()
    assert line._backend is None


def test_a_connection_that_the_host_has_ended_is_made_anew(host, monkeypatch):
    monkeypatch.setattr(mail_line, "ASK_AFTER", -1)
    line = MailLine()
    make_letters()
    send_due(worker="w", line=line)
    line._backend.connection.sock.shutdown(socket.SHUT_RDWR)
    make_letters()
    assert send_due(worker="w", line=line) == 1
    assert host.connections == 2
    line.close()


def test_what_is_no_smtp_is_opened_anew_after_a_batch_that_was_broken_off(settings, monkeypatch):
    """Mail that goes into files, and a database that was lost in the middle: nobody said that the batch was done."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    line = MailLine()
    first = line.open()
    monkeypatch.setattr(mail_line, "ASK_AFTER", -1)
    assert line.open() is not first


@pytest.mark.parametrize("mode", ["busy", "hang"])
def test_a_host_that_does_not_talk_costs_no_attempt(host, mode):
    make_letters(2)
    host.mode = mode
    with pytest.raises(MailHostAway):
        send_due(worker="w")
    assert what_is_written() == [("queued", 0, 0)] * 2
    host.mode = "accept"
    send_all()
    assert host.count == 2


def test_nobody_listening_costs_no_attempt(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    make_letters()
    with pytest.raises(MailHostAway):
        send_due(worker="w")
    assert what_is_written() == [("queued", 0, 0)]


def test_a_host_that_does_not_know_us_costs_no_attempt_and_gets_every_letter_once_it_does(host):
    make_letters(2)
    host.mode = "stranger"
    with pytest.raises(MailHostAway):
        send_due(worker="w")
    assert what_is_written() == [("queued", 0, 0)] * 2
    host.mode = "accept"
    Letter.objects.update(due_at=NOW())
    send_all()
    assert host.count == 2


def test_a_refusal_for_now_is_tried_again_and_arrives_once(host):
    make_letters(2)
    host.mode = "later"
    assert send_due(worker="w") == 2
    assert what_is_written() == [("queued", 0, 1)] * 2
    assert Letter.objects.filter(due_at__gt=NOW() + timedelta(seconds=5)).count() == 2
    host.mode = "accept"
    Letter.objects.update(due_at=NOW())
    send_all()
    assert host.count == 2


@pytest.mark.parametrize(("mode", "bounced"), [("never", 2), ("broken", 0)])
def test_a_refusal_for_good_waits_for_staff(host, mode, bounced):
    make_letters(2)
    host.mode = mode
    assert send_due(worker="w") == 2
    assert what_is_written() == [("failed", 0, 1)] * 2
    assert Signature.objects.filter(bounced_at__isnull=False).count() == bounced


def test_a_host_that_refuses_some_takes_the_others(host):
    campaign = make_campaign()
    for name in ("leyla", "refused", "aydin"):
        make_signature(campaign, f"{name}@example.org")
    host.mode = "some"
    send_all()
    assert [state for state, *_rest in what_is_written()] == ["sent", "failed", "sent"]
    assert host.connections == 1


def test_a_slow_host_gets_its_letters_once(host):
    make_letters(2)
    host.mode, host.seconds = "slow", 0.05
    send_all()
    assert what_is_written() == [("sent", 0, 1)] * 2
    assert host.count == 2


@pytest.mark.parametrize("mode", ["drop_after_data", "hang_after_data"])
def test_what_nobody_knows_of_is_sent_once_more_with_the_same_id_and_then_waits_for_staff(host, mode):
    make_letters()
    host.mode = mode
    for expected in [("queued", 1, 1), ("held", 2, 2)]:
        with pytest.raises(MailHostAway):
            send_due(worker="w")
        assert what_is_written() == [expected]
        Letter.objects.update(due_at=NOW())
    assert send_due(worker="w") == 0
    assert host.count == 2
    assert len({line.split('"message_id": ')[1][:40] for line in host.file.read_text().splitlines()}) == 1
