"""Nobody for whom silence was asked is named on any public address of the record that ships."""

import html
from urllib.parse import unquote

import pytest
from makers import make_staff
from makers_data import STARTER
from makers_protection import in_days
from site_addresses import EXAMPLES, routes

from campaigns.actions.demonstrating import open_demo_campaigns
from campaigns.models import Campaign
from cases.actions.importing import import_tables
from cases.actions.pausing import pause
from cases.actions.publishing import publish_demonstration
from cases.exports import export
from cases.models import Person, Proceeding
from cases.searching import fold

OF_RECORDS = {"cases/<slug:slug>/": Person, "proceedings/<slug:slug>/": Proceeding}
OF_CAMPAIGNS = "campaigns/<slug:slug>/"
NOT_READ = {"campaigns/<slug:slug>/sign/", "confirm/<str:token>/", "pictures/<slug:stem>-<int:width>.<slug:suffix>"}


@pytest.fixture(scope="module")
def shown(django_db_setup, django_db_blocker):
    """The starter record as a demonstration shows it, for this module alone."""
    from django.conf import settings
    from django.db import transaction

    with django_db_blocker.unblock():
        atomic, was = transaction.atomic(), settings.DEMO
        atomic.__enter__()
        settings.DEMO = True
        import_tables(STARTER)
        publish_demonstration()
        open_demo_campaigns()
        yield
        settings.DEMO = was
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


def addresses():
    """Every address that can be read, for every record and campaign, whether it is public now or not."""
    for route in routes():
        if route in OF_RECORDS:
            for slug in OF_RECORDS[route].objects.values_list("slug", flat=True):
                yield "/" + route.replace("<slug:slug>", slug)
        elif route.startswith(OF_CAMPAIGNS) and route not in NOT_READ:
            for slug in Campaign.objects.values_list("slug", flat=True):
                yield "/" + route.replace("<slug:slug>", slug)
        elif route not in NOT_READ:
            yield EXAMPLES[route]
    yield from ("/cases/?page=2", "/cases/?sort=name", "/cases/?sort=change", "/cases/?organisation=emds")


def names_of(person):
    """Every full name on record, folded, in both orders."""
    spelled = [person.display_name, person.native_name, *person.names.values_list("text", flat=True)]
    words = [fold(name).split() for name in spelled]
    return {" ".join(order) for name in words if len(name) > 1 for order in (name, name[::-1])}


def found_in(answer, names, own=""):
    """Which of `names` the bytes say, in words or in an address."""
    told = fold(unquote(html.unescape(answer)).replace(own, ""))
    return [name for name in names if f" {name} " in f" {told} " or f" {name}" in told]


@pytest.mark.parametrize("public_id", ["mammadli-anar", "hajiyev-bakhtiyar"])
def test_no_address_names_whoever_asked_for_silence(client, shown, db, tmp_path, public_id):
    person = Person.objects.get(public_id=public_id)
    names = names_of(person)
    assert names and found_in(client.get("/").text + client.get("/cases/?sort=name").text, names)
    pause(person, asked_by="the family", review_on=in_days(30), by=make_staff("dp"))
    read = 0
    for address in addresses():
        answer = client.get(address)
        read += answer.status_code == 200
        # The page that says there is nothing here repeats the address somebody asked for.
        assert not found_in(answer.text, names, own=address), address
    assert read > 70
    export(tmp_path)
    for file in tmp_path.iterdir():
        assert not found_in(file.read_text("utf-8"), names), file.name


def test_the_others_are_told_as_before(client, shown, db):
    person = Person.objects.get(public_id="mammadli-anar")
    before = client.get("/cases/anar-abdulla/").text
    pause(person, asked_by="the family", review_on=in_days(30), by=make_staff("dp"))
    after = client.get("/cases/anar-abdulla/").text
    assert "Anar Abdulla" in after and "A source whose title is withheld for now" in after
    assert before.count('id="source-') == after.count('id="source-'), "publisher and day stay"
    assert after.count("[withheld for now]") <= 3
