"""One person edits at a time; a draft is seen as the public would; an earlier state comes back."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from makers import (
    cite,
    make_charge,
    make_court,
    make_detention,
    make_event,
    make_hearing,
    make_held_person,
    make_order,
    make_person,
    make_proceeding,
    make_publishable,
    make_staff,
)
from makers_admin import add_url, as_shown, change_url, save
from makers_staff import sign_in

from cases.actions.amending import amend
from cases.actions.locking import LAPSES_AFTER, hold, take_over
from cases.actions.publishing import publish
from cases.actions.reviewing import submit
from cases.models import Amendment, Change, Detention, EditLock, Person, SlugRedirect, Standing


@pytest.fixture
def other_client(db):
    return sign_in(Client(), make_staff("Bea"))


def page_of(verb, record, *more):
    return reverse(f"admin:cases_{record._meta.model_name}_{verb}", args=[record.pk, *more])


# One at a time


def test_a_second_person_is_told_who_edits_since_when_and_what_they_save_is_refused(admin_client, other_client):
    person = make_person(public=False, country="DE", summary="As it was.")
    other_client.get(change_url(person))
    since = timezone.localtime(EditLock.objects.get().since).strftime("%H:%M")
    page = admin_client.get(change_url(person))
    assert f"Bea has been editing this since {since}." in page.content.decode()
    answer = admin_client.post(change_url(person), {**as_shown(page), "summary": "What I typed."})
    assert "Nothing was saved; what you typed is still here." in answer.content.decode()
    assert "What I typed." in answer.content.decode()
    person.refresh_from_db()
    assert person.summary == "As it was."


def test_taking_over_lets_one_save_and_stops_the_first(admin_client, other_client):
    person = make_person(public=False, country="DE")
    first = as_shown(other_client.get(change_url(person)))
    posted = as_shown(admin_client.get(change_url(person)))
    assert admin_client.get(page_of("take_over", person)).status_code == 405
    admin_client.post(page_of("take_over", person))
    answer = other_client.post(change_url(person), {**first, "summary": "The first one's."})
    assert "admin has been editing this since" in answer.content.decode()
    assert admin_client.post(change_url(person), {**posted, "summary": "Mine."}).status_code == 302
    person.refresh_from_db()
    assert person.summary == "Mine."
    assert not EditLock.objects.exists()


def test_what_was_typed_can_be_saved_by_taking_over_with_it(admin_client, other_client):
    person = make_person(public=False, country="DE")
    other_client.get(change_url(person))
    posted = as_shown(admin_client.get(change_url(person)))
    admin_client.post(change_url(person), {**posted, "summary": "Mine.", "_take_over": "1"})
    person.refresh_from_db()
    assert person.summary == "Mine."


@pytest.mark.parametrize("verb", ["submit", "send_back", "publish", "retract"])
def test_whoever_acts_on_a_page_is_done_editing_it(admin_client, admin_user, other_client, verb):
    person = make_publishable(make_held_person(public=verb == "retract", country="DE"), admin_user)
    if verb == "send_back":
        submit(person, by=admin_user, because="Ready.")
    admin_client.get(change_url(person))
    landed = admin_client.post(page_of(verb, person), {"because": "It is time."}, follow=True)
    assert landed.redirect_chain[-1][0].startswith(change_url(person))
    assert "has been editing this" not in other_client.get(change_url(person)).content.decode()


def test_whoever_pauses_a_page_is_done_editing_it(admin_client, other_client):
    person = make_held_person(country="DE")
    admin_client.get(change_url(person))
    review_on = timezone.localdate() + timedelta(days=30)
    asked = {"act": "pause", "pause-asked_by": "her sister", "pause-review_on": review_on.isoformat()}
    admin_client.post(page_of("pause", person), asked, follow=True)
    assert person.pauses.count() == 1
    assert "has been editing this" not in other_client.get(change_url(person)).content.decode()


def test_whoever_lands_on_a_page_after_an_act_holds_it_once_they_save_there(admin_client, other_client):
    person = make_person(public=False, country="DE")
    landed = admin_client.post(page_of("submit", person), {"because": "Ready."}, follow=True)
    address = landed.redirect_chain[-1][0]
    answer = admin_client.post(address, {**as_shown(landed), "summary": "One thing more.", "_continue": "1"})
    admin_client.get(answer.url)
    assert "admin has been editing this since" in other_client.get(change_url(person)).content.decode()


def test_whoever_lands_on_a_page_that_another_edits_reads_so(admin_client, other_client):
    person = make_person(public=False, country="DE")
    other_client.get(change_url(person))
    landed = admin_client.post(page_of("submit", person), {"because": "Ready."}, follow=True)
    assert "Bea has been editing this since" in landed.content.decode()


def test_a_lock_lapses_without_activity_and_lasts_with_it(admin_user):
    person, bea, now = make_person(), make_staff("Bea"), timezone.now()
    assert hold(person, by=bea, at=now) is None
    assert hold(person, by=admin_user, at=now + LAPSES_AFTER - timedelta(seconds=1)).by == bea
    assert hold(person, by=bea, at=now + timedelta(minutes=10)) is None
    assert hold(person, by=admin_user, at=now + timedelta(minutes=20)).since == now
    assert hold(person, by=admin_user, at=now + timedelta(minutes=26)) is None
    assert EditLock.objects.get().by == admin_user
    take_over(person, by=bea, at=now + timedelta(minutes=27))
    assert EditLock.objects.get().by == bea


def test_a_form_left_open_past_its_lock_never_overwrites_what_another_saved_since(admin_client, other_client):
    person = make_person(public=False, country="DE", summary="As it was.")
    left_open = as_shown(admin_client.get(change_url(person)))
    EditLock.objects.update(seen_at=timezone.now() - LAPSES_AFTER)
    assert save(other_client, person, summary="What Bea knows.").status_code == 302
    answer = admin_client.post(change_url(person), {**left_open, "summary": "What I typed."})
    told = answer.content.decode()
    assert "This was changed by Bea on" in told and "after you opened it (summary)" in told
    assert "What I typed." in told
    person.refresh_from_db()
    assert person.summary == "What Bea knows."
    # Whoever has read that and saves once more means it.
    assert admin_client.post(change_url(person), {**as_shown(answer), "summary": "Both."}).status_code == 302
    person.refresh_from_db()
    assert person.summary == "Both."


def test_whoever_is_refused_because_another_edits_reads_what_that_one_saved_already(admin_client, other_client):
    person = make_person(public=False, country="DE", summary="As it was.")
    left_open = as_shown(admin_client.get(change_url(person)))
    take_over(person, by=get_user_model().objects.get(username="Bea"))
    assert save(other_client, person, summary="What Bea knows.", _continue="1").status_code == 302
    answer = admin_client.post(change_url(person), {**left_open, "summary": "What I typed."})
    # The form that is shown now counts as read: whoever sends it again once Bea is done writes over what she saved.
    assert "Bea has been editing this since" in answer.text and "This was changed by Bea on" in answer.text


def test_a_row_changed_on_its_own_page_is_not_written_over_from_the_page_of_its_person(admin_client, other_client):
    person = make_person(public=False)
    detention = make_detention(person, public=False, authority="The police")
    posted = as_shown(admin_client.get(change_url(person))) | {"summary": "New."}
    save(other_client, detention, authority="The border guard")
    answer = admin_client.post(change_url(person), posted)
    assert "This was changed by Bea" in answer.text and "Nothing was saved" in answer.text
    detention.refresh_from_db()
    assert detention.authority == "The border guard"
    assert admin_client.post(change_url(person), as_shown(answer)).status_code == 302


def test_a_row_that_another_added_keeps_nobody_from_saving(admin_client, other_client):
    person = make_person(public=False)
    posted = as_shown(admin_client.get(change_url(person))) | {"summary": "New."}
    typed = as_shown(other_client.get(add_url(Detention)))
    other_client.post(add_url(Detention), typed | {"person": person.pk, "kind": "remand", "from_on": "2024-01-10"})
    assert person.detentions.count() == 1
    assert admin_client.post(change_url(person), posted).status_code == 302


def test_looking_without_the_right_to_change_takes_no_lock(client, django_user_model):
    from django.contrib.auth.models import Permission

    looker = django_user_model.objects.create_user("looker", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_person"))
    sign_in(client, looker)
    person = make_person(country="DE")
    assert client.get(change_url(person)).status_code == 200
    assert client.post(page_of("take_over", person)).status_code == 403
    assert not EditLock.objects.exists()


def test_rows_of_reference_data_are_edited_by_one_at_a_time_too(admin_client, other_client):
    court = make_court(country="DE")
    other_client.get(change_url(court))
    assert "Bea has been editing this" in admin_client.get(change_url(court)).content.decode()


# As the public would see it


def test_a_draft_is_seen_as_the_public_would_and_nothing_is_published(admin_client, admin_user):
    person = make_person(public=False, country="DE", summary="She reported on bribes.")
    cite(make_charge(person, public=False), public=False)
    answer = admin_client.get(page_of("preview", person))
    page = answer.content.decode()
    assert "She reported on bribes." in page and "Smuggling" in page
    assert "this is how the public would see the page" in page and change_url(person) in page
    assert 'content="noindex"' in page
    assert (answer.headers["X-Robots-Tag"], "no-store" in answer.headers["Cache-Control"]) == ("noindex", True)
    assert (Person.objects.get().state, person.charges.get().state) == ("draft", "draft")
    assert not Change.objects.exists()


def test_what_waits_in_a_public_page_is_in_the_preview_only(admin_client, admin_user, client):
    person = make_held_person(country="DE", summary="First words.")
    amend(person, {"summary": "Second words."}, by=admin_user)
    amend(person.custody_reports.get(), {"status": "released"}, by=admin_user)
    page = admin_client.get(page_of("preview", person)).content.decode()
    assert "Second words." in page and "Released" in page
    assert "Second words." not in client.get(person.get_absolute_url()).content.decode()
    assert (Amendment.objects.count(), Standing.objects.get().status) == (2, "pretrial_detention")


def test_a_proceeding_has_a_preview_and_the_public_has_none(admin_client, client):
    proceeding = make_proceeding("The Example proceeding", public=False, country="DE")
    make_hearing(proceeding=proceeding, public=False)
    assert "The Example proceeding" in admin_client.get(page_of("preview", proceeding)).content.decode()
    assert client.get(proceeding.get_absolute_url()).status_code == 404
    assert client.get(page_of("preview", proceeding)).status_code in (302, 403, 404)


# Back to an earlier state


def test_a_draft_goes_back_to_what_it_was_before_an_act(admin_client):
    person = make_person(public=False, country="DE", occupation="Reporter", slug="ana")
    save(admin_client, person, occupation="Editor", is_minor="on", pseudonym="A.", slug="ana-2")
    save(admin_client, person, occupation="Publisher")
    first = Change.objects.order_by("pk").first()
    listed = admin_client.get(page_of("earlier", person)).content.decode()
    assert page_of("restore", person, first.pk) in listed and "Publisher" in listed
    asked = admin_client.get(page_of("restore", person, first.pk)).content.decode()
    assert "Reporter" in asked and "Publisher" in asked
    answer = admin_client.post(page_of("restore", person, first.pk), {"because": ""})
    assert "Give a reason" in answer.content.decode()
    admin_client.post(page_of("restore", person, first.pk), {"because": "The source was wrong."})
    person.refresh_from_db()
    assert (person.occupation, person.is_minor, person.pseudonym, person.slug) == ("Reporter", False, "", "ana")
    assert SlugRedirect.objects.target(Person, "ana-2") == person.public_id
    newest = Change.objects.first()
    assert (newest.verb, newest.because) == ("restore", "The source was wrong.")


def test_of_a_public_row_the_earlier_values_wait(admin_client, admin_user):
    person = make_publishable(make_held_person(country="DE", occupation="Reporter"), admin_user)
    amend(person, {"occupation": "Editor"}, by=admin_user)
    publish(person, by=admin_user, because="Promoted.")
    act = Change.objects.get(verb="amend")
    admin_client.post(page_of("restore", person, act.pk), {"because": "She was not."})
    person.refresh_from_db()
    assert person.occupation == "Editor"
    assert Amendment.objects.get().fields == {"occupation": "Reporter"}
    again = admin_client.post(page_of("restore", person, act.pk), {"because": "Again."})
    assert "is as it was then already" in again.content.decode()


def test_relations_lists_and_dates_come_back_by_key(admin_client):
    ana, ben = make_person("Ana", country="DE"), make_person("Ben", country="DE")
    court = make_court("First court", country="DE")
    hearing = make_hearing(ana, ben, public=False, court=court, on="2024-06")
    save(admin_client, hearing, persons=[ana.pk], court=make_court("Second court").pk, on="2024-07-01")
    act = Change.objects.get()
    assert act.fields["court"] == ["First court", "Second court"]
    admin_client.post(page_of("restore", hearing, act.pk), {"because": "It was right."})
    hearing.refresh_from_db()
    assert (hearing.court, hearing.persons.count(), str(hearing.on)) == (court, 2, "2024-06")


def test_an_earlier_state_that_breaks_a_rule_is_refused(admin_client):
    person = make_held_person(country="DE", public=False)
    detention = person.detentions.get()
    make_order(detention)
    person.detentions.update(state="draft", published_at=None)
    save(admin_client, detention, from_on="2024-01-11")
    act = Change.objects.get()
    person.detentions.create(kind="remand", from_on="2024-01-01", until_on="2024-01-11", release="served")
    answer = admin_client.post(page_of("restore", detention, act.pk), {"because": "Back."})
    assert "overlap on the same legal basis" in answer.content.decode()
    detention.refresh_from_db()
    assert str(detention.from_on) == "2024-01-11"


def test_an_act_of_another_row_is_not_found(admin_client):
    ana, ben = make_person("Ana", public=False, country="DE"), make_person("Ben", public=False, country="DE")
    save(admin_client, ben, occupation="Editor")
    act = Change.objects.get()
    assert admin_client.get(page_of("restore", ana, act.pk)).status_code == 404
    assert admin_client.get(page_of("earlier", ana)).status_code == 200
    assert admin_client.get(f"/admin/cases/person/{10**30}/earlier/").status_code == 404


def test_a_row_of_many_persons_asks_what_waits_on_few_of_their_pages(admin_client):
    event = make_event(*(make_person(f"Person {number}") for number in range(12)), public=False)
    assert len(admin_client.get(change_url(event)).context["pages"]) == 8
