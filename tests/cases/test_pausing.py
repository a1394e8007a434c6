"""Silence: what disappears while a pause is in force, and comes back when it is lifted."""

import re

import pytest
from django.urls import reverse
from makers import make_proceeding, make_staff
from makers_admin import change_url
from makers_campaigns import make_campaign, make_signature, newest_letter, post_signature, token_of
from makers_pages import make_defendant
from makers_protection import in_days

from campaigns.actions.sending import send_due
from campaigns.models import Letter, Signature
from cases.actions.pausing import lift, pause, prolong
from cases.errors import ReasonMissing, Refusal
from cases.exports import export
from cases.models import Change, Pause, Person
from cases.tables import TABLES

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return make_defendant(make_proceeding("The trial", slug="trial"), "Ana Silenced", slug="ana")


def silence(person, **fields):
    fields = {"asked_by": "the sister", "review_on": in_days(30), **fields}
    return pause(person, **{"by": fields.pop("by", None) or make_staff("dp"), **fields})


def test_a_pause_is_logged_without_who_asked_and_why(ana):
    silence(ana, reason="Threats at home")
    logged = Change.objects.about(ana).get(verb="pause")
    assert logged.by.username == "dp"
    kept = str(logged.fields) + logged.because + logged.label
    assert "sister" not in kept and "Threats" not in kept


def test_the_name_is_gone_from_every_page_and_comes_back(client, ana):
    make_defendant(ana.charges.first().proceeding, "Ben Example", slug="ben")
    make_campaign(ana, slug="free-ana", title="Freedom for Silenced", featured_order=1)
    pages = ["/", "/cases/", "/proceedings/trial/", "/cases/ben/", "/campaigns/", "/sitemap.xml"]
    of_ana = ["/cases/ana/", "/campaigns/free-ana/", "/campaigns/free-ana/share/", "/campaigns/free-ana/count.json"]
    assert sum("Silenced" in client.get(page).text for page in pages) == len(pages) - 1
    assert "/cases/ana/" in client.get("/sitemap.xml").text
    silence(ana)
    for page in [*pages, "/cases/?q=Silenced"]:
        text = client.get(page).text
        assert "Silenced</" not in text and "Ana Silenced" not in text and "/cases/ana/" not in text, page
        assert "free-ana" not in text, page
    assert {client.get(page).status_code for page in of_ana} == {404}
    lift(ana, by=make_staff("other"), because="The family agrees")
    assert {client.get(page).status_code for page in of_ana} == {200}


def test_nobody_can_sign_or_confirm_and_nothing_is_kept(client, ana):
    campaign = make_campaign(ana, slug="free-ana")
    make_signature(campaign)
    token = token_of(newest_letter(campaign))
    silence(ana)
    answer = post_signature(client, campaign, email="late@example.org")
    assert answer.status_code == 404 and Signature.objects.count() == 1
    for answer in (client.get(f"/confirm/{token}/"), client.post(f"/confirm/{token}/")):
        assert answer.status_code == 404 and "We do not know this link." in answer.text
    assert Signature.objects.get().confirmed_at is None
    lift(ana, by=make_staff("other"), because="The family agrees")
    assert client.get(f"/confirm/{token}/").status_code == 200


def test_letters_wait_and_leave_once_it_is_lifted(ana, mailoutbox):
    make_signature(make_campaign(ana))
    silence(ana)
    assert send_due(worker="w") == 0 and not mailoutbox
    assert Letter.objects.get().state == Letter.State.QUEUED
    lift(ana, by=make_staff("other"), because="The family agrees")
    assert send_due(worker="w") == 1 and len(mailoutbox) == 1


def test_a_campaign_that_names_somebody_else_too_is_gone_with_them(client, ana):
    ben = make_defendant(make_proceeding(), "Ben Example", slug="ben")
    make_campaign(ana, ben, slug="free-both")
    silence(ana)
    assert client.get("/campaigns/free-both/").status_code == 404
    assert client.get("/cases/ben/").status_code == 200


def test_no_row_of_the_person_is_in_the_public_tables(ana, tmp_path):
    silence(ana)
    export(tmp_path)
    tables = [file.read_text("utf-8") for file in tmp_path.glob("*.csv")]
    assert len(tables) == len(TABLES)
    assert not any("Silenced" in table or "ana," in table for table in tables)


def test_no_cache_keeps_a_page_for_longer_than_a_minute(client, ana):
    make_campaign(ana, slug="free-ana")
    for page in ("/", "/cases/", "/cases/ana/", "/campaigns/free-ana/", "/campaigns/free-ana/count.json"):
        answer = client.get(page)
        assert answer.status_code == 200, page
        ages = [int(age) for age in re.findall(r"age=(\d+)", answer.headers["Cache-Control"])]
        assert ages and max(ages) <= 60, page


def test_a_second_pause_a_day_gone_by_and_nobody_who_asked_are_refused(ana):
    with pytest.raises(Refusal, match="to come"):
        silence(ana, review_on=in_days(0), by=make_staff("zero"))
    with pytest.raises(Refusal, match="who asked"):
        silence(ana, asked_by="  ", by=make_staff("one"))
    assert not Pause.objects.exists()
    silence(ana, by=make_staff("two"))
    with pytest.raises(Refusal, match="already"):
        silence(ana, by=make_staff("three"))


def test_a_pause_to_be_reviewed_is_found_and_prolonged(ana):
    made = silence(ana)
    assert not Pause.objects.review_due(in_days(29)).exists()
    assert Pause.objects.review_due(in_days(30)).get() == made
    with pytest.raises(ReasonMissing):
        prolong(ana, review_on=in_days(60), by=make_staff("one"), because=" ")
    prolong(ana, review_on=in_days(60), by=make_staff("two"), because="The lawyer asks for more time")
    assert not Pause.objects.review_due(in_days(59)).exists()
    assert not Person.objects.public().filter(pk=ana.pk).exists()


def test_only_what_is_in_force_is_lifted(ana):
    with pytest.raises(Refusal, match="no pause"):
        lift(ana, by=make_staff("one"), because="Try")
    silence(ana)
    with pytest.raises(ReasonMissing):
        lift(ana, by=make_staff("two"), because="")


def test_a_pause_begins_and_ends_on_the_desk(admin_client, client, ana):
    address = reverse("admin:cases_person_pause", args=[ana.pk])
    assert address in admin_client.get(change_url(ana)).text
    given = {"act": "pause", "pause-asked_by": "the sister", "pause-review_on": in_days(30).isoformat()}
    assert admin_client.post(address, given, follow=True).status_code == 200
    assert client.get("/cases/ana/").status_code == 404
    again = admin_client.post(address, {"act": "prolong", "prolong-review_on": "2020-01-01", "prolong-because": "x"})
    assert "Choose a day to come" in again.text
    assert "Asked by the sister" in again.text
    admin_client.post(address, {"act": "lift", "lift-because": "The family agrees"})
    assert client.get("/cases/ana/").status_code == 200


def test_looking_at_the_page_changes_nothing(admin_client, ana):
    admin_client.get(reverse("admin:cases_person_pause", args=[ana.pk]))
    admin_client.post(reverse("admin:cases_person_pause", args=[ana.pk]), {"act": "erase"})
    assert not Pause.objects.exists()
