"""Settings of the company."""

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
        ("core", "0010_changes_by_kind_of_record"),
        ("people", "0001_first"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Setting",
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
                ("name", models.CharField(max_length=80, verbose_name="setting")),
                ("value", models.JSONField(blank=True, null=True, verbose_name="value")),
                ("subject_entity", models.CharField(blank=True, default="", editable=False, max_length=60)),
                ("subject_id", models.UUIDField(blank=True, editable=False, null=True)),
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
                "verbose_name": "setting",
                "verbose_name_plural": "settings",
                "ordering": ["name", "pk"],
                "abstract": False,
                "indexes": [
                    models.Index(fields=["-updated_at", "-id"], name="setting_recent"),
                    models.Index(fields=["owner", "-updated_at", "-id"], name="setting_owner"),
                    models.Index(fields=["sort_key", "id"], name="setting_sort"),
                    django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="setting_search"),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"), name="setting_trgm"
                    ),
                    django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="setting_extid"),
                    django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="setting_tags"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)),
                        fields=("name", "subject_entity", "subject_id"),
                        name="setting_once",
                        nulls_distinct=False,
                        violation_error_message="This setting has a value there already; change that one.",
                    )
                ],
            },
        ),
    ]
