"""Into the staff side: who gets in, how long they may stay, what they are told, what is written down."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse
from makers import make_person, make_staff
from makers_staff import PASSWORD, code_of, enrol, recovery_code_of, sign_in

from cases.models import Change, SecurityEvent
from config.backoff import door, wait_after
from config.inviting import invite

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
CODE = "/accounts/2fa/authenticate/"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def try_password(client, password=PASSWORD, login="editor"):
    return client.post(LOGIN, {"login": login, "password": password})


def try_code(client, code):
    return client.post(CODE, {"code": code})


def is_in(client):
    return client.get("/admin/").status_code == 200


def kinds(user=None):
    events = SecurityEvent.objects.order_by("pk")
    return list((events.filter(user=user) if user else events).values_list("kind", flat=True))


def every_admin_address():
    found = []
    for pattern in admin.site.get_urls():
        for each in getattr(pattern, "url_patterns", [pattern]):
            for arguments in ([], ["1"], ["1", "1"]):
                try:
                    found.append(reverse(f"admin:{each.name}", args=arguments))
                except NoReverseMatch:
                    continue
    assert len(found) > 100
    return sorted(set(found) - {"/admin/logout/"})


# Without a second factor nowhere


def test_staff_without_a_second_factor_reach_no_admin_page(client):
    make_person()
    client.force_login(make_staff())
    addresses = every_admin_address()
    assert len(addresses) > 100
    for address in addresses:
        for ask in (client.get, client.post):
            assert ask(address).headers.get("Location") == "/accounts/2fa/", address


def test_a_session_that_has_not_used_the_second_factor_it_has_reaches_no_admin_page(client):
    make_person()
    editor = make_staff()
    enrol(editor)
    client.force_login(editor)
    for address in every_admin_address():
        for ask in (client.get, client.post):
            assert ask(address).headers.get("Location", "").startswith("/accounts/2fa/reauthenticate/?next="), address


@pytest.mark.parametrize("name", ["account_change_password", "mfa_view_recovery_codes", "mfa_deactivate_totp"])
def test_nor_does_such_a_session_change_the_account(client, name):
    editor = make_staff()
    enrol(editor)
    client.force_login(editor)
    assert client.get(reverse(name)).headers["Location"].startswith("/accounts/2fa/reauthenticate/")


def test_the_password_does_not_stand_in_for_a_second_factor(client):
    editor = make_staff()
    enrol(editor)
    client.force_login(editor)
    answer = client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert answer.headers["Location"].startswith("/accounts/2fa/reauthenticate/")
    assert not is_in(client)


def test_a_newcomer_sets_up_an_app_proves_it_and_is_in(client):
    editor = make_staff()
    assert try_password(client).headers["Location"] == "/admin/"
    page = client.get("/admin/", follow=True)
    assert "Set up a second factor first" in page.content.decode()
    page = client.get("/accounts/2fa/totp/activate/")
    secret = re.search(r'value="([A-Z2-7]{32})"', page.content.decode())[1]
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    client.post(
        "/accounts/2fa/totp/activate/", {"code": format_hotp_value(hotp_value(secret, int(time.time()) // 30))}
    )
    assert Authenticator.objects.filter(user=editor, type="totp").exists()
    assert not is_in(client)
    answer = client.post("/accounts/2fa/reauthenticate/?next=/admin/", {"code": code_of(editor), "next": "/admin/"})
    assert answer.headers["Location"] == "/admin/"
    assert is_in(client)


def test_a_recovery_code_lets_in_once(client):
    editor = make_staff()
    enrol(editor)
    code = recovery_code_of(editor)
    try_password(client)
    try_code(client, code)
    assert is_in(client)
    other = Client()
    try_password(other)
    assert "Incorrect code" in try_code(other, code).content.decode()
    assert not is_in(other)


def test_a_factor_taken_away_proves_nothing_any_more(client):
    editor = make_staff()
    sign_in(client, editor)
    assert is_in(client)
    Authenticator.objects.filter(user=editor, type="totp").delete()
    assert client.get("/admin/").headers["Location"] == "/accounts/2fa/"


def test_elsewhere_an_unproved_session_is_nobodys(rf):
    from config.staff_access import guard_staff

    editor, seen = make_staff(), []
    guard = guard_staff(lambda request: seen.append(request.user.is_authenticated))
    for client in (Client(), Client()):
        client.force_login(editor)
        request = rf.get("/cases/")
        request.session, request.user = client.session, editor
        request.COOKIES["session"] = "x"
        guard(request)
        enrol(editor)
    sign_in(client, editor)
    request.session, request.user = client.session, editor
    guard(request)
    assert seen == [False, False, True]


def test_readers_are_asked_for_no_session(client, django_assert_num_queries):
    answer = client.get("/about/")
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")


# Wrong passwords and codes


def test_after_twelve_wrong_passwords_the_right_one_waits_and_is_told_how_long(client):
    editor = make_staff()
    enrol(editor)
    for _attempt in range(12):
        try_password(client, "wrong")
    page = try_password(client).content.decode()
    assert "Too many failed login attempts. Try again in 1 minute." in page
    assert not client.session.get("account_login")
    assert kinds(editor).count("wrong_password") == 5
    assert kinds(editor).count("locked") == 1


def test_each_wait_is_twice_as_long_as_the_one_before_and_the_right_password_ends_it():
    make_staff()
    networks = (f"198.51.{number}.1" for number in range(100))

    def attempt(password):
        return try_password(Client(REMOTE_ADDR=next(networks)), password)

    with time_machine.travel(NOW, tick=False) as clock:
        for _attempt in range(5):
            attempt("wrong")
        for minutes in ("1 minute", "2 minutes", "4 minutes", "8 minutes"):
            assert f"Try again in {minutes}." in attempt(PASSWORD).content.decode()
            clock.shift(timedelta(minutes=int(minutes[0]), seconds=1))
            assert "not correct" in attempt("wrong").content.decode()
        clock.shift(timedelta(minutes=17))
        assert attempt(PASSWORD).status_code == 302
        assert "not correct" in attempt("wrong").content.decode()
        assert attempt(PASSWORD).status_code == 302


def test_many_attempts_at_once_get_no_more_turns():
    account = door("password", 1)
    assert [account.claim() for _attempt in range(9)] == [True] * 5 + [False] * 4


def test_waits_grow_to_an_hour_and_no_further():
    assert [wait_after(failures, free=5) for failures in (5, 6, 7, 10, 11, 10**6)] == [60, 120, 240, 1920, 3600, 3600]


def test_a_name_that_nobody_has_waits_alike():
    make_staff()
    pages = []
    for login in ("editor", "nobody"):
        client = Client(REMOTE_ADDR="192.0.2.1" if login == "editor" else "198.51.100.1")
        for _attempt in range(6):
            answer = try_password(client, "wrong", login)
        pages.append(answer.context["form"].non_field_errors())
    assert pages[0] == pages[1] == ["Too many failed login attempts. Try again in 1 minute."]


def test_name_and_mail_address_share_one_door():
    make_staff()
    for number in range(5):
        try_password(Client(), "wrong", ["editor", "editor@habeas.example", "EDITOR "][number % 3])
    assert "Too many" in try_password(Client()).content.decode()


def test_a_stranger_cannot_close_the_door_of_a_device_that_is_known(client):
    make_staff()
    try_password(client)
    client.post("/accounts/logout/")
    for _attempt in range(6):
        try_password(Client(REMOTE_ADDR="192.0.2.1"), "wrong")
    assert "Too many" in try_password(Client(REMOTE_ADDR="198.51.100.1")).content.decode()
    assert try_password(client).status_code == 302


def test_nor_can_one_who_shares_its_network(client):
    """Colleagues behind one office, one VPN or one Tor exit come from the same network as whoever attacks them."""
    make_staff()
    try_password(client)
    client.post("/accounts/logout/")
    for number in range(12):
        try_password(Client(), "wrong", f"nobody{number}")
    assert "Too many" in try_password(Client()).text
    assert try_password(client).status_code == 302
    assert "Too many" in try_password(Client()).text


def test_what_is_typed_during_a_wait_makes_it_no_longer(client):
    """Nothing is looked at meanwhile, so nothing is learned; who waits is told the truth, whoever else tries."""
    make_staff()
    with time_machine.travel(NOW, tick=False) as clock:
        for _attempt in range(12):
            try_password(client, "wrong")
        assert "Try again in 1 minute." in try_password(client).text
        clock.shift(timedelta(seconds=61))
        assert try_password(client).status_code == 302


def test_after_five_wrong_codes_the_right_one_waits(client):
    editor = make_staff()
    enrol(editor)
    try_password(client)
    for _attempt in range(5):
        try_code(client, "abcdef")
    page = try_code(client, code_of(editor)).content.decode()
    assert "Too many failed login attempts. Try again in 1 minute." in page
    assert not is_in(client)
    assert kinds(editor).count("wrong_code") == 5
    assert "locked" in kinds(editor)


def test_the_cache_knows_nobody_by_name(client):
    from django.core.cache import cache

    make_staff()
    try_password(client, "wrong")
    assert cache._cache and "editor" not in str(list(cache._cache)).lower()


# The clock


@pytest.mark.parametrize(("minutes", "still"), [(29, True), (31, False)])
def test_after_thirty_minutes_of_silence_a_session_ends(client, minutes, still):
    editor = make_staff()
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client, editor)
        assert is_in(client)
        clock.shift(timedelta(minutes=minutes))
        assert is_in(client) is still
        if not still:
            page = client.get(LOGIN).content.decode()
            assert "You were signed out because nothing was done for 30 minutes." in page
            assert "session_ended" in kinds(editor)


def test_after_twelve_hours_a_session_ends_however_busy(client):
    editor = make_staff()
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client, editor)
        for _quarter in range(48):
            clock.shift(timedelta(minutes=15))
            assert is_in(client)
        clock.shift(timedelta(minutes=1))
        answer = client.get("/admin/cases/person/?q=a")
        assert answer.headers["Location"] == f"{LOGIN}?next=/admin/cases/person/%3Fq%3Da"
        assert "12 hours" in client.get(LOGIN).content.decode()


def test_what_was_posted_too_late_is_not_done(client):
    person = make_person()
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client, make_staff())
        clock.shift(timedelta(minutes=31))
        answer = client.post(f"/admin/cases/person/{person.pk}/delete/", {"post": "yes"})
        assert answer.headers["Location"].startswith(LOGIN)
    person.refresh_from_db()


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one():
    editor, here, there = make_staff(), Client(), Client()
    sign_in(here, editor)
    sign_in(there, editor)
    new = "a quite different phrase"
    answer = here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert is_in(here)
    assert there.get("/admin/").headers["Location"].startswith(LOGIN)
    assert "Your password was changed" in there.get(LOGIN).content.decode()
    assert "password_changed" in kinds(editor)


def test_an_address_is_the_administrators_to_keep(client):
    """Who could add a colleague's would guess their password at a door of their own, and open it again and again."""
    editor, colleague = make_staff(), make_staff("colleague")
    sign_in(client, editor)
    answer = client.post("/accounts/email/", {"email": colleague.email, "action_add": ""})
    assert answer.status_code == 404
    assert not EmailAddress.objects.filter(email=colleague.email).exists()
    for page in ("/accounts/email/", "/accounts/confirm-email/", "/accounts/confirm-email/Mg:1xWdXO:GfD_3FeRa/"):
        assert client.get(page).status_code == 404
    assert "/accounts/email/" not in client.get("/accounts/2fa/").text


def test_deactivation_ends_a_session_at_once(client):
    editor = make_staff()
    sign_in(client, editor)
    editor.is_active = False
    editor.save()
    assert client.get("/admin/").headers["Location"].startswith(LOGIN)
    assert "Your account has been deactivated." in client.get(LOGIN).content.decode()
    assert "deactivated" in kinds(editor)


def test_an_account_that_is_opened_again_finds_no_session_of_before(client):
    editor, colleague, elsewhere = make_staff(), make_staff("colleague"), Client()
    sign_in(client, editor)
    sign_in(elsewhere, colleague)
    for editor.is_active in (False, True):
        editor.save()
    assert not is_in(client)
    assert is_in(elsewhere)
    sign_in(client, editor)
    assert is_in(client)


# Invitations


def invited_staff(django_user_model):
    newcomer = django_user_model.objects.create_user("newcomer", email="newcomer@habeas.example", is_staff=True)
    assert invite(newcomer, make_staff("chief"))
    return newcomer, link_in(mail.outbox[-1])


def link_in(letter):
    return re.search(r"http://testserver(/accounts/invitation/\S+)", letter.body)[1]


def test_an_invitation_sets_a_password_once(client, django_user_model):
    newcomer, link = invited_staff(django_user_model)
    assert mail.outbox[-1].to == ["newcomer@habeas.example"]
    assert "newcomer" in client.get(link).content.decode()
    posted = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post(link, posted).headers["Location"] == LOGIN
    assert client.get(link).status_code == client.post(link, posted).status_code == 404
    assert try_password(client, login="newcomer").headers["Location"] == "/admin/"
    assert client.get("/admin/").headers["Location"] == "/accounts/2fa/"
    assert {"invited", "password_changed"} <= set(kinds(newcomer))


def test_looking_at_an_invitation_changes_nothing(client, django_user_model):
    newcomer, link = invited_staff(django_user_model)
    for _look in range(3):
        assert client.get(link).status_code == 200
    newcomer.refresh_from_db()
    assert not newcomer.has_usable_password()


@pytest.mark.parametrize(("days", "status"), [(6, 200), (8, 404)])
def test_an_invitation_is_good_for_seven_days(client, django_user_model, days, status):
    with time_machine.travel(NOW, tick=False) as clock:
        _newcomer, link = invited_staff(django_user_model)
        clock.shift(timedelta(days=days))
        assert client.get(link).status_code == status


def test_a_newer_invitation_makes_the_older_one_useless(client, django_user_model):
    newcomer, link = invited_staff(django_user_model)
    invite(newcomer, None)
    assert client.get(link).status_code == 404
    assert client.get(link_in(mail.outbox[-1])).status_code == 200


def test_an_invitation_spoilt_or_for_another_address_or_for_a_closed_account_is_refused(client, django_user_model):
    newcomer, link = invited_staff(django_user_model)
    assert client.get(link[:-2] + "x/").status_code == 404
    django_user_model.objects.filter(pk=newcomer.pk).update(email="else@habeas.example")
    assert client.get(link).status_code == 404
    django_user_model.objects.filter(pk=newcomer.pk).update(email=newcomer.email, is_active=False)
    assert client.get(link).status_code == 404


def test_nobodys_password_is_taken_by_an_invitation():
    with pytest.raises(ValueError, match="has a password already"):
        invite(make_staff(), None)


def test_a_weak_password_is_refused_on_the_invitation(client, django_user_model):
    newcomer, link = invited_staff(django_user_model)
    page = client.post(link, {"new_password1": "q8#wZ", "new_password2": "q8#wZ"})
    assert "too short" in page.content.decode()
    newcomer.refresh_from_db()
    assert not newcomer.has_usable_password()


# New devices


def test_a_sign_in_from_a_new_device_is_told_by_mail_and_from_a_known_one_is_not(client):
    editor = make_staff()
    try_password(client)
    assert [letter.to for letter in mail.outbox] == [["editor@habeas.example"]]
    letter = mail.outbox[0]
    assert "new device" in letter.subject
    assert "127.0.0.1" not in letter.body and "Unspecified" not in letter.body
    client.post("/accounts/logout/")
    try_password(client)
    assert len(mail.outbox) == 1
    assert kinds(editor).count("new_device") == 1


def test_a_forged_device_is_a_new_one(client):
    make_staff()
    client.cookies["device"] = "eyJuYW1lIjoieCIsImFjY291bnRzIjpbMV19:x:y"
    try_password(client)
    assert len(mail.outbox) == 1


def test_the_device_cookie_is_for_staff_alone(client):
    make_staff()
    assert "device" not in client.get(LOGIN).cookies
    assert "device" not in try_password(client, "wrong").cookies
    cookie = try_password(client).cookies["device"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"


def test_a_post_office_that_is_closed_keeps_nobody_out(client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    make_staff()
    assert try_password(client).status_code == 302


def test_a_closed_post_office_undoes_nothing_and_tells_no_stranger_whose_address_we_know(client, settings):
    editor = make_staff()
    sign_in(client, editor)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    new = "a quite different phrase"
    answer = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    editor.refresh_from_db()
    assert editor.check_password(new)
    known, unknown = (
        Client().post("/accounts/password/reset/", {"email": email})
        for email in (editor.email, "nobody@habeas.example")
    )
    assert known.status_code == unknown.status_code == 302
    assert known.headers["Location"] == unknown.headers["Location"]


def test_a_letter_for_a_forgotten_password_names_the_house_and_its_link_works_once(client, settings):
    settings.SITE_URL = "https://habeas.example"
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    editor = make_staff()
    client.post("/accounts/password/reset/", {"email": editor.email}, headers={"host": "other.example"})
    letter = mail.outbox[-1]
    assert "Habeas" in letter.subject
    assert "other.example" not in letter.body and "testserver" not in letter.body
    link = re.search(r"https://habeas\.example(/accounts/password/reset/key/\S+)", letter.body)[1]
    form = client.get(link).headers["Location"]
    new = "a quite different phrase"
    assert client.post(form, {"password1": new, "password2": new}).status_code == 302
    assert not is_in(client)
    assert client.get(link).status_code == 200
    editor.refresh_from_db()
    assert editor.check_password(new)


def test_a_letter_about_a_changed_password_names_no_network(client):
    editor = make_staff()
    sign_in(client, editor)
    new = "a quite different phrase"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    body = mail.outbox[-1].body
    assert "It was done on" in body
    assert "IP address" not in body and "Browser" not in body


# What is written down


def test_the_log_tells_what_happened_to_an_account(client):
    editor = make_staff()
    enrol(editor)
    try_password(client, "wrong")
    try_password(client)
    try_code(client, code_of(editor))
    client.post("/accounts/logout/")
    editor.groups.add(Group.objects.get_or_create(name="editor")[0])
    assert kinds(editor) == [
        "factor_added", "factor_added", "wrong_password", "signed_in", "new_device", "signed_out", "roles_changed",
    ]  # fmt: skip
    assert SecurityEvent.objects.get(kind="roles_changed").detail == "editor"


def test_the_log_says_who_did_it(client, django_user_model):
    chief, colleague = make_staff("chief"), make_staff("colleague")
    app = enrol(colleague)
    sign_in(client, chief)
    assert client.post(f"/admin/mfa/authenticator/{app.pk}/delete/", {"post": "yes"}).status_code == 302
    event = SecurityEvent.objects.filter(kind="factor_removed").get()
    assert (event.user, event.by) == (colleague, chief)
    change = Change.objects.about(colleague).get()
    assert (change.verb, change.by) == ("remove_factor", chief)
    assert change.fields == {"second factor": [app.get_type_display(), ""]}


def test_what_was_typed_for_a_name_is_not_written_down(client):
    try_password(client, "wrong", "my-secret-password")
    event = SecurityEvent.objects.get()
    assert (event.kind, event.user, event.detail) == ("wrong_password", None, "")


def test_nobody_edits_the_log(client):
    sign_in(client, make_staff())
    event = SecurityEvent.objects.first()
    assert client.get("/admin/cases/securityevent/").status_code == 200
    page = f"/admin/cases/securityevent/{event.pk}"
    assert client.post(f"{page}/change/", {"detail": "x"}).status_code == 403
    assert client.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/cases/securityevent/add/").status_code == 403


def test_the_secret_of_a_factor_is_shown_to_nobody(client):
    chief = make_staff()
    sign_in(client, chief)
    app = Authenticator.objects.get(user=chief, type="totp")
    page = client.get(f"/admin/mfa/authenticator/{app.pk}/change/")
    assert page.status_code == 200
    assert app.data["secret"] not in page.content.decode()
    assert app.data["secret"] not in client.get("/admin/mfa/authenticator/").content.decode()
