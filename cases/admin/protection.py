"""Protection: why a page may be public, what was agreed to, what could happen. Private; on the person's page."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import ConsentRecord, Pause, PublicationBasis, RiskAssessment
from ..models.protection import REVIEWED_WITHIN
from .desk import RecordInline
from .forms import RecordForm


class BasisForm(RecordForm):
    own_names = ("approved_by", "second_person")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "kind" in self.fields and self.instance.kind != PublicationBasis.Kind.DEMONSTRATION:
            self.fields["kind"].choices = [
                (value, label)
                for value, label in self.fields["kind"].choices
                if value != PublicationBasis.Kind.DEMONSTRATION
            ]


class RiskForm(RecordForm):
    own_names = ("assessed_by",)

    def clean(self):
        cleaned = super().clean()
        assessed, due = cleaned.get("assessed_on"), cleaned.get("review_due_on")
        if assessed and due and due > assessed + REVIEWED_WITHIN:
            self.add_error("review_due_on", _("Choose a day within 90 days of the assessment."))
        if cleaned.get("level") and self._lowers(cleaned["level"]):
            self.add_error("level", _("The risk was assessed as higher, and that still counts: an editor lowers it."))
        return cleaned

    def _lowers(self, level):
        """Whether somebody who adds assessments, but does not answer for them, would write off a higher one."""
        if self.user.has_perm("cases.change_riskassessment") or not self.instance.person_id:
            return False
        made = RiskAssessment.objects.filter(person=self.instance.person_id)
        return made.current(timezone.localdate()).above(level).exists()


class PrivateInline(RecordInline):
    """Never public, never exported; the log says that it was changed, not what it says."""

    show_change_link = False
    classes = ["collapse"]


class BasisInline(PrivateInline):
    """Exchanged for another, never deleted: a page is public on some basis."""

    can_delete = False
    model = PublicationBasis
    form = BasisForm
    fields = ["kind", "documentation", "approved_by", "second_person"]
    verbose_name = _("private: publication basis (you can approve in your own name only)")


class ConsentInline(PrivateInline):
    model = ConsentRecord
    fields = ["scope", "given_by", "given_on", "expires_on", "withdrawn_on", "evidence"]
    verbose_name_plural = _("private: consents")


class RiskInline(PrivateInline):
    model = RiskAssessment
    form = RiskForm
    fields = ["level", "reasons", "assessed_on", "assessed_by", "review_due_on"]
    verbose_name_plural = _(
        "private: risk assessments (reviewed within 90 days; a newer one takes the place of the last)"
    )

    def has_change_permission(self, request, obj=None):
        """None is changed: that the risk was high must not be gone with a stroke of whoever publishes."""
        return False


class PauseInline(PrivateInline):
    """To look at: a pause begins and ends by “Pause…”, at the top of the page."""

    model = Pause
    fields = readonly_fields = ["since", "asked_by", "reason", "review_on", "lifted_at"]
    verbose_name_plural = _("private: pauses (begun and lifted by “Pause…”, at the top of the page)")

    def has_add_permission(self, request, obj=None):
        return False

    has_change_permission = has_delete_permission = has_add_permission
