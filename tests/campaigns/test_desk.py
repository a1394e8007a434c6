"""The editors' desk of campaigns: acts with a reason, texts that are only added, signatures without addresses."""

import pytest
from django.test import Client
from django.urls import reverse
from makers import make_person, make_staff
from makers_campaigns import make_campaign, make_recipient, make_signature
from makers_staff import sign_in

from campaigns.models import Campaign, CampaignText, Letter, Signature
from cases.models import Change, SlugRedirect

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return sign_in(Client(), make_staff("editor"))


def act(desk, campaign, action, because):
    data = {"action": action, "because": because, "_selected_action": [campaign.pk]}
    return desk.post(reverse("admin:campaigns_campaign_changelist"), data, follow=True).content.decode()


def campaign_form(campaign=None, *, texts=(), **changed):
    """What the browser posts for the campaign's form, with so many new texts."""
    prefixes = ["asked", "texts", "share_texts", "questions"]
    management = {f"{prefix}-{name}_FORMS": 0 for prefix in prefixes for name in ("TOTAL", "INITIAL")}
    data = {
        "title": "Free Ana",
        "slug": "free-ana",
        "persons": [],
        "opens_at_0": "2026-01-01",
        "opens_at_1": "00:00:00",
        "public_id": "free-ana",
        **management,
        **changed,
    }
    data["texts-TOTAL_FORMS"] = len(texts)
    for number, text in enumerate(texts):
        data |= {f"texts-{number}-{name}": value for name, value in text.items()}
    return data


def test_an_editor_makes_a_campaign_writes_its_text_and_publishes_it(desk):
    person, recipient = make_person(), make_recipient()
    text = {"language": "en", "title": "Free Ana", "ask": "We ask for it.", "body": "To *you*.", "context": ""}
    data = campaign_form(texts=[text], persons=[person.pk])
    data |= {"asked-TOTAL_FORMS": 1, "asked-0-recipient": recipient.pk, "asked-0-order": 0}
    response = desk.post(reverse("admin:campaigns_campaign_add"), data)
    assert response.status_code == 302, response.context["errors"]
    campaign = Campaign.objects.get()
    kept = CampaignText.objects.get()
    assert (kept.version, kept.body_html) == (1, "<p>To <em>you</em>.</p>\n")
    assert "done" in act(desk, campaign, "publish", "It is ready.")
    assert Campaign.objects.public().get() == campaign
    assert Change.objects.filter(by__username="editor", verb="publish", because="It is ready.").exists()
    assert Change.objects.filter(by__username="editor", verb="add").exists()


def test_an_unfit_campaign_is_refused_in_sentences(desk):
    campaign = Campaign.objects.create(title="Empty", slug="empty")
    page = act(desk, campaign, "publish", "It is ready.")
    assert "Write the text that people sign." in page
    assert not Campaign.objects.public().exists()


@pytest.mark.parametrize("action", ["publish", "retract", "open_signing", "pause_signing", "close_signing"])
def test_no_act_on_the_desk_without_a_reason(desk, action):
    campaign = make_campaign()
    assert "Say why" in act(desk, campaign, action, "")
    assert Campaign.objects.public().exists()


def test_pausing_on_the_desk_shows_at_once_on_the_page(desk, client):
    campaign = make_campaign()
    act(desk, campaign, "pause_signing", "The lawyer asked for it.")
    assert "The lawyer asked for it." in client.get(campaign.get_absolute_url()).content.decode()


def test_a_goal_of_any_size_leaves_the_desk_readable(desk):
    make_campaign(goal=2_000_000_000)
    assert desk.get(reverse("admin:index")).status_code == 200


def test_a_changed_slug_keeps_the_old_address(desk):
    campaign = make_campaign(slug="first")
    url = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    data = campaign_form(
        slug="second", public_id=campaign.public_id, persons=list(campaign.persons.values_list("pk", flat=True))
    )
    response = desk.post(url, data)
    assert response.status_code == 302, response.context["errors"]
    assert SlugRedirect.objects.target(Campaign, "first") == campaign.public_id


def test_whom_a_campaign_is_about_is_kept_as_a_change(desk):
    campaign = make_campaign(public=False)
    (first,), second = campaign.persons.all(), make_person("Second Example")
    url = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    response = desk.post(url, campaign_form(public_id=campaign.public_id, persons=[second.pk]))
    assert response.status_code == 302, response.context["errors"]
    assert list(campaign.persons.all()) == [second]
    kept = [change.fields["persons"] for change in Change.objects.about(campaign) if "persons" in change.fields]
    assert kept == [[str(first), str(second)]]


def test_a_new_text_becomes_the_next_version_and_older_ones_cannot_be_changed(desk):
    campaign = make_campaign(slug="free-ana")
    url = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    assert 'name="texts-0-ask"' not in desk.get(url).content.decode()
    text = {"language": "en", "title": "Free Ana", "ask": "Another ask.", "body": "Another text.", "context": ""}
    data = campaign_form(texts=[text], public_id=campaign.public_id, persons=[campaign.persons.get().pk])
    response = desk.post(url, data)
    assert response.status_code == 302, response.context["errors"]
    assert sorted(campaign.texts.values_list("version", "ask")) == [
        (1, "We ask for her release."),
        (2, "Another ask."),
    ]


@pytest.mark.parametrize("model", [Signature, Letter])
def test_signatures_and_letters_are_only_looked_at_and_show_nobody(desk, model):
    campaign = make_campaign()
    make_signature(campaign, "leyla.secret@example.org", name="Leyla Hidden", confirmed=True)
    row = model.objects.get()
    name = model._meta.model_name
    signature = Signature.objects.get()
    for url in (
        reverse(f"admin:campaigns_{name}_changelist"),
        reverse(f"admin:campaigns_{name}_change", args=[row.pk]),
    ):
        page = desk.get(url).content.decode()
        for secret in (
            "leyla",
            "Hidden",
            signature.email_key,
            signature.email_sealed,
            Letter.objects.get().token_hash,
        ):
            assert secret not in page
    assert desk.post(reverse(f"admin:campaigns_{name}_change", args=[row.pk]), {}).status_code == 403
    assert desk.post(reverse(f"admin:campaigns_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert desk.get(reverse(f"admin:campaigns_{name}_add")).status_code == 403
