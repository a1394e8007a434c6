"""What an editor types is kept, logged and derived from; what cannot be is refused in words, and stays as typed."""

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from makers import (
    cite,
    make_charge,
    make_charge_event,
    make_detention,
    make_event,
    make_hearing,
    make_held_person,
    make_organisation,
    make_person,
    make_proceeding,
    make_publishable,
    make_publisher,
    make_sentence,
    make_source,
)
from makers_admin import add_url, another_row, as_shown, change_url, list_url, save, sentences
from makers_staff import sign_in

from cases.actions.publishing import publish
from cases.admin.forms import said
from cases.models import (
    Change,
    ChargeChange,
    ChargeEvent,
    Citation,
    Hearing,
    Person,
    PublicationBasis,
    SlugRedirect,
    Source,
    Standing,
)
from cases.searching import fold


def in_germany(make, *words, **fields):
    """A form offers countries of ISO 3166 only."""
    return make(*words, **{"country": "DE", **fields})


def delete_url(record):
    return change_url(record).replace("/change/", "/delete/")


# Adding and changing


def test_a_new_person_is_a_draft_with_an_address_made_from_the_name(admin_client, admin_user):
    posted = as_shown(admin_client.get(add_url(Person)))
    admin_client.post(add_url(Person), {**posted, "display_name": "Ayşə Nümunə", "country": "AZ"})
    person = Person.objects.get()
    assert (person.slug, person.state) == ("aysha-numuna", "draft")
    change = Change.objects.get()
    assert (change.verb, change.table, change.by) == ("add", "person", admin_user)
    assert change.fields["display_name"] == ["", "Ayşə Nümunə"]


def test_two_persons_of_one_name_get_two_addresses(admin_client):
    in_germany(make_person, "Ana Example", slug="ana-example")
    posted = as_shown(admin_client.get(add_url(Person)))
    admin_client.post(add_url(Person), {**posted, "display_name": "Ana Example", "country": "AZ"})
    assert Person.objects.filter(slug="ana-example-2").exists()


def test_a_change_is_logged_with_what_stood_before_and_stands_now(admin_client, admin_user):
    person = in_germany(make_person, public=False, occupation="Reporter")
    save(admin_client, person, occupation="Editor")
    change = Change.objects.get()
    assert (change.verb, change.by, change.fields) == ("change", admin_user, {"occupation": ["Reporter", "Editor"]})


def test_saving_without_a_change_logs_nothing(admin_client):
    person = in_germany(make_held_person)
    assert save(admin_client, person).status_code == 302
    assert not Change.objects.exists()


def test_a_changed_address_leads_to_the_new_one(admin_client):
    person = in_germany(make_person, public=False, slug="ana")
    save(admin_client, person, slug="ana-example")
    assert SlugRedirect.objects.target(Person, "ana") == person.public_id


def test_an_address_that_leads_elsewhere_is_refused(admin_client):
    other, person = in_germany(make_person, "Ben Example"), in_germany(make_person)
    SlugRedirect.objects.create(kind="person", old_slug="ben", target=other.public_id)
    answer = save(admin_client, person, slug="ben")
    assert "This address already leads to another page: choose another one." in sentences(answer)


def test_state_and_public_id_cannot_be_typed(admin_client):
    person = in_germany(make_person, public=False)
    was = person.public_id
    save(admin_client, person, state="published", published_at="2026-01-01", public_id="mine")
    person.refresh_from_db()
    assert (person.state, person.published_at, person.public_id) == ("draft", None, was)


def test_a_row_added_on_a_persons_page_is_a_draft_with_its_source(admin_client):
    person, source = in_germany(make_held_person), make_source()
    posted = as_shown(admin_client.get(change_url(person)))
    another_row(posted, "names", text="Anna", kind="alias", sequence=0, source=source.pk)
    assert admin_client.post(change_url(person), posted).status_code == 302
    name = person.names.get()
    assert (name.state, name.citations.get().source) == ("draft", source)
    assert [(c.verb, c.table) for c in Change.objects.order_by("pk")] == [("add", "personname"), ("add", "citation")]


def test_naming_the_same_source_again_adds_nothing(admin_client):
    charge = make_charge(in_germany(make_person))
    source = make_source()
    event = charge.events.get()
    cite(event, source)
    save(admin_client, charge, **{"events-0-source": source.pk})
    assert event.citations.count() == 1
    assert not Change.objects.exists()


def test_what_is_typed_as_partial_date_is_kept_as_such(admin_client):
    charge = make_charge(in_germany(make_person), public=False)
    save(admin_client, charge, **{"events-0-on": "2024-08"})
    assert str(ChargeEvent.objects.get().on) == "2024-08"


def test_a_public_row_changed_here_changes_the_standing_once_it_is_published(admin_client, admin_user):
    person = make_publishable(in_germany(make_held_person), admin_user)
    report = person.custody_reports.get()
    save(admin_client, report, status="released")
    assert Standing.objects.get(person=person).status == "pretrial_detention"
    publish(person, by=admin_user, because="He is free.")
    assert Standing.objects.get(person=person).status == "released"


def test_a_hearing_is_derived_for_those_who_leave_it_too(admin_client, admin_user):
    stays, leaves = make_publishable(in_germany(make_person, "Ana"), admin_user), in_germany(make_person, "Ben")
    hearing = make_hearing(stays, leaves, on="2024-05-02")
    for person in (stays, leaves):
        Standing.objects.filter(person=person).update(last_event_on="2001-01-01")
    save(admin_client, hearing, persons=[stays.pk])
    assert Hearing.objects.get().persons.count() == 2
    publish(stays, by=admin_user, because="Ben was tried elsewhere.")
    assert list(Hearing.objects.get().persons.all()) == [stays]
    dates = dict(Standing.objects.values_list("person__display_name", "last_event_on"))
    assert (str(dates["Ana"]), dates["Ben"]) == ("2024-05-02", None)


def test_an_event_may_be_of_an_organisation_alone(admin_client):
    outlet = make_organisation()
    event = make_event(kind="raid", organisations=[outlet], public=False)
    save(admin_client, event, summary="The office was searched.")
    event.refresh_from_db()
    assert event.summary == "The office was searched."


def test_a_renamed_outlet_is_found_by_its_new_name_once_it_is_published(admin_client, admin_user):
    outlet = make_organisation("Old Paper")
    person = in_germany(make_person)
    person.affiliations.create(organisation=outlet, state="published", published_at="2026-01-01T00:00Z")
    cite(outlet)
    save(admin_client, outlet, name="New Zeitung")
    assert fold("Zeitung") not in Standing.objects.get(person=person).search_text
    publish(outlet, by=admin_user, because="Renamed.")
    assert fold("Zeitung") in Standing.objects.get(person=person).search_text


def test_which_charges_take_part_in_a_change_is_chosen_among_the_persons_own(admin_client):
    person, other = in_germany(make_person, "Ana"), in_germany(make_person, "Ben")
    mine, theirs = make_charge(person), make_charge(other)
    change = ChargeChange.objects.create(person=person, kind="added")
    page = admin_client.get(change_url(change))
    choices = page.context["inline_admin_formsets"][0].formset.empty_form.fields["charge"].queryset
    assert mine in choices and theirs not in choices


def test_a_row_added_on_a_page_stands_last_unless_its_place_was_typed(admin_client):
    charge = make_charge(in_germany(make_person))
    charge.events.update(sequence=4)
    posted = as_shown(admin_client.get(change_url(charge)))
    another_row(posted, "events", status="on_trial", sequence=0)
    another_row(posted, "events", status="convicted", sequence=0)
    another_row(posted, "events", status="suspected", sequence=3)
    admin_client.post(change_url(charge), posted)
    order = list(charge.events.order_by("sequence").values_list("status", "sequence"))
    assert order == [("suspected", 3), ("charged", 4), ("on_trial", 5), ("convicted", 6)]


def test_an_editor_is_told_what_waits(admin_client):
    charge = in_germany(make_held_person).charges.get()
    posted = as_shown(admin_client.get(change_url(charge)))
    waits = "What you changed in published rows waits until the page is published again."
    changed = admin_client.post(change_url(charge), {**posted, "alleged_by": "The prosecutor"}, follow=True)
    not_public = "1 row of “Ana Example” is not public yet."
    told = [str(m) for m in changed.context["messages"]][1:]
    assert told[0] == waits and not_public in told[1]
    added = another_row(as_shown(admin_client.get(change_url(charge))), "events", status="on_trial", sequence=0)
    told = [str(m) for m in admin_client.post(change_url(charge), added, follow=True).context["messages"]]
    assert waits not in told
    assert "2 rows of “Ana Example” are not public yet." in told[1]


# Refusals


def test_overlapping_custody_is_refused_and_what_was_typed_is_kept(admin_client):
    person = in_germany(make_held_person, since="2024-01-10")
    posted = as_shown(admin_client.get(change_url(person)))
    another_row(posted, "detentions", kind="administrative", from_on="2024-02-01", authority="The district police")
    answer = admin_client.post(change_url(person), posted)
    assert answer.status_code == 200
    assert any("overlap on the same legal basis" in sentence for sentence in sentences(answer))
    assert b"The district police" in answer.content
    assert (person.detentions.count(), Change.objects.count()) == (1, 0)


def test_another_legal_basis_lets_custody_overlap(admin_client):
    person = in_germany(make_held_person, since="2024-01-10")
    posted = as_shown(admin_client.get(change_url(person)))
    another_row(
        posted, "detentions", kind="administrative", from_on="2024-02-01", until_on="2024-02-15", legal_basis="CAO"
    )
    assert admin_client.post(change_url(person), posted).status_code == 302
    assert person.detentions.count() == 2


def test_a_broken_rule_of_one_row_is_said_as_a_sentence(admin_client):
    detention = make_detention(in_germany(make_person), "2024-01-10")
    answer = save(admin_client, detention, until_on="2023-12-01")
    assert "This cannot be, by a rule of the record: a detention ends after it begins." in sentences(answer)


def test_a_rule_that_the_form_cannot_see_is_a_sentence_too(admin_client):
    """A charge is new in one change only: the other change is on another page."""
    person = in_germany(make_person)
    charge = make_charge(person)
    first, second = (ChargeChange.objects.create(person=person, kind="added") for _n in range(2))
    first.successions.create(charge=charge, role="new")
    posted = as_shown(admin_client.get(change_url(second)))
    answer = admin_client.post(change_url(second), another_row(posted, "successions", charge=charge.pk, role="new"))
    assert answer.status_code == 200
    assert sentences(answer)
    assert not second.successions.exists()


def test_a_confidential_source_that_names_somebody_is_refused(admin_client):
    source = make_source()
    answer = save(admin_client, source, is_confidential="on")
    assert "a confidential source names nobody here" in " ".join(sentences(answer))


def test_a_verification_without_a_name_is_refused(admin_client):
    answer = save(admin_client, in_germany(make_person), verified_on="2026-01-01")
    assert "a verified person was verified by somebody" in " ".join(sentences(answer))


def test_an_impossible_date_is_refused_in_words(admin_client):
    charge = make_charge(in_germany(make_person))
    answer = save(admin_client, charge, **{"events-0-on": "2024-13"})
    assert "“2024-13” names a day that no calendar has." in sentences(answer)


def test_a_proceeding_joined_in_a_circle_is_refused(admin_client):
    first = in_germany(make_proceeding, "First")
    second = in_germany(make_proceeding, "Second", joined_into=first)
    answer = save(admin_client, first, joined_into=second.pk)
    assert "First leads back to itself." in sentences(answer)
    first.refresh_from_db()
    assert first.joined_into is None


def test_nobody_else_can_be_named_as_the_one_who_approves(admin_client, django_user_model):
    other = django_user_model.objects.create_user("other", is_staff=True)
    person = in_germany(make_person, public=False)
    posted = as_shown(admin_client.get(change_url(person)))
    row = {"kind": "public_record", "documentation": "Two newspapers", "approved_by": other.pk}
    answer = admin_client.post(change_url(person), another_row(posted, "basis", **row))
    assert answer.status_code == 200
    assert not PublicationBasis.objects.exists()


def test_the_basis_of_a_demonstration_cannot_be_chosen(admin_client):
    person = in_germany(make_person, public=False)
    posted = as_shown(admin_client.get(change_url(person)))
    admin_client.post(change_url(person), another_row(posted, "basis", kind="demonstration"))
    assert not PublicationBasis.objects.exists()


def test_an_approval_in_ones_own_name_is_kept_and_its_words_stay_out_of_the_log(admin_client, admin_user):
    person = in_germany(make_person, public=False)
    posted = as_shown(admin_client.get(change_url(person)))
    row = {"kind": "public_record", "documentation": "Two newspapers", "approved_by": admin_user.pk}
    assert admin_client.post(change_url(person), another_row(posted, "basis", **row)).status_code == 302
    assert PublicationBasis.objects.get().approved_by == admin_user
    assert "newspapers" not in str(Change.objects.get().fields)


def test_who_a_confidential_source_is_stays_in_its_private_table(admin_client, client, django_user_model):
    source = make_source(is_confidential=True, title="", url="")
    posted = as_shown(admin_client.get(change_url(source)))
    another_row(posted, "identity", identity="A relative", contact="by phone")
    assert admin_client.post(change_url(source), posted).status_code == 302
    assert "relative" not in str(list(Change.objects.values_list("fields", "label")))
    editor = django_user_model.objects.create_user("reader", password="x", is_staff=True)
    everything_else = Permission.objects.filter(content_type__app_label="cases")
    editor.user_permissions.set(everything_else.exclude(codename__endswith="_confidentialsource"))
    sign_in(client, editor)
    page = client.get(change_url(source))
    assert page.status_code == 200
    assert b"A relative" not in page.content


# Deleting


def test_what_has_been_public_cannot_be_deleted(admin_client):
    person = in_germany(make_held_person)
    assert admin_client.post(delete_url(person), {"post": "yes"}).status_code == 403
    assert Person.objects.exists()


def test_a_row_that_has_been_public_cannot_be_deleted_from_its_page(admin_client):
    charge = make_charge(in_germany(make_person))
    answer = save(admin_client, charge, **{"events-0-DELETE": "on"})
    assert answer.status_code == 200
    assert "has been public: it cannot be deleted" in answer.content.decode()
    assert charge.events.exists()


def test_a_draft_is_deleted_and_the_log_says_so(admin_client):
    charge = make_charge(in_germany(make_person), public=False)
    save(admin_client, charge, **{"events-0-DELETE": "on"})
    assert not charge.events.exists()
    assert [(c.verb, c.table) for c in Change.objects.all()] == [("delete", "chargeevent")]
    admin_client.post(delete_url(charge), {"post": "yes"})
    assert (Change.objects.first().verb, Change.objects.first().table) == ("delete", "charge")


def test_a_draft_that_carries_something_public_is_not_deleted(admin_client):
    charge = make_charge(in_germany(make_person), public=False, laid=None)
    make_charge_event(charge, "charged", "2024-01-11", public=True)
    answer = admin_client.post(delete_url(charge), {"post": "yes"})
    assert answer.status_code == 200
    assert charge.events.exists()


def test_a_row_that_others_rest_on_is_not_deleted(admin_client):
    publisher = make_publisher()
    make_source(publisher=publisher)
    assert admin_client.post(delete_url(publisher), {"post": "yes"}).status_code == 200
    assert Source.objects.get().publisher == publisher


def test_rows_cannot_be_deleted_by_the_dozen(admin_client):
    make_sentence(in_germany(make_person), public=False)
    page = admin_client.get(list_url(Citation))
    assert b"delete_selected" not in page.content


def test_a_constraint_that_only_the_database_sees_is_a_sentence(db):
    person = make_person()
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        person.detentions.create(kind="remand", from_on="2024-01-10", until_on="2023-12-01")
    assert said(caught.value) == ["This cannot be, by a rule of the record: a detention ends after it begins."]


def test_a_second_row_of_what_is_kept_once_is_a_sentence(db):
    person = make_person()
    person.names.create(text="Anna")
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        person.names.create(text="Anna")
    assert said(caught.value) in (
        ["This cannot be, by a rule of the record: a person has a name once."],
        ["A row that is kept only once would stand there twice."],
    )
