"""The count: exact, once each, and the same as the rows say."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from makers_campaigns import make_campaign, make_signature, newest_letter, token_of

from campaigns.actions import tallying
from campaigns.actions.recounting import recount
from campaigns.actions.signing import confirm, find_letter, withdraw
from campaigns.actions.tallying import tally_up
from campaigns.models import Signature, Tally, TallyBucket

pytestmark = pytest.mark.django_db
NOW = timezone.now


def sums(campaign):
    return Tally.objects.values_list("total", "confirmed", "withdrawn", "set_aside").get(campaign=campaign)


def set_aside(signature, *, at=None):
    Signature.objects.filter(pk=signature.pk).update(set_aside_at=at)


def test_only_confirmed_signatures_are_counted_and_each_once():
    campaign = make_campaign()
    make_signature(campaign)
    for _n in range(3):
        make_signature(campaign, confirmed=True)
    assert tally_up(at=NOW()) == 3
    assert tally_up(at=NOW()) == 0
    assert sums(campaign) == (3, 3, 0, 0)


def test_a_campaign_begins_at_zero():
    assert sums(make_campaign()) == (0, 0, 0, 0)


def test_withdrawn_and_set_aside_signatures_are_taken_out_by_entries_of_their_own():
    campaign = make_campaign()
    first, second, _third = (make_signature(campaign, confirmed=True) for _n in range(3))
    tally_up(at=NOW())
    withdraw(first, at=NOW())
    set_aside(second, at=NOW())
    assert tally_up(at=NOW()) == 2
    assert sums(campaign) == (1, 3, 1, 1)
    assert recount(at=NOW()) == []


def test_what_was_withdrawn_before_it_was_counted_never_counts():
    campaign = make_campaign()
    withdraw(make_signature(campaign, confirmed=True), at=NOW())
    tally_up(at=NOW())
    assert sums(campaign) == (0, 0, 0, 0)


def test_a_set_aside_that_is_undone_takes_its_entry_back():
    campaign = make_campaign()
    signature = make_signature(campaign, confirmed=True)
    tally_up(at=NOW())
    set_aside(signature, at=NOW())
    tally_up(at=NOW())
    assert sums(campaign) == (0, 1, 0, 1)
    set_aside(signature, at=None)
    tally_up(at=NOW() + timedelta(hours=3))
    assert sums(campaign) == (1, 1, 0, 0)
    assert recount(at=NOW()) == []
    assert sorted(TallyBucket.objects.values_list("confirmed", "set_aside")) == [(1, 0)]


def test_buckets_add_up_to_the_total_by_country_and_hour():
    campaign = make_campaign()
    hour_ago = NOW() - timedelta(hours=1)
    make_signature(campaign, confirmed=True, at=hour_ago, country="DE")
    make_signature(campaign, confirmed=True, country="DE")
    make_signature(campaign, confirmed=True, country="FR")
    tally_up(at=NOW())
    assert sum(TallyBucket.objects.values_list("confirmed", flat=True)) == 3
    assert set(TallyBucket.objects.values_list("country", flat=True)) == {"DE", "FR"}
    assert TallyBucket.objects.filter(country="DE").count() == 2


def test_recount_finds_and_mends_a_wrong_total(capsys):
    campaign = make_campaign()
    make_signature(campaign, confirmed=True)
    tally_up(at=NOW())
    Tally.objects.update(total=7, confirmed=7)
    TallyBucket.objects.update(confirmed=7)
    call_command("recount")
    assert campaign.slug in capsys.readouterr().out
    assert sums(campaign) == (1, 1, 0, 0)
    assert TallyBucket.objects.get().confirmed == 1


def test_a_tally_that_does_not_add_up_is_refused_by_the_database():
    make_campaign()
    with pytest.raises(IntegrityError), transaction.atomic():
        Tally.objects.update(total=5)


def test_a_crash_in_the_middle_counts_nothing_and_the_next_run_counts_it_once(monkeypatch):
    campaign = make_campaign()
    make_signature(campaign, confirmed=True)
    with monkeypatch.context() as broken:
        broken.setattr(tallying, "_add_to_total", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tally_up(at=NOW())
    assert sums(campaign) == (0, 0, 0, 0)
    tally_up(at=NOW())
    assert sums(campaign) == (1, 1, 0, 0)


def test_many_batches_come_out_right(monkeypatch):
    monkeypatch.setattr(tallying, "BATCH", 2)
    campaign, other = make_campaign(), make_campaign()
    for _n in range(3):
        make_signature(campaign, confirmed=True)
    make_signature(other, confirmed=True)
    assert tally_up(at=NOW()) == 4
    assert (sums(campaign)[0], sums(other)[0]) == (3, 1)


def at_once(number, work):
    """Run `work` in so many threads, all released at the same moment; returns the errors they met."""
    barrier, errors = Barrier(number), []

    def run():
        barrier.wait()
        try:
            work()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run) for _n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@pytest.mark.django_db(transaction=True)
def test_fifty_confirmations_at_once_count_one():
    campaign = make_campaign()
    make_signature(campaign)
    token = token_of(newest_letter(campaign))
    assert at_once(50, lambda: confirm(find_letter(token, at=NOW()), at=NOW())) == []
    assert at_once(4, lambda: tally_up(at=NOW())) == []
    assert sums(campaign) == (1, 1, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_fifty_signings_of_one_mailbox_at_once_make_one_row():
    campaign = make_campaign()
    assert at_once(50, lambda: make_signature(campaign, "leyla@example.org")) == []
    signature = Signature.objects.get()
    assert signature.letters_count == 50
    assert signature.letters.exclude(kind="withheld").count() == 5


@pytest.mark.django_db(transaction=True)
def test_tallies_that_run_at_once_count_each_signature_once():
    campaign = make_campaign()
    for _n in range(40):
        make_signature(campaign, confirmed=True)
    assert at_once(8, lambda: tally_up(at=NOW())) == []
    tally_up(at=NOW())
    assert sums(campaign) == (40, 40, 0, 0)
    assert sum(TallyBucket.objects.values_list("confirmed", flat=True)) == 40


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (lambda: Signature.objects.standing().filter(counted_at__isnull=True), "signature_to_count"),
        (lambda: Signature.objects.to_uncount(), "signature_to_uncount"),
        (lambda: Signature.objects.standing().filter(uncounted_at__isnull=False), "signature_valid_again"),
    ],
)
def test_a_round_reads_the_few_rows_that_changed_through_an_index_of_their_own(rows, index):
    make_signature(make_campaign(), confirmed=True)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # Of a handful of rows no index is worth its while.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    assert index in rows().order_by("pk")[: tallying.BATCH].explain()
