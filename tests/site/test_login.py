"""Staff sign in through one door; readers never need one."""

import pytest
from django.contrib.auth.hashers import identify_hasher, make_password
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse
from makers import make_staff
from makers_staff import PASSWORD, code_of, enrol
from makers_staff import sign_in as enter

from config.settings import PASSWORD_HASHERS

LOGIN = "/accounts/login/"
CODE = "/accounts/2fa/authenticate/"


def sign_in(client, login="editor", password=PASSWORD, **more):
    return client.post(LOGIN, {"login": login, "password": password, **more})


@pytest.mark.parametrize("address", ["/admin/", "/admin/cases/person/", "/admin/cases/person/1/publish/"])
def test_whoever_is_not_signed_in_is_led_to_the_one_door(client, db, address):
    answer = client.get(address, follow=True)
    assert answer.redirect_chain[-1][0] == f"{LOGIN}?next={address}"
    assert answer.status_code == 200


def test_djangos_own_password_form_is_nowhere(client, db):
    make_staff()
    assert client.get("/admin/login/").headers["Location"].startswith(LOGIN)
    posted = client.post("/admin/login/", {"username": "editor", "password": PASSWORD})
    assert posted.headers["Location"].startswith(LOGIN)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("login", ["editor", "editor@habeas.example", "EDITOR@habeas.example"])
def test_staff_sign_in_by_name_or_mail_address_and_arrive_where_they_were_going(client, db, login):
    editor = make_staff()
    enrol(editor)
    assert sign_in(client, login, next="/admin/cases/person/").headers["Location"] == CODE
    answer = client.post(CODE, {"code": code_of(editor)})
    assert answer.headers["Location"] == "/admin/cases/person/"
    assert client.get("/admin/cases/person/").status_code == 200


def test_without_another_aim_the_desk_is_where_one_arrives(client, db):
    make_staff()
    assert sign_in(client).headers["Location"] == reverse("admin:index")


def test_the_door_leads_to_no_other_site(client, db):
    make_staff()
    assert sign_in(client, next="https://elsewhere.example/").headers["Location"] == reverse("admin:index")


def test_a_wrong_password_and_an_unknown_name_get_the_same_sentence(client, db):
    make_staff()
    wrong, unknown = sign_in(client, password="wrong"), sign_in(client, "nobody", "wrong")
    assert wrong.status_code == unknown.status_code == 200
    sentences = [answer.context["form"].non_field_errors() for answer in (wrong, unknown)]
    assert sentences[0] == sentences[1]
    assert "not correct" in sentences[0][0]


def test_after_five_failures_even_the_right_password_waits(client, db):
    make_staff()
    for _attempt in range(5):
        sign_in(client, password="wrong")
    answer = sign_in(client)
    assert "_auth_user_id" not in client.session
    assert "Too many failed login attempts" in answer.content.decode()


def test_a_forged_forwarding_header_does_not_lift_the_limit(client, db):
    for number in range(10):
        client.post(
            LOGIN, {"login": f"user{number}", "password": "x"}, headers={"X-Forwarded-For": f"192.0.2.{number}"}
        )
    answer = client.post(LOGIN, {"login": "another", "password": "x"}, headers={"X-Forwarded-For": "198.51.100.7"})
    assert "Too many failed login attempts" in answer.content.decode()


def test_nobody_can_sign_up(client, db, django_user_model):
    page = client.get("/accounts/signup/")
    assert "Accounts are for staff" in page.content.decode()
    client.post(
        "/accounts/signup/",
        {"email": "x@example.org", "username": "x", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert not django_user_model.objects.exists()


def test_an_account_that_is_not_staffs_is_told_so_and_sent_in_no_circle(client, db, django_user_model):
    client.force_login(django_user_model.objects.create_user("guest"))
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 403
    assert len(answer.redirect_chain) == 1


def test_signing_out_takes_a_post(client, db):
    enter(client, make_staff())
    client.get("/admin/logout/", follow=True)
    assert "_auth_user_id" in client.session
    client.post("/admin/logout/")
    assert "_auth_user_id" not in client.session


def test_a_forgotten_password_gets_the_same_answer_for_known_and_unknown_addresses(client, db):
    make_staff()
    known = client.post("/accounts/password/reset/", {"email": "editor@habeas.example"}, follow=True)
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@habeas.example"}, follow=True)
    assert known.status_code == unknown.status_code == 200
    assert known.redirect_chain == unknown.redirect_chain
    assert [letter.to for letter in mail.outbox] == [["editor@habeas.example"]]


def test_a_short_or_common_password_is_refused_in_words(client, db):
    enter(client, make_staff())
    page = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "password1", "password2": "password1"}
    )
    assert "This password is too short. It must contain at least 12 characters." in page.content.decode()


def test_passwords_are_kept_as_argon2():
    with override_settings(PASSWORD_HASHERS=PASSWORD_HASHERS):
        assert identify_hasher(make_password(PASSWORD)).algorithm == "argon2"


def test_the_pages_of_an_account_keep_the_content_policy(client, db):
    """No inline style or script, and no picture in a data: address."""
    pages = {LOGIN: client.get(LOGIN), "signup": client.get("/accounts/signup/")}
    enter(client, make_staff())
    pages["reauthenticate"] = client.get("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    for name in (
        "account_logout", "account_change_password", "mfa_index", "mfa_add_webauthn", "mfa_view_recovery_codes",
    ):  # fmt: skip
        pages[name] = client.get(reverse(name))
    newcomer = Client()
    sign_in(newcomer, make_staff("newcomer").username)
    pages["mfa_activate_totp"] = newcomer.get(reverse("mfa_activate_totp"))
    for name, page in pages.items():
        text = page.content.decode()
        assert page.status_code == 200, name
        assert "style=" not in text and "data:image" not in text and "onclick=" not in text, name
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "noindex" in text, name
    assert "<svg" in pages["mfa_activate_totp"].content.decode()
