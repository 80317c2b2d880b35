"""Custom fields of every kind: links, looks of choices, limits, marks, retirement."""

from django.db import migrations, models

import kith.core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0009_due_erasures"),
    ]

    operations = [
        migrations.AddField(
            model_name="fielddefinition",
            name="initial",
            field=models.CharField(
                blank=True,
                help_text="Written as one would type it.",
                max_length=500,
                verbose_name="value of new records",
            ),
        ),
        migrations.AddField(
            model_name="fielddefinition",
            name="is_indexed",
            field=models.BooleanField(
                default=False,
                help_text="Keeps an index, so that filters stay fast among many records.",
                verbose_name="often filtered",
            ),
        ),
        migrations.AddField(
            model_name="fielddefinition",
            name="is_required",
            field=models.BooleanField(default=False, verbose_name="required"),
        ),
        migrations.AddField(
            model_name="fielddefinition",
            name="is_retired",
            field=models.BooleanField(
                default=False, help_text="Hidden everywhere; the records keep their values.", verbose_name="retired"
            ),
        ),
        migrations.AddField(
            model_name="fielddefinition",
            name="is_searched",
            field=models.BooleanField(default=False, verbose_name="found by search"),
        ),
        migrations.AddField(
            model_name="fielddefinition",
            name="is_unique",
            field=models.BooleanField(default=False, verbose_name="unique"),
        ),
        migrations.AddField(
            model_name="fielddefinition",
            name="longest",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="most characters"),
        ),
        migrations.AddField(
            model_name="fielddefinition",
            name="looks",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="By choice: its colour (hue), its label and the label in other languages (ru, zh-hans).",
                verbose_name="looks of the choices",
            ),
        ),
        migrations.AddField(
            model_name="fielddefinition",
            name="maximum",
            field=models.DecimalField(
                blank=True, decimal_places=10, max_digits=30, null=True, verbose_name="greatest value"
            ),
        ),
        migrations.AddField(
            model_name="fielddefinition",
            name="minimum",
            field=models.DecimalField(
                blank=True, decimal_places=10, max_digits=30, null=True, verbose_name="least value"
            ),
        ),
        migrations.AddField(
            model_name="fielddefinition",
            name="pattern",
            field=models.CharField(
                blank=True,
                help_text="A regular expression that the whole text has to fit, such as [A-Z]{2}-[0-9]{4}.",
                max_length=200,
                verbose_name="pattern",
            ),
        ),
        migrations.AddField(
            model_name="fielddefinition",
            name="target",
            field=models.CharField(blank=True, max_length=60, verbose_name="links to"),
        ),
        migrations.AddField(
            model_name="fielddefinition",
            name="translations",
            field=kith.core.fields.TranslationsField(blank=True, default=dict, verbose_name="translations"),
        ),
    ]
