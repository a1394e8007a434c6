import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0003_mail_at_volume")]

    operations = [
        migrations.AddField(
            model_name="tally",
            name="checked_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="compared with the signatures at"),
        ),
        migrations.CreateModel(
            name="TallyCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="corrected at")),
                ("before", models.PositiveIntegerField(verbose_name="signatures before")),
                ("after", models.PositiveIntegerField(verbose_name="signatures after")),
                ("reason", models.TextField(verbose_name="reason")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="corrections",
                        to="campaigns.campaign",
                        verbose_name="campaign",
                    ),
                ),
            ],
            options={
                "verbose_name": "correction of a count",
                "verbose_name_plural": "corrections of counts",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="a_correction_of_a_count_says_why"
                    )
                ],
            },
        ),
    ]
