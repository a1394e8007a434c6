"""Passkey, authenticator app, recovery code: each in a real browser, the passkey on a virtual device."""

import pytest
from allauth.mfa.models import Authenticator
from makers import make_staff
from makers_staff import PASSWORD, code_of, codes_of, enrol, recovery_code_of, set_up_app

pytestmark = pytest.mark.django_db(transaction=True)
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def device(page, settings):
    """A virtual passkey device in the browser; the site must be at localhost, where no HTTPS is asked for."""
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    added = tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return lambda: tools.send("WebAuthn.getCredentials", added)["credentials"]


def enter_password(page, user, address="/admin/"):
    page.goto(address)
    page.get_by_label("User name or e-mail address").fill(user.get_username())
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page):
    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()


def arrive_at_desk(page):
    page.wait_for_url("**/admin/")
    page.get_by_role("heading", name="The desk").wait_for()


def enrol_passkey(page, *, passwordless):
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("A name, to tell it from others").fill("My laptop")
    if passwordless:
        page.locator("label[for=id_passwordless]").click()
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url("**/accounts/2fa/**reauthenticate/**")


def test_a_newcomer_enrols_a_passkey_and_signs_in_with_nothing_else(page, device, barriers):
    editor = make_staff()
    enter_password(page, editor)
    assert "Set up a second factor first" in page.inner_text("main")
    assert barriers(page) == []
    enrol_passkey(page, passwordless=True)
    assert len(device()) == 1

    page.goto("/admin/cases/person/")
    assert "/accounts/2fa/" in page.url, "the session has yet to use it"
    page.get_by_role("button", name="Use a security key").click()
    page.wait_for_url("**/admin/cases/person/")

    sign_out(page)
    page.goto("/accounts/login/")
    assert barriers(page) == []
    page.get_by_role("button", name="Sign in with a passkey").click()
    arrive_at_desk(page)
    assert Authenticator.objects.get(user=editor, type="webauthn").last_used_at


def test_a_passkey_is_a_second_factor_beside_the_password_and_looked_after(page, device, barriers):
    editor = make_staff()
    enter_password(page, editor)
    enrol_passkey(page, passwordless=False)
    page.get_by_role("button", name="Use a security key").click()
    page.get_by_label("The 10 that are left").wait_for()
    page.goto("/accounts/2fa/webauthn/")
    assert "Opens the door beside the password." in page.inner_text("main tbody")
    assert barriers(page) == []
    page.get_by_role("link", name="Rename “My laptop”").click()
    page.get_by_label("Name").fill("The office's")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Remove “The office's”").click()
    assert "“The office's” will no longer open the door." in page.inner_text("main")
    assert barriers(page) == []
    page.get_by_role("link", name="Keep it").click()
    sign_out(page)
    enter_password(page, editor)
    assert "/accounts/2fa/authenticate/" in page.url
    page.get_by_role("button", name="Use a security key").click()
    arrive_at_desk(page)


def test_an_authenticator_app_is_set_up_proved_and_used(page, barriers):
    editor = make_staff()
    enter_password(page, editor)
    page.goto("/accounts/2fa/totp/activate/")
    assert barriers(page) == []
    set_up_app(page, editor)
    assert "Recovery codes" in page.inner_text("main"), "the codes are shown once the app has been proved"
    assert page.get_by_label("The 10 that are left").input_value().split() == codes_of(editor)
    assert barriers(page) == []
    page.goto("/admin/")
    arrive_at_desk(page)


def test_app_and_recovery_code_open_the_desk(page, barriers):
    editor = make_staff()
    enrol(editor)
    enter_password(page, editor)
    assert barriers(page) == []
    page.get_by_label("Code").fill(code_of(editor))
    page.get_by_role("button", name="Sign in", exact=True).click()
    arrive_at_desk(page)
    sign_out(page)
    enter_password(page, editor)
    page.get_by_label("Code").fill(recovery_code_of(editor))
    page.get_by_role("button", name="Sign in", exact=True).click()
    arrive_at_desk(page)


def test_a_wrong_code_is_said_to_be_wrong_and_opens_nothing(page):
    editor = make_staff()
    enrol(editor)
    enter_password(page, editor)
    page.get_by_label("Code").fill("abcdef")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert "Incorrect code" in page.inner_text("main")
    page.goto("/admin/")
    assert "/accounts/2fa/authenticate/" in page.url
