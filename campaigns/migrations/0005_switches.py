from django.db import migrations, models

import campaigns.models.switches


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_tally_corrections")]

    operations = [
        migrations.CreateModel(
            name="Switch",
            fields=[
                (
                    "name",
                    models.CharField(
                        choices=campaigns.models.switches.Switch.Name.pairs,
                        max_length=12,
                        primary_key=True,
                        serialize=False,
                        verbose_name="switch",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("since", models.DateTimeField(verbose_name="since")),
            ],
            options={
                "verbose_name": "switch",
                "verbose_name_plural": "switches",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name__in", ["signing", "mail", "read-only"])),
                        name="a_switch_is_one_we_know",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="a_thrown_switch_says_why"
                    ),
                ],
            },
        ),
    ]
