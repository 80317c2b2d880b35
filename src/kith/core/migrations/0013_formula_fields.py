"""Formula and roll-up fields."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kith.core.fields
import kith.core.ids
from kith.core.migrating import AtOnce


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0012_formula_functions"),
        ("people", "0001_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce(
            [
                migrations.CreateModel(
                    name="FormulaField",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=kith.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("created_at", models.DateTimeField(editable=False, verbose_name="created")),
                        ("updated_at", models.DateTimeField(editable=False, verbose_name="changed")),
                        ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                        (
                            "deleted_at",
                            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="deleted"),
                        ),
                        (
                            "tags",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(), blank=True, default=list, verbose_name="tags"
                            ),
                        ),
                        (
                            "external_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.TextField(), blank=True, default=list, verbose_name="external ids"
                            ),
                        ),
                        ("custom", models.JSONField(blank=True, default=dict, editable=False)),
                        ("sort_key", models.TextField(default="", editable=False)),
                        ("search_text", models.TextField(default="", editable=False)),
                        ("search_body", models.TextField(default="", editable=False)),
                        (
                            "search_vector",
                            models.GeneratedField(
                                db_persist=True,
                                expression=models.Func(
                                    models.F("search_text"), models.F("search_body"), function="kith_search_vector"
                                ),
                                output_field=django.contrib.postgres.search.SearchVectorField(),
                            ),
                        ),
                        ("entity", models.CharField(max_length=60, verbose_name="kind of record")),
                        (
                            "name",
                            models.CharField(
                                blank=True,
                                help_text="Begins with x_; letters, digits and underscores. Made from the label when left empty.",
                                max_length=60,
                                verbose_name="name for files and API",
                            ),
                        ),
                        ("label", models.CharField(max_length=120, verbose_name="label")),
                        ("label_ru", models.CharField(blank=True, max_length=120, verbose_name="label in Russian")),
                        ("label_zh", models.CharField(blank=True, max_length=120, verbose_name="label in Chinese")),
                        ("help", models.CharField(blank=True, max_length=300, verbose_name="help")),
                        (
                            "decimals",
                            models.PositiveSmallIntegerField(
                                default=2, help_text="Of numbers and percentages.", verbose_name="decimal places"
                            ),
                        ),
                        ("position", models.PositiveIntegerField(default=0, verbose_name="position")),
                        ("formula", kith.core.fields.FormulaField(verbose_name="formula")),
                        (
                            "created_by",
                            kith.core.fields.Link(
                                blank=True,
                                db_index=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "org_unit",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="people.orgunit",
                                verbose_name="department",
                            ),
                        ),
                        (
                            "owner",
                            kith.core.fields.Link(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="owner",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "formula field",
                        "verbose_name_plural": "formula fields",
                        "ordering": ["entity", "position", "label", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="formulafield_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="formulafield_owner"),
                            models.Index(fields=["sort_key", "id"], name="formulafield_sort"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["search_vector"], name="formulafield_search"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="formulafield_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["external_ids"], name="formulafield_extid"
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="formulafield_tags"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("deleted_at", None)),
                                fields=("entity", "name"),
                                name="formulafield_name",
                                violation_error_message="This kind of record has a field of that name already; choose another one.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RollupField",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=kith.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("created_at", models.DateTimeField(editable=False, verbose_name="created")),
                        ("updated_at", models.DateTimeField(editable=False, verbose_name="changed")),
                        ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                        (
                            "deleted_at",
                            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="deleted"),
                        ),
                        (
                            "tags",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(), blank=True, default=list, verbose_name="tags"
                            ),
                        ),
                        (
                            "external_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.TextField(), blank=True, default=list, verbose_name="external ids"
                            ),
                        ),
                        ("custom", models.JSONField(blank=True, default=dict, editable=False)),
                        ("sort_key", models.TextField(default="", editable=False)),
                        ("search_text", models.TextField(default="", editable=False)),
                        ("search_body", models.TextField(default="", editable=False)),
                        (
                            "search_vector",
                            models.GeneratedField(
                                db_persist=True,
                                expression=models.Func(
                                    models.F("search_text"), models.F("search_body"), function="kith_search_vector"
                                ),
                                output_field=django.contrib.postgres.search.SearchVectorField(),
                            ),
                        ),
                        ("entity", models.CharField(max_length=60, verbose_name="kind of record")),
                        (
                            "name",
                            models.CharField(
                                blank=True,
                                help_text="Begins with x_; letters, digits and underscores. Made from the label when left empty.",
                                max_length=60,
                                verbose_name="name for files and API",
                            ),
                        ),
                        ("label", models.CharField(max_length=120, verbose_name="label")),
                        ("label_ru", models.CharField(blank=True, max_length=120, verbose_name="label in Russian")),
                        ("label_zh", models.CharField(blank=True, max_length=120, verbose_name="label in Chinese")),
                        ("help", models.CharField(blank=True, max_length=300, verbose_name="help")),
                        (
                            "decimals",
                            models.PositiveSmallIntegerField(
                                default=2, help_text="Of numbers and percentages.", verbose_name="decimal places"
                            ),
                        ),
                        ("position", models.PositiveIntegerField(default=0, verbose_name="position")),
                        ("source", models.CharField(max_length=60, verbose_name="records that are rolled up")),
                        (
                            "link",
                            models.CharField(
                                blank=True,
                                help_text="May be left empty where there is only one.",
                                max_length=60,
                                verbose_name="their link to this record",
                            ),
                        ),
                        ("how", kith.core.fields.ChoiceField(default="count", max_length=30, verbose_name="how")),
                        (
                            "value",
                            kith.core.fields.FormulaField(
                                blank=True,
                                help_text="What of each record is summed up or compared; a count needs none.",
                                verbose_name="field or formula",
                            ),
                        ),
                        (
                            "condition",
                            models.JSONField(blank=True, default=dict, verbose_name="only records for which"),
                        ),
                        (
                            "in_base",
                            models.BooleanField(
                                default=False,
                                help_text="Otherwise amounts of several currencies give nothing.",
                                verbose_name="amounts in the currency of the company",
                            ),
                        ),
                        (
                            "created_by",
                            kith.core.fields.Link(
                                blank=True,
                                db_index=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "org_unit",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="people.orgunit",
                                verbose_name="department",
                            ),
                        ),
                        (
                            "owner",
                            kith.core.fields.Link(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="owner",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "roll-up field",
                        "verbose_name_plural": "roll-up fields",
                        "ordering": ["entity", "position", "label", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="rollupfield_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="rollupfield_owner"),
                            models.Index(fields=["sort_key", "id"], name="rollupfield_sort"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["search_vector"], name="rollupfield_search"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="rollupfield_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="rollupfield_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="rollupfield_tags"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("deleted_at", None)),
                                fields=("entity", "name"),
                                name="rollupfield_name",
                                violation_error_message="This kind of record has a field of that name already; choose another one.",
                            )
                        ],
                    },
                ),
            ]
        )
    ]
