"""Whoever signs in. The link to the department comes with the rights: departments have users, too."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import kith.core.fields
import kith.core.ids


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("access", "0001_first"),
    ]
    dependencies = [("core", "0001_search_and_ledger")]
    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "id",
                    models.UUIDField(default=kith.core.ids.uuid7, editable=False, primary_key=True, serialize=False),
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
                ("created_at", models.DateTimeField(editable=False, verbose_name="created")),
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
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("email", kith.core.fields.MailField(max_length=254, verbose_name="e-mail")),
                ("kind", kith.core.fields.ChoiceField(default="person", max_length=30, verbose_name="kind")),
                ("is_active", models.BooleanField(default=True, verbose_name="may sign in")),
                (
                    "language",
                    kith.core.fields.ChoiceField(default="en", max_length=30, verbose_name="language"),
                ),
                ("time_zone", models.CharField(default="UTC", max_length=60, verbose_name="time zone")),
                ("theme", kith.core.fields.ChoiceField(default="auto", max_length=30, verbose_name="theme")),
                (
                    "density",
                    kith.core.fields.ChoiceField(default="comfortable", max_length=30, verbose_name="density"),
                ),
                ("shortcuts", models.BooleanField(default=True, verbose_name="keyboard shortcuts")),
                ("auth_epoch", models.PositiveIntegerField(default=1, editable=False)),
                ("temporary_until", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "ordering": ["name", "pk"],
                "abstract": False,
                "indexes": [
                    models.Index(fields=["-updated_at", "-id"], name="user_recent"),
                    models.Index(fields=["owner", "-updated_at", "-id"], name="user_owner"),
                    models.Index(fields=["sort_key", "id"], name="user_sort"),
                    django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="user_search"),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                        name="user_trgm",
                    ),
                    django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="user_extid"),
                    django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="user_tags"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"),
                        condition=models.Q(("deleted_at", None)),
                        name="user_email",
                        violation_error_message="Another user already signs in with this e-mail address.",
                    )
                ],
            },
        ),
    ]
