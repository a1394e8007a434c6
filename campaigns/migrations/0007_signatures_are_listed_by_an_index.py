import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from cases.indexing import AddIndexMeanwhile, DropIndexOfKey


class Migration(migrations.Migration):
    """For the lists of the staff site and for exports. Keys that nobody looks up lose theirs: each costs every signing."""

    atomic = False
    dependencies = [("campaigns", "0006_letters_are_found_quickly")]

    operations = [
        AddIndexMeanwhile("signature", models.Index(name="signature_of_campaign", fields=["campaign", "id"])),
        AddIndexMeanwhile("signature", models.Index(name="signature_signed", fields=["signed_at", "id"])),
        AddIndexMeanwhile(
            "signature",
            models.Index(
                name="signature_confirmed", fields=["confirmed_at", "id"], condition=Q(confirmed_at__isnull=False)
            ),
        ),
        AddIndexMeanwhile(
            "signature",
            models.Index(
                name="signature_channel", fields=["channel", "id"], condition=Q(channel__in=["paper", "partner"])
            ),
        ),
        AddIndexMeanwhile(
            "letter", models.Index(name="letter_not_sent", fields=["id"], condition=Q(state="not_sent"))
        ),
        AddIndexMeanwhile(
            "letter",
            models.Index(
                name="letter_kind",
                fields=["kind", "id"],
                condition=Q(kind__in=["reminder", "already_confirmed", "withheld"]),
            ),
        ),
        *[
            DropIndexOfKey(
                "signature",
                name,
                models.ForeignKey(
                    to=to,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name=related,
                    verbose_name=said,
                    db_index=False,
                    null=null,
                ),
            )
            for name, to, related, said, null in (
                ("campaign", "campaigns.campaign", "signatures", "campaign", False),
                ("text", "campaigns.campaigntext", "signatures", "text", False),
                ("consent", "campaigns.consentwording", "signatures", "consent wording", False),
                ("news_consent", "campaigns.consentwording", "news_signatures", "news wording", True),
            )
        ],
    ]
