"""From draft to review and back; comments; two people at high risk."""

import pytest
from makers import make_charge, make_held_person, make_person, make_proceeding, make_publishable, make_staff
from makers_admin import another_row, as_shown, change_url, decide_url, review_url

from cases.actions.locking import held_by_other, hold
from cases.actions.publishing import publish
from cases.actions.reviewing import comment, open_comments, send_back, settle_comment, submit
from cases.errors import NotPublishable, ReasonMissing, Refusal
from cases.models import Change, Person, PublicationBasis, ReviewComment, RiskAssessment, State


def draft(**fields):
    return make_person(public=False, **{"country": "DE", **fields})


def test_a_page_goes_to_review_with_its_drafts_and_comes_back_with_a_comment(admin_client, admin_user):
    person = draft()
    charge = make_charge(person, public=False)
    admin_client.post(decide_url(person, "submit"), {"because": "All from two newspapers."})
    person.refresh_from_db(), charge.refresh_from_db()
    assert (person.state, charge.state) == ("in_review", "in_review")
    assert "<p>In review</p>" in admin_client.get(review_url(person)).content.decode()
    admin_client.post(decide_url(person, "send_back"), {"because": "Cite the arrest."})
    person.refresh_from_db(), charge.refresh_from_db()
    assert (person.state, charge.state) == ("draft", "draft")
    assert ReviewComment.objects.get().text == "Cite the arrest."
    assert list(Change.objects.order_by("pk").values_list("verb", "by")) == [
        ("submit", admin_user.pk),
        ("send back", admin_user.pk),
    ]


def test_whoever_hands_a_page_over_is_not_editing_it_any_more(db):
    writer, reviewer = make_staff("writer"), make_staff("reviewer")
    person = draft()
    hold(person, by=writer)
    assert held_by_other(person, by=reviewer)
    submit(person, by=writer, because="Ready.")
    assert held_by_other(person, by=reviewer) is None


def test_rows_added_while_a_page_is_in_review_stay_with_it(admin_client, admin_user):
    person = draft()
    submit(person, by=admin_user, because="Ready.")
    posted = as_shown(admin_client.get(change_url(person)))
    admin_client.post(change_url(person), another_row(posted, "names", text="Anna", kind="alias", sequence=0))
    assert person.names.get().state == State.IN_REVIEW
    send_back(person, by=admin_user, because="Not yet.")
    assert person.names.get().state == State.DRAFT


def test_what_is_in_review_is_published_like_a_draft(admin_user):
    person = make_publishable(draft(), admin_user)
    submit(person, by=admin_user, because="Ready.")
    publish(person, by=admin_user, because="It is time.")
    assert Person.objects.get().state == State.PUBLISHED


def test_new_drafts_of_a_public_page_go_to_review_and_the_page_stays_public(admin_user):
    person = make_held_person()
    charge = make_charge(person, public=False)
    submit(person, by=admin_user, because="A new charge.")
    person.refresh_from_db(), charge.refresh_from_db()
    assert (person.state, charge.state) == ("published", "in_review")


def test_nothing_to_review_and_nothing_in_review_are_refused_in_words(admin_user):
    person = make_held_person()
    with pytest.raises(Refusal, match="Nothing of “Ana Example” is a draft"):
        submit(person, by=admin_user, because="Ready.")
    with pytest.raises(Refusal, match="is not in review"):
        send_back(person, by=admin_user, because="No.")
    with pytest.raises(ReasonMissing):
        submit(draft(name="Ben"), by=admin_user, because=" ")


def test_a_comment_is_added_shown_before_publishing_and_settled(admin_client, admin_user):
    person = draft()
    admin_client.post(review_url(person), {"act": "comment", "text": "Is the date right?"})
    remark = ReviewComment.objects.get()
    assert (remark.by, remark.page) == (admin_user, person)
    for address in (review_url(person), decide_url(person, "publish")):
        assert "Is the date right?" in admin_client.get(address).content.decode()
    assert "Review (1 comment)" in admin_client.get(change_url(person)).content.decode()
    admin_client.post(review_url(person), {"act": "settle", "comment": remark.pk})
    remark.refresh_from_db()
    assert remark.resolved_by == admin_user
    assert "Is the date right?" not in admin_client.get(decide_url(person, "publish")).content.decode()


def test_an_empty_comment_is_refused_and_one_of_another_page_is_not_settled(admin_client, admin_user):
    person, other = draft(), make_proceeding(public=False)
    answer = admin_client.post(review_url(person), {"act": "comment", "text": "  "})
    assert answer.status_code == 200 and not ReviewComment.objects.exists()
    remark = comment(other, text="Whose?", by=admin_user)
    admin_client.post(review_url(person), {"act": "settle", "comment": remark.pk})
    admin_client.post(review_url(person), {"act": "settle", "comment": "²"})
    assert list(open_comments(other)) == [remark]
    assert admin_client.post(review_url(person), {"act": "anything"}).status_code == 404


def test_settling_twice_keeps_who_was_first(admin_user):
    remark = comment(draft(), text="Whose?", by=admin_user)
    settle_comment(remark, by=admin_user)
    settle_comment(remark, by=make_staff("late"))
    remark.refresh_from_db()
    assert remark.resolved_by == admin_user


def test_at_high_risk_whoever_submitted_the_page_does_not_publish_it(admin_user):
    person = make_publishable(draft(), admin_user)
    second, third = make_staff("second"), make_staff("third")
    RiskAssessment.objects.update(level=RiskAssessment.Level.HIGH)
    PublicationBasis.objects.update(approved_by=admin_user, second_person=second)
    submit(person, by=admin_user, because="Ready.")
    with pytest.raises(NotPublishable, match="whoever submitted the page"):
        publish(person, by=admin_user, because="It is time.")
    with pytest.raises(NotPublishable, match="must be two people"):
        publish(person, by=second, because="It is time.")
    publish(person, by=third, because="It is time.")
    assert Person.objects.get().state == State.PUBLISHED


def test_what_is_said_in_a_review_stands_in_the_log_and_stops_nobody_from_saving(admin_client, admin_user):
    person, other = make_person(public=False, country="DE"), make_staff("Bea")
    posted = as_shown(admin_client.get(change_url(person))) | {"summary": "New."}
    comment(person, text="Who says so?", by=other)
    remark = ReviewComment.objects.get()
    settle_comment(remark, by=other)
    settle_comment(remark, by=other)
    told = list(Change.objects.about(person).order_by("pk").values_list("verb", "by", "because"))
    assert told == [("comment", other.pk, "Who says so?"), ("settle", other.pk, "Who says so?")]
    assert admin_client.post(change_url(person), posted).status_code == 302
