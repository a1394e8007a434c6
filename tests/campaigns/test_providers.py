"""Mail by provider: what left, what was confirmed, what stands out; rare domains are never named."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from makers_campaigns import make_campaign, make_signature
from makers_roles import desk_of

from campaigns.admin.providers import providers
from campaigns.models import Letter, Signature

pytestmark = pytest.mark.django_db
PAGE = "/admin/campaigns/letter/providers/"


def make_sent(campaign, provider, number, *, confirmed=0, hours=5, **fields):
    """So many letters to `provider`, sent some hours ago; the first of them `confirmed`."""
    ago = timezone.now() - timedelta(hours=hours)
    for place in range(number):
        signature = make_signature(campaign, confirmed=place < confirmed, at=ago)
        fields = {"state": "sent", "sent_at": ago, "provider": provider, **fields}
        Letter.objects.filter(signature=signature).update(**fields)


def found(name):
    return next(one for one in providers(timezone.now()) if one.name == name)


def test_letters_are_counted_by_provider_and_what_became_of_them():
    campaign = make_campaign()
    make_sent(campaign, "gmail.com", 4, confirmed=3)
    make_sent(campaign, "gmail.com", 1, hours=0)
    make_sent(campaign, "gmail.com", 1, last_error="came back with 5.1.1")
    make_sent(campaign, "gmail.com", 1, state="queued", sent_at=None)
    make_sent(campaign, "gmail.com", 2, state="failed", sent_at=None)
    make_sent(campaign, "gmail.com", 1, hours=72)
    make_sent(campaign, "", 2)
    one = found("gmail.com")
    assert (one.sent, one.ripe, one.confirmed, one.rate) == (6, 5, 3, 60)
    assert (one.returned, one.waiting, one.stuck) == (1, 1, 2)
    assert found("").sent == 2
    assert not one.alarms


def test_a_provider_where_few_confirm_stands_out_and_first(monkeypatch):
    monkeypatch.setattr("campaigns.admin.providers.ENOUGH", 4)
    campaign = make_campaign()
    make_sent(campaign, "gmail.com", 8, confirmed=7)
    make_sent(campaign, "gmx.de", 5, confirmed=1)
    assert [one.name for one in providers(timezone.now())] == ["gmx.de", "gmail.com"]
    assert "20 % confirm, 87 % elsewhere" in found("gmx.de").alarms[0]
    assert not found("gmail.com").alarms


def test_few_letters_say_nothing():
    campaign = make_campaign()
    make_sent(campaign, "gmail.com", 8, confirmed=8)
    make_sent(campaign, "gmx.de", 5)
    assert not found("gmx.de").alarms


def test_a_provider_that_refuses_stands_out(monkeypatch):
    monkeypatch.setattr("campaigns.admin.providers.ENOUGH", 4)
    campaign = make_campaign()
    make_sent(campaign, "gmx.de", 3)
    make_sent(campaign, "gmx.de", 1, state="failed", sent_at=None)
    make_sent(campaign, "web.de", 4)
    assert "1 of 4" in found("gmx.de").alarms[0]
    assert not found("web.de").alarms


def test_a_provider_whose_readers_complain_stands_out():
    campaign = make_campaign()
    make_sent(campaign, "gmx.de", 2, last_error="reported as unwanted")
    assert "2 readers" in found("gmx.de").alarms[0]


def test_the_desk_tells_and_leads_there_and_the_page_to_its_rows():
    campaign = make_campaign()
    make_sent(campaign, "gmx.de", 2, last_error="reported as unwanted")
    make_sent(campaign, "gmx.de", 1, state="failed", sent_at=None)
    desk = desk_of("administrator")
    assert PAGE in desk.get("/admin/").text
    page = desk.get(PAGE)
    assert "reported a letter as unwanted" in page.text
    rows = "/admin/campaigns/letter/?provider__exact=gmx.de&state__in=failed%2Cheld"
    assert rows.replace("&", "&amp;") in page.text
    listed = desk.get(rows)
    assert listed.context["cl"].result_count == 1
    assert PAGE in desk.get("/admin/campaigns/letter/").text


def test_the_desk_says_nothing_where_nothing_stands_out():
    make_sent(make_campaign(), "gmx.de", 2)
    assert PAGE not in desk_of("administrator").get("/admin/").text


def test_who_may_not_see_letters_sees_no_figures():
    make_sent(make_campaign(), "gmx.de", 2, last_error="reported as unwanted")
    desk = desk_of("editor")
    assert desk.get(PAGE).status_code == 403
    assert PAGE not in desk.get("/admin/").text


@pytest.mark.parametrize(
    ("address", "provider"),
    [
        ("leyla@gmail.com", "gmail.com"),
        ("leyla@GoogleMail.com", "gmail.com"),
        ("leyla@habeas-example.org", ""),
        ("leyla@mail.gmail.com", ""),
    ],
)
def test_only_what_millions_share_is_kept_of_an_address(address, provider):
    make_signature(make_campaign(), address)
    assert Letter.objects.get().provider == provider
    assert "habeas-example" not in str([*Letter.objects.values(), *Signature.objects.values()])


def test_a_domain_can_be_named_as_common_where_a_site_is_read(settings):
    settings.MAIL_PROVIDERS = ["provider.example"]
    make_signature(make_campaign(), "leyla@provider.example")
    assert Letter.objects.get().provider == "provider.example"


def test_the_figures_cost_three_statements_however_many_letters():
    make_sent(make_campaign(), "gmx.de", 5)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        providers(timezone.now())
    assert len(asked) == 3
