"""A row of everything that no reader may see, beside what is public of one person and one campaign."""

from datetime import timedelta

from django.utils import timezone
from makers import cite, make_source
from makers_protection import agree, in_days

from campaigns.models import MailStop, Switch
from cases.models import (
    Amendment,
    ConfidentialSource,
    EditLock,
    Pause,
    PublicationBasis,
    PublicationPlan,
    ReviewComment,
    RiskAssessment,
    SavedFilter,
    SecurityEvent,
    StaffScope,
)


def make_private_rows(person, campaign, *, staff, silent, scopes=("name", "photo", "campaign")):
    """`staff` wrote them. `silent`: about whom there is a pause, lifted if that is `person`, who stays public."""
    now, today = timezone.now(), timezone.localdate()
    basis = {"kind": "consent", "documentation": "Documents", "second_person": staff}
    PublicationBasis.objects.update_or_create(person=person, defaults=basis)
    for scope in scopes:
        agree(person, scope, evidence="A letter")
    RiskAssessment.objects.create(
        person=person, level="high", reasons="R", assessed_on=today, assessed_by=staff, review_due_on=in_days(9)
    )
    Pause.objects.create(
        person=silent,
        asked_by="the family",
        reason="R",
        review_on=today,
        lifted_at=now if silent == person else None,
    )
    secret = make_source(is_confidential=True, title="", url="")
    cite(person, secret)
    ConfidentialSource.objects.create(source=secret, identity="Somebody", contact="A number")
    page = {"table": "person", "record_id": str(person.pk), "by": staff}
    Amendment.objects.create(**page, label="Ana", fields={"summary": "Another"})
    EditLock.objects.create(**page, since=now, seen_at=now - timedelta(hours=1))
    ReviewComment.objects.create(person=person, text="A comment", by=staff)
    PublicationPlan.objects.create(
        person=person, publish_at=now + timedelta(days=2), because="R", refused="No basis.", by=staff
    )
    StaffScope.objects.create(user=staff, countries=["AZ"])
    SecurityEvent.objects.create(user=staff, kind="new_device", by=staff, detail="A device")
    SavedFilter.objects.create(user=staff, name="Mine", path="cases/person/", query="q=ana")
    MailStop.objects.create(campaign=campaign, email_key="0" * 64, why="not_me", stopped_at=now)
    Switch.objects.create(name="mail", reason="R", since=now)
