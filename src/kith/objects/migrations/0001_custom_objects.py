"""Custom objects: what they are, and the one table of their records."""

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
    initial = True

    dependencies = [
        ("people", "0001_people"),
        ("processes", "0001_stages_and_moves"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce(
            [
                migrations.CreateModel(
                    name="ObjectKind",
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
                        (
                            "key",
                            models.CharField(
                                blank=True,
                                help_text="Small letters, digits and underscores; it never changes. Made from the name when left empty.",
                                max_length=40,
                                verbose_name="name for files and API",
                            ),
                        ),
                        (
                            "name",
                            models.CharField(
                                help_text="As inside a sentence: machine.", max_length=80, verbose_name="name of one"
                            ),
                        ),
                        (
                            "translations",
                            kith.core.fields.TranslationsField(
                                blank=True, default=dict, verbose_name="name of one, translated"
                            ),
                        ),
                        (
                            "plural",
                            models.CharField(
                                help_text="As inside a sentence: machines.", max_length=80, verbose_name="name of many"
                            ),
                        ),
                        (
                            "plural_translations",
                            kith.core.fields.TranslationsField(
                                blank=True, default=dict, verbose_name="name of many, translated"
                            ),
                        ),
                        (
                            "slug",
                            models.CharField(
                                blank=True,
                                help_text="The first word of the address of its pages; made from the name when left empty.",
                                max_length=50,
                                verbose_name="address",
                            ),
                        ),
                        ("icon", models.CharField(default="blocks", max_length=40, verbose_name="icon")),
                        ("hue", models.CharField(default="blue", max_length=10, verbose_name="colour")),
                        (
                            "menu",
                            kith.core.fields.ChoiceField(
                                blank=True, default="customers", max_length=30, verbose_name="group of the menu"
                            ),
                        ),
                        ("menu_order", models.PositiveSmallIntegerField(default=50, verbose_name="place in the group")),
                        ("has_owner", models.BooleanField(default=True, verbose_name="records have an owner")),
                        (
                            "has_timeline",
                            models.BooleanField(
                                default=True, verbose_name="records have a timeline, notes, tasks and files"
                            ),
                        ),
                        (
                            "has_process",
                            models.BooleanField(
                                default=False, verbose_name="records move through the stages of a process, with a board"
                            ),
                        ),
                        (
                            "in_search",
                            models.BooleanField(default=True, verbose_name="found by the search over everything"),
                        ),
                        (
                            "day_name",
                            models.CharField(
                                blank=True,
                                help_text="What the date is called that its records stand in the calendar by, such as: next service. Empty: no calendar.",
                                max_length=80,
                                verbose_name="date of the calendar",
                            ),
                        ),
                        (
                            "day_translations",
                            kith.core.fields.TranslationsField(
                                blank=True, default=dict, verbose_name="date of the calendar, translated"
                            ),
                        ),
                        ("has_subject", models.BooleanField(default=False, verbose_name="may be about any record")),
                        ("links", models.JSONField(blank=True, default=list, verbose_name="links")),
                        (
                            "is_active",
                            models.BooleanField(
                                default=True,
                                help_text="A retired object leaves menu and search; its records stay.",
                                verbose_name="in use",
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
                        "verbose_name": "custom object",
                        "verbose_name_plural": "custom objects",
                        "ordering": ["menu_order", "name", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="objectkind_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="objectkind_owner"),
                            models.Index(fields=["sort_key", "id"], name="objectkind_sort"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["search_vector"], name="objectkind_search"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="objectkind_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="objectkind_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="objectkind_tags"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("deleted_at", None)),
                                fields=("key",),
                                name="objectkind_key",
                                violation_error_message="Another object has this name for files and API; choose another one.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("deleted_at", None)),
                                fields=("slug",),
                                name="objectkind_slug",
                                violation_error_message="Another object has this address; choose another one.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ObjectRecord",
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
                        ("kind", models.CharField(editable=False, max_length=40)),
                        ("name", models.CharField(max_length=200, verbose_name="name")),
                        (
                            "state",
                            models.CharField(blank=True, default="open", editable=False, max_length=30, null=True),
                        ),
                        ("stage_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        (
                            "stage_checks",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200), blank=True, null=True
                            ),
                        ),
                        ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                        ("day", models.DateField(blank=True, null=True, verbose_name="date")),
                        ("subject_entity", models.CharField(blank=True, editable=False, max_length=60, null=True)),
                        ("subject_id", models.UUIDField(blank=True, editable=False, null=True)),
                        ("link_1", models.UUIDField(blank=True, null=True)),
                        ("link_2", models.UUIDField(blank=True, null=True)),
                        ("link_3", models.UUIDField(blank=True, null=True)),
                        ("link_4", models.UUIDField(blank=True, null=True)),
                        ("link_5", models.UUIDField(blank=True, null=True)),
                        ("link_6", models.UUIDField(blank=True, null=True)),
                        ("link_7", models.UUIDField(blank=True, null=True)),
                        ("link_8", models.UUIDField(blank=True, null=True)),
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
                        (
                            "process",
                            kith.core.fields.Link(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="processes.process",
                                verbose_name="process",
                            ),
                        ),
                        (
                            "stage",
                            kith.core.fields.Link(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="processes.stage",
                                verbose_name="stage",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "objects_record",
                        "ordering": ["-updated_at", "-pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["kind", "-updated_at", "-id"], name="objects_recent"),
                            models.Index(fields=["kind", "owner", "-updated_at", "-id"], name="objects_owner"),
                            models.Index(
                                condition=models.Q(("owner", None)),
                                fields=["kind", "created_by", "-updated_at"],
                                name="objects_maker",
                            ),
                            models.Index(fields=["kind", "sort_key", "id"], name="objects_sort"),
                            models.Index(
                                condition=models.Q(("stage", None), _negated=True),
                                fields=["kind", "stage", "-updated_at", "-id"],
                                name="objects_stage",
                            ),
                            models.Index(
                                condition=models.Q(("day", None), _negated=True),
                                fields=["kind", "day", "id"],
                                name="objects_day",
                            ),
                            models.Index(
                                condition=models.Q(("subject_id", None), _negated=True),
                                fields=["subject_id", "-updated_at"],
                                name="objects_subject",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="objects_search"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="objects_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="objects_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="objects_tags"),
                            models.Index(
                                condition=models.Q(("link_1", None), _negated=True),
                                fields=["link_1", "-updated_at"],
                                name="objects_link_1",
                            ),
                            models.Index(
                                condition=models.Q(("link_2", None), _negated=True),
                                fields=["link_2", "-updated_at"],
                                name="objects_link_2",
                            ),
                            models.Index(
                                condition=models.Q(("link_3", None), _negated=True),
                                fields=["link_3", "-updated_at"],
                                name="objects_link_3",
                            ),
                            models.Index(
                                condition=models.Q(("link_4", None), _negated=True),
                                fields=["link_4", "-updated_at"],
                                name="objects_link_4",
                            ),
                            models.Index(
                                condition=models.Q(("link_5", None), _negated=True),
                                fields=["link_5", "-updated_at"],
                                name="objects_link_5",
                            ),
                            models.Index(
                                condition=models.Q(("link_6", None), _negated=True),
                                fields=["link_6", "-updated_at"],
                                name="objects_link_6",
                            ),
                            models.Index(
                                condition=models.Q(("link_7", None), _negated=True),
                                fields=["link_7", "-updated_at"],
                                name="objects_link_7",
                            ),
                            models.Index(
                                condition=models.Q(("link_8", None), _negated=True),
                                fields=["link_8", "-updated_at"],
                                name="objects_link_8",
                            ),
                        ],
                    },
                ),
            ]
        )
    ]
