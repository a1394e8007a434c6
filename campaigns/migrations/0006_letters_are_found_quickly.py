from django.db import migrations, models

from cases.indexing import AddIndexMeanwhile


class Migration(migrations.Migration):
    """By message id, for bounces and for links; those that staff decide about, among a million that went well."""

    atomic = False
    dependencies = [("campaigns", "0005_switches")]

    operations = [
        AddIndexMeanwhile(
            model_name="letter", index=models.Index(fields=["message_id"], name="letter_message_id")
        ),
        AddIndexMeanwhile(
            model_name="letter",
            index=models.Index(
                condition=models.Q(("state__in", ["failed", "held"])), fields=["state", "id"], name="letter_stuck"
            ),
        ),
    ]
