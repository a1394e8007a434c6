import django.db.models.deletion
from django.db import migrations, models

import campaigns.models.stops


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_who_may_publish_and_see")]

    operations = [
        migrations.AlterModelOptions(
            name="letter",
            options={
                "permissions": [("settle_letter", "Can send a stuck letter once more, or give it up")],
                "verbose_name": "letter",
                "verbose_name_plural": "letters",
            },
        ),
        migrations.AddField(
            model_name="letter",
            name="provider",
            field=models.CharField(blank=True, default="", max_length=40, verbose_name="mail provider"),
        ),
        migrations.AddField(
            model_name="signature",
            name="reminded_at",
            field=models.DateTimeField(null=True, verbose_name="reminded at"),
        ),
        migrations.CreateModel(
            name="MailStop",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email_key", models.CharField(max_length=64, verbose_name="keyed hash of the mailbox")),
                (
                    "why",
                    models.CharField(
                        choices=campaigns.models.stops.MailStop.Why.pairs, max_length=12, verbose_name="why"
                    ),
                ),
                ("stopped_at", models.DateTimeField(verbose_name="stopped at")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mail_stops",
                        to="campaigns.campaign",
                        verbose_name="campaign",
                    ),
                ),
            ],
            options={
                "verbose_name": "mailbox without letters",
                "verbose_name_plural": "mailboxes without letters",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "email_key"), name="a_mailbox_says_no_to_a_campaign_once"
                    )
                ],
            },
        ),
    ]
