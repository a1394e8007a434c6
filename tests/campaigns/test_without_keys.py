"""A campaign whose keys are not there (a backup was restored without them): it rests, and everything else goes on."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.utils import timezone
from makers_campaigns import make_campaign, make_signature, marked, newest_letter, post_signature, token_of

from campaigns.actions.reminding import remind
from campaigns.actions.sending import send_due
from campaigns.links import NOT_ME, UNSUBSCRIBE
from campaigns.models import CampaignKey, Letter, Signature

pytestmark = pytest.mark.django_db
NOW = timezone.now


def test_it_takes_no_signature_and_says_so(client):
    campaign = make_campaign()
    CampaignKey.objects.all().delete()
    response = post_signature(client, campaign)
    assert response.status_code == 409
    assert "takes no signatures at the moment" in response.content.decode()
    assert not Signature.objects.exists()


def test_its_links_are_unknown_until_its_keys_are_back(client):
    campaign = make_campaign()
    make_signature(campaign)
    letter = newest_letter(campaign)
    links = [f"/confirm/{token_of(letter)}/", f"/not-me/{marked(letter, NOT_ME)}/"]
    links.append(f"/unsubscribe/{marked(letter, UNSUBSCRIBE)}/")
    keys = list(CampaignKey.objects.all())
    CampaignKey.objects.all().delete()
    assert {client.get(link).status_code for link in links} == {404}
    CampaignKey.objects.bulk_create(keys)
    assert {client.get(link).status_code for link in links} == {200}


def test_its_letters_wait_and_those_of_others_leave(mailoutbox):
    campaign = make_campaign()
    make_signature(campaign)
    keys = list(CampaignKey.objects.all())
    CampaignKey.objects.all().delete()
    make_signature(make_campaign(), "other@example.org")
    assert send_due(worker="w") == 1
    assert [message.to for message in mailoutbox] == [["other@example.org"]]
    assert newest_letter(campaign).state == Letter.State.QUEUED
    CampaignKey.objects.bulk_create(keys)
    assert send_due(worker="w") == 1


def test_nobody_is_reminded_of_it_and_others_are():
    then = NOW() - timedelta(days=3)
    make_signature(make_campaign(), at=then)
    CampaignKey.objects.all().delete()
    make_signature(make_campaign(), at=then)
    Letter.objects.update(state=Letter.State.SENT, sent_at=then)
    assert remind(at=NOW()) == 1


def test_a_worker_whose_signing_keys_do_not_fit_does_not_start(settings):
    """It could write no letter, and would give up one after the other."""
    make_signature(make_campaign())
    settings.SIGNING_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="SIGNING_KEYS"):
        call_command("work", "--once")
    assert Letter.objects.get().state == Letter.State.QUEUED
