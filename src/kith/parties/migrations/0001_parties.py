"""People and companies in one table, with all that belongs to them."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import kith.core.fields
import kith.core.ids
from kith.core.migrating import AtOnce


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("parties", "0001_first"),
        ("parties", "0002_match_keys_by_party"),
        ("parties", "0003_links_of_parties_indexed_once"),
        ("parties", "0004_parties_by_column_of_their_board"),
    ]
    dependencies = [
        ("core", "0002_framework"),
        ("people", "0001_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        AtOnce(
            [
                migrations.CreateModel(
                    name="Industry",
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
                        "verbose_name": "industry",
                        "verbose_name_plural": "industries",
                        "ordering": ["position", "name", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="industry_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="industry_owner"),
                            models.Index(fields=["sort_key", "id"], name="industry_sort"),
                            django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="industry_search"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="industry_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="industry_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="industry_tags"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Upper("name"),
                                condition=models.Q(("deleted_at", None)),
                                name="industry_name",
                                violation_error_message="This name is already there; choose another one.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PartyGroup",
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
                        ("name", models.CharField(max_length=150, verbose_name="name")),
                        ("kind", kith.core.fields.ChoiceField(default="manual", max_length=30, verbose_name="kind")),
                        (
                            "parent",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="children",
                                to="parties.partygroup",
                                verbose_name="part of",
                            ),
                        ),
                        (
                            "view",
                            kith.core.fields.Link(
                                blank=True,
                                help_text="The members of a dynamic group are the rows of this view.",
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="core.view",
                                verbose_name="view",
                            ),
                        ),
                        ("description", models.TextField(blank=True, verbose_name="description")),
                    ],
                    options={
                        "verbose_name": "customer group",
                        "verbose_name_plural": "customer groups",
                        "ordering": ["name", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="partygroup_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="partygroup_owner"),
                            models.Index(fields=["sort_key", "id"], name="partygroup_sort"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["search_vector"], name="partygroup_search"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="partygroup_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="partygroup_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="partygroup_tags"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RelationshipType",
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
                        (
                            "inverse",
                            models.CharField(blank=True, max_length=120, verbose_name="seen from the other side"),
                        ),
                        ("is_family", models.BooleanField(default=False, verbose_name="family")),
                    ],
                    options={
                        "verbose_name": "kind of relationship",
                        "verbose_name_plural": "kinds of relationship",
                        "ordering": ["position", "name", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="relationshiptype_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="relationshiptype_owner"),
                            models.Index(fields=["sort_key", "id"], name="relationshiptype_sort"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["search_vector"], name="relationshiptype_search"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="relationshiptype_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["external_ids"], name="relationshiptype_extid"
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="relationshiptype_tags"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Upper("name"),
                                condition=models.Q(("deleted_at", None)),
                                name="relationshiptype_name",
                                violation_error_message="This name is already there; choose another one.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Source",
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
                        "verbose_name": "source",
                        "verbose_name_plural": "sources",
                        "ordering": ["position", "name", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="source_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="source_owner"),
                            models.Index(fields=["sort_key", "id"], name="source_sort"),
                            django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="source_search"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="source_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="source_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="source_tags"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Upper("name"),
                                condition=models.Q(("deleted_at", None)),
                                name="source_name",
                                violation_error_message="This name is already there; choose another one.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Territory",
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
                        ("name", models.CharField(max_length=150, verbose_name="name")),
                        (
                            "parent",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="children",
                                to="parties.territory",
                                verbose_name="part of",
                            ),
                        ),
                        (
                            "manager",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="manager",
                            ),
                        ),
                        (
                            "areas",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200),
                                blank=True,
                                default=list,
                                help_text="Addresses that belong here: US, US/Washington, US/Washington/Seattle or US#98 (postcodes that begin with 98).",
                                verbose_name="areas",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "territory",
                        "verbose_name_plural": "territories",
                        "ordering": ["name", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="territory_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="territory_owner"),
                            models.Index(fields=["sort_key", "id"], name="territory_sort"),
                            django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="territory_search"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="territory_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="territory_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="territory_tags"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Party",
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
                        ("kind", models.CharField(editable=False, max_length=10)),
                        ("name", models.CharField(max_length=300, verbose_name="name")),
                        (
                            "status",
                            kith.core.fields.ChoiceField(default="active", max_length=30, verbose_name="status"),
                        ),
                        (
                            "roles",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=kith.core.fields.ChoiceField(max_length=30, verbose_name="role"),
                                blank=True,
                                default=list,
                                verbose_name="roles",
                            ),
                        ),
                        (
                            "tier",
                            kith.core.fields.ChoiceField(blank=True, default="", max_length=30, verbose_name="tier"),
                        ),
                        (
                            "source",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="parties.source",
                                verbose_name="source",
                            ),
                        ),
                        (
                            "territory",
                            kith.core.fields.Link(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="parties",
                                to="parties.territory",
                                verbose_name="territory",
                            ),
                        ),
                        ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
                        ("time_zone", models.CharField(blank=True, max_length=60, verbose_name="time zone")),
                        ("description", models.TextField(blank=True, verbose_name="description")),
                        ("website", kith.core.fields.WebField(blank=True, max_length=500, verbose_name="website")),
                        ("email", kith.core.fields.MailField(blank=True, max_length=254, verbose_name="e-mail")),
                        ("phone", kith.core.fields.PhoneField(blank=True, max_length=60, verbose_name="phone")),
                        ("country", kith.core.fields.CountryField(blank=True, max_length=2, verbose_name="country")),
                        ("region", models.CharField(blank=True, max_length=120, verbose_name="region")),
                        ("city", models.CharField(blank=True, max_length=120, verbose_name="city")),
                        ("legal_name", models.CharField(blank=True, max_length=300, verbose_name="legal name")),
                        ("legal_form", models.CharField(blank=True, max_length=40, verbose_name="legal form")),
                        ("tax_id", models.CharField(blank=True, max_length=40, verbose_name="tax number")),
                        (
                            "registration_number",
                            models.CharField(blank=True, max_length=40, verbose_name="registration number"),
                        ),
                        (
                            "industry",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="parties.industry",
                                verbose_name="industry",
                            ),
                        ),
                        (
                            "employees_count",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="employees"),
                        ),
                        (
                            "founded_year",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="founded in"),
                        ),
                        (
                            "annual_revenue",
                            kith.core.fields.MoneyField(
                                blank=True, decimal_places=4, max_digits=18, null=True, verbose_name="annual revenue"
                            ),
                        ),
                        (
                            "parent",
                            kith.core.fields.Link(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="subsidiaries",
                                to="parties.company",
                                verbose_name="parent company",
                            ),
                        ),
                        (
                            "credit_limit",
                            kith.core.fields.MoneyField(
                                blank=True, decimal_places=4, max_digits=18, null=True, verbose_name="credit limit"
                            ),
                        ),
                        ("payment_terms", models.CharField(blank=True, max_length=120, verbose_name="payment terms")),
                        ("price_list_name", models.CharField(blank=True, max_length=120, verbose_name="price list")),
                        (
                            "discount",
                            kith.core.fields.PercentField(
                                blank=True, decimal_places=2, max_digits=7, null=True, verbose_name="discount"
                            ),
                        ),
                        ("bank_account", models.CharField(blank=True, max_length=200, verbose_name="bank account")),
                        ("prefix", models.CharField(blank=True, max_length=40, verbose_name="title")),
                        ("given_name", models.CharField(blank=True, max_length=120, verbose_name="given name")),
                        (
                            "middle_name",
                            models.CharField(blank=True, max_length=120, verbose_name="middle name or patronymic"),
                        ),
                        ("family_name", models.CharField(blank=True, max_length=120, verbose_name="family name")),
                        ("suffix", models.CharField(blank=True, max_length=40, verbose_name="suffix")),
                        (
                            "native_name",
                            models.CharField(blank=True, max_length=200, verbose_name="name in own script"),
                        ),
                        (
                            "gender",
                            kith.core.fields.ChoiceField(blank=True, default="", max_length=30, verbose_name="gender"),
                        ),
                        ("birth_date", models.DateField(blank=True, null=True, verbose_name="birth date")),
                        (
                            "preferred_channel",
                            kith.core.fields.ChoiceField(
                                blank=True, default="", max_length=30, verbose_name="preferred channel"
                            ),
                        ),
                        (
                            "decision_style",
                            models.CharField(blank=True, max_length=200, verbose_name="how they decide"),
                        ),
                        ("photo", kith.core.fields.StoredFileField(blank=True, max_length=64, verbose_name="photo")),
                        (
                            "employer",
                            kith.core.fields.Link(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="staff",
                                to="parties.company",
                                verbose_name="company",
                            ),
                        ),
                        ("job_title", models.CharField(blank=True, max_length=150, verbose_name="job title")),
                        (
                            "annual_revenue_currency",
                            models.CharField(blank=True, default="", editable=False, max_length=3),
                        ),
                        (
                            "credit_limit_currency",
                            models.CharField(blank=True, default="", editable=False, max_length=3),
                        ),
                    ],
                    options={
                        "verbose_name": "party",
                        "verbose_name_plural": "parties",
                        "ordering": ["-updated_at", "-pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="party_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="party_owner"),
                            models.Index(fields=["sort_key", "id"], name="party_sort"),
                            django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="party_search"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="party_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="party_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="party_tags"),
                            models.Index(
                                condition=models.Q(("deleted_at", None)),
                                fields=["kind", "-updated_at", "-id"],
                                name="party_kind_recent",
                            ),
                            models.Index(
                                condition=models.Q(("deleted_at", None)),
                                fields=["kind", "sort_key", "id"],
                                name="party_kind_sort",
                            ),
                            # a board shows the first companies of each status and counts them: without an index each column read all parties
                            models.Index(
                                condition=models.Q(("deleted_at", None)),
                                fields=["kind", "status", "sort_key", "id"],
                                name="party_board",
                            ),
                            # the links to parent, employer and territory have no other index: each one costs every import
                            models.Index(
                                condition=models.Q(("parent__isnull", False)), fields=["parent"], name="party_parent"
                            ),
                            models.Index(
                                condition=models.Q(("employer__isnull", False)),
                                fields=["employer"],
                                name="party_employer",
                            ),
                            models.Index(fields=["territory"], name="party_territory"),
                            django.contrib.postgres.indexes.GinIndex(fields=["roles"], name="party_roles"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Address",
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
                            "party",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="addresses",
                                to="parties.party",
                                verbose_name="of",
                            ),
                        ),
                        ("kind", kith.core.fields.ChoiceField(default="main", max_length=30, verbose_name="kind")),
                        ("country", kith.core.fields.CountryField(blank=True, max_length=2, verbose_name="country")),
                        ("region", models.CharField(blank=True, max_length=120, verbose_name="region")),
                        ("city", models.CharField(blank=True, max_length=120, verbose_name="city")),
                        ("street", models.CharField(blank=True, max_length=300, verbose_name="street")),
                        ("street2", models.CharField(blank=True, max_length=300, verbose_name="street, second line")),
                        ("postcode", models.CharField(blank=True, max_length=20, verbose_name="postcode")),
                        ("is_primary", models.BooleanField(default=False, verbose_name="primary")),
                        (
                            "latitude",
                            models.DecimalField(
                                blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="latitude"
                            ),
                        ),
                        (
                            "longitude",
                            models.DecimalField(
                                blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="longitude"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "address",
                        "verbose_name_plural": "addresses",
                        "ordering": ["-is_primary", "created_at", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="address_recent"),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="address_extid"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Company",
                    fields=[],
                    options={
                        "verbose_name": "company",
                        "verbose_name_plural": "companies",
                        "ordering": ["-updated_at", "-pk"],
                        "abstract": False,
                        "proxy": True,
                    },
                    bases=("parties.party",),
                ),
                migrations.CreateModel(
                    name="ContactPoint",
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
                            "party",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contact_points",
                                to="parties.party",
                                verbose_name="of",
                            ),
                        ),
                        ("kind", kith.core.fields.ChoiceField(default="email", max_length=30, verbose_name="kind")),
                        ("value", models.CharField(max_length=500, verbose_name="value")),
                        (
                            "label",
                            models.CharField(
                                blank=True, help_text="work, home, mobile …", max_length=40, verbose_name="label"
                            ),
                        ),
                        (
                            "normalized",
                            models.CharField(
                                blank=True,
                                db_index=True,
                                default="",
                                editable=False,
                                max_length=500,
                                verbose_name="normal form",
                            ),
                        ),
                        ("is_primary", models.BooleanField(default=False, verbose_name="primary")),
                        ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid until")),
                        ("verified_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed")),
                        (
                            "invalid_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="invalid because"),
                        ),
                        ("opted_out", models.BooleanField(default=False, verbose_name="opted out")),
                    ],
                    options={
                        "verbose_name": "contact point",
                        "verbose_name_plural": "contact points",
                        "ordering": ["kind", "-is_primary", "created_at", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="contactpoint_recent"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["external_ids"], name="contactpoint_extid"
                            ),
                        ],
                    },
                ),
                # found by party and by key: two indexes, and no constraint to check for each
                migrations.CreateModel(
                    name="MatchKey",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "party", "kind", "key", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="match_keys",
                                to="parties.party",
                            ),
                        ),
                        ("kind", models.CharField(max_length=20)),
                        ("key", models.CharField(max_length=300)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["key", "kind"], name="matchkey_key")],
                    },
                ),
                migrations.CreateModel(
                    name="Person",
                    fields=[],
                    options={
                        "verbose_name": "person",
                        "verbose_name_plural": "people",
                        "ordering": ["-updated_at", "-pk"],
                        "abstract": False,
                        "proxy": True,
                    },
                    bases=("parties.party",),
                ),
                migrations.CreateModel(
                    name="PersonalFact",
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
                            "person",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="facts",
                                to="parties.person",
                                verbose_name="person",
                            ),
                        ),
                        ("kind", kith.core.fields.ChoiceField(default="interest", max_length=30, verbose_name="kind")),
                        ("text", models.CharField(max_length=1000, verbose_name="text")),
                        ("date", models.DateField(blank=True, null=True, verbose_name="date")),
                        ("recurring", models.BooleanField(default=False, verbose_name="every year")),
                        (
                            "remind_days",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="remind, days before"),
                        ),
                    ],
                    options={
                        "verbose_name": "personal fact",
                        "verbose_name_plural": "personal facts",
                        "ordering": ["kind", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="personalfact_recent"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["external_ids"], name="personalfact_extid"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RelationshipAssessment",
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
                            "party",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="assessments",
                                to="parties.party",
                                verbose_name="customer",
                            ),
                        ),
                        ("assessed_on", models.DateField(verbose_name="date")),
                        (
                            "loyalty",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                null=True,
                                validators=[django.core.validators.MaxValueValidator(10)],
                                verbose_name="loyalty",
                            ),
                        ),
                        (
                            "potential",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                null=True,
                                validators=[django.core.validators.MaxValueValidator(10)],
                                verbose_name="potential",
                            ),
                        ),
                        (
                            "solvency",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                null=True,
                                validators=[django.core.validators.MaxValueValidator(10)],
                                verbose_name="solvency",
                            ),
                        ),
                        (
                            "profitability",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                null=True,
                                validators=[django.core.validators.MaxValueValidator(10)],
                                verbose_name="profitability",
                            ),
                        ),
                        (
                            "safety",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                null=True,
                                validators=[django.core.validators.MaxValueValidator(10)],
                                verbose_name="safety (10 = no risk)",
                            ),
                        ),
                        (
                            "total",
                            models.DecimalField(
                                blank=True,
                                decimal_places=1,
                                editable=False,
                                max_digits=5,
                                null=True,
                                verbose_name="total, of 100",
                            ),
                        ),
                        ("basis", models.TextField(blank=True, verbose_name="basis")),
                    ],
                    options={
                        "verbose_name": "relationship assessment",
                        "verbose_name_plural": "relationship assessments",
                        "ordering": ["-assessed_on", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="relationshipassessment_recent"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["external_ids"], name="relationshipassessment_extid"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Employment",
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
                            "person",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="employments",
                                to="parties.person",
                                verbose_name="person",
                            ),
                        ),
                        (
                            "company",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="employed",
                                to="parties.company",
                                verbose_name="company",
                            ),
                        ),
                        ("title", models.CharField(blank=True, max_length=150, verbose_name="job title")),
                        ("department", models.CharField(blank=True, max_length=150, verbose_name="department")),
                        (
                            "role",
                            kith.core.fields.ChoiceField(
                                blank=True, default="", max_length=30, verbose_name="role in decisions"
                            ),
                        ),
                        (
                            "reports_to",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="reports",
                                to="parties.employment",
                                verbose_name="reports to",
                            ),
                        ),
                        ("is_primary", models.BooleanField(default=False, verbose_name="main job")),
                        ("valid_from", models.DateField(blank=True, null=True, verbose_name="from")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="until")),
                    ],
                    options={
                        "verbose_name": "employment",
                        "verbose_name_plural": "employments",
                        "ordering": ["-is_primary", "-valid_from", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="employment_recent"),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="employment_extid"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PartyGroupMember",
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
                                related_name="members",
                                to="parties.partygroup",
                                verbose_name="group",
                            ),
                        ),
                        (
                            "party",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="groups",
                                to="parties.party",
                                verbose_name="customer",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "group member",
                        "verbose_name_plural": "group members",
                        "ordering": ["-updated_at", "-pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="partygroupmember_recent"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["external_ids"], name="partygroupmember_extid"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("deleted_at", None)),
                                fields=("group", "party"),
                                name="partygroupmember_once",
                                violation_error_message="This customer is in the group already.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Relationship",
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
                            "party",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="relationships",
                                to="parties.party",
                                verbose_name="of",
                            ),
                        ),
                        (
                            "other",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="relationships_back",
                                to="parties.party",
                                verbose_name="with",
                            ),
                        ),
                        (
                            "type",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="parties.relationshiptype",
                                verbose_name="kind",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                        ("valid_from", models.DateField(blank=True, null=True, verbose_name="from")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="until")),
                    ],
                    options={
                        "verbose_name": "relationship",
                        "verbose_name_plural": "relationships",
                        "ordering": ["-updated_at", "-pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="relationship_recent"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["external_ids"], name="relationship_extid"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("party", models.F("other")), _negated=True),
                                name="relationship_two",
                                violation_error_message="A relationship needs two different parties.",
                            )
                        ],
                    },
                ),
            ]
        ),
    ]
