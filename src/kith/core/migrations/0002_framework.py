"""Everything of the framework that is no business noun: change-sets, views, tags, jobs, imports, settings."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import kith.core.fields
import kith.core.ids
from kith.core.migrating import AtOnce


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("core", "0002_first"),
        ("core", "0003_idempotency_keys"),
        ("core", "0004_favourites"),
        ("core", "0005_custom_fields_and_imports"),
        ("core", "0006_uploads"),
        ("core", "0008_exchange_rates"),
        ("core", "0009_reports_of_views"),
        ("core", "0011_company_settings"),
        ("core", "0012_names_of_views"),
    ]
    dependencies = [
        ("core", "0001_search_and_ledger"),
        ("people", "0001_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        AtOnce(
            [
                migrations.CreateModel(
                    name="ApiToken",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=kith.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("shown", models.CharField(max_length=12)),
                        ("digest", models.CharField(max_length=64, unique=True)),
                        (
                            "scopes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=120), default=list
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("expires_at", models.DateTimeField(null=True)),
                        ("used_at", models.DateTimeField(null=True)),
                        ("revoked_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="AuditEvent",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("kind", models.CharField(max_length=20)),
                        ("origin", models.CharField(default="system", max_length=10)),
                        ("actor_id", models.UUIDField(null=True)),
                        ("actor_name", models.CharField(default="", max_length=200)),
                        ("token_id", models.UUIDField(null=True)),
                        ("ip", models.CharField(default="", max_length=45)),
                        ("agent", models.CharField(default="", max_length=300)),
                        ("entity", models.CharField(default="", max_length=60)),
                        ("record_id", models.UUIDField(null=True)),
                        ("title", models.TextField(default="")),
                        ("count", models.IntegerField(default=1)),
                        ("changeset_id", models.UUIDField(null=True)),
                        ("request_id", models.CharField(default="", max_length=64)),
                        ("detail", models.JSONField(default=dict)),
                    ],
                    options={
                        "db_table": "core_auditevent",
                        "ordering": ["-at", "-id"],
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="Change",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                        ("changeset_id", models.UUIDField()),
                        ("entity", models.CharField(max_length=60)),
                        ("record_id", models.UUIDField()),
                        ("op", models.CharField(max_length=10)),
                        ("title", models.TextField(default="")),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("before", models.JSONField(default=dict)),
                        ("after", models.JSONField(default=dict)),
                        ("source", models.JSONField(default=dict)),
                    ],
                    options={
                        "db_table": "core_change",
                        "ordering": ["-at", "-id"],
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="ChangeSet",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=kith.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("kind", models.CharField(default="edit", max_length=20)),
                        ("origin", models.CharField(default="system", max_length=10)),
                        ("reason", models.TextField(blank=True, default="")),
                        ("actor_id", models.UUIDField(null=True)),
                        ("actor_name", models.CharField(default="", max_length=200)),
                        ("token_id", models.UUIDField(null=True)),
                        ("request_id", models.CharField(default="", max_length=64)),
                        ("entity", models.CharField(default="", max_length=60)),
                        ("records", models.PositiveIntegerField(default=0)),
                        ("confirmed", models.JSONField(default=list)),
                        ("undo_of", models.UUIDField(null=True)),
                        ("undone_by", models.UUIDField(null=True)),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "indexes": [
                            models.Index(fields=["-at", "-id"], name="changeset_recent"),
                            models.Index(fields=["actor_id", "-at"], name="changeset_actor"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ColumnMemory",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("entity", models.CharField(max_length=60)),
                        ("signature", models.CharField(max_length=64)),
                        ("actor_id", models.UUIDField(null=True)),
                        ("mapping", models.JSONField(default=dict)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("entity", "signature", "actor_id"),
                                name="columnmemory_once",
                                nulls_distinct=False,
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExchangeRate",
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
                            "currency",
                            models.CharField(help_text="ISO code, such as USD.", max_length=3, verbose_name="currency"),
                        ),
                        (
                            "rate",
                            models.DecimalField(
                                decimal_places=8, max_digits=18, verbose_name="worth in the base currency"
                            ),
                        ),
                        ("valid_on", models.DateField(verbose_name="from the day")),
                    ],
                    options={
                        "verbose_name": "exchange rate",
                        "verbose_name_plural": "exchange rates",
                        "ordering": ["currency", "-valid_on", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="exchangerate_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="exchangerate_owner"),
                            models.Index(fields=["sort_key", "id"], name="exchangerate_sort"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["search_vector"], name="exchangerate_search"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="exchangerate_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["external_ids"], name="exchangerate_extid"
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="exchangerate_tags"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("deleted_at", None)),
                                fields=("currency", "valid_on"),
                                name="exchangerate_day",
                                violation_error_message="There is a rate of this day already; change that one.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("rate__gt", 0)),
                                name="exchangerate_positive",
                                violation_error_message="A rate is above zero.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Favourite",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("entity", models.CharField(max_length=60)),
                        ("record_id", models.UUIDField()),
                        ("since", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("user", "record_id"), name="favourite_once")],
                    },
                ),
                migrations.CreateModel(
                    name="FieldDefinition",
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
                        (
                            "kind",
                            kith.core.fields.ChoiceField(default="text", max_length=30, verbose_name="kind of value"),
                        ),
                        (
                            "options",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=120),
                                blank=True,
                                default=list,
                                verbose_name="choices",
                            ),
                        ),
                        ("decimals", models.PositiveSmallIntegerField(default=0, verbose_name="decimal places")),
                        ("help", models.CharField(blank=True, max_length=300, verbose_name="help")),
                        ("position", models.PositiveIntegerField(default=0, verbose_name="position")),
                        ("is_sensitive", models.BooleanField(default=False, verbose_name="sensitive")),
                    ],
                    options={
                        "verbose_name": "custom field",
                        "verbose_name_plural": "custom fields",
                        "ordering": ["entity", "position", "label", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="fielddefinition_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="fielddefinition_owner"),
                            models.Index(fields=["sort_key", "id"], name="fielddefinition_sort"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["search_vector"], name="fielddefinition_search"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="fielddefinition_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["external_ids"], name="fielddefinition_extid"
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="fielddefinition_tags"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("deleted_at", None)),
                                fields=("entity", "name"),
                                name="fielddefinition_name",
                                violation_error_message="This kind of record has a field of that name already; choose another one.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Follow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("entity", models.CharField(max_length=60)),
                        ("record_id", models.UUIDField()),
                        ("since", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["user", "entity"], name="follow_user")],
                        "constraints": [models.UniqueConstraint(fields=("record_id", "user"), name="follow_once")],
                    },
                ),
                migrations.CreateModel(
                    name="IdempotencyKey",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("actor_id", models.UUIDField()),
                        ("key", models.CharField(max_length=255)),
                        ("digest", models.CharField(max_length=64)),
                        ("created_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                        ("status", models.PositiveSmallIntegerField(null=True)),
                        ("content_type", models.CharField(default="", max_length=100)),
                        ("body", models.BinaryField(default=b"")),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("actor_id", "key"), name="idempotency_once")],
                    },
                ),
                migrations.CreateModel(
                    name="JobRun",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=kith.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("name", models.CharField(max_length=120, verbose_name="job")),
                        (
                            "actor",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="asked by",
                            ),
                        ),
                        ("arguments", models.JSONField(default=dict, verbose_name="arguments")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("queued", "waiting"),
                                    ("running", "running"),
                                    ("done", "done"),
                                    ("failed", "failed"),
                                    ("cancelled", "cancelled"),
                                ],
                                default="queued",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("done", models.PositiveBigIntegerField(default=0, verbose_name="done")),
                        ("total", models.PositiveBigIntegerField(null=True, verbose_name="of")),
                        ("message", models.TextField(blank=True, default="", verbose_name="message")),
                        ("result", models.JSONField(null=True, verbose_name="result")),
                        ("attempts", models.PositiveIntegerField(default=0, verbose_name="attempts")),
                        ("cancel_asked", models.BooleanField(default=False, verbose_name="asked to stop")),
                        ("queue_id", models.BigIntegerField(editable=False, null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="asked at")),
                        ("started_at", models.DateTimeField(null=True, verbose_name="started")),
                        ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                    ],
                    options={
                        "verbose_name": "job",
                        "verbose_name_plural": "jobs",
                        "ordering": ("-created_at", "-pk"),
                        "indexes": [
                            models.Index(fields=["state", "-created_at"], name="jobrun_state"),
                            models.Index(fields=["actor", "-created_at"], name="jobrun_actor"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Notification",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=kith.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("kind", models.CharField(max_length=20)),
                        ("by", models.CharField(default="", max_length=200)),
                        ("entity", models.CharField(default="", max_length=60)),
                        ("record_id", models.UUIDField(null=True)),
                        ("title", models.TextField(default="")),
                        ("detail", models.JSONField(default=dict)),
                        ("read_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "indexes": [
                            models.Index(fields=["user", "-at"], name="notification_user"),
                            models.Index(
                                condition=models.Q(("read_at", None)), fields=["user"], name="notification_unread"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OutboxEvent",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=kith.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("name", models.CharField(max_length=100)),
                        ("entity", models.CharField(max_length=60)),
                        ("changeset_id", models.UUIDField()),
                        ("actor_id", models.UUIDField(null=True)),
                        ("record_ids", models.JSONField(default=list)),
                        ("delivered_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["at", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("delivered_at", None)), fields=["at"], name="outbox_waiting"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Setting",
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
                        ("name", models.CharField(max_length=80, verbose_name="setting")),
                        ("value", models.JSONField(blank=True, null=True, verbose_name="value")),
                        ("subject_entity", models.CharField(blank=True, default="", editable=False, max_length=60)),
                        ("subject_id", models.UUIDField(blank=True, editable=False, null=True)),
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
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="setting_trgm",
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
                migrations.CreateModel(
                    name="Tag",
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
                        ("hue", models.CharField(default="grey", max_length=10, verbose_name="colour")),
                        ("position", models.PositiveIntegerField(default=0, verbose_name="position")),
                        ("is_active", models.BooleanField(default=True, verbose_name="offered for choice")),
                        (
                            "translations",
                            kith.core.fields.TranslationsField(blank=True, default=dict, verbose_name="translations"),
                        ),
                    ],
                    options={
                        "verbose_name": "tag",
                        "verbose_name_plural": "tags",
                        "ordering": ["position", "name", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="tag_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="tag_owner"),
                            models.Index(fields=["sort_key", "id"], name="tag_sort"),
                            django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="tag_search"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="tag_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="tag_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="tag_tags"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Upper("name"),
                                condition=models.Q(("deleted_at", None)),
                                name="tag_name",
                                violation_error_message="This name is already there; choose another one.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Upload",
                    fields=[
                        ("key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["at"], name="upload_age")],
                    },
                ),
                migrations.CreateModel(
                    name="View",
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
                        ("entity", models.CharField(max_length=60, verbose_name="kind of record")),
                        ("name", models.CharField(max_length=120, verbose_name="name")),
                        ("icon", models.CharField(blank=True, default="table-2", max_length=40, verbose_name="icon")),
                        ("shape", kith.core.fields.ChoiceField(default="list", max_length=30, verbose_name="shape")),
                        ("filter", models.JSONField(blank=True, default=dict, verbose_name="filter")),
                        (
                            "columns",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=120),
                                blank=True,
                                default=list,
                                verbose_name="columns",
                            ),
                        ),
                        ("widths", models.JSONField(blank=True, default=dict, verbose_name="column widths")),
                        (
                            "sort",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=120),
                                blank=True,
                                default=list,
                                verbose_name="order",
                            ),
                        ),
                        ("group", models.CharField(blank=True, default="", max_length=120, verbose_name="grouped by")),
                        ("report", models.JSONField(blank=True, default=dict, verbose_name="report")),
                        ("is_public", models.BooleanField(default=False, verbose_name="for everybody")),
                        (
                            "shared_with",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(),
                                blank=True,
                                default=list,
                                verbose_name="shared with groups",
                            ),
                        ),
                        ("is_default", models.BooleanField(default=False, verbose_name="opens first")),
                        ("position", models.PositiveIntegerField(default=100, verbose_name="position")),
                        (
                            "translations",
                            kith.core.fields.TranslationsField(blank=True, default=dict, verbose_name="translations"),
                        ),
                    ],
                    options={
                        "verbose_name": "view",
                        "verbose_name_plural": "views",
                        "ordering": ["position", "name", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="view_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="view_owner"),
                            models.Index(fields=["sort_key", "id"], name="view_sort"),
                            django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="view_search"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="view_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="view_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="view_tags"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportRun",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=kith.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("actor_id", models.UUIDField(null=True)),
                        ("entity", models.CharField(max_length=60)),
                        ("file_key", models.CharField(default="", max_length=64)),
                        ("file_name", models.CharField(default="", max_length=300)),
                        (
                            "step",
                            models.CharField(
                                choices=[
                                    ("columns", "Match columns"),
                                    ("duplicates", "Duplicates"),
                                    ("check", "Check"),
                                    ("import", "Import"),
                                    ("done", "Done"),
                                ],
                                default="columns",
                                max_length=12,
                            ),
                        ),
                        (
                            "work",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "nothing"),
                                    ("reading", "reading the file"),
                                    ("checking", "checking"),
                                    ("importing", "importing"),
                                ],
                                default="",
                                max_length=12,
                            ),
                        ),
                        ("layout", models.JSONField(default=dict)),
                        ("signature", models.CharField(default="", max_length=64)),
                        ("mapping", models.JSONField(default=dict)),
                        ("summary", models.JSONField(default=dict)),
                        (
                            "job",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="core.jobrun",
                            ),
                        ),
                        ("message", models.TextField(default="")),
                        ("changeset_id", models.UUIDField(null=True)),
                        (
                            "parent",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="children",
                                to="core.importrun",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "indexes": [models.Index(fields=["actor_id", "entity", "-at"], name="importrun_mine")],
                    },
                ),
                migrations.CreateModel(
                    name="ImportRow",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="core.importrun"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("cells", models.JSONField(default=list)),
                        ("errors", models.JSONField(default=dict)),
                        ("is_corrected", models.BooleanField(default=False)),
                    ],
                    options={
                        "ordering": ["number", "pk"],
                        "constraints": [models.UniqueConstraint(fields=("run", "number"), name="importrow_once")],
                    },
                ),
            ]
        ),
    ]
