"""Rules across rows are proved again by `verify_campaigns`."""

import pytest
from django.core.management import CommandError, call_command
from makers_campaigns import make_campaign

from campaigns.models import CampaignKey, CampaignRecipient, Tally

pytestmark = pytest.mark.django_db


def test_campaigns_that_keep_their_rules_are_counted(capsys):
    make_campaign()
    make_campaign(public=False)
    call_command("verify_campaigns")
    assert "1 published" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (lambda campaign: campaign.persons.clear(), "about no person"),
        (lambda campaign: CampaignRecipient.objects.all().delete(), "asks nobody"),
        (lambda campaign: CampaignKey.objects.all().delete(), "no keys"),
        (lambda campaign: Tally.objects.update(total=3, confirmed=3), "run recount"),
    ],
    ids=["unbound", "unasked", "keyless", "miscounted"],
)
def test_each_broken_rule_is_named(break_it, sentence):
    break_it(make_campaign(slug="broken"))
    with pytest.raises(CommandError, match=f"broken: .*{sentence}"):
        call_command("verify_campaigns")
