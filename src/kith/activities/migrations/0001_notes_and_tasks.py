"""Notes, tasks and attachments."""

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
    replaces = [
        ("activities", "0001_first"),
        ("activities", "0002_tasks_by_due_date"),
        ("activities", "0003_latest_notes_and_kinds_of_subjects"),
        ("activities", "0004_tasks_by_column_of_their_board"),
    ]
    dependencies = [("people", "0001_people"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        AtOnce(
            [
                migrations.CreateModel(
                    name="Attachment",
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
                        ("name", models.CharField(max_length=255, verbose_name="file name")),
                        ("file", kith.core.fields.StoredFileField(max_length=64, verbose_name="file")),
                        (
                            "content_type",
                            models.CharField(blank=True, editable=False, max_length=100, verbose_name="type"),
                        ),
                        ("size", models.BigIntegerField(default=0, editable=False, verbose_name="size, bytes")),
                    ],
                    options={
                        "verbose_name": "attachment",
                        "verbose_name_plural": "attachments",
                        "ordering": ["-created_at", "-pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="attachment_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="attachment_owner"),
                            models.Index(fields=["sort_key", "id"], name="attachment_sort"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["search_vector"], name="attachment_search"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="attachment_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="attachment_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="attachment_tags"),
                            models.Index(fields=["subject_id", "-created_at"], name="attachment_subject"),
                            # rights ask for attachments by the kind of record they are about
                            models.Index(fields=["subject_entity"], name="attachment_about"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Note",
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
                        ("text", models.TextField(verbose_name="note")),
                        ("pinned", models.BooleanField(default=False, verbose_name="pinned")),
                        (
                            "mentions",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(), blank=True, default=list, verbose_name="mentioned"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "note",
                        "verbose_name_plural": "notes",
                        "ordering": ["-created_at", "-pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="note_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="note_owner"),
                            models.Index(fields=["sort_key", "id"], name="note_sort"),
                            django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="note_search"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="note_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="note_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="note_tags"),
                            models.Index(fields=["subject_id", "-created_at"], name="note_subject"),
                            # rights ask for notes by the kind of record they are about
                            models.Index(fields=["subject_entity"], name="note_about"),
                            # lists begin with the latest
                            models.Index(
                                condition=models.Q(("deleted_at", None)),
                                fields=["-created_at", "-id"],
                                name="note_latest",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Task",
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
                        ("name", models.CharField(max_length=300, verbose_name="what is to be done")),
                        ("kind", kith.core.fields.ChoiceField(default="todo", max_length=30, verbose_name="kind")),
                        (
                            "assignee",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="assigned to",
                            ),
                        ),
                        ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                        ("status", kith.core.fields.ChoiceField(default="todo", max_length=30, verbose_name="status")),
                        (
                            "priority",
                            kith.core.fields.ChoiceField(default="normal", max_length=30, verbose_name="priority"),
                        ),
                        ("description", models.TextField(blank=True, verbose_name="description")),
                        ("checklist", models.JSONField(blank=True, default=list, verbose_name="checklist")),
                        (
                            "parent",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="children",
                                to="activities.task",
                                verbose_name="part of",
                            ),
                        ),
                        ("result", models.TextField(blank=True, verbose_name="result")),
                        ("done_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="done")),
                    ],
                    options={
                        "verbose_name": "task",
                        "verbose_name_plural": "tasks",
                        "ordering": ["due_at", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="task_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="task_owner"),
                            models.Index(fields=["sort_key", "id"], name="task_sort"),
                            django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="task_search"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="task_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="task_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="task_tags"),
                            models.Index(fields=["subject_id", "-created_at"], name="task_subject"),
                            # rights ask for tasks by the kind of record they are about
                            models.Index(fields=["subject_entity"], name="task_about"),
                            # lists are sorted by due date: without an index each page sorted all tasks
                            models.Index(
                                condition=models.Q(("deleted_at", None)), fields=["due_at", "id"], name="task_due"
                            ),
                            # a board shows the first tasks of each status and counts them: without an index each column read all tasks
                            models.Index(
                                condition=models.Q(("deleted_at", None)),
                                fields=["status", "due_at", "id"],
                                name="task_board",
                            ),
                            models.Index(
                                condition=models.Q(("deleted_at", None), ("status__in", ("todo", "doing", "blocked"))),
                                fields=["assignee", "due_at"],
                                name="task_open",
                            ),
                        ],
                    },
                ),
            ]
        ),
    ]
