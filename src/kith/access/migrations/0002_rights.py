"""Roles, groups, rules, shares, sessions, and the department of a user."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import kith.core.fields
import kith.core.ids
from kith.core.migrating import AtOnce


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("access", "0002_first"),
        ("access", "0003_sessions_and_throttle"),
        ("access", "0004_one_time_password"),
        ("access", "0005_shares_by_kind_of_record"),
    ]
    dependencies = [("access", "0001_users"), ("people", "0001_people")]
    operations = [
        AtOnce(
            [
                migrations.CreateModel(
                    name="Epoch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("value", models.BigIntegerField(default=1)),
                    ],
                    options={
                        "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="epoch_single")],
                    },
                ),
                migrations.CreateModel(
                    name="Group",
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
                        ("description", models.TextField(blank=True, verbose_name="description")),
                        (
                            "is_team",
                            models.BooleanField(
                                default=True,
                                help_text="Members see each other's records at the level “team”.",
                                verbose_name="team",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "group",
                        "verbose_name_plural": "groups",
                        "ordering": ["name", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="group_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="group_owner"),
                            models.Index(fields=["sort_key", "id"], name="group_sort"),
                            django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="group_search"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="group_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="group_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="group_tags"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Role",
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
                        ("description", models.TextField(blank=True, verbose_name="description")),
                    ],
                    options={
                        "verbose_name": "role",
                        "verbose_name_plural": "roles",
                        "ordering": ["name", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="role_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="role_owner"),
                            models.Index(fields=["sort_key", "id"], name="role_sort"),
                            django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="role_search"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="role_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="role_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="role_tags"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SignIn",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=kith.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("digest", models.CharField(max_length=64, unique=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("ip", models.CharField(default="", max_length=45)),
                        ("agent", models.CharField(default="", max_length=300)),
                    ],
                ),
                migrations.CreateModel(
                    name="Throttle",
                    fields=[
                        ("key", models.CharField(max_length=100, primary_key=True, serialize=False)),
                        ("count", models.PositiveIntegerField(default=0)),
                        ("since", models.DateTimeField(db_index=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="FieldPolicy",
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
                            "role",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="access.role",
                                verbose_name="role",
                            ),
                        ),
                        ("entity", models.CharField(max_length=60, verbose_name="kind of record")),
                        ("field", models.CharField(max_length=60, verbose_name="field")),
                        (
                            "level",
                            models.CharField(
                                choices=[("none", "hidden"), ("read", "read only"), ("edit", "read and write")],
                                default="read",
                                max_length=10,
                                verbose_name="level",
                            ),
                        ),
                        ("deny", models.BooleanField(default=False, verbose_name="for all, whatever other roles say")),
                    ],
                    options={
                        "verbose_name": "field permission",
                        "verbose_name_plural": "field permissions",
                        "ordering": ["-updated_at", "-pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="fieldpolicy_recent"),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="fieldpolicy_extid"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GroupMember",
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
                            "group",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="access.group",
                                verbose_name="group",
                            ),
                        ),
                        (
                            "user",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="user",
                            ),
                        ),
                        (
                            "child",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="access.group",
                                verbose_name="member group",
                            ),
                        ),
                        ("valid_from", models.DateField(blank=True, null=True, verbose_name="from")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="until")),
                    ],
                    options={
                        "verbose_name": "group membership",
                        "verbose_name_plural": "group memberships",
                        "ordering": ["-updated_at", "-pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="groupmember_recent"),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="groupmember_extid"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("child__isnull", False), ("user", None)),
                                    models.Q(("child", None), ("user__isnull", False)),
                                    _connector="OR",
                                ),
                                name="groupmember_one",
                                violation_error_message="Name either a user or a group, not both.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PolicyRule",
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
                            "role",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="access.role",
                                verbose_name="role",
                            ),
                        ),
                        (
                            "entity",
                            models.CharField(
                                help_text="“*” stands for every kind.", max_length=60, verbose_name="kind of record"
                            ),
                        ),
                        (
                            "operation",
                            models.CharField(
                                help_text="“*” stands for every operation.", max_length=60, verbose_name="operation"
                            ),
                        ),
                        (
                            "level",
                            models.CharField(
                                choices=[
                                    ("none", "none"),
                                    ("own", "own"),
                                    ("reports", "own and reports"),
                                    ("team", "team"),
                                    ("unit", "department"),
                                    ("all", "all"),
                                ],
                                default="all",
                                max_length=10,
                                verbose_name="level",
                            ),
                        ),
                        ("deny", models.BooleanField(default=False, verbose_name="denies")),
                        ("condition", models.JSONField(blank=True, null=True, verbose_name="only where")),
                    ],
                    options={
                        "verbose_name": "permission item",
                        "verbose_name_plural": "permission items",
                        "ordering": ["-updated_at", "-pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="policyrule_recent"),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="policyrule_extid"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Share",
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
                            "user",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="user",
                            ),
                        ),
                        (
                            "group",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="access.group",
                                verbose_name="group",
                            ),
                        ),
                        ("level", kith.core.fields.ChoiceField(default="view", max_length=30, verbose_name="level")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="until")),
                    ],
                    options={
                        "verbose_name": "share",
                        "verbose_name_plural": "shares",
                        "ordering": ["-updated_at", "-pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="share_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="share_owner"),
                            models.Index(fields=["sort_key", "id"], name="share_sort"),
                            django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="share_search"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="share_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="share_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="share_tags"),
                            models.Index(fields=["subject_id", "-created_at"], name="share_subject"),
                            # rights ask for shares by the kind of record they open
                            models.Index(fields=["subject_entity"], name="share_about"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RoleGrant",
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
                            "role",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="access.role",
                                verbose_name="role",
                            ),
                        ),
                        (
                            "user",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="user",
                            ),
                        ),
                        (
                            "group",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="access.group",
                                verbose_name="group",
                            ),
                        ),
                        (
                            "org_unit_granted",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="people.orgunit",
                                verbose_name="department",
                            ),
                        ),
                        ("valid_from", models.DateField(blank=True, null=True, verbose_name="from")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="until")),
                    ],
                    options={
                        "verbose_name": "role grant",
                        "verbose_name_plural": "role grants",
                        "ordering": ["-updated_at", "-pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="rolegrant_recent"),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="rolegrant_extid"),
                        ],
                    },
                ),
                migrations.AddField(
                    model_name="User",
                    name="org_unit",
                    field=kith.core.fields.Link(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.orgunit",
                        verbose_name="department",
                    ),
                ),
            ]
        ),
    ]
