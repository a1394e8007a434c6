"""What mail hosts send back: reports and complaints, from a mail service or from the mail host itself."""

import hashlib
import hmac
import io
import json
import sys

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from makers_campaigns import make_campaign, make_signature, newest_letter, token_of

from campaigns.actions.bouncing import take_complaint
from campaigns.actions.sending import send_due
from campaigns.links import return_path
from campaigns.management.commands import take_bounces
from campaigns.models import Letter, MailStop, Signature
from campaigns.reports import LARGEST, ReportUnreadable, read_report

pytestmark = pytest.mark.django_db
SECRET = "a secret of more than thirty-two letters"

DELIVERY_REPORT = """\
From: MAILER-DAEMON@mail.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
Arrival-Date: Tue, 24 Nov 2026 01:00:00 +0000

Final-Recipient: rfc822; leyla@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: {returned}

Message-ID: {message_id}
Subject: Please confirm

--b--
"""
COMPLAINT = """\
From: feedback@mail.example
To: abuse@habeas.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an email abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Example/1.0
Version: 1
Original-Mail-From: {return_path}

--b
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: Please confirm

Hello
--b--
"""


@pytest.fixture(autouse=True)
def told_where_bounces_go(settings):
    settings.BOUNCE_ADDRESS = "bounces@habeas.example"
    settings.MAIL_HOOK_SECRET = SECRET


def make_sent(campaign=None, email="leyla@example.org", **given):
    campaign = campaign or make_campaign()
    make_signature(campaign, email, **given)
    send_due(worker="w")
    return newest_letter(campaign)


def path_of(letter):
    return return_path(letter, letter.signature.campaign.key.unwrapped())


def delivery_report(letter=None, *, status="5.1.1", action="failed", returned="text/rfc822-headers", **told):
    told = {"to": path_of(letter) if letter else "bounces@habeas.example", "message_id": "<x@y>", **told}
    return DELIVERY_REPORT.format(status=status, action=action, returned=returned, **told).encode()


def complaint(kind="abuse", return_path="", message_id=""):
    return COMPLAINT.format(kind=kind, return_path=return_path, message_id=message_id).encode()


def take(monkeypatch, raw, **options):
    """What the command says of a message that is piped into it."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    said = io.StringIO()
    call_command("take_bounces", stdout=said, stderr=said, **options)
    return said.getvalue()


def bounced():
    return [bool(signature.bounced_at) for signature in Signature.objects.order_by("pk")]


def test_each_letter_has_a_return_path_of_its_own_that_fits_into_an_address(settings):
    campaign = make_campaign()
    first, second = make_sent(campaign), make_sent(campaign, "aydin@example.org")
    paths = [message.from_email for message in mail.outbox]
    assert paths == [path_of(first), path_of(second)]
    assert len(set(paths)) == 2
    assert all(len(path.partition("@")[0]) <= 64 for path in paths)
    assert {message.message()["From"] for message in mail.outbox} == {settings.DEFAULT_FROM_EMAIL}


def test_without_a_bounce_address_letters_return_to_their_sender(settings):
    settings.BOUNCE_ADDRESS = ""
    make_sent()
    assert mail.outbox[0].from_email == settings.DEFAULT_FROM_EMAIL


@pytest.mark.parametrize("spelt", [str.lower, str.upper])
def test_a_mailbox_that_does_not_exist_gets_no_more_letters(monkeypatch, spelt):
    letter = make_sent()
    assert "came back with 5.1.1" in take(monkeypatch, delivery_report(to=spelt(path_of(letter))))
    assert bounced() == [True]
    make_signature(letter.signature.campaign, "leyla@example.org")
    send_due(worker="w")
    assert len(mail.outbox) == 1
    assert newest_letter(letter.signature.campaign).state == "not_sent"


def test_what_waits_for_a_mailbox_that_does_not_exist_is_not_sent(monkeypatch):
    letter = make_sent()
    make_signature(letter.signature.campaign, "leyla@example.org")
    take(monkeypatch, delivery_report(letter))
    take(monkeypatch, delivery_report(letter))
    assert newest_letter(letter.signature.campaign).state == "not_sent"


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
def test_a_letter_is_also_known_by_the_message_id_of_what_came_back(monkeypatch, returned):
    letter = make_sent()
    take(monkeypatch, delivery_report(message_id=letter.message_id, returned=returned))
    assert bounced() == [True]


def test_a_letter_is_also_known_by_whom_the_mail_host_says_it_came_for(monkeypatch):
    letter = make_sent()
    take(monkeypatch, delivery_report(), recipient=path_of(letter))
    assert bounced() == [True]


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "4.1.1", "5.4.6", "5.0.0", "5.1.7", "5.1.8"])
def test_a_full_mailbox_a_suspicious_host_or_a_refused_sender_says_nothing_about_the_mailbox(monkeypatch, status):
    letter = make_sent()
    take(monkeypatch, delivery_report(letter, status=status))
    assert bounced() == [False]
    letter.refresh_from_db()
    assert letter.last_error == f"came back with {status}"


@pytest.mark.parametrize(
    ("told", "status", "gone"),
    [
        ("smtp; 550 5.1.1 no such user", "5.1.1", True),
        ("smtp; 550-5.7.1 your network is listed", "5.7.1", False),
        ("smtp; 550 Unrouteable address", "5.0.0", False),
    ],
)
def test_what_a_mail_host_quotes_tells_more_than_a_status_that_tells_nothing(monkeypatch, told, status, gone):
    letter = make_sent()
    raw = delivery_report(letter, status="5.0.0").replace(b"smtp; 550 no such user", told.encode())
    take(monkeypatch, raw)
    letter.refresh_from_db()
    assert (letter.last_error, bounced()) == (f"came back with {status}", [gone])


def test_a_delay_is_no_failure(monkeypatch):
    letter = make_sent()
    assert "Nothing taken" in take(monkeypatch, delivery_report(letter, action="delayed", status="4.4.1"))
    assert bounced() == [False]


def test_a_forged_return_path_marks_nobody(monkeypatch):
    letter = make_sent()
    other = make_sent(letter.signature.campaign, "aydin@example.org")
    mixed = path_of(letter)[:34] + path_of(other)[34:]
    assert "no letter that we know" in take(monkeypatch, delivery_report(to=mixed))
    assert bounced() == [False, False]


def test_the_address_in_a_report_is_not_looked_at(monkeypatch):
    make_sent(email="leyla@example.org")
    take(monkeypatch, delivery_report())
    assert bounced() == [False]


def test_who_complains_gets_no_letters_from_any_campaign(monkeypatch):
    other = make_campaign()
    make_signature(other, "Leyla@example.org", wants_news=True)
    letter = make_sent(email="leyla@example.org")
    sent = len(mail.outbox)
    make_signature(other, "leyla@example.org")
    assert "Complaint" in take(monkeypatch, complaint(return_path=path_of(letter)))
    assert set(MailStop.objects.values_list("campaign", "why")) == {
        (letter.signature.campaign_id, "complained"),
        (other.pk, "complained"),
    }
    assert not Signature.objects.filter(wants_news=True).exists()
    make_signature(other, "leyla@example.org")
    while send_due(worker="w"):
        pass
    assert len(mail.outbox) == sent


def test_a_complaint_is_also_known_by_the_letter_it_holds_and_may_come_twice(monkeypatch):
    letter = make_sent()
    for _n in range(2):
        take(monkeypatch, complaint(message_id=letter.message_id))
    assert MailStop.objects.get().why == "complained"


def test_a_signature_that_was_confirmed_still_counts_after_a_complaint(client):
    letter = make_sent()
    client.post(f"/confirm/{token_of(letter)}/")
    take_complaint(newest_letter(letter.signature.campaign), at=timezone.now())
    assert Signature.objects.standing().count() == 1


def test_what_is_reported_as_not_unwanted_is_none(monkeypatch):
    letter = make_sent()
    assert "Nothing taken" in take(monkeypatch, complaint("not-spam", return_path=path_of(letter)))
    assert not MailStop.objects.exists()


DEEP = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3000))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 1000,
        b"\xff\xfe" * 1000,
        b"Subject: I am away until Monday\n\nBack soon.",
        b"Content-Type: message/delivery-status\n\n",
        b"Content-Type: message/delivery-status\n\n\n\nStatus: 5.1.1\n",
        b"Content-Type: message/delivery-status; charset=nonsense\n\nAction: failed\nStatus: " + b"9" * 5000,
        b"Content-Type: multipart/report; boundary=\n\n--\n--",
        b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 200,
        DEEP,
        b"x" * 10_000_000,
    ],
    ids=range(11),
)
def test_nonsense_is_refused_with_a_sentence(monkeypatch, raw):
    assert take(monkeypatch, raw).startswith("Nothing taken. The ")
    with pytest.raises(ReportUnreadable):
        read_report(raw[: LARGEST + 1])


def test_a_maildir_is_read_and_emptied(tmp_path):
    letter = make_sent()
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "0").symlink_to("taken by another run")
    (tmp_path / "new" / "1").write_bytes(b"nonsense")
    (tmp_path / "cur" / "2:2,S").write_bytes(delivery_report(letter))
    call_command("take_bounces", maildir=tmp_path, stdout=io.StringIO(), stderr=io.StringIO())
    assert bounced() == [True]
    assert [file.name for file in tmp_path.glob("*/*")] == ["0"]
    with pytest.raises(CommandError, match="no Maildir"):
        call_command("take_bounces", maildir=tmp_path / "cur")


def test_the_mail_host_keeps_a_report_while_the_database_is_away(monkeypatch):
    raw = delivery_report(make_sent())
    monkeypatch.setattr(take_bounces, "find_returned_letter", lambda **_k: (_ for _ in ()).throw(OperationalError))
    with pytest.raises(CommandError) as raised:
        take(monkeypatch, raw)
    assert raised.value.returncode == 75


# The hook


def report(client, body, **headers):
    headers = headers or {"Authorization": f"Bearer {SECRET}"}
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/hooks/mail/", body, content_type="application/json", headers=headers)


def test_a_mail_service_reports_a_bounce_by_return_path_or_message_id(client):
    campaign = make_campaign()
    first, second = make_sent(campaign), make_sent(campaign, "aydin@example.org")
    assert report(client, {"kind": "bounce", "return_path": path_of(first), "permanent": True}).json()["known"]
    by_id = {"kind": "bounce", "message_id": second.message_id.strip("<>"), "permanent": True}
    assert report(client, by_id).json() == {"known": True}
    assert bounced() == [True, True]


def test_a_bounce_that_is_not_for_good_marks_nobody(client):
    letter = make_sent()
    assert report(client, {"kind": "bounce", "message_id": letter.message_id, "permanent": False}).json()["known"]
    assert bounced() == [False]


def test_a_mail_service_reports_a_complaint(client):
    letter = make_sent()
    assert report(client, {"kind": "complaint", "message_id": letter.message_id}).status_code == 200
    assert MailStop.objects.get().why == "complained"


def test_a_report_may_be_signed_instead(client):
    body = json.dumps({"kind": "complaint", "message_id": make_sent().message_id}).encode()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert report(client, body, **{"X-Signature": f"sha256={digest}"}).status_code == 200
    assert report(client, body + b" ", **{"X-Signature": f"sha256={digest}"}).status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", "Bearer é", "Basic x"])
def test_nobody_else_may_report(client, given):
    letter = make_sent()
    body = {"kind": "bounce", "message_id": letter.message_id, "permanent": True}
    assert report(client, body, Authorization=given).status_code == 404
    assert bounced() == [False]


def test_without_a_secret_there_is_no_hook(client, settings):
    settings.MAIL_HOOK_SECRET = ""
    assert report(client, {"kind": "complaint", "message_id": "x"}, Authorization="Bearer ").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"nonsense",
        b"[" * 100_000,
        {"kind": "other", "message_id": "x"},
        {"kind": "bounce", "message_id": "x"},
        {"kind": "bounce", "message_id": 7, "permanent": True},
        {"kind": "bounce", "message_id": "x", "permanent": "yes"},
        {"kind": "complaint"},
        b'{"kind": "complaint", "message_id": "' + b"x" * 70_000 + b'"}',
        b"\xff\xfe",
    ],
    ids=range(11),
)
def test_a_report_of_another_shape_is_refused_with_a_sentence(client, body):
    response = report(client, body)
    assert response.status_code in (400, 413)
    assert response.json()["error"]


@pytest.mark.parametrize("message_id", ["x", "\0", "<" * 5000, "<" + "0" * 32 + "@example.org>", "é@ü"])
def test_a_report_about_a_letter_that_is_not_ours_is_no_error(client, message_id):
    assert report(client, {"kind": "complaint", "message_id": message_id}).json() == {"known": False}


def test_a_letter_that_was_deleted_is_not_known(client):
    letter = make_sent()
    Letter.objects.all().delete()
    assert report(client, {"kind": "complaint", "return_path": path_of(letter)}).json() == {"known": False}
