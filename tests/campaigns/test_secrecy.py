"""Sealed texts open with their own key and for their own purpose only; an export reads them batch by batch."""

from datetime import UTC, datetime

import pytest
from makers_campaigns import make_campaign, make_signature

from campaigns.actions import revealing
from campaigns.models import Signature
from campaigns.secrecy import Unreadable, new_wrapped_keys, unwrap


def make_secrets():
    return unwrap(*new_wrapped_keys())


@pytest.mark.once
def test_what_was_sealed_opens_and_nothing_stays_nothing():
    secrets = make_secrets()
    assert secrets.open(secrets.seal("Leylâ Əliyeva", "name"), "name") == "Leylâ Əliyeva"
    assert secrets.seal("", "name") == secrets.open("", "name") == ""


@pytest.mark.once
def test_the_same_text_is_sealed_differently_each_time():
    secrets = make_secrets()
    assert secrets.seal("leyla@example.org", "email") != secrets.seal("leyla@example.org", "email")


@pytest.mark.once
def test_another_key_another_purpose_or_a_changed_letter_opens_nothing():
    secrets = make_secrets()
    sealed = secrets.seal("leyla@example.org", "email")
    changed = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    for who, what, purpose in (
        (make_secrets(), sealed, "email"),
        (secrets, sealed, "name"),
        (secrets, changed, "email"),
        (secrets, sealed[2:], "email"),
        (secrets, sealed[:20], "email"),
        (secrets, "1.é", "email"),
    ):
        with pytest.raises(Unreadable):
            who.open(what, purpose)


@pytest.mark.django_db
def test_an_export_gives_every_confirmed_signature_once_across_its_batches(monkeypatch):
    monkeypatch.setattr(revealing, "BATCH", 2)
    campaign, other = make_campaign(), make_campaign()
    for number in range(5):
        make_signature(campaign, f"signer{number}@example.org", confirmed=True)
        make_signature(other, f"stranger{number}@example.org", confirmed=True)
    make_signature(campaign, "waiting@example.org")
    header, *rows = revealing.export_signatures(campaign, by=None, because="For the test.")
    assert [row[header.index("email")] for row in rows] == [f"signer{number}@example.org" for number in range(5)]


@pytest.mark.django_db
def test_an_export_tells_moments_to_the_second_whatever_the_time_zone(settings):
    settings.TIME_ZONE = "Asia/Baku"
    campaign = make_campaign()
    signature = make_signature(campaign, confirmed=True)
    signed, confirmed = datetime(2026, 3, 1, 23, 59, 59, 999_999, UTC), datetime(2026, 3, 2, 0, 7, tzinfo=UTC)
    Signature.objects.filter(pk=signature.pk).update(signed_at=signed, confirmed_at=confirmed)
    header, row = revealing.export_signatures(campaign, by=None, because="For the test.")
    told = dict(zip(header, row, strict=True))
    assert (told["signed_at"], told["confirmed_at"]) == ("2026-03-01T23:59:59+00:00", "2026-03-02T00:07:00+00:00")
    assert told["withdrawn_at"] == told["set_aside_at"] == ""


@pytest.mark.django_db
def test_an_export_never_begins_a_formula_whatever_column_it_stands_in():
    campaign = make_campaign()
    signature = make_signature(campaign, confirmed=True)
    secrets = campaign.key.unwrapped()
    Signature.objects.filter(pk=signature.pk).update(
        country="=1",
        name_sealed=secrets.seal("@SUM(A1)", "name"),
        email_sealed=secrets.seal("+1@example.org", "email"),
    )
    header, row = revealing.export_signatures(campaign, by=None, because="For the test.")
    told = dict(zip(header, row, strict=True))
    assert (told["country"], told["name"], told["email"]) == ("'=1", "'@SUM(A1)", "'+1@example.org")
