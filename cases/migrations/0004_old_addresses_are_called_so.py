from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0003_where_the_log_ends'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='slugredirect',
            options={'verbose_name': 'old address', 'verbose_name_plural': 'old addresses'},
        ),
        migrations.AlterField(
            model_name='slugredirect',
            name='kind',
            field=models.CharField(max_length=40, verbose_name='kind of page'),
        ),
        migrations.AlterField(
            model_name='slugredirect',
            name='old_slug',
            field=models.SlugField(max_length=80, verbose_name='old address'),
        ),
        migrations.AlterField(
            model_name='slugredirect',
            name='target',
            field=models.CharField(max_length=64, verbose_name='leads to'),
        ),
    ]
