from django.db import migrations, models
from django.db.models import Q

from cases.log_sealing import seal_of


def note_the_end(apps, schema_editor):
    """A log that was begun before ends at its newest act."""
    using = schema_editor.connection.alias
    changes = apps.get_model("cases", "Change").objects.using(using)
    newest, number = changes.order_by("-pk").first(), changes.count()
    if newest is not None:
        apps.get_model("cases", "LogEnd").objects.using(using).create(
            pk=1, digest=newest.digest, number=number, seal=seal_of(newest.digest, number)
        )


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_workflow_staff_and_pictures")]

    operations = [
        migrations.CreateModel(
            name="LogEnd",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("number", models.PositiveBigIntegerField()),
                ("seal", models.CharField(blank=True, max_length=64)),
            ],
            options={"constraints": [models.CheckConstraint(condition=Q(pk=1), name="the_log_has_one_end")]},
        ),
        migrations.RunPython(note_the_end, migrations.RunPython.noop),
    ]
