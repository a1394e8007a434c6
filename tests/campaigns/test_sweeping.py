"""What time takes away goes, and nothing that came in meanwhile goes with it."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone
from makers_campaigns import make_campaign, make_signature

from campaigns.actions.sweeping import forget_unconfirmed, purge, sweep
from campaigns.models import Signature

NOW = timezone.now
LONG_AGO = timedelta(days=15)


@pytest.mark.django_db(transaction=True)
def test_who_signs_anew_while_their_old_signature_is_forgotten_is_kept():
    campaign = make_campaign()
    make_signature(campaign, "leyla@example.org", at=NOW() - LONG_AGO)
    threads = []

    def sign_anew():
        try:
            make_signature(campaign, "leyla@example.org")
        finally:
            connection.close()

    def after_reading(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith("SELECT") and '"email_sealed"' in sql and not threads:
            threads.append(Thread(target=sign_anew))
            threads[0].start()
            threads[0].join(1.5)
        return result

    with connection.execute_wrapper(after_reading):
        forget_unconfirmed(at=NOW())
    threads[0].join()
    signature = Signature.objects.get()
    assert signature.signed_at > NOW() - timedelta(minutes=1)
    assert signature.letters.filter(state="queued").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("duty", [sweep, purge])
def test_a_round_of_the_worker_forgets_for_a_moment_and_goes_on_in_the_next(duty, monkeypatch):
    """A rush of two weeks ago must not keep the count of today waiting."""
    monkeypatch.setattr("campaigns.actions.sweeping.BATCH", 2)
    campaign = make_campaign()
    for _n in range(5):
        make_signature(campaign, at=NOW() - LONG_AGO)
    assert [duty(at=NOW(), seconds=0)["unconfirmed"] for _n in range(4)] == [2, 2, 1, 0]
