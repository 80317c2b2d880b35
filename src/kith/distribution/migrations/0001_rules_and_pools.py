"""Who gets what: rules of assignment, pools, and who works on which record."""

import django.contrib.postgres.constraints
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
        ("distribution", "0001_assignment_rules_and_pools"),
        ("distribution", "0002_who_edits_may_assign"),
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
                    name="Assignment",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=kith.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("entity", models.CharField(max_length=60)),
                        ("record_id", models.UUIDField()),
                        ("rule_id", models.UUIDField()),
                        ("member_id", models.UUIDField()),
                        ("user_id", models.UUIDField()),
                        ("explanation", models.JSONField(default=dict)),
                        ("changeset_id", models.UUIDField()),
                    ],
                    options={
                        "ordering": ["at", "pk"],
                        "indexes": [
                            models.Index(fields=["rule_id", "at"], name="assignment_rule"),
                            models.Index(fields=["record_id", "changeset_id"], name="assignment_record"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Pool",
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
                        ("entity", models.CharField(max_length=60, verbose_name="for")),
                        ("is_active", models.BooleanField(default=True, verbose_name="on")),
                        (
                            "scope",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                help_text="Which records may be in it; empty takes all.",
                                verbose_name="scope",
                            ),
                        ),
                        (
                            "collects",
                            models.BooleanField(
                                default=False,
                                help_text="Records of the scope without an owner come in by themselves, once no rule has given them away.",
                                verbose_name="takes in what has no owner",
                            ),
                        ),
                        (
                            "daily_limit",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="most per person and day"),
                        ),
                        (
                            "capacity",
                            models.PositiveIntegerField(
                                blank=True,
                                help_text="Whoever holds as many open records of the scope takes no more.",
                                null=True,
                                verbose_name="most held by one person",
                            ),
                        ),
                        (
                            "ban_days",
                            models.PositiveSmallIntegerField(default=0, verbose_name="previous owner waits, days"),
                        ),
                        (
                            "delay_hours",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="Nobody takes a record sooner after it was made.",
                                verbose_name="new ones wait, hours",
                            ),
                        ),
                        (
                            "lease_minutes",
                            models.PositiveSmallIntegerField(
                                default=30,
                                help_text="So long nobody else takes another record of the same customer.",
                                verbose_name="reserved after taking, minutes",
                            ),
                        ),
                        (
                            "hidden_fields",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60),
                                blank=True,
                                default=list,
                                verbose_name="fields hidden in the pool",
                            ),
                        ),
                        (
                            "idle_days",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="comes back after days without activity"
                            ),
                        ),
                        (
                            "stage_days",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="comes back after days in one stage"
                            ),
                        ),
                        (
                            "recycles",
                            models.JSONField(blank=True, default=dict, verbose_name="only those come back that"),
                        ),
                    ],
                    options={
                        "verbose_name": "pool",
                        "verbose_name_plural": "pools",
                        "ordering": ["name", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="pool_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="pool_owner"),
                            models.Index(fields=["sort_key", "id"], name="pool_sort"),
                            django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="pool_search"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="pool_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="pool_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="pool_tags"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WorkItem",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=kith.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("subject_entity", models.CharField(max_length=60)),
                        ("subject_id", models.UUIDField()),
                        ("party_id", models.UUIDField(null=True)),
                        ("pool_id", models.UUIDField(null=True)),
                        ("state", models.CharField(max_length=10)),
                        ("priority", models.SmallIntegerField(default=0)),
                        ("entered_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("previous_owner_id", models.UUIDField(null=True)),
                        ("reason", models.TextField(default="")),
                        ("lease_owner_id", models.UUIDField(null=True)),
                        ("leased_at", models.DateTimeField(null=True)),
                        ("lease_until", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("changeset_id", models.UUIDField(null=True)),
                    ],
                    options={
                        "ordering": ["-priority", "entered_at", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["pool_id", "-priority", "entered_at", "id"],
                                name="workitem_queue",
                            ),
                            models.Index(
                                condition=models.Q(("state", "leased")), fields=["lease_until"], name="workitem_leases"
                            ),
                            models.Index(fields=["lease_owner_id", "leased_at"], name="workitem_taken"),
                            models.Index(fields=["subject_id", "-entered_at"], name="workitem_subject"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ("waiting", "leased"))),
                                fields=("subject_id",),
                                name="workitem_one_open",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(("party_id__isnull", False), ("state", "leased")),
                                expressions=[("party_id", "="), ("lease_owner_id", "<>")],
                                name="workitem_one_per_party",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "leased"), _negated=True),
                                    models.Q(
                                        ("lease_owner_id__isnull", False),
                                        ("lease_until__isnull", False),
                                        ("leased_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="workitem_leased_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AssignmentRule",
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
                        ("entity", models.CharField(max_length=60, verbose_name="for")),
                        (
                            "position",
                            models.PositiveSmallIntegerField(
                                default=1,
                                help_text="Rules of a lower step are asked first; those of one step share the records by their capacity.",
                                verbose_name="step",
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="on")),
                        (
                            "condition",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                help_text="Which records; empty takes all.",
                                verbose_name="condition",
                            ),
                        ),
                        (
                            "method",
                            kith.core.fields.ChoiceField(default="round_robin", max_length=30, verbose_name="method"),
                        ),
                        (
                            "field",
                            models.CharField(
                                blank=True,
                                help_text="For territory, language, skill and previous owner: the field of the record that decides.",
                                max_length=60,
                                verbose_name="compared field",
                            ),
                        ),
                        (
                            "unit",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="people.orgunit",
                                verbose_name="only for department",
                            ),
                        ),
                        ("on_creation", models.BooleanField(default=True, verbose_name="as soon as a record arrives")),
                        ("hourly", models.BooleanField(default=True, verbose_name="every hour")),
                        (
                            "ignore_load",
                            models.BooleanField(default=False, verbose_name="do not count what was given today"),
                        ),
                        (
                            "fallback",
                            kith.core.fields.ChoiceField(
                                default="wait", max_length=30, verbose_name="if nobody can take it"
                            ),
                        ),
                        (
                            "fallback_pool",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="distribution.pool",
                                verbose_name="pool for the rest",
                            ),
                        ),
                        (
                            "fallback_owner",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="person for the rest",
                            ),
                        ),
                        (
                            "rehearsed_at",
                            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="rehearsed"),
                        ),
                    ],
                    options={
                        "verbose_name": "assignment rule",
                        "verbose_name_plural": "assignment rules",
                        "ordering": ["entity", "position", "name", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="assignmentrule_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="assignmentrule_owner"),
                            models.Index(fields=["sort_key", "id"], name="assignmentrule_sort"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["search_vector"], name="assignmentrule_search"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="assignmentrule_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["external_ids"], name="assignmentrule_extid"
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="assignmentrule_tags"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PoolMember",
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
                            "pool",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="members",
                                to="distribution.pool",
                                verbose_name="pool",
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
                            "manages",
                            models.BooleanField(
                                default=False,
                                help_text="Gives records of the pool to others, and sees their hidden fields.",
                                verbose_name="manages",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "member of a pool",
                        "verbose_name_plural": "members of pools",
                        "ordering": ["created_at", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="poolmember_recent"),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="poolmember_extid"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("group__isnull", False), ("user", None)),
                                    models.Q(("group", None), ("user__isnull", False)),
                                    _connector="OR",
                                ),
                                name="poolmember_one",
                                violation_error_message="Name either a user or a group, not both.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("deleted_at", None)),
                                fields=("pool", "user", "group"),
                                name="poolmember_once",
                                nulls_distinct=False,
                                violation_error_message="This is a member already.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RuleMember",
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
                            "rule",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="members",
                                to="distribution.assignmentrule",
                                verbose_name="rule",
                            ),
                        ),
                        (
                            "user",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="user",
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=1, verbose_name="place in the list")),
                        ("weight", models.PositiveSmallIntegerField(default=1, verbose_name="weight")),
                        (
                            "capacity",
                            models.PositiveIntegerField(
                                blank=True,
                                help_text="A thirtieth of it is the quota of a day; empty sets no limit, except by daily quota.",
                                null=True,
                                verbose_name="capacity per month",
                            ),
                        ),
                        ("condition", models.JSONField(blank=True, default=dict, verbose_name="takes only")),
                        ("preference", models.JSONField(blank=True, default=dict, verbose_name="prefers")),
                        ("is_paused", models.BooleanField(default=False, verbose_name="paused")),
                        (
                            "territories",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(), blank=True, default=list, verbose_name="territories"
                            ),
                        ),
                        (
                            "languages",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=list,
                                verbose_name="languages",
                            ),
                        ),
                        (
                            "skills",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=80),
                                blank=True,
                                default=list,
                                verbose_name="skills",
                            ),
                        ),
                        ("absent_from", models.DateField(blank=True, null=True, verbose_name="absent from")),
                        ("absent_to", models.DateField(blank=True, null=True, verbose_name="absent until")),
                        (
                            "substitute",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="substitute",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "member of a rule",
                        "verbose_name_plural": "members of rules",
                        "ordering": ["position", "created_at", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="rulemember_recent"),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="rulemember_extid"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("deleted_at", None)),
                                fields=("rule", "user"),
                                name="rulemember_once",
                                violation_error_message="This person is a member already.",
                            )
                        ],
                    },
                ),
            ]
        ),
    ]
