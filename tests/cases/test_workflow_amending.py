"""What is changed in public rows waits: nothing reaches the public but through publishing."""

import pytest
from django.urls import reverse
from makers import (
    cite,
    make_affiliation,
    make_charge,
    make_court,
    make_detention,
    make_hearing,
    make_held_person,
    make_organisation,
    make_person,
    make_proceeding,
    make_publishable,
    make_staff,
)
from makers_admin import another_row, as_shown, change_url, decide_url, list_url, save, sentences
from makers_data import import_rows

from cases.actions.amending import amend, amended, discard
from cases.actions.publishing import draft_rows, publish
from cases.errors import Inconsistent, NotPublishable, ReasonMissing, Refusal, Unreadable
from cases.models import Amendment, Change, Hearing, Person, PublicationBasis, SlugRedirect, Standing


def ready(by, **fields):
    return make_publishable(make_held_person(**{"country": "DE", "slug": "ana", **fields}), by)


def read(client, person):
    return client.get(person.get_absolute_url()).content.decode()


def test_what_is_saved_in_a_public_page_waits_and_is_shown_to_editors(admin_client, admin_user, client):
    person = ready(admin_user, summary="First words.")
    save(admin_client, person, summary="Second words.")
    person.refresh_from_db()
    assert person.summary == "First words."
    assert "Second words." not in read(client, person)
    page = admin_client.get(change_url(person))
    assert page.context["adminform"].form.initial["summary"] == "Second words."
    assert "The public reads" in page.content.decode() and "First words." in page.content.decode()
    assert (Amendment.objects.get().by, Amendment.objects.get().fields) == (admin_user, {"summary": "Second words."})
    change = Change.objects.get()
    assert (change.verb, change.fields) == ("amend", {"summary": ["First words.", "Second words."]})


def test_publishing_writes_what_waits_in_the_page_and_in_its_rows(admin_client, admin_user, client):
    person = ready(admin_user)
    charge = person.charges.get()
    save(admin_client, person, summary="Second words.")
    save(admin_client, charge, alleged_by="The district prosecutor")
    assert [(model.__name__, number) for model, number in draft_rows(person)][-1] == ("Amendment", 2)
    decision = admin_client.get(decide_url(person, "publish")).content.decode()
    assert "The district prosecutor" in decision and "2 waiting changes" in decision
    admin_client.post(decide_url(person, "publish"), {"because": "Both are right."})
    charge.refresh_from_db()
    assert charge.alleged_by == "The district prosecutor"
    assert "Second words." in read(client, person)
    assert not Amendment.objects.exists()
    assert set(Change.objects.values_list("verb", flat=True)) == {"amend", "apply", "publish"}


def test_the_gate_is_asked_about_the_page_as_it_would_be(admin_client, admin_user):
    person = ready(admin_user, birth_year=2010)
    save(admin_client, person, is_minor="on", pseudonym="A. E.")
    with pytest.raises(NotPublishable, match="minor"):
        publish(person, by=admin_user, because="It is time.")
    person.refresh_from_db()
    assert not person.is_minor
    assert Amendment.objects.count() == 1
    assert "neither the year of birth" in admin_client.get(decide_url(person, "publish")).content.decode()


def test_a_row_changed_on_its_persons_page_waits_like_one_changed_on_its_own(admin_client, admin_user):
    person = ready(admin_user)
    save(admin_client, person, **{"custody_reports-0-detail": "In the prison hospital", "detentions-0-authority": "X"})
    assert person.custody_reports.get().detail == ""
    assert sorted(Amendment.objects.values_list("table", flat=True)) == ["custodyreport", "detention"]
    form = admin_client.get(change_url(person)).context["inline_admin_formsets"]
    shown = {f.formset.prefix: f.formset.forms[0] for f in form if f.formset.forms}
    assert shown["custody_reports"]["detail"].value() == "In the prison hospital"


@pytest.mark.parametrize("way", ["?_popup=1", "?_to_field=id&_popup=1", ""])
def test_no_address_of_the_form_changes_what_is_public(admin_client, admin_user, way):
    person = ready(admin_user, summary="First words.")
    posted = as_shown(admin_client.get(change_url(person)))
    extra = {"_popup": "1"} if way else {"_continue": "1"}
    admin_client.post(change_url(person) + way, {**posted, "summary": "Second words.", "state": "published", **extra})
    person.refresh_from_db()
    assert person.summary == "First words."


def test_a_draft_posted_as_published_stays_a_draft(admin_client):
    person = make_person(public=False, country="DE")
    for way in ("", "?_popup=1"):
        posted = as_shown(admin_client.get(change_url(person)))
        admin_client.post(
            change_url(person) + way,
            {**posted, "state": "published", "published_at_0": "2026-01-01", "_save": "1", "_publish": "1"},
        )
    row = {"text": "Anna", "kind": "alias", "sequence": 0, "state": "published"}
    posted = another_row(as_shown(admin_client.get(change_url(person))), "names", **row)
    admin_client.post(change_url(person), posted)
    assert (Person.objects.get().state, person.names.get().state) == ("draft", "draft")


def test_the_list_action_publishes_through_the_gate_alone(admin_client):
    person = make_person(public=False, country="DE")
    chosen = {"action": "publish_selected", "_selected_action": [person.pk]}
    asked = admin_client.post(list_url(Person), chosen)
    assert asked.status_code == 302
    answer = admin_client.post(asked.headers["Location"], {"because": "It is time."})
    assert "There is no risk assessment" in str(answer.context["form"].errors)
    person.refresh_from_db()
    assert person.state == "draft"


def test_an_import_over_a_public_row_waits_like_any_change(tmp_path, admin_user):
    person = make_person(public_id="ana", slug="ana", country="AZ", occupation="Reporter")
    row = {"id": "ana", "slug": "ana", "country": "AZ", "occupation": "Editor"}
    with pytest.raises(Unreadable, match="--by"):
        import_rows(tmp_path, persons=[row], overwrite=True)
    import_rows(tmp_path, persons=[row], overwrite=True, by=admin_user)
    person.refresh_from_db()
    assert (person.occupation, amended(person).occupation) == ("Reporter", "Editor")
    assert Change.objects.about(person).get().verb == "import"


def test_which_charges_a_public_change_joins_stays_until_it_is_taken_back(admin_client):
    person = make_held_person(country="DE")
    charge = person.charges.get()
    change = person.charge_changes.create(kind="added", state="published", published_at="2026-01-01T00:00Z")
    posted = another_row(as_shown(admin_client.get(change_url(change))), "successions", charge=charge.pk, role="new")
    answer = admin_client.post(change_url(change), posted)
    assert "cannot be changed while it is. Take it back" in answer.content.decode()
    assert not change.successions.exists()


def test_a_new_address_of_a_public_page_waits_and_the_old_one_leads_there_then(admin_client, admin_user, client):
    person = ready(admin_user)
    save(admin_client, person, slug="ana-example")
    assert client.get("/cases/ana/").status_code == 200
    assert not SlugRedirect.objects.exists()
    publish(person, by=admin_user, because="Her full name.")
    assert SlugRedirect.objects.target(Person, "ana") == person.public_id
    assert client.get("/cases/ana-example/").status_code == 200


def test_an_address_taken_meanwhile_is_refused_in_words(admin_user):
    person = ready(admin_user)
    amend(person, {"slug": "ben"}, by=admin_user)
    make_person("Ben", slug="ben")
    with pytest.raises(Inconsistent, match="What waits for “Ana Example” cannot be stored"):
        publish(person, by=admin_user, because="It is time.")
    person.refresh_from_db()
    assert person.slug == "ana"


def test_relations_and_lists_wait_by_their_keys(admin_client, admin_user):
    ana, ben = ready(admin_user), make_person("Ben", country="DE")
    hearing, court = make_hearing(ana), make_court()
    save(
        admin_client,
        hearing,
        persons=[ana.pk, ben.pk],
        court=court.pk,
        on="2024-06",
        at_time="10:30",
        time_zone="Asia/Baku",
    )
    hearing.refresh_from_db()
    assert (hearing.court, hearing.persons.count()) == (None, 1)
    form = admin_client.get(change_url(hearing)).context["adminform"].form
    assert set(form["persons"].value()) == {ana.pk, ben.pk}
    assert save(admin_client, hearing).status_code == 302
    assert Change.objects.filter(verb="amend").count() == 1
    publish(ana, by=admin_user, because="Both were heard.")
    hearing = Hearing.objects.get()
    assert (hearing.court, hearing.persons.count(), str(hearing.on), str(hearing.at_time)) == (
        court,
        2,
        "2024-06",
        "10:30:00",
    )
    assert str(Standing.objects.get(person=ben).last_event_on) == "2024-06"


def test_what_is_put_back_as_it_was_no_longer_waits(admin_client, admin_user):
    person = ready(admin_user, occupation="Reporter")
    save(admin_client, person, occupation="Editor")
    save(admin_client, person, occupation="Reporter")
    assert not Amendment.objects.exists()


def test_what_could_not_stand_with_the_rest_is_refused_while_it_is_typed(admin_client, admin_user):
    person = ready(admin_user, since="2024-01-10")
    later = make_detention(person, "2025-01-01")
    person.detentions.exclude(pk=later.pk).update(until_on="2024-06-01", release="served")
    answer = save(admin_client, later, from_on="2024-03-01")
    assert any("overlap on the same legal basis" in sentence for sentence in sentences(answer))
    assert not Amendment.objects.exists()
    assert not Change.objects.exists()


def test_two_rows_that_wait_are_judged_together(admin_client, admin_user):
    person = ready(admin_user, since="2024-01-10")
    first = person.detentions.get()
    posted = as_shown(admin_client.get(change_url(person)))
    posted |= {"detentions-0-until_on": "2024-06-01", "detentions-0-release": "served"}
    another_row(posted, "detentions", kind="remand", from_on="2025-01-01")
    assert admin_client.post(change_url(person), posted).status_code == 302
    assert person.detentions.get(pk=first.pk).until_on is None
    assert "overlap" in admin_client.post(decide_url(first, "discard"), {"because": "No."}).content.decode()
    publish(person, by=admin_user, because="He was out for a while.")
    assert [str(d.until_on or "") for d in person.detentions.published().order_by("from_on")] == ["2024-06-01", ""]


def test_what_waits_in_a_public_organisation_waits_for_its_own_publishing(admin_user):
    person, outlet = ready(admin_user), make_organisation("Old Paper")
    make_affiliation(person, outlet)
    cite(outlet)
    amend(outlet, {"name": "New Paper"}, by=admin_user)
    publish(person, by=admin_user, because="Something else.")
    outlet.refresh_from_db()
    assert outlet.name == "Old Paper"
    publish(outlet, by=admin_user, because="Renamed.")
    outlet.refresh_from_db()
    assert outlet.name == "New Paper"


def test_a_changed_citation_and_source_wait_with_the_page_that_cites(admin_client, admin_user):
    person = ready(admin_user)
    citation = person.citations.filter(state="published").first()
    save(admin_client, citation, stance="contradicts")
    save(admin_client, citation.source, title="Another title")
    citation.refresh_from_db()
    assert (citation.stance, citation.source.title != "Another title") == ("supports", True)
    publish(person, by=admin_user, because="It says the opposite.")
    citation.refresh_from_db()
    assert (citation.stance, citation.source.title) == ("contradicts", "Another title")


def test_what_waits_can_be_discarded_with_a_reason(admin_client, admin_user):
    person = ready(admin_user, occupation="Reporter")
    amend(person, {"occupation": "Editor"}, by=admin_user)
    assert decide_url(person, "discard") in admin_client.get(change_url(person)).content.decode()
    assert "Editor" in admin_client.get(decide_url(person, "discard")).content.decode()
    admin_client.post(decide_url(person, "discard"), {"because": "A mistake."})
    assert not Amendment.objects.exists()
    assert Change.objects.first().verb == "discard"
    with pytest.raises(Refusal, match="Nothing of “Ana Example” waits"):
        discard(person, by=admin_user, because="Again.")
    with pytest.raises(ReasonMissing):
        discard(person, by=admin_user, because=" ")


def test_what_was_discarded_while_somebody_published_is_not_written(admin_user, monkeypatch):
    person = ready(admin_user, occupation="Reporter")
    amend(person, {"occupation": "Editor"}, by=admin_user)
    read_before = list(Amendment.objects.all())
    discard(person, by=admin_user, because="Wrong.")
    monkeypatch.setattr("cases.actions.amending.amendments_of", lambda page, rows: read_before)
    publish(person, by=admin_user, because="Reviewed.")
    person.refresh_from_db()
    assert person.occupation == "Reporter"


def test_what_was_written_anew_while_somebody_published_is_not_lost(admin_user, monkeypatch):
    person = ready(admin_user, occupation="Reporter")
    amend(person, {"occupation": "Editor"}, by=admin_user)
    read_before = list(Amendment.objects.all())
    amend(Person.objects.get(), {"occupation": "Publisher"}, by=admin_user)
    monkeypatch.setattr("cases.actions.amending.amendments_of", lambda page, rows: read_before)
    publish(person, by=admin_user, because="Reviewed.")
    person.refresh_from_db()
    assert person.occupation == "Publisher"


def test_what_keeps_the_row_public_cannot_be_amended(admin_user):
    person = ready(admin_user)
    amend(person, {"state": "draft", "public_id": "mine", "published_at": None}, by=admin_user)
    assert not Amendment.objects.exists()


def test_a_row_published_while_it_was_typed_waits_too(admin_client, admin_user):
    person = make_person(public=False, country="DE", summary="First words.")
    posted = as_shown(admin_client.get(change_url(person)))
    make_publishable(person, admin_user)
    publish(person, by=admin_user, because="It is time.")
    posted = {**as_shown(admin_client.get(change_url(person))), **posted, "summary": "Second words."}
    for key in ("citations-INITIAL_FORMS", "citations-TOTAL_FORMS"):
        posted[key] = "0"
    admin_client.post(change_url(person), posted)
    person.refresh_from_db()
    assert (person.state, person.summary) == ("published", "First words.")


def test_private_protection_is_kept_at_once(admin_client, admin_user):
    person = ready(admin_user)
    save(admin_client, person, **{"basis-0-documentation": "Two newspapers"})
    assert PublicationBasis.objects.get().documentation == "Two newspapers"
    assert not Amendment.objects.exists()


def test_a_proceeding_joined_in_a_circle_is_refused_though_it_waits(admin_client):
    first = make_proceeding("First", country="DE")
    second = make_proceeding("Second", country="DE", joined_into=first)
    answer = save(admin_client, first, joined_into=second.pk)
    assert "First leads back to itself." in sentences(answer)
    assert not Amendment.objects.exists()


def test_somebody_who_does_not_read_what_waits_sees_what_is_public(client, admin_user, django_user_model):
    from django.contrib.auth.models import Permission
    from makers_staff import sign_in

    looker = django_user_model.objects.create_user("looker", is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename__in=["view_person", "view_reviewcomment"]))
    person = ready(admin_user, summary="First words.")
    amend(person, {"summary": "Second words."}, by=make_staff("other"))
    sign_in(client, looker)
    for address in (change_url(person), reverse("admin:cases_person_review", args=[person.pk])):
        page = client.get(address)
        assert page.status_code == 200 and "Second words." not in page.content.decode()


def test_a_charge_of_nobody_elses_page_is_amended(admin_user):
    other = make_held_person("Ben Example")
    amend(make_charge(other, laid=None), {"alleged_by": "X"}, by=admin_user)
    person = ready(admin_user)
    publish(person, by=admin_user, because="It is time.")
    assert Amendment.objects.count() == 1
