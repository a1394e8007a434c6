"""A campaign is written, translated and opened, and the public signs it."""

import pytest
from makers import make_held_person
from makers_campaigns import make_campaign, make_recipient
from makers_days import choose, make_member, post, public_text, said

from campaigns.models import Campaign

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person():
    return make_held_person("Ana Example", slug="ana-example")


def act(page, title, name, because):
    """An act of the list: tick, choose, say why."""
    page.goto("/admin/campaigns/campaign/")
    page.locator("tr", has=page.get_by_role("link", name=title)).locator("input.action-select").check()
    page.locator("select[name=action]").select_option(label=name)
    page.locator("input[name=because]").fill(because)
    page.get_by_role("button", name="Go").click()
    assert f"{title}: done." in said(page)


def test_a_campaigner_writes_a_campaign_and_opens_it_to_the_public(at_desk, person):
    make_recipient("Ministry of Answers")
    page = at_desk(make_member("campaigner"), "/admin/campaigns/campaign/add/")
    page.get_by_label("Working title").fill("Free Ana Example")
    page.locator(".field-persons .select2-selection").click()
    page.locator("input.select2-search__field:visible").fill("Ana")
    page.locator(".select2-results__option--highlighted", has_text="Ana Example").click()
    page.get_by_text("Add another Recipient of the campaign", exact=True).click()
    row = page.locator("#asked-group tr.form-row:not(.empty-form)").last
    choose(page, row.locator("td.field-recipient"), "Ministry of Answers")
    page.get_by_text("Add another Version of the text", exact=True).click()
    text = page.locator("#texts-group .inline-related:not(.empty-form)").last
    text.get_by_label("Title").fill("Free Ana Example")
    text.get_by_label("Ask").fill("We ask for her release.")
    text.locator("textarea[name$=body]").fill("To the Minister,\n\nwe ask for her release.")
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()
    campaign = Campaign.objects.get()
    assert public_text(page, campaign.get_absolute_url()) is None

    act(page, "Free Ana Example", "Publish", "Agreed with the family.")
    act(page, "Free Ana Example", "Open signing, or end its pause", "Agreed with the family.")
    page.goto(campaign.get_absolute_url())
    assert "we ask for her release." in page.inner_text("main")
    assert page.get_by_role("textbox", name="E-mail").is_visible()

    assert page.goto(f"/admin/cases/person/{person.pk}/change/").status == 200
    assert page.get_by_role("button", name="Save", exact=True).count() == 0
    assert post(page, f"/admin/cases/person/{person.pk}/change/", display_name="Somebody else") == 403


def test_a_translator_adds_a_text_and_changes_nothing_else(at_desk, person):
    campaign = make_campaign(person)
    page = at_desk(make_member("translator"), f"/admin/campaigns/campaign/{campaign.pk}/change/")
    assert page.get_by_label("Working title").count() == 0
    page.get_by_text("Add another Version of the text", exact=True).click()
    text = page.locator("#texts-group .inline-related:not(.empty-form)").last
    text.get_by_label("Language").fill("az")
    text.get_by_label("Title").fill("The translated title")
    text.get_by_label("Ask").fill("The translated ask.")
    text.locator("textarea[name$=body]").fill("The translated letter.")
    page.get_by_role("button", name="Save", exact=True).click()
    assert campaign.texts.count() == 2
    assert campaign.texts.filter(title="The translated title").exists()

    page.goto(f"/admin/cases/person/{person.pk}/change/")
    assert page.get_by_role("button", name="Save", exact=True).count() == 0
    assert post(page, f"/admin/cases/person/{person.pk}/change/", display_name="Somebody else") == 403
    assert post(page, f"/admin/cases/person/{person.pk}/publish/", because="I say so.") == 403
    person.refresh_from_db()
    assert person.display_name == "Ana Example"
