"""Who sees an address, and who lets people in: two roles that have nothing to do with each other."""

import re
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from makers_campaigns import make_campaign, make_signature
from makers_days import content, make_member, public_text, said
from makers_staff import PASSWORD

from cases.models import SecurityEvent
from config.roles import ROLES

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "signer@example.org"
OTHERS = sorted(set(ROLES) - {"data protection"})


@pytest.fixture
def signature():
    return make_signature(make_campaign(), ADDRESS, confirmed=True)


def test_data_protection_sees_an_address_after_the_password_once_more(at_desk, signature):
    page = at_desk(make_member("data protection"), f"/admin/campaigns/signature/{signature.pk}/change/")
    assert ADDRESS not in page.content()
    page.get_by_role("link", name="Show the address…").click()
    page.get_by_label("Reason").fill("She asked us to look.")
    page.get_by_label("Your password").fill("not this one")
    page.get_by_role("button", name="Show the address").click()
    assert "This is not your password." in content(page)
    assert ADDRESS not in page.content()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Show the address").click()
    assert ADDRESS in content(page)
    seen = SecurityEvent.objects.get(kind=SecurityEvent.Kind.ADDRESS_SEEN)
    assert seen.user.username == "dataprotection"

    page.goto("/admin/campaigns/signature/")
    assert page.get_by_role("link", name="Export…").is_visible()
    assert ADDRESS not in page.content()


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_sees_an_address(at_desk, signature, role):
    page = at_desk(make_member(role), "/admin/")
    assert page.get_by_role("link", name="Signatures", exact=True).count() == 0
    for address in (
        "/admin/campaigns/signature/",
        f"/admin/campaigns/signature/{signature.pk}/change/",
        f"/admin/campaigns/signature/{signature.pk}/address/",
        "/admin/campaigns/signature/export/",
    ):
        assert page.goto(address).status == 403
        assert ADDRESS not in page.content()


def test_an_administrator_invites_somebody_who_enters_by_the_link_and_owes_a_second_factor(at_desk, page, signature):
    desk = at_desk(make_member("administrator"), "/admin/auth/user/add/")
    desk.get_by_label("Username").fill("newcomer")
    desk.get_by_label("Email address").fill("newcomer@habeas.example")
    desk.get_by_label("editor", exact=True).check()
    desk.get_by_role("button", name="Save", exact=True).click()
    assert "was invited by mail." in said(desk)
    newcomer = get_user_model().objects.get(username="newcomer")
    assert [group.name for group in newcomer.groups.all()] == ["editor"]
    assert desk.goto(f"/admin/campaigns/signature/{signature.pk}/address/").status == 403

    (letter,) = [letter for letter in mail.outbox if letter.to == ["newcomer@habeas.example"]]
    link = re.search(r"http://\S+/invitation/\S+", letter.body).group()
    page.goto(link)
    page.get_by_label("New password", exact=True).fill("staple battery horse")
    page.get_by_label("New password confirmation").fill("staple battery horse")
    page.get_by_role("button", name="Set the password").click()
    page.get_by_label("User name or e-mail address").fill("newcomer")
    page.get_by_label("Password").fill("staple battery horse")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto("/admin/cases/person/")
    assert "Set up a second factor first" in page.inner_text("body")
    assert "/accounts/2fa/" in page.url
    assert public_text(page, urlsplit(link).path) is None
