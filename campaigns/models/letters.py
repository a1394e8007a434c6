"""The outbox: a row for each letter to send. The unfinished row is the queue."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.vocabulary import Vocabulary

from .signatures import Signature


class LetterQuerySet(models.QuerySet):
    def due(self, at):
        """Waiting, and its time has come."""
        return self.filter(state=Letter.State.QUEUED, due_at__lte=at)

    def sent_within(self, span, *, at):
        """In the `span` that ends `at`. What was sent later left before somebody set the clock back."""
        return self.filter(state=Letter.State.SENT, sent_at__gt=at - span, sent_at__lte=at)

    def waiting(self):
        """Not sent yet, due or not, and in nobody's hands."""
        return self.filter(state=Letter.State.QUEUED)

    def stuck(self):
        """No worker tries it any more, and it did not go out for certain: staff decide."""
        return self.filter(state__in=[Letter.State.FAILED, Letter.State.HELD])

    def opening(self):
        """Whose link confirms."""
        return self.filter(kind__in=[Letter.Kind.CONFIRM, Letter.Kind.REMINDER])

    def abandoned(self, at):
        """Leased by a worker whose lease ran out."""
        return self.filter(state=Letter.State.LEASED, leased_until__lt=at)


class Letter(models.Model):
    """One letter to one signer. It holds neither address nor token: both are made anew when it is sent."""

    class Kind(Vocabulary):
        CONFIRM = "confirm", _("asks to confirm")
        REMINDER = "reminder", _("asks once more to confirm")
        ALREADY_CONFIRMED = "already_confirmed", _("says it is confirmed already")
        WITHHELD = "withheld", _("not written: enough were sent")

    class State(Vocabulary):
        QUEUED = "queued", _("waiting")
        LEASED = "leased", _("in a worker's hands")
        SENT = "sent", _("sent")
        FAILED = "failed", _("refused for good")
        HELD = "held", _("waits for staff: nobody knows whether it arrived")
        NOT_SENT = "not_sent", _("not sent, on purpose")

    signature = models.ForeignKey(Signature, models.CASCADE, related_name="letters", verbose_name=_("signature"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.pairs)
    nonce = models.BinaryField(_("nonce"), max_length=16)
    token_hash = models.CharField(_("hash of the token"), max_length=64, null=True)
    expires_at = models.DateTimeField(_("link good until"))
    message_id = models.CharField(_("message id"), max_length=120)
    # One of the known public providers, and nothing for all other domains: a rare one would name its owner.
    provider = models.CharField(_("mail provider"), max_length=40, blank=True, default="")
    state = models.CharField(_("state"), max_length=8, choices=State.pairs, default=State.QUEUED)
    created_at = models.DateTimeField(_("written at"))
    due_at = models.DateTimeField(_("due at"))
    leased_until = models.DateTimeField(_("leased until"), null=True)
    leased_by = models.CharField(_("leased by"), max_length=80, blank=True)
    attempting_at = models.DateTimeField(_("attempt begun at"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    unknown_count = models.PositiveSmallIntegerField(_("attempts with unknown outcome"), default=0)
    last_error = models.CharField(_("last refusal"), max_length=80, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        permissions = [("settle_letter", _("Can send a stuck letter once more, or give it up"))]
        constraints = [
            models.UniqueConstraint(name="a_token_opens_one_letter", fields=["token_hash"]),
            models.CheckConstraint(
                name="a_letter_is_leased_to_somebody_until_a_moment",
                condition=(Q(state="leased", leased_until__isnull=False) & ~Q(leased_by=""))
                | (~Q(state="leased") & Q(leased_until__isnull=True, leased_by="", attempting_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="a_sent_letter_has_a_moment",
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(name="letter_due", fields=["due_at"], condition=Q(state="queued")),
            models.Index(name="letter_sent", fields=["sent_at"], condition=Q(state="sent")),
            models.Index(name="letter_leased", fields=["leased_until"], condition=Q(state="leased")),
            models.Index(name="letter_message_id", fields=["message_id"]),
            models.Index(name="letter_stuck", fields=["state", "id"], condition=Q(state__in=["failed", "held"])),
            models.Index(name="letter_not_sent", fields=["id"], condition=Q(state="not_sent")),
            models.Index(
                name="letter_kind",
                fields=["kind", "id"],
                condition=Q(kind__in=["reminder", "already_confirmed", "withheld"]),
            ),
        ]

    def __str__(self):
        return f"letter {self.pk}"
