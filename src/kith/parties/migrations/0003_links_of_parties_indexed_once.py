"""Three links of parties were indexed twice; each index costs every import."""

import django.db.models.deletion
from django.db import migrations

import kith.core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0002_match_keys_by_party"),
    ]

    operations = [
        migrations.AlterField(
            model_name="party",
            name="employer",
            field=kith.core.fields.Link(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="staff",
                to="parties.company",
                verbose_name="company",
            ),
        ),
        migrations.AlterField(
            model_name="party",
            name="parent",
            field=kith.core.fields.Link(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="subsidiaries",
                to="parties.company",
                verbose_name="parent company",
            ),
        ),
        migrations.AlterField(
            model_name="party",
            name="territory",
            field=kith.core.fields.Link(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="parties",
                to="parties.territory",
                verbose_name="territory",
            ),
        ),
    ]
