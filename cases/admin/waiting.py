"""What waits in the record: each number of the desk, whom it concerns, and where its rows are."""

from django.utils.translation import gettext_lazy as _

from ..models import CaseEvent, DetentionOrder, Hearing, Organisation, Person, Picture, Proceeding
from .waiting_proofs import unproved
from .waiting_rows import (
    consent_ends,
    custody_stale,
    ended,
    hearing_soon,
    hearing_without_outcome,
    in_review,
    licence_ends,
    never_verified,
    open_comments,
    order_ended,
    order_ends,
    own_drafts,
    pause_due,
    planned,
    refused,
    risk_due,
    risk_overdue,
    term_over,
    verified_long_ago,
    waiting_for_organisation,
    waiting_for_person,
    waiting_for_proceeding,
    without_basis,
    without_consent,
)
from .waits import Waiting, WaitsFilter

PAGES = (Person, Proceeding, Organisation)


def _of_pages(condition):
    return {model: condition(model) for model in PAGES}


REVIEW, PLANS = _("Review"), _("Publication")
PROTECTION, COURTS, VERIFICATION = _("Protection"), _("Courts and custody"), _("Verification")
RESEARCH, EDITING = ("cases.add_person",), ("cases.change_person",)
WAITINGS = (
    Waiting("in_review", REVIEW, _("To review"), dict.fromkeys(PAGES, in_review), RESEARCH),
    Waiting("my_drafts", REVIEW, _("My drafts"), _of_pages(own_drafts), RESEARCH),
    Waiting("comments", REVIEW, _("With comments to settle"), _of_pages(open_comments), RESEARCH),
    Waiting(
        "waiting_rows",
        REVIEW,
        _("Public, with changes that wait"),
        {Person: waiting_for_person, Proceeding: waiting_for_proceeding, Organisation: waiting_for_organisation},
        RESEARCH,
    ),
    Waiting("planned", PLANS, _("Will become public by plan"), _of_pages(planned), EDITING),
    Waiting(
        "plan_refused", PLANS, _("Could not be published as planned"), _of_pages(refused), EDITING, True
    ),
    Waiting(
        "no_basis", PROTECTION, _("Without a publication basis"), {Person: without_basis},
        ("cases.view_publicationbasis",), True,
    ),
    Waiting(
        "no_consent", PROTECTION, _("No consent to publish the name is in force"), {Person: without_consent},
        ("cases.view_publicationbasis", "cases.view_consentrecord"), True,
    ),
    Waiting(
        "consent_ends", PROTECTION, _("A consent ends within 14 days"), {Person: consent_ends},
        ("cases.view_consentrecord",),
    ),
    Waiting(
        "risk_overdue", PROTECTION, _("Risk not assessed, or its review overdue"), {Person: risk_overdue},
        ("cases.view_riskassessment",), True,
    ),
    Waiting(
        "risk_due", PROTECTION, _("Risk to review within 14 days"), {Person: risk_due},
        ("cases.view_riskassessment",),
    ),
    Waiting(
        "ended", PROTECTION, _("Taken back in the last 14 days: a consent or a licence has ended"),
        {model: ended(model) for model in (Person, Picture, CaseEvent)}, EDITING, True,
    ),
    Waiting("pause_due", PROTECTION, _("A pause to review"), {Person: pause_due}, ("cases.view_pause",), True),
    Waiting(
        "licence_ends", PROTECTION, _("A picture's licence ends within 14 days"), {Person: licence_ends},
        ("cases.view_picture",),
    ),
    Waiting("hearing_soon", COURTS, _("Hearings in the next 14 days"), {Hearing: hearing_soon}, RESEARCH),
    Waiting(
        "no_outcome", COURTS, _("Scheduled for a day that has passed, outcome not recorded"),
        {Hearing: hearing_without_outcome}, RESEARCH, True,
    ),
    Waiting("order_ends", COURTS, _("Custody runs out in the next 14 days"), {DetentionOrder: order_ends}, RESEARCH),
    Waiting(
        "order_ended", COURTS, _("Custody has run out and no later order is recorded"), {DetentionOrder: order_ended},
        RESEARCH, True,
    ),
    Waiting("term_over", COURTS, _("Term over, no news since"), {Person: term_over}, RESEARCH, True),
    Waiting(
        "custody_stale", VERIFICATION, _("Held, and not confirmed for too long"), {Person: custody_stale},
        EDITING,
    ),
    Waiting(
        "verified_long_ago", VERIFICATION, _("Verified more than 90 days ago"), {Person: verified_long_ago},
        EDITING,
    ),
    Waiting(
        "unproved", VERIFICATION, _("Public, and a source that proved it was taken back"), {Person: unproved},
        EDITING, True,
    ),
    Waiting("unverified", VERIFICATION, _("Never verified"), {Person: never_verified}, EDITING),
)  # fmt: skip


class RecordWaitsFilter(WaitsFilter):
    waitings = WAITINGS


def waits_filters(model):
    """The filter for the drawer of `model`, if anything of it can wait."""
    return [RecordWaitsFilter] if any(model in waiting.rows for waiting in WAITINGS) else []
