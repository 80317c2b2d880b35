"""Processes with their stages, the way of records through them, moves that wait for approval."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kith.core.fields
import kith.core.ids
import kith.processes.entities.process
from kith.core.migrating import AtOnce


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("processes", "0001_processes"),
        ("processes", "0002_move_requests"),
        ("processes", "0003_process_for_products"),
    ]
    dependencies = [
        ("access", "0002_rights"),
        ("people", "0001_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        AtOnce(
            [
                migrations.CreateModel(
                    name="Process",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=kith.core.ids.uuid7, editable=False, primary_key=True, serialize=False
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
                        ("name", models.CharField(max_length=120, verbose_name="name")),
                        (
                            "translations",
                            kith.core.fields.TranslationsField(blank=True, default=dict, verbose_name="translations"),
                        ),
                        ("entity", models.CharField(max_length=60, verbose_name="for")),
                        (
                            "series",
                            models.CharField(
                                default=kith.processes.entities.process.new_series,
                                editable=False,
                                max_length=36,
                                verbose_name="series",
                            ),
                        ),
                        ("edition", models.PositiveIntegerField(default=1, editable=False, verbose_name="edition")),
                        (
                            "status",
                            kith.core.fields.ChoiceField(
                                default="draft", editable=False, max_length=30, verbose_name="status"
                            ),
                        ),
                        (
                            "is_default",
                            models.BooleanField(default=False, verbose_name="used where nothing else is said"),
                        ),
                        (
                            "units",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(),
                                blank=True,
                                default=list,
                                verbose_name="only for departments",
                            ),
                        ),
                        (
                            "products",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(),
                                blank=True,
                                default=list,
                                verbose_name="only for products",
                            ),
                        ),
                        (
                            "categories",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(),
                                blank=True,
                                default=list,
                                verbose_name="only for product categories",
                            ),
                        ),
                        (
                            "moves",
                            kith.core.fields.ChoiceField(default="free", max_length=30, verbose_name="allowed moves"),
                        ),
                        (
                            "allow_back",
                            models.BooleanField(default=True, verbose_name="may go back to an earlier stage"),
                        ),
                        ("allow_reopen", models.BooleanField(default=True, verbose_name="may be opened again")),
                        ("forecasts", models.BooleanField(default=True, verbose_name="counts in the forecast")),
                        (
                            "probability_source",
                            kith.core.fields.ChoiceField(default="stage", max_length=30, verbose_name="probability"),
                        ),
                    ],
                    options={
                        "verbose_name": "process",
                        "verbose_name_plural": "processes",
                        "ordering": ["entity", "name", "-edition", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="process_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="process_owner"),
                            models.Index(fields=["sort_key", "id"], name="process_sort"),
                            django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="process_search"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="process_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="process_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="process_tags"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("series", "edition"),
                                name="process_edition",
                                violation_error_message="This edition is there already.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("deleted_at", None), ("status__in", ("draft", "published"))),
                                fields=("series", "status"),
                                name="process_one_published",
                                violation_error_message="There is a draft of this process already; edit that one.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StageStay",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=kith.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("entity", models.CharField(max_length=60)),
                        ("record_id", models.UUIDField()),
                        ("process_id", models.UUIDField()),
                        ("stage_id", models.UUIDField()),
                        ("state", models.CharField(max_length=10)),
                        ("entered_at", models.DateTimeField()),
                        ("left_at", models.DateTimeField(null=True)),
                        ("by_id", models.UUIDField(null=True)),
                        ("changeset_id", models.UUIDField()),
                    ],
                    options={
                        "ordering": ["entered_at", "pk"],
                        "indexes": [
                            models.Index(fields=["record_id", "entered_at"], name="stay_record"),
                            models.Index(fields=["stage_id", "entered_at"], name="stay_stage"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Stage",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=kith.core.ids.uuid7, editable=False, primary_key=True, serialize=False
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
                        (
                            "process",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="stages",
                                to="processes.process",
                                verbose_name="process",
                            ),
                        ),
                        (
                            "key",
                            models.SlugField(
                                help_text="Stays the same in every edition; moves and reports go by it.",
                                max_length=40,
                                verbose_name="key",
                            ),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="name")),
                        (
                            "translations",
                            kith.core.fields.TranslationsField(blank=True, default=dict, verbose_name="translations"),
                        ),
                        ("hue", models.CharField(default="blue", max_length=10, verbose_name="colour")),
                        ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                        ("kind", kith.core.fields.ChoiceField(default="open", max_length=30, verbose_name="kind")),
                        ("is_default", models.BooleanField(default=False, verbose_name="new records begin here")),
                        (
                            "probability",
                            kith.core.fields.PercentField(
                                decimal_places=2, default=0, max_digits=7, verbose_name="probability"
                            ),
                        ),
                        (
                            "max_days",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="at most, days"),
                        ),
                        (
                            "forecast_category",
                            kith.core.fields.ChoiceField(
                                default="pipeline", max_length=30, verbose_name="forecast category"
                            ),
                        ),
                        ("guidance", models.TextField(blank=True, verbose_name="guidance")),
                        (
                            "checklist",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200),
                                blank=True,
                                default=list,
                                verbose_name="checklist",
                            ),
                        ),
                        (
                            "required_fields",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60),
                                blank=True,
                                default=list,
                                verbose_name="fields needed to enter",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "stage",
                        "verbose_name_plural": "stages",
                        "ordering": ["process", "position", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="stage_recent"),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="stage_extid"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("deleted_at", None)),
                                fields=("process", "key"),
                                name="stage_key",
                                violation_error_message="This process has a stage with this key; choose another one.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("probability__gte", 0), ("probability__lte", 100)),
                                name="stage_probability",
                                violation_error_message="Between 0 and 100 %.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MoveRequest",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=kith.core.ids.uuid7, editable=False, primary_key=True, serialize=False
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
                        ("subject_entity", models.CharField(blank=True, default="", editable=False, max_length=60)),
                        ("subject_id", models.UUIDField(blank=True, editable=False, null=True)),
                        (
                            "from_stage",
                            kith.core.fields.Link(
                                editable=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="processes.stage",
                                verbose_name="from",
                            ),
                        ),
                        (
                            "to_stage",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="processes.stage",
                                verbose_name="to",
                            ),
                        ),
                        (
                            "entered",
                            models.JSONField(blank=True, default=dict, editable=False, verbose_name="values entered"),
                        ),
                        ("note", models.TextField(blank=True, verbose_name="why")),
                        (
                            "approver",
                            kith.core.fields.Link(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="approved by",
                            ),
                        ),
                        (
                            "approver_group",
                            kith.core.fields.Link(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="access.group",
                                verbose_name="approved by one of",
                            ),
                        ),
                        (
                            "answer",
                            kith.core.fields.ChoiceField(
                                default="pending", editable=False, max_length=30, verbose_name="answer"
                            ),
                        ),
                        (
                            "decided_by",
                            kith.core.fields.Link(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="answered by",
                            ),
                        ),
                        (
                            "decided_at",
                            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="answered"),
                        ),
                        ("remark", models.TextField(blank=True, editable=False, verbose_name="remark")),
                    ],
                    options={
                        "verbose_name": "request to move",
                        "verbose_name_plural": "requests to move",
                        "ordering": ["-created_at", "-pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="moverequest_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="moverequest_owner"),
                            models.Index(fields=["sort_key", "id"], name="moverequest_sort"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["search_vector"], name="moverequest_search"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="moverequest_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="moverequest_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="moverequest_tags"),
                            models.Index(fields=["subject_id", "-created_at"], name="moverequest_subject"),
                            models.Index(fields=["subject_entity"], name="moverequest_about"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("answer", "pending"), ("deleted_at", None)),
                                fields=("subject_id",),
                                name="moverequest_one_pending",
                                violation_error_message="Somebody has asked for this already; wait for the answer.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Transition",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=kith.core.ids.uuid7, editable=False, primary_key=True, serialize=False
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
                        (
                            "process",
                            kith.core.fields.Link(
                                blank=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="transitions",
                                to="processes.process",
                                verbose_name="process",
                            ),
                        ),
                        (
                            "from_stage",
                            kith.core.fields.Link(
                                blank=True,
                                help_text="Empty: from any stage.",
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="processes.stage",
                                verbose_name="from",
                            ),
                        ),
                        (
                            "to_stage",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="processes.stage",
                                verbose_name="to",
                            ),
                        ),
                        ("allowed", models.BooleanField(default=True, verbose_name="allowed")),
                        (
                            "required_fields",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60),
                                blank=True,
                                default=list,
                                verbose_name="fields needed",
                            ),
                        ),
                        (
                            "needs_checklist",
                            models.BooleanField(default=False, verbose_name="the checklist must be done"),
                        ),
                        ("condition", models.JSONField(blank=True, default=dict, verbose_name="condition")),
                        (
                            "approver",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="approved by",
                            ),
                        ),
                        (
                            "approver_group",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="access.group",
                                verbose_name="approved by one of",
                            ),
                        ),
                        ("guidance", models.TextField(blank=True, verbose_name="guidance")),
                    ],
                    options={
                        "verbose_name": "rule for a move",
                        "verbose_name_plural": "rules for moves",
                        "ordering": ["process", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="transition_recent"),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="transition_extid"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("deleted_at", None)),
                                fields=("process", "from_stage", "to_stage"),
                                name="transition_pair",
                                nulls_distinct=False,
                                violation_error_message="There is a rule for this move already; change that one.",
                            )
                        ],
                    },
                ),
            ]
        ),
    ]
