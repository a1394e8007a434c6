"""What is done a thousand times a minute, and what staff look at, reads by an index: its cost does not grow with the
number of signatures. On PostgreSQL, with so many rows that reading them all would be seen."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from makers_campaigns import form_data, make_campaign, make_signature, newest_letter, token_of
from makers_staff import sign_in
from plugins.database import wanted

from bench.volume import make_signatures
from campaigns.actions.reminding import remind
from campaigns.actions.sending import lease_batch
from campaigns.actions.sweeping import reclaim, sweep
from campaigns.actions.tallying import tally_up
from campaigns.models import Campaign, Letter, Signature
from cases.admin import counting

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(wanted() != "postgresql", reason="plans are PostgreSQL's"),
]
NUMBER = 30_000
LARGE = ("campaigns_signature", "campaigns_letter")
EXPLAINED = ("SELECT", "UPDATE", "INSERT", "DELETE")


@pytest.fixture
def full():
    """A campaign among others with thousands of signatures."""
    make_signatures(make_campaign(), 500)
    campaign = make_campaign()
    make_signatures(campaign, NUMBER)
    return campaign


def scans(act):
    """The statements of `act` that read a large table from end to end."""
    with CaptureQueriesContext(connection) as asked:
        act()
    found = []
    for sql in (query["sql"] for query in asked):
        if sql.startswith(EXPLAINED) and (plan := plan_of(sql)) and reads_all(plan):
            found.append(f"{sql}\n{plan}")
    assert any(name in query["sql"] for query in asked for name in (*LARGE, "campaigns_tally")), "It asked nothing."
    return found


def plan_of(sql):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())


def reads_all(plan):
    """Whether it goes through a large table row by row, be it in the order of the keys. To look for what nearly every
    row is (sent, confirming, online) is no search."""
    for table in LARGE:
        if re.search(rf"Seq Scan on {table}\b", plan):
            return True
        for found in re.findall(rf"using {table}_pkey on {table}[^\n]*\n((?: +[A-Z][\w ]+: [^\n]*\n?)*)", plan):
            if "Filter:" in found and "Index Cond:" not in found and not re.search("'(sent|confirm|online)'", found):
                return True
    return False


def test_a_statement_that_reads_all_is_recognised(full):
    assert scans(lambda: list(full.signatures.filter(via="nowhere")))
    assert scans(lambda: list(Signature.objects.filter(via="nowhere").order_by("pk")[:5]))


def test_pages_and_counts_read_sums(full, client):
    for page in ("", "count.json", "series.json", "series.csv"):
        assert scans(lambda page=page: client.get(full.get_absolute_url() + page)) == []


def test_signing_and_confirming(full, client):
    data = form_data(full)
    assert scans(lambda: client.post(f"{full.get_absolute_url()}sign/", data)) == []
    address = f"/confirm/{token_of(newest_letter(full))}/"
    assert scans(lambda: client.get(address)) == []
    assert scans(lambda: client.post(address)) == []


def test_the_rounds_of_the_worker(full):
    for _n in range(20):
        make_signature(full, confirmed=True)
    assert scans(lambda: tally_up(at=timezone.now())) == []
    for duty in (sweep, reclaim, remind):
        assert scans(lambda duty=duty: duty(at=timezone.now())) == []
    assert scans(lambda: lease_batch(worker="a", limit=20, at=timezone.now())) == []


OLD_DAY = "{date}__gte=2026-01-01+00:00:00%2B00:00&{date}__lt=2026-01-02+00:00:00%2B00:00"
NARROWED = [
    "p=2",
    "campaign__id__exact={campaign}",
    "campaign__id__exact={campaign}&p=2",
    "channel__exact=paper",
    "channel__exact=online",
    OLD_DAY.format(date="signed_at"),
    OLD_DAY.format(date="confirmed_at"),
]


def test_the_list_of_signatures(full, admin_user):
    smaller = Campaign.objects.exclude(pk=full.pk).get()
    lists_read_by_an_index(admin_user, "signature", [query.format(campaign=smaller.pk) for query in NARROWED])


def test_the_list_of_letters(full, admin_user):
    states = [f"state__exact={state}" for state in Letter.State.values]
    kinds = [f"kind__exact={kind}" for kind in Letter.Kind.values]
    lists_read_by_an_index(admin_user, "letter", [*states, *kinds, "waits=late", "waits=held", "waits=failed"])


def lists_read_by_an_index(user, name, queries):
    desk = sign_in(Client(), user)
    for query in ("", *queries):
        address = f"{reverse(f'admin:campaigns_{name}_changelist')}?{query}"
        assert desk.get(address).status_code == 200, query
        assert scans(lambda address=address: desk.get(address)) == []


def test_the_desk(full, admin_user):
    desk = sign_in(Client(), admin_user)
    desk.get(reverse("admin:index"))  # What providers do with letters is looked at once a minute, and up to a limit.
    assert scans(lambda: desk.get(reverse("admin:index"))) == []


def test_a_list_counts_to_a_limit_and_says_so(full, admin_user, monkeypatch):
    desk = sign_in(Client(), admin_user)
    page = desk.get(reverse("admin:campaigns_signature_changelist")).content.decode()
    assert "more than 5,000 signatures" in " ".join(page.split())
    assert "?p=50" in page and "?p=51" not in page
    monkeypatch.setattr(counting, "MOST", NUMBER * 2)
    page = desk.get(reverse("admin:campaigns_signature_changelist")).content.decode()
    assert "more than" not in page and "30,502 signatures" in page
