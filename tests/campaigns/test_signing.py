"""Signing through the action: one row a mailbox, one letter a time, nothing readable."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from makers import make_organisation, make_person, make_proceeding
from makers_campaigns import make_campaign, make_signature, newest_letter, token_of

from campaigns.actions.running import close_campaign, pause_campaign, retract_campaign
from campaigns.actions.signing import confirm, find_letter, seen_mark, withdraw
from campaigns.errors import LinkExpired, LinkUnknown, SignatureChanged, SigningClosed
from campaigns.models import Campaign, ConsentWording, Letter, Signature, Unchangeable
from cases.models import Pause

pytestmark = pytest.mark.django_db
NOW = timezone.now


def test_a_signature_and_its_letter_are_kept_together():
    campaign = make_campaign()
    make_signature(campaign, "leyla@example.org", reason="Because.", wants_news=True, via="whatsapp")
    signature = Signature.objects.get()
    secrets = campaign.key.unwrapped()
    assert secrets.open(signature.email_sealed, "email") == "leyla@example.org"
    assert secrets.open(signature.name_sealed, "name") == "Leyla Example"
    assert secrets.open(signature.reason_sealed, "reason") == "Because."
    assert (signature.country, signature.via, signature.name_delivery) == ("DE", "whatsapp", "withheld")
    assert signature.consent.purpose == "signature"
    assert "political opinion" in signature.consent.text
    assert signature.news_consent.purpose == "news"
    letter = Letter.objects.get()
    assert (letter.signature, letter.kind, letter.state) == (signature, "confirm", "queued")


def test_until_confirmed_the_newest_input_replaces_the_older():
    campaign = make_campaign()
    make_signature(campaign, "leyla@example.org", name="Old Name", country="DE")
    make_signature(campaign, "Leyla@Example.org", name="New Name", country="FR", name_delivery="full")
    signature = Signature.objects.get()
    assert campaign.key.unwrapped().open(signature.name_sealed, "name") == "New Name"
    assert (signature.country, signature.name_delivery, signature.letters_count) == ("FR", "full", 2)
    assert list(Letter.objects.values_list("kind", flat=True)) == ["confirm", "confirm"]


def test_once_confirmed_nothing_changes_and_another_letter_goes_out():
    campaign = make_campaign()
    make_signature(campaign, "leyla@example.org", name="Old Name", confirmed=True)
    before = Signature.objects.values().get()
    make_signature(campaign, "leyla@example.org", name="New Name", country="FR")
    after = Signature.objects.values().get()
    assert {name for name in after if after[name] != before[name]} == {"letters_count"}
    letter = newest_letter(campaign)
    assert (letter.kind, letter.token_hash) == ("already_confirmed", None)


def test_after_five_letters_none_is_sent():
    campaign = make_campaign()
    for _n in range(7):
        make_signature(campaign, "leyla@example.org")
    kinds = list(Letter.objects.order_by("pk").values_list("kind", "state"))
    assert kinds == [("confirm", "queued")] * 5 + [("withheld", "not_sent")] * 2


def test_a_mailbox_that_somebody_enters_without_end_is_answered_like_any_other():
    """The number of letters stops before it is larger than its column, which would tell that the mailbox is known."""
    campaign = make_campaign()
    signature = make_signature(campaign, "a@example.org")
    Signature.objects.update(letters_count=32_767)
    make_signature(campaign, "a@example.org")
    signature.refresh_from_db()
    assert signature.letters_count == 32_767
    assert newest_letter(campaign).kind == Letter.Kind.WITHHELD


def test_one_mailbox_may_sign_two_campaigns_and_nobody_can_tell():
    first, second = make_campaign(), make_campaign()
    make_signature(first, "leyla@example.org")
    make_signature(second, "leyla@example.org")
    keys = set(Signature.objects.values_list("email_key", flat=True))
    assert len(keys) == 2
    assert all(len(key) == 64 for key in keys)


def test_the_database_itself_refuses_a_second_signature_of_a_mailbox():
    campaign = make_campaign()
    signature = make_signature(campaign)
    signature.pk = None
    signature._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        signature.save()


def test_a_signature_belongs_to_the_text_it_was_given_under():
    campaign = make_campaign()
    signature = make_signature(campaign)
    assert signature.text == campaign.texts.get()
    with pytest.raises(Unchangeable):
        signature.text.save()
    with pytest.raises(Unchangeable):
        campaign.texts.all().update(ask="Something else.")
    with pytest.raises(Unchangeable):
        ConsentWording.objects.all().delete()


@pytest.mark.parametrize("action", [pause_campaign, close_campaign])
def test_a_campaign_that_is_not_open_takes_no_signature(action):
    campaign = make_campaign()
    action(campaign, by=None, because="A reason.")
    with pytest.raises(SigningClosed):
        make_signature(campaign)
    assert not Signature.objects.exists()


def test_a_campaign_that_opens_tomorrow_takes_no_signature():
    with pytest.raises(SigningClosed):
        make_signature(make_campaign(opens_at=NOW() + timedelta(days=1)))


def test_confirming_twice_confirms_once():
    campaign = make_campaign()
    make_signature(campaign)
    letter = find_letter(token_of(newest_letter(campaign)), at=NOW())
    first = confirm(letter, at=NOW()).confirmed_at
    again = find_letter(token_of(newest_letter(campaign)), at=NOW())
    assert confirm(again, at=NOW() + timedelta(hours=1)).confirmed_at == first


def test_every_letter_of_a_signature_confirms_it():
    campaign = make_campaign()
    make_signature(campaign, "leyla@example.org")
    old = token_of(newest_letter(campaign))
    make_signature(campaign, "leyla@example.org", name="New Name")
    confirm(find_letter(old, at=NOW()), at=NOW())
    assert Signature.objects.get().confirmed_at


def test_newer_input_is_never_confirmed_unseen():
    campaign = make_campaign()
    make_signature(campaign, "leyla@example.org")
    letter = find_letter(token_of(newest_letter(campaign)), at=NOW())
    seen = seen_mark(letter)
    make_signature(campaign, "leyla@example.org", name="Somebody Else")
    with pytest.raises(SignatureChanged):
        confirm(letter, seen=seen, at=NOW())
    with pytest.raises(SignatureChanged):
        confirm(find_letter(token_of(newest_letter(campaign)), at=NOW()), seen=seen, at=NOW())
    assert Signature.objects.get().confirmed_at is None


def test_a_link_is_good_for_seven_days():
    campaign = make_campaign()
    make_signature(campaign, at=NOW() - timedelta(days=6, hours=23))
    assert find_letter(token_of(newest_letter(campaign)), at=NOW())
    with pytest.raises(LinkExpired):
        find_letter(token_of(newest_letter(campaign)), at=NOW() + timedelta(hours=2))


@pytest.mark.parametrize("token", ["", "x", "ə" * 43, "A" * 43, "\ud800"])
def test_an_invented_link_opens_nothing(token):
    make_signature(make_campaign())
    with pytest.raises(LinkUnknown):
        find_letter(token, at=NOW())


def test_a_mailed_link_still_confirms_after_closing():
    campaign = make_campaign()
    make_signature(campaign)
    close_campaign(campaign, by=None, because="It is over.")
    assert confirm(find_letter(token_of(newest_letter(campaign)), at=NOW()), at=NOW()).confirmed_at


def test_a_campaign_taken_back_freezes_its_links():
    campaign = make_campaign()
    make_signature(campaign)
    retract_campaign(campaign, by=None, because="A mistake.")
    with pytest.raises(LinkUnknown):
        find_letter(token_of(newest_letter(campaign)), at=NOW())


def test_who_withdrew_and_signs_again_can_confirm_again():
    campaign = make_campaign()
    signature = make_signature(campaign, "leyla@example.org")
    old = token_of(newest_letter(campaign))
    confirm(find_letter(old, at=NOW()), at=NOW())
    withdraw(signature, at=NOW())
    confirm(find_letter(old, at=NOW()), at=NOW())
    assert Signature.objects.get().withdrawn_at, "an old link does not undo a withdrawal"
    make_signature(campaign, "leyla@example.org")
    confirm(find_letter(token_of(newest_letter(campaign)), at=NOW()), at=NOW())
    assert Signature.objects.get().withdrawn_at is None


def test_a_token_is_long_and_stands_nowhere_in_the_database():
    campaign = make_campaign()
    make_signature(campaign)
    letter = newest_letter(campaign)
    token, stored = token_of(letter), everything_stored()
    assert len(token) == 43
    assert letter.token_hash in stored and token not in stored


def test_what_a_signer_typed_stands_nowhere_in_the_database():
    made = make_signature(make_campaign(), "leyla.secret@example.org", name="Leyla Hidden", reason="My quiet reason.")
    stored = everything_stored().lower()
    assert made.email_key in stored, "everything is looked at"
    for word in ("leyla", "secret@", "hidden", "quiet", b"leyla.secret".hex()):
        assert word not in stored


def everything_stored():
    """All values of all columns of all tables, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    binary = isinstance(value, bytes | memoryview)
                    found.append(bytes(value).decode("latin-1") if binary else str(value))
    return "\n".join(found)


def test_a_campaign_is_public_only_while_everything_it_names_is():
    person, hidden = make_person(), make_person(public=False)
    proceeding, organisation = make_proceeding(public=False), make_organisation(public=False)
    shown = make_campaign(person)
    for fields in ({"proceeding": proceeding}, {"organisation": organisation}):
        unfit = make_campaign(person, public=False, **fields)
        Campaign.objects.filter(pk=unfit.pk).update(state="published", published_at=NOW())
    mixed = make_campaign(person, public=False)
    mixed.persons.add(hidden)
    Campaign.objects.filter(pk=mixed.pk).update(state="published", published_at=NOW())
    assert list(Campaign.objects.public()) == [shown]
    Pause.objects.create(person=person, asked_by="Family", review_on=NOW().date())
    assert not Campaign.objects.public().exists()
