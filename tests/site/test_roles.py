"""What a role may do with one row: own drafts, countries, private fields, publishing, addresses, accounts."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from makers import (
    make_charge,
    make_detention,
    make_hearing,
    make_person,
    make_proceeding,
    make_publishable,
    make_staff,
)
from makers_admin import add_url, another_row, as_shown, change_url, decide_url, list_url, save, sentences
from makers_campaigns import make_campaign, make_signature
from makers_roles import desk_of, make_role
from makers_staff import PASSWORD, sign_in

from campaigns.models import Signature
from cases.models import (
    Change,
    Charge,
    Detention,
    Hearing,
    Pause,
    Person,
    RiskAssessment,
    SecurityEvent,
    StaffScope,
    State,
)
from config.roles import ROLES, make_roles

pytestmark = pytest.mark.django_db
User = get_user_model()


def add_person(desk, name="Ana Example", **fields):
    posted = as_shown(desk.get(add_url(Person))) | {"display_name": name, "country": "AZ", **fields}
    response = desk.post(add_url(Person), posted)
    assert response.status_code == 302, sentences(response)
    return Person.objects.get(display_name=name)


# The groups


def test_there_is_a_group_for_each_role_and_a_tampered_one_is_mended():
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)
    translators = Group.objects.get(name="translator")
    before = set(translators.permissions.all())
    translators.permissions.set(Group.objects.get(name="publisher").permissions.all())
    make_roles("default")
    assert set(translators.permissions.all()) == before


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"data protection"}))
def test_no_other_role_may_see_or_take_an_address(role):
    user = make_role(role)
    assert not user.has_perm("campaigns.see_addresses")
    assert not user.has_perm("campaigns.export_signatures")


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"publisher"}))
def test_nobody_but_publishers_may_publish_the_record(role):
    user = make_role(role)
    assert not any(user.has_perm(f"cases.publish_{page}") for page in ("person", "proceeding", "organisation"))


# Own drafts


def test_a_researcher_adds_a_person_and_goes_on_with_it_until_it_is_in_review():
    desk = desk_of("researcher")
    person = add_person(desk)
    posted = another_row(as_shown(desk.get(change_url(person))), "detentions", kind="remand", from_on="2024-01-10")
    assert desk.post(change_url(person), posted | {"summary": "New"}).status_code == 302
    person.refresh_from_db()
    assert (person.summary, person.detentions.count()) == ("New", 1)
    assert save(desk, person.detentions.get(), authority="The police").status_code == 302
    assert person.detentions.get().authority == "The police"
    Person.objects.filter(pk=person.pk).update(state=State.IN_REVIEW)
    assert desk.post(change_url(person), {}).status_code == 403


@pytest.mark.parametrize("public", [True, False])
def test_what_others_added_or_what_is_public_a_researcher_only_reads(public):
    desk = desk_of("researcher")
    person = make_person(public=public)
    detention = make_detention(person, public=public)
    for record in (person, detention):
        page = desk.get(change_url(record))
        assert page.status_code == 200
        assert 'name="_save"' not in page.content.decode()
        assert desk.post(change_url(record), {"display_name": "Changed"}).status_code == 403
        assert desk.post(f"{change_url(record)}?_popup=1", {"display_name": "Changed"}).status_code == 403
        assert desk.get(decide_url(record, "retract")).status_code == 403


def test_a_row_that_a_researcher_adds_to_a_public_page_waits():
    desk = desk_of("researcher")
    person = make_person()
    posted = as_shown(desk.get(add_url(Detention))) | {"person": person.pk, "kind": "remand", "from_on": "2024-01-10"}
    response = desk.post(add_url(Detention), posted)
    assert response.status_code == 302, sentences(response)
    assert person.detentions.get().state == State.DRAFT


def test_a_researcher_adds_a_risk_but_does_not_see_those_that_are_there():
    desk = desk_of("researcher")
    person = add_person(desk)
    make_publishable(person, by=make_role("editor"))
    RiskAssessment.objects.update(reasons="They know her sister.")
    page = desk.get(change_url(person))
    assert b"her sister" not in page.content
    row = {"level": "low", "assessed_on": "2026-11-01", "assessed_by": desk.user.pk, "review_due_on": "2026-12-01"}
    response = desk.post(change_url(person), another_row(as_shown(page), "risk_assessments", **row))
    assert response.status_code == 302, sentences(response)
    assert person.risk_assessments.count() == 2


def test_a_researcher_does_not_lower_a_risk_that_an_editor_found_high():
    desk = desk_of("researcher")
    person = add_person(desk)
    make_publishable(person, by=make_role("editor"))
    RiskAssessment.objects.update(level="medium")
    today = timezone.localdate()
    row = {"assessed_on": today, "assessed_by": desk.user.pk, "review_due_on": today + timedelta(days=30)}
    page = as_shown(desk.get(change_url(person)))
    answer = desk.post(change_url(person), another_row(dict(page), "risk_assessments", level="low", **row))
    assert "an editor lowers it" in answer.text
    assert person.risk_assessments.count() == 1
    answer = desk.post(change_url(person), another_row(dict(page), "risk_assessments", level="high", **row))
    assert answer.status_code == 302, sentences(answer)
    assert person.risk_assessments.first().level == "high"


def test_only_who_may_change_every_person_vouches_for_one():
    desk = desk_of("researcher")
    person = add_person(desk, verified_on="2026-11-01", verified_by=desk.user.pk)
    assert person.verified_on is None
    save(desk, person, verified_on="2026-11-01", verified_by=desk.user.pk)
    person.refresh_from_db()
    assert person.verified_on is None


# Private fields and rows


@pytest.mark.parametrize("role", ["campaigner", "translator", "data protection"])
def test_the_research_note_is_for_those_who_write_the_record(role):
    desk = desk_of(role)
    person = make_person(research_note="A neighbour told us.")
    assert b"neighbour" not in desk.get(change_url(person)).content
    assert desk.get(list_url(Person), {"research_note__contains": "neighbour"}).status_code == 400
    assert b"neighbour" in desk_of("editor").get(change_url(person)).content


@pytest.mark.parametrize("role", ["researcher", "campaigner", "translator"])
def test_a_role_without_the_right_finds_out_nothing_of_private_rows(role):
    desk = desk_of(role)
    person = make_publishable(make_person(), by=make_role("editor"))
    Pause.objects.create(person=person, asked_by="Her sister", review_on="2026-12-01")
    page = desk.get(change_url(person)).content.decode()
    assert "Her sister" not in page
    for lookup in ("pauses__isnull", "basis__isnull", "consents__isnull", "risk_assessments__isnull"):
        assert desk.get(list_url(Person), {lookup: "False"}).status_code == 400, lookup


# Countries


def test_somebody_with_countries_meets_only_rows_of_these():
    desk = desk_of("editor", "XK")
    ours, theirs = make_person("Ana Ours"), make_person("Ana Theirs", country="DE")
    charge = make_charge(theirs)
    page = desk.get(list_url(Person)).content.decode()
    assert "Ana Ours" in page and "Ana Theirs" not in page
    assert "Ana Theirs" not in desk.get(list_url(Charge)).content.decode()
    for record in (theirs, charge):
        assert desk.get(change_url(record)).status_code == 302
        assert desk.post(change_url(record), {"display_name": "Changed"}).status_code == 302
        assert desk.get(decide_url(record, "retract")).status_code == 404
        assert desk.post(decide_url(record, "retract"), {"because": "I can."}).status_code == 404
    look_up = {"app_label": "cases", "model_name": "charge", "field_name": "person", "term": "Ana"}
    found = desk.get(reverse("admin:autocomplete"), look_up).json()["results"]
    assert [row["text"] for row in found] == ["Ana Ours"]
    theirs.refresh_from_db()
    assert (theirs.display_name, theirs.state) == ("Ana Theirs", State.PUBLISHED)
    assert desk.get(change_url(ours)).status_code == 200


def test_a_person_of_another_country_cannot_be_chosen_by_posting_the_key():
    desk = desk_of("editor", "XK")
    theirs = make_person(country="DE")
    for address in (add_url(Detention), f"{add_url(Detention)}?_popup=1"):
        posted = as_shown(desk.get(address)) | {"person": theirs.pk, "kind": "remand", "from_on": "2024-01-10"}
        response = desk.post(address, posted)
        assert response.status_code == 200
        assert any("valid choice" in sentence for sentence in sentences(response))
    assert not Detention.objects.exists()


def test_what_a_row_has_of_another_country_stays_though_it_could_not_be_chosen():
    desk = desk_of("editor", "XK")
    ours, theirs = make_person(public=False), make_person("Ben Example", country="DE", public=False)
    hearing = make_hearing(ours, theirs, public=False, proceeding=make_proceeding(country="DE"))
    shown = desk.get(change_url(hearing))
    for key in (ours.pk, theirs.pk, hearing.proceeding_id):
        assert f'<option value="{key}" selected' in shown.text
    assert save(desk, hearing, outcome="Adjourned.").status_code == 302
    kept = Hearing.objects.get()
    assert (kept.outcome, kept.proceeding_id) == ("Adjourned.", hearing.proceeding_id)
    assert set(kept.persons.all()) == {ours, theirs}
    stranger = make_person("Cem Example", country="DE")
    response = save(desk, hearing, persons=[ours.pk, stranger.pk])
    assert any("valid choice" in sentence for sentence in sentences(response))


def test_nobody_puts_a_page_into_a_country_that_is_not_theirs():
    desk = desk_of("editor", "XK", "AZ")
    proceeding = make_proceeding(public=False)
    response = save(desk, proceeding, country="DE")
    assert sentences(response) == ["Choose a country you work on: AZ, XK."]
    assert save(desk, proceeding, country="AZ").status_code == 302


def test_a_campaign_about_another_country_is_not_met_either():
    desk = desk_of("campaigner", "XK")
    ours = make_campaign(make_person(), title="Ours")
    theirs = make_campaign(make_person(country="DE"), title="Theirs")
    page = desk.get(list_url(type(ours))).content.decode()
    assert "Ours" in page and "Theirs" not in page
    assert desk.get(change_url(theirs)).status_code == 302


# Publishing


def test_an_editor_sees_what_is_missing_and_is_told_who_publishes():
    desk = desk_of("editor")
    person = make_publishable(make_person(public=False), by=desk.user)
    assert "is for publishers" in desk.get(decide_url(person, "publish")).content.decode()
    response = desk.post(decide_url(person, "publish"), {"because": "It is ready."})
    assert response.status_code == 403
    assert "is for publishers" in response.content.decode()
    action = {"action": "publish_selected", "_selected_action": [person.pk]}
    desk.post(list_url(Person), action)
    several = reverse("admin:cases_person_publish_several") + f"?ids={person.pk}"
    assert desk.post(several, {"because": "It is ready."}).status_code == 403
    person.refresh_from_db()
    assert person.state == State.DRAFT


def test_a_publisher_publishes_and_takes_back():
    desk = desk_of("publisher")
    person = make_publishable(make_person(public=False), by=make_role("editor"))
    assert desk.post(decide_url(person, "publish"), {"because": "It is ready."}).status_code == 302
    person.refresh_from_db()
    assert person.state == State.PUBLISHED
    assert desk.post(decide_url(person, "retract"), {"because": "It was wrong."}).status_code == 302
    person.refresh_from_db()
    assert person.state == State.RETRACTED


@pytest.mark.parametrize("action", ["publish", "retract", "open_signing", "pause_signing", "close_signing"])
@pytest.mark.parametrize("role", ["editor", "translator", "data protection"])
def test_who_may_not_publish_a_campaign_cannot_ask_the_list_to(role, action):
    desk = desk_of(role)
    campaign = make_campaign()
    acts = Change.objects.count()
    data = {"action": action, "because": "I can.", "_selected_action": [campaign.pk]}
    desk.post(list_url(type(campaign)), data)
    assert Change.objects.count() == acts


def test_a_translator_adds_a_text_and_changes_nothing_else_of_the_campaign():
    desk = desk_of("translator")
    campaign = make_campaign(title="Free Ana")
    posted = as_shown(desk.get(change_url(campaign))) | {"title": "Changed", "slug": "changed", "goal": "7"}
    text = {"language": "de", "title": "Freiheit", "ask": "Wir bitten darum.", "body": "An Sie."}
    response = desk.post(change_url(campaign), another_row(posted, "texts", **text))
    assert response.status_code == 302, sentences(response)
    campaign.refresh_from_db()
    assert (campaign.title, campaign.goal) == ("Free Ana", None)
    assert campaign.texts.filter(language="de").get().title == "Freiheit"


# Addresses


def make_signed(**fields):
    return make_signature(make_campaign(), "leyla@example.org", name="Leyla Example", confirmed=True, **fields)


def address_url(signature):
    return reverse("admin:campaigns_signature_address", args=[signature.pk])


def test_data_protection_sees_an_address_after_its_password_and_both_logs_say_so():
    desk, signature = desk_of("data protection"), make_signed()
    assert b"leyla@example.org" not in desk.get(address_url(signature)).content
    page = desk.post(address_url(signature), {"password": PASSWORD, "because": "She asks us to erase it."})
    assert b"leyla@example.org" in page.content and b"Leyla Example" in page.content
    assert "no-store" in page.headers["Cache-Control"]
    assert SecurityEvent.objects.filter(kind="address_seen", user=desk.user).count() == 1
    kept = Change.objects.get(verb="see_address")
    assert (kept.by, kept.because, kept.table) == (desk.user, "She asks us to erase it.", "signature")
    assert "leyla" not in f"{kept.label} {kept.fields}".lower()


@pytest.mark.parametrize(
    "posted",
    [{"password": "wrong", "because": "Why."}, {"password": PASSWORD, "because": ""}, {"because": "Why."}],
)
def test_no_address_without_the_right_password_and_a_reason(posted):
    desk, signature = desk_of("data protection"), make_signed()
    assert b"leyla@example.org" not in desk.post(address_url(signature), posted).content
    export = {**posted, "campaign": signature.campaign_id}
    assert (
        desk.post(reverse("admin:campaigns_signature_export"), export).headers["Content-Type"].startswith("text/html")
    )
    assert not Change.objects.filter(verb__in=["see_address", "export_signatures"]).exists()


def test_wrong_passwords_before_an_address_make_the_right_one_wait():
    desk, signature = desk_of("data protection"), make_signed()
    for _attempt in range(8):
        desk.post(address_url(signature), {"password": "wrong", "because": "Why not."})
    page = desk.post(address_url(signature), {"password": PASSWORD, "because": "Why not."})
    assert "Try again in" in page.text and "leyla@example.org" not in page.text


def test_an_export_streams_the_named_columns_of_those_who_confirmed_and_no_formula():
    desk, signature = desk_of("data protection"), make_signed()
    make_signature(signature.campaign, "never@example.org")
    make_signature(signature.campaign, "formula@example.org", name="=HYPERLINK(1)", confirmed=True)
    posted = {"campaign": signature.campaign_id, "password": PASSWORD, "because": "The court asks."}
    response = desk.post(reverse("admin:campaigns_signature_export"), posted)
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[0] == (
        "number,signed_at,confirmed_at,withdrawn_at,set_aside_at,country,language,channel,name_delivery,"
        "wants_news,name,email"
    )
    assert [line.split(",")[-2:] for line in lines[1:]] == [
        ["Leyla Example", "leyla@example.org"],
        ["'=HYPERLINK(1)", "formula@example.org"],
    ]
    assert Change.objects.get(verb="export_signatures").fields == {"signatures": ["", "2"]}
    assert SecurityEvent.objects.filter(kind="exported", user=desk.user).count() == 1


def test_an_erased_signature_and_lost_keys_are_told_in_a_sentence():
    desk, signature = desk_of("data protection"), make_signed()
    posted = {"password": PASSWORD, "because": "She asks."}
    signature.campaign.key.delete()
    assert b"keys of this campaign are gone" in desk.post(address_url(signature), posted).content
    posted["campaign"] = signature.campaign_id
    export = desk.post(reverse("admin:campaigns_signature_export"), posted)
    assert b"keys of this campaign are gone" in export.content


def test_a_superusers_look_is_kept_like_any_other():
    signature, root = make_signed(), make_staff("root")
    sign_in(desk := Client(), root)
    assert b"leyla@example.org" in desk.post(address_url(signature), {"password": PASSWORD, "because": "A"}).content
    assert SecurityEvent.objects.filter(kind="address_seen", user=root).exists()
    assert Signature.objects.count() == 1


# Accounts


def account(**fields):
    return {
        "username": "nora",
        "first_name": "Nora",
        "last_name": "New",
        "email": "nora@habeas.example",
        "is_active": "on",
        "scope-TOTAL_FORMS": "1",
        "scope-INITIAL_FORMS": "0",
        "scope-0-countries": ["AZ"],
        **fields,
    }


def test_an_administrator_invites_somebody_with_roles_and_countries_and_no_more_rights():
    desk = desk_of("administrator")
    role = Group.objects.get(name="researcher")
    posted = account(groups=[role.pk], is_superuser="on", is_staff="", user_permissions=["1"], password="x")
    response = desk.post(add_url(User), posted)
    assert response.status_code == 302, sentences(response)
    nora = User.objects.get(username="nora")
    assert (nora.is_staff, nora.is_superuser, nora.has_usable_password()) == (True, False, False)
    assert (list(nora.groups.all()), nora.user_permissions.count()) == ([role], 0)
    assert [country.code for country in StaffScope.objects.get(user=nora).countries] == ["AZ"]
    assert mail.outbox[-1].to == ["nora@habeas.example"]
    assert "nora@habeas.example" not in str(list(Change.objects.values_list("fields", "label")))


def test_whoever_changes_what_a_colleague_may_do_says_why():
    desk, editor = desk_of("administrator"), make_role("editor", "nora")
    role = Group.objects.get(name="publisher")
    shown = as_shown(desk.get(change_url(editor)))
    for rights in ({"groups": [role.pk]}, {"is_active": ""}, {"scope-TOTAL_FORMS": "1", "scope-0-countries": ["AZ"]}):
        answer = desk.post(change_url(editor), shown | rights)
        assert any("Give a reason for changing what this account may do" in told for told in sentences(answer)), rights
    editor.refresh_from_db()
    assert editor.is_active and [group.name for group in editor.groups.all()] == ["editor"]
    assert not StaffScope.objects.exists()
    given = {"groups": [role.pk], "scope-TOTAL_FORMS": "1", "scope-0-countries": ["AZ"], "because": "She leads now."}
    assert desk.post(change_url(editor), shown | given).status_code == 302
    changes = Change.objects.filter(table__in=["user", "staffscope"], verb__in=["add", "change"])
    assert {(change.table, change.by, change.because) for change in changes} == {
        ("user", desk.user, "She leads now."),
        ("staffscope", desk.user, "She leads now."),
    }


def test_an_invitation_sent_again_is_an_act_in_the_log_and_only_whoever_waits_for_it_gets_it():
    desk = desk_of("administrator")
    waits, entered = make_role("editor", "nora"), make_role("editor", "omar")
    waits.set_unusable_password()
    waits.save()
    chosen = {"action": "invite_again", "_selected_action": [waits.pk, entered.pk]}
    page = desk.post(list_url(User), chosen, follow=True).text
    assert "“nora” was invited by mail." in page and "“omar” is not waiting for an invitation." in page
    assert [letter.to for letter in mail.outbox] == [[waits.email]]
    change = Change.objects.get(verb="invite")
    assert (change.table, change.record_id, change.by) == ("user", str(waits.pk), desk.user)


def test_a_superuser_is_changed_only_on_the_command_line():
    root = make_staff("root")
    for desk in (desk_of("administrator"), sign_in(Client(), make_staff("other"))):
        assert desk.post(change_url(root), account(username="root")).status_code == 403


def test_nobody_gives_themselves_a_role_or_wider_countries():
    desk = desk_of("administrator", "AZ")
    role, scope = Group.objects.get(name="data protection"), desk.user.scope
    posted = as_shown(desk.get(change_url(desk.user))) | {"groups": [role.pk], "first_name": "Ada"}
    posted |= {"scope-0-id": scope.pk, "scope-0-user": desk.user.pk, "scope-0-countries": ["AZ", "DE"]}
    response = desk.post(change_url(desk.user), posted)
    assert response.status_code == 302, sentences(response)
    desk.user.refresh_from_db()
    assert desk.user.first_name == "Ada"
    assert [group.name for group in desk.user.groups.all()] == ["administrator"]
    assert [country.code for country in StaffScope.objects.get(pk=scope.pk).countries] == ["AZ"]


@pytest.mark.parametrize("field", ["email", "username"])
def test_a_name_or_an_address_that_opens_a_door_already_is_refused_in_whatever_letters(field):
    desk = desk_of("administrator")
    response = desk.post(add_url(User), account(**{field: desk.user.email.upper()}))
    assert sentences(response) == ["Another account has this already."]


def test_no_hash_is_found_out_letter_by_letter():
    desk = desk_of("administrator")
    assert desk.get(list_url(User), {"password__startswith": "a"}).status_code == 400
