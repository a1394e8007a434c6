"""Kill switches: what they stop, how fast, and that nothing lifts them but their own command."""

import threading
import time
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.core.management import execute_from_command_line as manage
from django.db import OperationalError
from django.utils import timezone
from makers_campaigns import form_data, make_campaign, make_signature, newest_letter, post_signature, token_of

from campaigns.actions import working
from campaigns.actions.switching import set_switch
from campaigns.models import Letter, Signature, Switch, Tally
from campaigns.models import switches as switches_module
from campaigns.models.switches import MEMORY_SECONDS, memory, thrown_switches
from cases.errors import ReasonMissing
from cases.models import Change

pytestmark = pytest.mark.django_db


def throw(name, position, because="Under attack."):
    assert set_switch(name, position, by=None, because=because)


def test_nothing_is_thrown_at_first(capsys):
    call_command("switch")
    assert capsys.readouterr().out == "mail is on\nread-only is off\nsigning is on\n"


def test_each_act_is_logged_with_its_reason_and_repeating_it_is_none(capsys, admin_user):
    call_command("switch", "signing", "off", "A flood.", "--by", admin_user.username)
    call_command("switch", "signing", "off", "A flood.")
    assert "signing was off already.\n" in capsys.readouterr().out
    call_command("switch", "signing", "on")
    assert "signing is on\n" in capsys.readouterr().out
    acts = Change.objects.filter(table="switch").order_by("pk").values_list("verb", "because", "by")
    assert list(acts) == [
        ("switch_signing_off", "A flood.", admin_user.pk),
        ("switch_signing_on", "", None),
    ]


def test_a_switch_is_not_thrown_without_a_reason():
    with pytest.raises(ReasonMissing):
        set_switch("mail", "off", by=None)
    with pytest.raises(CommandError, match="Say why"):
        call_command("switch", "read-only", "on")
    assert not Switch.objects.exists()


def test_a_name_without_a_position_is_asked_for_one():
    with pytest.raises(CommandError, match="switch mail on"):
        call_command("switch", "mail")


def test_an_unknown_switch_is_answered_with_the_names_there_are(capsys):
    with pytest.raises(SystemExit):
        manage(["manage.py", "switch", "x"])
    assert "choose from 'mail', 'read-only', 'signing'" in capsys.readouterr().err


# Signing is off


def test_with_signing_off_the_page_says_so_instead_of_the_form(client):
    campaign = make_campaign()
    assert "<form" in client.get(f"/campaigns/{campaign.slug}/").text
    throw("signing", "off")
    page = client.get(f"/campaigns/{campaign.slug}/").text
    assert "Signing is off for the moment" in page
    assert 'name="email"' not in page
    assert "Under attack" not in page, "the reason is for staff"


def test_with_signing_off_a_post_gets_a_503_and_everything_typed_back(client):
    campaign = make_campaign()
    throw("signing", "off")
    response = post_signature(client, campaign, reason="Because it matters")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "300")
    assert "no-store" in response.headers["Cache-Control"]
    assert "Signing is switched off for the moment, so nothing was kept." in response.text
    assert "leyla@example.org" in response.text and "Because it matters" in response.text
    assert not Signature.objects.exists()


def test_links_already_mailed_still_confirm_while_signing_is_off(client):
    campaign = make_campaign()
    make_signature(campaign)
    throw("signing", "off")
    assert client.post(f"/confirm/{token_of(newest_letter(campaign))}/").status_code == 303


# The site is read-only


@pytest.mark.parametrize(
    "address", ["/campaigns/{slug}/sign/", "/confirm/x/", "/accounts/login/", "/admin/cases/person/add/"]
)
def test_nothing_that_is_posted_is_taken_while_the_site_is_read_only(client, address):
    campaign = make_campaign()
    throw("read-only", "on")
    response = client.post(address.format(slug=campaign.slug), form_data(campaign))
    assert (response.status_code, response.headers["Retry-After"]) == (503, "300")
    assert "Nothing can be written at the moment" in response.text
    assert not Signature.objects.exists()


def test_a_read_only_site_is_read_as_ever(client):
    campaign = make_campaign()
    throw("read-only", "on")
    assert client.get("/").status_code == 200
    page = client.get(f"/campaigns/{campaign.slug}/")
    assert page.status_code == 200 and "Signing is off for the moment" in page.text


def test_the_command_lifts_read_only(client):
    campaign = make_campaign()
    throw("read-only", "on")
    call_command("switch", "read-only", "off")
    assert post_signature(client, campaign).status_code == 303


# The worker


def worked(monkeypatch, seconds=1.2):
    """What a worker does in a moment, its two threads after one another."""
    monkeypatch.setattr(working, "close_old_connections", lambda: None)
    monkeypatch.setattr(working, "connection", SimpleNamespace(close=lambda: None))
    for work in (working.keep_time_until, working.send_until):
        stop = threading.Event()
        timer = threading.Timer(seconds, stop.set)
        timer.start()
        work(stop, worker="w")
        timer.join()


def test_with_mail_off_nothing_is_sent_and_the_count_goes_on(monkeypatch, mailoutbox):
    make_signature(make_campaign(), confirmed=True)
    throw("mail", "off")
    worked(monkeypatch)
    assert not mailoutbox
    assert (Letter.objects.get().state, Tally.objects.get().total) == ("queued", 1)


def test_a_read_only_site_pauses_the_worker_and_goes_on_afterwards(monkeypatch, mailoutbox):
    make_signature(make_campaign(), confirmed=True)
    throw("read-only", "on")
    worked(monkeypatch)
    assert not mailoutbox
    assert (Letter.objects.get().state, Tally.objects.get().total) == ("queued", 0)
    call_command("switch", "read-only", "off")
    worked(monkeypatch)
    assert len(mailoutbox) == 1
    assert Tally.objects.get().total == 1


@pytest.mark.parametrize(("name", "position", "counted"), [("mail", "off", 1), ("read-only", "on", 0)])
def test_a_worker_that_is_run_once_heeds_the_switches_too(name, position, counted, mailoutbox):
    make_signature(make_campaign(), confirmed=True)
    throw(name, position)
    call_command("work", "--once")
    assert not mailoutbox
    assert (Letter.objects.get().state, Tally.objects.get().total) == ("queued", counted)


# How it travels


def test_another_process_learns_of_it_within_two_seconds():
    assert MEMORY_SECONDS <= 2
    memory.forget()
    assert thrown_switches() == {}
    Switch.objects.create(name="mail", reason="Elsewhere.", since=timezone.now())
    assert thrown_switches() == {}, "read a moment ago"
    time.sleep(MEMORY_SECONDS + 0.05)
    assert thrown_switches() == {"mail": "Elsewhere."}


def test_asking_again_within_two_seconds_costs_nothing(django_assert_num_queries):
    memory.forget()
    with django_assert_num_queries(1):
        for _n in range(50):
            thrown_switches()


def test_an_emptied_cache_lifts_nothing():
    throw("signing", "off")
    cache.clear()
    memory.forget()
    assert thrown_switches() == {"signing": "Under attack."}


def test_pages_made_before_are_not_shown_again(client, django_capture_on_commit_callbacks):
    campaign = make_campaign()
    client.get(f"/campaigns/{campaign.slug}/")
    with django_capture_on_commit_callbacks(execute=True):
        throw("signing", "off")
    assert "Signing is off for the moment" in client.get(f"/campaigns/{campaign.slug}/").text


def test_a_file_throws_a_switch_whatever_the_database_says(client, settings, tmp_path, monkeypatch):
    settings.SWITCH_DIR = str(tmp_path)
    campaign = make_campaign()
    (tmp_path / "read-only").touch()
    memory.forget()

    def away(*args, **kwargs):
        raise OperationalError("the database is away")

    monkeypatch.setattr(switches_module.Switch.objects, "values_list", away)
    response = client.post(f"/campaigns/{campaign.slug}/sign/", form_data(campaign))
    assert response.status_code == 503
    assert "Nothing can be written at the moment" in response.text
    (tmp_path / "read-only").unlink()
    memory.forget()
    client.raise_request_exception = False
    response = client.post(f"/campaigns/{campaign.slug}/sign/", form_data(campaign))
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10"), "away, as it says itself"


# Staff see it


def test_the_desk_says_what_is_off_and_why(admin_client):
    assert "Switched by hand" not in admin_client.get("/admin/").text
    throw("mail", "off", "The mail host was taken over.")
    said = admin_client.get("/admin/").text
    assert "Switched by hand: mail is off. Reason: The mail host was taken over." in said
    assert "Switched by hand" in admin_client.get("/admin/campaigns/campaign/").text
