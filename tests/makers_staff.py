"""Staff at the door: accounts with a second factor, sessions that have used it, and the codes of the moment."""

import time

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.http import HttpRequest

PASSWORD = "correct horse battery"

HALF_MINUTE, ENOUGH = 30, 8  # Seconds that a code lasts, and that a page may take.


def enrol(user):
    """Gives the account an authenticator app and recovery codes; returns the app."""
    app = Authenticator.objects.filter(user=user, type="totp").first()
    if app is None:
        app = TOTP.activate(user, generate_totp_secret()).instance
        RecoveryCodes.activate(user)
    return app


def code_of(user):
    """What the account's app shows now. Each code is taken once in its half minute."""
    secret = decrypt(Authenticator.objects.get(user=user, type="totp").data["secret"])
    return format_hotp_value(hotp_value(secret, int(time.time()) // HALF_MINUTE))


def codes_of(user):
    """The recovery codes that have not been used."""
    return Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()


def set_up_app(page, user):
    """Through the pages, from the one that shows the key to that of the recovery codes.

    The code that turns the app on is of the half minute before: each is taken once, and a second one is asked for.
    """
    if (left := HALF_MINUTE - time.time() % HALF_MINUTE) < ENOUGH:
        time.sleep(left)
    secret = page.get_by_label("Key", exact=True).input_value()
    page.locator("input[name=code]").fill(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))
    with page.expect_navigation():
        page.get_by_role("button", name="Turn it on").click()
    page.locator("input[name=code]").fill(code_of(user))
    with page.expect_navigation():
        page.get_by_role("button", name="Confirm").click()


def recovery_code_of(user):
    return codes_of(user)[0]


def sign_in(client, user):
    """A session of `user` that has used a second factor, without going through the door."""
    app = enrol(user)
    client.force_login(user)
    request = HttpRequest()
    request.session = client.session
    record_authentication(request, user, "mfa", id=app.pk, type=app.type)
    request.session.save()
    return client


def sign_in_with_browser(page, user, address):
    """Through the one door, with name, password and code, to where one was going."""
    enrol(user)
    page.goto(address)
    assert "/accounts/login/" in page.url
    page.get_by_label("User name or e-mail address").fill(user.get_username())
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    if (left := 30 - time.time() % 30) < 3:  # What is read just before the half minute ends comes too late.
        time.sleep(left)
    page.get_by_label("Code").fill(code_of(user))
    page.get_by_label("Code").press("Enter")
    page.wait_for_url(f"**{address}")
