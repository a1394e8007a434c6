"""When a page may be public, and pages that become so by themselves."""

import threading
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from makers import cite, make_charge, make_held_person, make_person, make_proceeding, make_publishable, make_staff
from makers_admin import add_url, as_shown, change_url, review_url
from makers_roles import limit_to, make_role
from makers_staff import sign_in

from campaigns.actions import working
from cases.actions.planning import cancel_plan, embargo_in_force, plan
from cases.actions.publishing import publish
from cases.actions.publishing_due import publish_due
from cases.errors import NotPublishable, ReasonMissing, Refusal
from cases.models import Change, Person, PersonName, Proceeding, PublicationPlan

HOUR = timedelta(hours=1)


def soon(hours=1):
    return timezone.now() + hours * HOUR


def ready(by):
    return make_publishable(make_person(public=False, country="DE"), by)


def test_nobody_publishes_before_the_embargo_ends(admin_client, admin_user):
    person = ready(admin_user)
    made = plan(person, by=admin_user, because="The family asked.", embargo_until=soon())
    with pytest.raises(NotPublishable, match="An embargo holds “Ana Example” back until"):
        publish(person, by=admin_user, because="Now.")
    assert "An embargo holds" in admin_client.get(review_url(person).replace("review", "publish")).content.decode()
    assert embargo_in_force(person, made.embargo_until) is None
    PublicationPlan.objects.update(embargo_until=timezone.now() - HOUR)
    publish(person, by=admin_user, because="Now.")
    assert PublicationPlan.objects.get().done_at


def test_an_embargo_on_a_proceeding_holds_when_a_person_in_it_is_published(admin_user):
    person, proceeding = ready(admin_user), make_proceeding(public=False)
    cite(make_charge(person, proceeding=proceeding, public=False))
    plan(proceeding, by=admin_user, because="The lawyers asked.", embargo_until=soon())
    publish(person, by=admin_user, because="Now.")
    assert Proceeding.objects.get().state == "draft"


def test_a_page_is_published_at_its_moment_by_whoever_planned_it(admin_user):
    person = ready(admin_user)
    plan(person, by=admin_user, because="World press freedom day.", publish_at=soon(2))
    assert publish_due(at=soon(1)) == 0
    assert Person.objects.get().state == "draft"
    assert publish_due(at=soon(3)) == 1
    assert publish_due(at=soon(4)) == 0
    assert Person.objects.get().state == "published"
    change = Change.objects.first()
    assert (change.verb, change.by, change.because) == ("publish", admin_user, "World press freedom day.")


def test_what_the_gate_refuses_at_that_moment_stays_and_says_why(admin_client, admin_user):
    person = make_person(public=False, country="DE")
    plan(person, by=admin_user, because="Later.", publish_at=soon())
    assert publish_due(at=soon(2)) == 0
    assert Person.objects.get().state == "draft"
    kept = PublicationPlan.objects.get()
    assert "There is no risk assessment" in kept.refused and kept.done_at
    assert "There is no risk assessment" in admin_client.get(review_url(person)).content.decode()


@pytest.mark.parametrize("lost", ["is_active", "is_superuser", "is_staff"])
def test_who_may_no_longer_publish_publishes_nothing_later(admin_user, lost):
    leaver = make_staff("leaver")
    plan(ready(admin_user), by=leaver, because="Later.", publish_at=soon())
    setattr(leaver, lost, False)
    leaver.save()
    publish_due(at=soon(2))
    assert Person.objects.get().state == "draft"
    assert "may not publish this page any more" in PublicationPlan.objects.get().refused


def test_a_planner_who_works_on_other_countries_by_then_publishes_nothing(admin_user):
    planner = make_role("publisher")
    plan(ready(admin_user), by=planner, because="Later.", publish_at=soon())
    limit_to(planner, "AZ")
    publish_due(at=soon(2))
    assert Person.objects.get().state == "draft"
    assert "may not publish this page any more" in PublicationPlan.objects.get().refused


@pytest.mark.parametrize(("role", "published"), [("researcher", 0), ("editor", 0), ("publisher", 1)])
def test_what_others_add_after_the_plan_is_not_published_unseen(admin_user, role, published):
    person, member = ready(admin_user), make_role(role)
    plan(person, by=admin_user, because="Later.", publish_at=soon())
    desk = sign_in(Client(), member)
    typed = as_shown(desk.get(add_url(PersonName))) | {"person": person.pk, "text": "Slander"}
    assert desk.post(add_url(PersonName), typed).status_code == 302
    assert publish_due(at=soon(2)) == published
    assert Person.objects.get().state == ("published" if published else "draft")
    assert ("changed after it was planned" in PublicationPlan.objects.get().refused) is not bool(published)


def test_what_others_change_of_the_page_after_the_plan_stops_it(admin_user):
    person, member = ready(admin_user), make_role("editor")
    plan(person, by=admin_user, because="Later.", publish_at=soon())
    desk = sign_in(Client(), member)
    typed = as_shown(desk.get(change_url(person))) | {"summary": "Slander."}
    assert desk.post(change_url(person), typed).status_code == 302
    assert publish_due(at=soon(2)) == 0
    plan(Person.objects.get(), by=admin_user, because="Read again.", publish_at=soon())
    assert publish_due(at=soon(2)) == 1


def test_one_refusal_does_not_hold_back_the_next_page(admin_user):
    plan(make_person("Bare", public=False), by=admin_user, because="Later.", publish_at=soon(1))
    plan(ready(admin_user), by=admin_user, because="Later.", publish_at=soon(2))
    assert publish_due(at=soon(3)) == 1


def test_a_plan_is_made_replaced_and_cancelled_on_the_review_page(admin_client, admin_user):
    person = ready(admin_user)
    day = (timezone.localdate() + timedelta(days=2)).isoformat()
    typed = {"act": "plan", "publish_at_0": day, "publish_at_1": "10:00", "because": "A good day."}
    assert admin_client.post(review_url(person), typed).status_code == 302
    assert f"To be published on {day} 10:00" in admin_client.get(review_url(person)).content.decode()
    admin_client.post(review_url(person), {**typed, "embargo_until_0": day, "embargo_until_1": "09:00"})
    assert PublicationPlan.objects.count() == 1
    admin_client.post(review_url(person), {"act": "cancel_plan", "because": "Not yet."})
    assert not PublicationPlan.objects.exists()
    assert list(Change.objects.order_by("pk").values_list("verb", flat=True)) == ["plan", "plan", "unplan"]


def test_whoever_moves_one_moment_of_a_plan_does_not_lose_the_other(admin_client, admin_user):
    person = ready(admin_user)
    moments = {"embargo_until": soon().replace(microsecond=0), "publish_at": soon(2).replace(microsecond=0)}
    plan(person, by=admin_user, because="The family asked.", **moments)
    form = admin_client.get(review_url(person)).context["plan_form"]
    assert {name: form[name].value() for name in moments} == moments
    PublicationPlan.objects.update(embargo_until=timezone.now() - HOUR)
    form = admin_client.get(review_url(person)).context["plan_form"]
    assert form["embargo_until"].value() is None


def test_plans_that_cannot_be_are_refused_in_words(admin_client, admin_user):
    person = ready(admin_user)
    answer = admin_client.post(review_url(person), {"act": "plan", "because": "Some day."})
    assert "Name the moment" in answer.content.decode()
    with pytest.raises(Refusal, match="still to come"):
        plan(person, by=admin_user, because="x", publish_at=timezone.now() - HOUR)
    with pytest.raises(Refusal, match="before its embargo ends"):
        plan(person, by=admin_user, because="x", publish_at=soon(1), embargo_until=soon(2))
    with pytest.raises(ReasonMissing):
        plan(person, by=admin_user, because=" ", publish_at=soon(1))
    with pytest.raises(Refusal, match="There is no plan"):
        cancel_plan(person, by=admin_user, because="x")


def test_publishing_by_hand_ends_the_plan(admin_user):
    person = ready(admin_user)
    plan(person, by=admin_user, because="Later.", publish_at=soon())
    publish(person, by=admin_user, because="Now.")
    make_charge(person, public=False)
    assert publish_due(at=soon(2)) == 0
    assert person.charges.get().state == "draft"


def test_the_worker_publishes_what_is_due(admin_user, monkeypatch):
    person = ready(admin_user)
    plan(person, by=admin_user, because="On the day.", publish_at=soon())
    PublicationPlan.objects.update(publish_at=timezone.now() - HOUR)
    stop = threading.Event()
    monkeypatch.setattr(stop, "wait", lambda _seconds: stop.set())
    monkeypatch.setattr(working.connection, "close", lambda: None)
    monkeypatch.setattr(working, "close_old_connections", lambda: None)
    working.keep_time_until(stop, worker="w")
    person.refresh_from_db()
    assert person.is_published
    assert working.PLANS_EVERY <= 30


def test_who_may_not_publish_may_not_plan(client, admin_user, django_user_model):
    from django.contrib.auth.models import Permission
    from makers_staff import sign_in

    editor = django_user_model.objects.create_user("editor", is_staff=True)
    editor.user_permissions.set(
        Permission.objects.filter(codename__in=["view_person", "change_person", "view_reviewcomment"])
    )
    person = make_held_person(country="DE")
    sign_in(client, editor)
    page = client.get(review_url(person)).content.decode()
    assert "Nothing is planned." in page and "Plan it" not in page
    typed = {"act": "plan", "publish_at_0": "2030-01-01", "publish_at_1": "10:00", "because": "A good day."}
    assert client.post(review_url(person), typed).status_code == 403
    assert not PublicationPlan.objects.exists()
