"""The nightly check of the count: what is wrong is made right, and said in public."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from makers_campaigns import make_campaign, make_signature

from campaigns.actions import recounting
from campaigns.actions.recounting import check_tallies, check_tally, recount, wrong_tallies
from campaigns.actions.tallying import tally_up
from campaigns.models import Signature, Tally, TallyBucket, TallyCorrection
from campaigns.models.texts import Unchangeable

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 3, 10, 3, 5, tzinfo=UTC)


@pytest.fixture
def campaign():
    campaign = make_campaign(opens_at=NIGHT - timedelta(days=9))
    for country in ("DE", "FR"):
        make_signature(campaign, confirmed=True, at=NIGHT - timedelta(hours=5), country=country)
    tally_up(at=NIGHT)
    return campaign


def falsify(number=7):
    Tally.objects.update(total=number, confirmed=number)


def test_a_right_count_is_left_alone_and_nothing_is_said(campaign):
    assert check_tallies(at=NIGHT) == 1
    assert not TallyCorrection.objects.exists()
    assert Tally.objects.get().checked_at == NIGHT


def test_a_wrong_count_is_made_right_with_a_public_correction(client, campaign):
    falsify()
    check_tallies(at=NIGHT)
    assert (Tally.objects.get().total, recount(at=NIGHT)) == (2, [])
    page = client.get(f"/campaigns/{campaign.slug}/").text
    assert "Corrections to the count" in page
    assert "10 March 2026" in page and "7 became 2." in page
    told = client.get(f"/campaigns/{campaign.slug}/count.json").json()
    assert told["corrections"] == 1
    assert told["corrections_url"] == f"http://testserver/campaigns/{campaign.slug}/#count"


def test_a_page_without_corrections_says_nothing_of_them(client, campaign):
    assert "Corrections" not in client.get(f"/campaigns/{campaign.slug}/").text
    assert client.get(f"/campaigns/{campaign.slug}/count.json").json()["corrections"] == 0


def test_wrong_hours_under_a_right_total_are_mended_and_said(campaign):
    TallyBucket.objects.filter(country="DE").update(confirmed=2)
    TallyBucket.objects.filter(country="FR").delete()
    check_tallies(at=NIGHT)
    assert sorted(TallyBucket.objects.values_list("country", "confirmed")) == [("DE", 1), ("FR", 1)]
    correction = TallyCorrection.objects.get()
    assert (correction.before, correction.after, correction.reason) == (2, 2, recounting.HOURS_WRONG)


def test_wrong_parts_under_a_right_total_are_mended_and_said(campaign):
    Tally.objects.update(confirmed=3, withdrawn=1)
    assert check_tally(campaign.pk, at=NIGHT)
    assert TallyCorrection.objects.get().reason == recounting.PARTS_WRONG


def test_what_waits_to_be_counted_is_no_error(campaign):
    make_signature(campaign, confirmed=True, at=NIGHT)
    check_tallies(at=NIGHT)
    assert not TallyCorrection.objects.exists()
    assert tally_up(at=NIGHT) == 1


def test_each_tally_is_checked_once_a_night(campaign):
    assert check_tallies(at=NIGHT - timedelta(minutes=10)) == 1, "never checked before"
    assert check_tallies(at=NIGHT - timedelta(minutes=6)) == 0
    assert check_tallies(at=NIGHT) == 1, "3 o'clock has passed"
    assert check_tallies(at=NIGHT + timedelta(hours=20)) == 0
    assert check_tallies(at=NIGHT + timedelta(hours=24)) == 1
    assert check_tallies(at=NIGHT - timedelta(hours=2)) == 1, "checked in the future: the clock was set back"


def test_a_check_that_is_cut_short_goes_on_where_it_stopped(monkeypatch, campaign):
    other = make_campaign(opens_at=NIGHT - timedelta(days=9))
    monkeypatch.setattr(recounting, "ROUND_SECONDS", 0)
    assert check_tallies(at=NIGHT) == 1
    assert list(Tally.objects.filter(checked_at=None).values_list("campaign", flat=True)) == [other.pk]
    assert check_tallies(at=NIGHT) == 1
    assert check_tallies(at=NIGHT) == 0


def test_a_tally_between_two_looks_is_looked_at_again(monkeypatch, campaign):
    make_signature(campaign, confirmed=True, at=NIGHT)
    true, looks = recounting._true, []

    def interrupted(campaign_id):
        if not looks:
            tally_up(at=NIGHT + timedelta(seconds=1))
        looks.append(campaign_id)
        return true(campaign_id)

    monkeypatch.setattr(recounting, "_true", interrupted)
    monkeypatch.setattr(recounting, "_repair", None)
    assert not check_tally(campaign.pk, at=NIGHT)
    assert len(looks) == 2


def test_checking_a_right_count_locks_nothing(campaign):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        check_tally(campaign.pk, at=NIGHT)
    said = " ".join(query["sql"] for query in captured)
    assert "FOR UPDATE" not in said and "SAVEPOINT" not in said


def test_recount_mends_by_the_same_rule(capsys, campaign):
    falsify()
    assert wrong_tallies() == [campaign.pk]
    call_command("recount")
    assert campaign.slug in capsys.readouterr().out
    assert TallyCorrection.objects.get().after == 2
    assert wrong_tallies() == []


@pytest.mark.parametrize("act", [recount, check_tallies])
def test_a_tally_that_is_gone_is_built_again_whether_or_not_anybody_signs(client, campaign, act):
    check_tallies(at=NIGHT)
    Tally.objects.all().delete()
    assert wrong_tallies() == [campaign.pk]
    act(at=NIGHT)
    assert wrong_tallies() == []
    assert client.get(f"/campaigns/{campaign.slug}/count.json").json()["total"] == 2
    assert TallyCorrection.objects.values_list("before", "after").get() == (0, 2)


def test_a_correction_stays_as_it_was_written(campaign):
    falsify()
    check_tallies(at=NIGHT)
    with pytest.raises(Unchangeable):
        TallyCorrection.objects.update(before=0)
    with pytest.raises(Unchangeable):
        TallyCorrection.objects.get().delete()


def test_a_signature_set_aside_is_counted_out_in_its_hour(campaign):
    Signature.objects.filter(country="DE").update(set_aside_at=NIGHT)
    tally_up(at=NIGHT + timedelta(hours=1))
    assert wrong_tallies() == []
    assert TallyBucket.objects.get(set_aside=1).hour == NIGHT.replace(hour=4, minute=0)
