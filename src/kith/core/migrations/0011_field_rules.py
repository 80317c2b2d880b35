"""Rules of fields by condition."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kith.core.fields
import kith.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0010_custom_fields_of_every_kind"),
        ("people", "0001_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FieldRule",
            fields=[
                (
                    "id",
                    models.UUIDField(default=kith.core.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(editable=False, verbose_name="created")),
                ("updated_at", models.DateTimeField(editable=False, verbose_name="changed")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="deleted")),
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
                ("field", models.CharField(max_length=60, verbose_name="field")),
                ("effect", kith.core.fields.ChoiceField(default="shown", max_length=30, verbose_name="effect")),
                (
                    "options",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        help_text="Those that are offered while the condition holds, by their names for files and API.",
                        verbose_name="choices",
                    ),
                ),
                ("condition", models.JSONField(blank=True, default=dict, verbose_name="condition")),
                (
                    "message",
                    models.CharField(
                        blank=True,
                        help_text="Told to whoever breaks the rule; without it Kith says it in its own words.",
                        max_length=200,
                        verbose_name="words of the refusal",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in force")),
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
                "verbose_name": "field rule",
                "verbose_name_plural": "field rules",
                "ordering": ["entity", "field", "effect", "pk"],
                "abstract": False,
                "indexes": [
                    models.Index(fields=["-updated_at", "-id"], name="fieldrule_recent"),
                    models.Index(fields=["owner", "-updated_at", "-id"], name="fieldrule_owner"),
                    models.Index(fields=["sort_key", "id"], name="fieldrule_sort"),
                    django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="fieldrule_search"),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                        name="fieldrule_trgm",
                    ),
                    django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="fieldrule_extid"),
                    django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="fieldrule_tags"),
                ],
            },
        ),
    ]
