"""Somebody who works on some countries meets no signature and no letter of campaigns about others."""

import pytest
from django.test import Client
from django.urls import reverse
from makers import make_person
from makers_admin import list_url
from makers_campaigns import make_campaign, make_signature
from makers_roles import limit_to, make_role
from makers_staff import sign_in

from campaigns.models import Letter, Signature

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    user = make_role("data protection")
    limit_to(user, "XK")
    return sign_in(Client(), user)


def test_only_signatures_and_letters_of_their_countries_are_there(desk):
    ours = make_signature(make_campaign(make_person("Ana", country="XK"), title="Ours"))
    theirs = make_signature(make_campaign(make_person("Ben", country="DE"), title="Theirs"))
    for model, one, other in [
        (Signature, ours, theirs),
        (Letter, ours.letters.first(), theirs.letters.first()),
    ]:
        page, name = desk.get(list_url(model)).text, model._meta.model_name
        change = f"admin:campaigns_{name}_change"
        assert reverse(change, args=[one.pk]) in page and reverse(change, args=[other.pk]) not in page
        assert desk.get(reverse(change, args=[other.pk])).status_code == 302
    assert "Theirs" not in desk.get(list_url(Signature)).text
    assert desk.get(reverse("admin:campaigns_signature_address", args=[ours.pk])).status_code == 200
    assert desk.get(reverse("admin:campaigns_signature_address", args=[theirs.pk])).status_code == 404
    export = desk.get(reverse("admin:campaigns_signature_export")).text
    assert "Ours" in export and "Theirs" not in export
