"""The desk: what waits for whoever looks, as numbers that lead to their rows."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from makers import (
    make_charge,
    make_hearing,
    make_held_person,
    make_order,
    make_person,
    make_report,
    make_staff,
)
from makers_campaigns import make_campaign, make_signature
from makers_desk import client_of, make_member, rows_behind

from campaigns.actions.tallying import tally_up
from campaigns.models import Letter, Tally
from cases.actions.deriving import derive_standing
from cases.actions.expiring import expire_person
from cases.actions.publishing import retract
from cases.actions.recording import record_change
from cases.models import (
    Amendment,
    ConsentRecord,
    Pause,
    Person,
    Picture,
    PublicationBasis,
    PublicationPlan,
    ReviewComment,
    RiskAssessment,
    SavedFilter,
)
from config.roles import ROLES

pytestmark = pytest.mark.django_db
LINE = re.compile(r'<a href="([^"]+\?waits=([a-z_]+))"><b>(\d+)</b>')


def today(days=0):
    return timezone.localdate() + timedelta(days=days)


def later(**span):
    return timezone.now() + timedelta(**span)


def numbers(client):
    """Key → (number, address) of every line that the desk shows; of several drawers the first."""
    found = {}
    for address, key, number in LINE.findall(client.get("/admin/").text):
        found.setdefault(key, (int(number), unescape(address)))
    return found


def make_risk(person, *, days_left, by):
    return RiskAssessment.objects.create(
        person=person,
        level="low",
        assessed_by=by,
        assessed_on=today(days_left - 90),
        review_due_on=today(days_left),
    )


def make_consent(person, **fields):
    return ConsentRecord.objects.create(
        **{"person": person, "given_by": "the person", "scope": "name", "given_on": today(-100), **fields}
    )


def make_letter(**fields):
    make_signature(make_campaign())
    letter = Letter.objects.order_by("-pk").first()
    Letter.objects.filter(pk=letter.pk).update(**fields)
    return letter


def calm_person(by, name="Calm Example", **fields):
    """Somebody about whom nothing waits."""
    person = make_person(name, **{"verified_on": today(), "verified_by": by, **fields})
    PublicationBasis.objects.create(person=person, kind="consent")
    make_consent(person)
    make_risk(person, days_left=80, by=by)
    return person


# Each thing that can wait: what makes it wait, and what does not


def with_state(person, state):
    Person.objects.filter(pk=person.pk).update(state=state)
    return person


def someone_paused(by, days):
    person = calm_person(by)
    Pause.objects.create(person=person, asked_by="the family", review_on=today(days))
    return person


def someone_on_consent(by, **consent):
    person = calm_person(by)
    person.consents.all().delete()
    if consent:
        make_consent(person, **consent)
    return person


def someone_assessed(by, days_left):
    person = calm_person(by)
    person.risk_assessments.all().delete()
    make_risk(person, days_left=days_left, by=by)
    return person


def ordered_until(by, days, **report):
    person = make_held_person()
    return make_order(person.detentions.get(), expires_on=today(days).isoformat())


def ordered_again(by):
    order = ordered_until(by, -20)
    make_order(order.detention, kind="extension", ordered_on="2024-02-11", expires_on=today(200).isoformat())
    return order


def sentenced_since(by):
    order = ordered_until(by, -20)
    make_report(order.detention.person, "convicted_imprisoned", "2024-06-01")
    derive_standing(order.detention.person)
    return order


def draft_of(by):
    person = make_person(public=False)
    record_change(person, verb="add", by=by)
    return person


def page_with_row(by, public):
    person = make_person()
    make_charge(person, public=public)
    return person


def page_with_amendment(by, table="person"):
    person = page_with_row(by, True)
    row = person if table == "person" else person.charges.get()
    Amendment.objects.create(table=table, record_id=str(row.pk), label="A", fields={"summary": "New"}, by=by)
    return person


def commented(by, **fields):
    person = make_person()
    ReviewComment.objects.create(person=person, text="Is it so?", by=by, **fields)
    return person


def planned(by, **fields):
    person = make_person(public=False)
    PublicationPlan.objects.create(person=person, publish_at=later(days=3), by=by, **fields)
    return person


def pictured(by, days):
    person = make_person()
    words = {"stem": "abc", "width": 1, "height": 1, "alt": "A", "credit": "B", "licence": "C"}
    now = timezone.now()
    Picture.objects.create(person=person, licence_expires_on=today(days), state="published", published_at=now, **words)
    return person


def ended_by_itself(by, *, at=None):
    """A page that the system took back at the moment `at`: the consent to the name had ended."""
    person = someone_on_consent(by, withdrawn_on=today(-20))
    with time_machine.travel(at or timezone.now()):
        assert expire_person(person, at=timezone.now()) == [person]
    return person


def taken_back_by_hand(by):
    return retract(calm_person(by), by=by, because="The family asked for it.")


def near_its_goal(total):
    campaign = make_campaign(goal=100)
    Tally.objects.update_or_create(
        campaign=campaign, defaults={"total": total, "confirmed": total, "updated_at": timezone.now()}
    )
    return campaign


CASES = [
    ("in_review", lambda by: with_state(make_person(public=False), "in_review"), True),
    ("in_review", lambda by: make_person(public=False), False),
    ("my_drafts", draft_of, True),
    ("my_drafts", lambda by: draft_of(make_staff("another")), False),
    ("comments", commented, True),
    ("comments", lambda by: commented(by, resolved_at=timezone.now(), resolved_by=by), False),
    ("waiting_rows", lambda by: page_with_row(by, False), True),
    ("waiting_rows", lambda by: page_with_row(by, True), False),
    ("waiting_rows", page_with_amendment, True),
    ("waiting_rows", lambda by: page_with_amendment(by, "charge"), True),
    ("planned", planned, True),
    ("planned", lambda by: planned(by, done_at=timezone.now()), False),
    ("plan_refused", lambda by: planned(by, refused="There is no basis."), True),
    ("plan_refused", planned, False),
    ("no_basis", lambda by: make_person(), True),
    ("no_basis", calm_person, False),
    ("no_consent", someone_on_consent, True),
    ("no_consent", lambda by: someone_on_consent(by, withdrawn_on=today(-1)), True),
    ("no_consent", lambda by: someone_on_consent(by, expires_on=today(-1)), True),
    ("no_consent", calm_person, False),
    ("consent_ends", lambda by: someone_on_consent(by, expires_on=today(14)), True),
    ("consent_ends", lambda by: someone_on_consent(by, expires_on=today(15)), False),
    ("risk_overdue", lambda by: someone_assessed(by, -1), True),
    ("risk_overdue", lambda by: someone_assessed(by, 0), False),
    ("risk_due", lambda by: someone_assessed(by, 14), True),
    ("risk_due", lambda by: someone_assessed(by, 15), False),
    ("pause_due", lambda by: someone_paused(by, 0), True),
    ("pause_due", lambda by: someone_paused(by, 1), False),
    ("ended", ended_by_itself, True),
    ("ended", lambda by: ended_by_itself(by, at=later(days=-15)), False),
    ("ended", taken_back_by_hand, False),
    ("licence_ends", lambda by: pictured(by, 14), True),
    ("licence_ends", lambda by: pictured(by, 15), False),
    ("hearing_soon", lambda by: make_hearing(make_person(), on=today(14).isoformat()), True),
    ("hearing_soon", lambda by: make_hearing(make_person(), on=today(15).isoformat()), False),
    ("hearing_soon", lambda by: make_hearing(make_person(), on=today(3).isoformat(), status="cancelled"), False),
    ("no_outcome", lambda by: make_hearing(make_person(), on=today(-1).isoformat(), status="scheduled"), True),
    ("no_outcome", lambda by: make_hearing(make_person(), on=today().isoformat(), status="scheduled"), False),
    ("order_ends", lambda by: ordered_until(by, 14), True),
    ("order_ends", lambda by: ordered_until(by, 15), False),
    ("order_ended", lambda by: ordered_until(by, -1), True),
    ("order_ended", ordered_again, False),
    ("order_ended", sentenced_since, False),
    ("custody_stale", lambda by: make_held_person(confirmed="2024-03-01"), True),
    ("custody_stale", lambda by: make_held_person(confirmed=today(-5).isoformat()), False),
    ("unverified", lambda by: make_person(), True),
    ("unverified", calm_person, False),
    ("verified_long_ago", lambda by: calm_person(by, verified_on=today(-91)), True),
    ("verified_long_ago", lambda by: calm_person(by, verified_on=today(-90)), False),
    ("near_goal", lambda by: near_its_goal(80), True),
    ("near_goal", lambda by: near_its_goal(79), False),
    ("ends_soon", lambda by: make_campaign(closes_at=later(days=13)), True),
    ("ends_soon", lambda by: make_campaign(closes_at=later(days=15)), False),
    ("late", lambda by: make_letter(due_at=later(minutes=-16)), True),
    ("late", lambda by: make_letter(due_at=later(minutes=-14)), False),
    ("held", lambda by: make_letter(state="held"), True),
    ("failed", lambda by: make_letter(state="failed"), True),
    ("failed", lambda by: make_letter(), False),
]


@pytest.mark.parametrize(
    ("key", "make", "waits"), CASES, ids=[f"{n} {key} {waits}" for n, (key, _m, waits) in enumerate(CASES)]
)
def test_the_desk_counts_what_waits_and_leads_to_it(key, make, waits):
    editor = make_staff()
    client = client_of(editor)
    record = make(editor)
    found = numbers(client)
    assert (key in found) == waits
    if waits:
        number, address = found[key]
        assert (number, [row.pk for row in rows_behind(client, address)]) == (1, [record.pk])


def test_every_kind_of_waiting_is_tried_here():
    from campaigns.admin.figures import WAITINGS as OF_CAMPAIGNS
    from cases.admin.waiting import WAITINGS

    untried = {waiting.key for waiting in (*WAITINGS, *OF_CAMPAIGNS)} - {key for key, _make, yes in CASES if yes}
    assert untried == {"term_over", "unproved"}  # Each below, or in test_desk_proofs.py


def test_a_term_that_is_over_without_news_waits():
    from makers import make_sentence

    person = make_held_person(since="2022-01-10", confirmed="2022-03-01")
    make_report(person, "convicted_imprisoned", "2022-04-01")
    make_sentence(person, 12, "2022-04-01")
    derive_standing(person)
    client = client_of(make_staff())
    number, address = numbers(client)["term_over"]
    assert (number, list(rows_behind(client, address))) == (1, [person])
    assert "custody_stale" not in numbers(client)


# Who reads what


def furnish_the_desk(by):
    someone_on_consent(by)
    someone_assessed(by, -1)
    someone_paused(by, 0)
    draft_of(by)
    make_hearing(make_person(), on=today(3).isoformat())
    make_letter(state="held")
    near_its_goal(99)


PROTECTION = {"no_basis", "no_consent", "risk_overdue", "pause_due"}


@pytest.mark.parametrize(
    ("role", "reads"),
    [
        ("researcher", {"my_drafts", "hearing_soon"}),
        (
            "editor",
            {
                "my_drafts",
                "no_basis",
                "no_consent",
                "risk_overdue",
                "pause_due",
                "hearing_soon",
                "unverified",
                "near_goal",
            },
        ),
        ("campaigner", {"near_goal"}),
        ("translator", {"near_goal"}),
        ("data protection", {"pause_due", "held", "near_goal"}),
        ("administrator", {"held"}),
    ],
)
def test_each_role_reads_only_what_is_its_own(role, reads):
    member = make_member(role)
    furnish_the_desk(make_staff())
    draft_of(member)
    assert set(numbers(client_of(member))) == reads


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_list_cannot_be_asked_for_what_its_reader_may_not_know(role):
    member = make_member(role)
    someone_assessed(make_staff(), -1)
    answer = client_of(member).get("/admin/cases/person/?waits=risk_overdue")
    if member.has_perm("cases.view_riskassessment"):
        assert len(answer.context["cl"].result_list) == 1
    else:
        assert answer.status_code == 403 or answer.headers["Location"].endswith("?e=1")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_number_of_the_desk_opens(role):
    member = make_member(role)
    furnish_the_desk(make_staff())
    client = client_of(member)
    page = client.get("/admin/").text
    links = {unescape(link) for link in re.findall(r'href="(/admin/[^"#]*)"', page)}
    assert links
    assert [link for link in sorted(links) if client.get(link).status_code not in (200, 302)] == []


def test_the_desk_costs_the_same_however_much_waits():
    editor = make_staff()
    client = client_of(editor)
    furnish_the_desk(editor)
    client.get("/admin/")
    with CaptureQueriesContext(connection) as few:
        client.get("/admin/")
    for number in range(3):
        make_held_person(f"Held {number}")
        draft_of(editor)
        make_letter(state="failed")
        SavedFilter.objects.create(user=editor, name=f"List {number}", path="cases/person/")
    with CaptureQueriesContext(connection) as many:
        client.get("/admin/")
    assert len(many) == len(few) <= 25


# Charts


def test_the_charts_count_what_was_confirmed_and_lead_to_the_rows():
    campaign = make_campaign()
    for _n in range(3):
        make_signature(campaign, confirmed=True)
    make_signature(campaign, confirmed=True, at=later(days=-2))
    make_signature(campaign)
    tally_up(at=timezone.now())
    client = client_of(make_staff())
    signatures, share = client.get("/admin/").context["charts"]
    assert signatures.told == "4 signatures confirmed in the last 30 days"
    assert [bar.said for bar in signatures.bars[-3:]] == ["1 confirmed", "0 confirmed", "3 confirmed"]
    assert share.told == "80 % of the signatures of the last 14 days are confirmed"
    assert share.bars[-1].said == "3 confirmed, 1 not yet"
    assert len(rows_behind(client, signatures.url)) == 4
    assert len(rows_behind(client, signatures.bars[-1].url)) == 3
    assert len(rows_behind(client, share.bars[-1].url)) == 4


def test_those_who_have_not_confirmed_are_counted_once_a_minute():
    """There is no sum of them: whoever opens the desk in a rush would count tens of thousands."""

    def not_yet():
        return client.get("/admin/").context["charts"][1].bars[-1].said

    with time_machine.travel(datetime(2026, 3, 10, 12, tzinfo=UTC), tick=False) as clock:
        campaign, client = make_campaign(), client_of(make_staff())
        make_signature(campaign)
        with CaptureQueriesContext(connection) as first:
            assert not_yet() == "0 confirmed, 1 not yet"
        make_signature(campaign)
        with CaptureQueriesContext(connection) as second:
            assert not_yet() == "0 confirmed, 1 not yet"
        assert len([each for each in second if "confirmed_at" in each["sql"]]) == 0
        assert len([each for each in first if "confirmed_at" in each["sql"]]) > 0
        clock.shift(61)
        assert not_yet() == "0 confirmed, 2 not yet"


def test_a_quiet_fortnight_is_said_and_not_counted_as_nought():
    client = client_of(make_staff())
    page = client.get("/admin/")
    assert [chart.told for chart in page.context["charts"]] == [
        "0 signatures confirmed in the last 30 days",
        "Nobody has signed in the last 14 days",
    ]
    assert "Nothing waits for you." in page.text


@pytest.mark.parametrize("role", ["researcher", "editor", "campaigner", "translator", "administrator"])
def test_no_chart_for_whoever_may_not_look_at_signatures(role):
    make_signature(make_campaign())
    assert "<svg viewBox=" not in client_of(make_member(role)).get("/admin/").text


def test_the_desk_has_no_style_and_no_script_of_its_own():
    furnish_the_desk(make_staff())
    page = client_of(make_staff("second")).get("/admin/").text
    assert " style=" not in page
    assert re.search(r"<script(?![^>]* src=)", page) is None
    assert " onclick=" not in page
