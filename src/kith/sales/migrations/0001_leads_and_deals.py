"""Leads with their forms, opportunities with their parts, targets and forecasts."""

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
import kith.sales.entities.lead_submission
from kith.core.migrating import AtOnce


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("sales", "0001_sales"),
        ("sales", "0002_scores_and_entered_amount"),
        ("sales", "0003_targets_and_forecasts"),
        ("sales", "0004_web_forms"),
        ("sales", "0005_joined_leads_and_form_owners"),
        ("sales", "0006_confirmed_requests"),
    ]
    dependencies = [
        ("catalogue", "0001_catalogue"),
        ("distribution", "0001_rules_and_pools"),
        ("marketing", "0001_campaigns_and_lists"),
        ("parties", "0001_parties"),
        ("people", "0001_people"),
        ("processes", "0001_stages_and_moves"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        AtOnce(
            [
                migrations.CreateModel(
                    name="Competitor",
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
                        ("name", models.CharField(max_length=200, verbose_name="name")),
                        (
                            "company",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="competing",
                                to="parties.company",
                                verbose_name="company",
                            ),
                        ),
                        ("strengths", models.TextField(blank=True, verbose_name="strengths")),
                        ("weaknesses", models.TextField(blank=True, verbose_name="weaknesses")),
                        ("opportunities", models.TextField(blank=True, verbose_name="opportunities for us")),
                        ("threats", models.TextField(blank=True, verbose_name="threats for us")),
                        ("strategy", models.TextField(blank=True, verbose_name="our strategy")),
                    ],
                    options={
                        "verbose_name": "competitor",
                        "verbose_name_plural": "competitors",
                        "ordering": ["-updated_at", "-pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="competitor_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="competitor_owner"),
                            models.Index(fields=["sort_key", "id"], name="competitor_sort"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["search_vector"], name="competitor_search"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="competitor_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="competitor_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="competitor_tags"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ForecastSubmission",
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
                                blank=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="person",
                            ),
                        ),
                        ("starts_on", models.DateField(verbose_name="from")),
                        ("ends_on", models.DateField(verbose_name="until")),
                        (
                            "status",
                            kith.core.fields.ChoiceField(
                                default="submitted", editable=False, max_length=30, verbose_name="status"
                            ),
                        ),
                        (
                            "expected",
                            models.DecimalField(decimal_places=2, max_digits=20, verbose_name="expected to win"),
                        ),
                        ("note", models.TextField(blank=True, verbose_name="note")),
                        (
                            "closed",
                            models.DecimalField(
                                decimal_places=2, default=0, editable=False, max_digits=20, verbose_name="won by then"
                            ),
                        ),
                        (
                            "commit",
                            models.DecimalField(
                                decimal_places=2, default=0, editable=False, max_digits=20, verbose_name="commit"
                            ),
                        ),
                        (
                            "best",
                            models.DecimalField(
                                decimal_places=2, default=0, editable=False, max_digits=20, verbose_name="best case"
                            ),
                        ),
                        (
                            "pipeline",
                            models.DecimalField(
                                decimal_places=2, default=0, editable=False, max_digits=20, verbose_name="pipeline"
                            ),
                        ),
                        (
                            "submitted_at",
                            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="submitted"),
                        ),
                        (
                            "adjusted",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                editable=False,
                                max_digits=20,
                                null=True,
                                verbose_name="adjusted to",
                            ),
                        ),
                        (
                            "adjusted_by",
                            kith.core.fields.Link(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="adjusted by",
                            ),
                        ),
                        ("adjustment_note", models.TextField(blank=True, editable=False, verbose_name="why adjusted")),
                    ],
                    options={
                        "verbose_name": "forecast",
                        "verbose_name_plural": "forecasts",
                        "ordering": ["-starts_on", "-submitted_at", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="forecastsubmission_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="forecastsubmission_owner"),
                            models.Index(fields=["sort_key", "id"], name="forecastsubmission_sort"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["search_vector"], name="forecastsubmission_search"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="forecastsubmission_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["external_ids"], name="forecastsubmission_extid"
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="forecastsubmission_tags"),
                            models.Index(fields=["person", "starts_on", "-submitted_at"], name="forecast_person"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LeadForm",
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
                            "key",
                            models.SlugField(
                                help_text="The end of the form's address: letters, digits and hyphens.",
                                max_length=40,
                                verbose_name="key",
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="takes requests")),
                        ("title", models.CharField(max_length=200, verbose_name="heading")),
                        ("intro", models.TextField(blank=True, verbose_name="text below the heading")),
                        ("button", models.CharField(blank=True, max_length=60, verbose_name="words on the button")),
                        ("thank_you", models.TextField(blank=True, verbose_name="text after sending")),
                        (
                            "redirect_url",
                            kith.core.fields.WebField(blank=True, max_length=500, verbose_name="page after sending"),
                        ),
                        ("consent_text", models.TextField(blank=True, verbose_name="consent asked for")),
                        (
                            "consent_version",
                            models.CharField(blank=True, max_length=40, verbose_name="version of the consent"),
                        ),
                        ("consent_required", models.BooleanField(default=False, verbose_name="consent is needed")),
                        (
                            "privacy_url",
                            kith.core.fields.WebField(blank=True, max_length=500, verbose_name="page about privacy"),
                        ),
                        (
                            "confirm_hours",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="A link is mailed to whoever sends the form; the lead is made when it is opened. Empty: at once.",
                                null=True,
                                verbose_name="hours to confirm the e-mail",
                            ),
                        ),
                        (
                            "allowed_hosts",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=120),
                                blank=True,
                                default=list,
                                help_text="Host names such as www.example.com; empty: only its own page.",
                                verbose_name="sites that may show it",
                            ),
                        ),
                        (
                            "products",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(),
                                blank=True,
                                default=list,
                                help_text="Shown where the form asks what somebody is interested in.",
                                verbose_name="products to choose from",
                            ),
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
                            "campaign",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="marketing.campaign",
                                verbose_name="campaign",
                            ),
                        ),
                        (
                            "target_list",
                            kith.core.fields.Link(
                                blank=True,
                                help_text="Whoever sends the form is put on this list.",
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="marketing.targetlist",
                                verbose_name="target list",
                            ),
                        ),
                        (
                            "lead_owner",
                            kith.core.fields.Link(
                                blank=True,
                                help_text="Or a rule, or a pool; without any of them the rules for new leads decide.",
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="owner of its leads",
                            ),
                        ),
                        (
                            "assignment_rule",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="distribution.assignmentrule",
                                verbose_name="given by the rule",
                            ),
                        ),
                        (
                            "pool",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="distribution.pool",
                                verbose_name="put into the pool",
                            ),
                        ),
                        (
                            "team",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="people.orgunit",
                                verbose_name="department of its leads",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "web form",
                        "verbose_name_plural": "web forms",
                        "ordering": ["-updated_at", "-pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="leadform_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="leadform_owner"),
                            models.Index(fields=["sort_key", "id"], name="leadform_sort"),
                            django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="leadform_search"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="leadform_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="leadform_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="leadform_tags"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("deleted_at", None)),
                                fields=("key",),
                                name="leadform_key",
                                violation_error_message="A form has this key already; choose another one.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PartnerAgreement",
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
                        ("name", models.CharField(max_length=200, verbose_name="name")),
                        (
                            "partner",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="agreements",
                                to="parties.company",
                                verbose_name="partner",
                            ),
                        ),
                        ("kind", kith.core.fields.ChoiceField(default="referral", max_length=30, verbose_name="kind")),
                        ("status", kith.core.fields.ChoiceField(default="draft", max_length=30, verbose_name="status")),
                        (
                            "reward",
                            kith.core.fields.PercentField(
                                blank=True, decimal_places=2, max_digits=7, null=True, verbose_name="reward"
                            ),
                        ),
                        ("terms", models.TextField(blank=True, verbose_name="terms")),
                        ("valid_from", models.DateField(blank=True, null=True, verbose_name="from")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="until")),
                        ("results", models.TextField(blank=True, verbose_name="results")),
                    ],
                    options={
                        "verbose_name": "partner agreement",
                        "verbose_name_plural": "partner agreements",
                        "ordering": ["-updated_at", "-pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="partneragreement_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="partneragreement_owner"),
                            models.Index(fields=["sort_key", "id"], name="partneragreement_sort"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["search_vector"], name="partneragreement_search"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="partneragreement_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["external_ids"], name="partneragreement_extid"
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="partneragreement_tags"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_from", None),
                                    ("valid_to", None),
                                    ("valid_to__gte", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="partneragreement_days",
                                violation_error_message="It cannot end before it begins.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reward", None),
                                    models.Q(("reward__gte", 0), ("reward__lte", 100)),
                                    _connector="OR",
                                ),
                                name="partneragreement_reward",
                                violation_error_message="Between 0 and 100 %.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Reason",
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
                        ("result", kith.core.fields.ChoiceField(default="lost", max_length=30, verbose_name="for")),
                        (
                            "process",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="processes.process",
                                verbose_name="only for the process",
                            ),
                        ),
                        ("needs_text", models.BooleanField(default=False, verbose_name="asks for a text")),
                    ],
                    options={
                        "verbose_name": "reason",
                        "verbose_name_plural": "reasons",
                        "ordering": ["position", "name", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="reason_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="reason_owner"),
                            models.Index(fields=["sort_key", "id"], name="reason_sort"),
                            django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="reason_search"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="reason_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="reason_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="reason_tags"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Upper("name"),
                                models.F("result"),
                                condition=models.Q(("deleted_at", None)),
                                name="reason_name",
                                violation_error_message="This name is already there; choose another one.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SalesTarget",
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
                            "metric",
                            kith.core.fields.ChoiceField(default="won_amount", max_length=30, verbose_name="figure"),
                        ),
                        ("starts_on", models.DateField(verbose_name="from")),
                        ("ends_on", models.DateField(verbose_name="until")),
                        ("value", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="target")),
                        (
                            "person",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="person",
                            ),
                        ),
                        (
                            "unit",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="targets",
                                to="people.orgunit",
                                verbose_name="department or branch",
                            ),
                        ),
                        (
                            "territory",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="targets",
                                to="parties.territory",
                                verbose_name="territory",
                            ),
                        ),
                        (
                            "product",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="targets",
                                to="catalogue.product",
                                verbose_name="product",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                    ],
                    options={
                        "verbose_name": "target",
                        "verbose_name_plural": "targets",
                        "ordering": ["-starts_on", "metric", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="salestarget_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="salestarget_owner"),
                            models.Index(fields=["sort_key", "id"], name="salestarget_sort"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["search_vector"], name="salestarget_search"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="salestarget_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="salestarget_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="salestarget_tags"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                                name="salestarget_days",
                                violation_error_message="It cannot end before it begins.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("value__gt", 0)),
                                name="salestarget_value",
                                violation_error_message="A target is above zero.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("deleted_at", None)),
                                fields=("metric", "starts_on", "ends_on", "person", "unit", "territory", "product"),
                                name="salestarget_once",
                                nulls_distinct=False,
                                violation_error_message="There is such a target already; change that one.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScoreBasis",
                    fields=[
                        ("entity", models.CharField(max_length=60, primary_key=True, serialize=False)),
                        ("counts", models.JSONField(default=dict)),
                        ("counted_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="CompetitorProduct",
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
                            "competitor",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="products",
                                to="sales.competitor",
                                verbose_name="competitor",
                            ),
                        ),
                        ("name", models.CharField(max_length=200, verbose_name="name")),
                        (
                            "our_product",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="rivals",
                                to="catalogue.product",
                                verbose_name="against our product",
                            ),
                        ),
                        (
                            "price",
                            kith.core.fields.MoneyField(
                                blank=True, decimal_places=4, max_digits=18, null=True, verbose_name="price"
                            ),
                        ),
                        ("pros", models.TextField(blank=True, verbose_name="what speaks for it")),
                        ("cons", models.TextField(blank=True, verbose_name="what speaks against it")),
                        ("answer", models.TextField(blank=True, verbose_name="how we answer")),
                        ("price_currency", models.CharField(blank=True, default="", editable=False, max_length=3)),
                    ],
                    options={
                        "verbose_name": "competing product",
                        "verbose_name_plural": "competing products",
                        "ordering": ["name", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="competitorproduct_recent"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["external_ids"], name="competitorproduct_extid"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LeadFormField",
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
                            "form",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="fields",
                                to="sales.leadform",
                                verbose_name="web form",
                            ),
                        ),
                        ("kind", kith.core.fields.ChoiceField(max_length=30, verbose_name="field")),
                        ("label", models.CharField(blank=True, max_length=120, verbose_name="label")),
                        (
                            "translations",
                            kith.core.fields.TranslationsField(
                                blank=True, default=dict, verbose_name="translations of the label"
                            ),
                        ),
                        ("help", models.CharField(blank=True, max_length=200, verbose_name="help below it")),
                        ("is_required", models.BooleanField(default=False, verbose_name="needed")),
                        ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                    ],
                    options={
                        "verbose_name": "field of a web form",
                        "verbose_name_plural": "fields of web forms",
                        "ordering": ["position", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="leadformfield_recent"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["external_ids"], name="leadformfield_extid"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("deleted_at", None)),
                                fields=("form", "kind"),
                                name="leadformfield_once",
                                violation_error_message="The form has this field already.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Opportunity",
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
                                db_index=False,
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="processes.stage",
                                verbose_name="stage",
                            ),
                        ),
                        (
                            "state",
                            kith.core.fields.ChoiceField(
                                default="open", editable=False, max_length=30, verbose_name="state"
                            ),
                        ),
                        ("stage_at", models.DateTimeField(editable=False, verbose_name="in this stage since")),
                        (
                            "stage_checks",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200),
                                blank=True,
                                default=list,
                                verbose_name="done in this stage",
                            ),
                        ),
                        ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                        ("name", models.CharField(max_length=200, verbose_name="name")),
                        (
                            "company",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="opportunities",
                                to="parties.company",
                                verbose_name="company",
                            ),
                        ),
                        (
                            "person",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="parties.person",
                                verbose_name="contact",
                            ),
                        ),
                        (
                            "amount",
                            kith.core.fields.MoneyField(
                                blank=True, decimal_places=4, max_digits=18, null=True, verbose_name="amount"
                            ),
                        ),
                        (
                            "entered_amount",
                            kith.core.fields.MoneyField(
                                blank=True,
                                decimal_places=4,
                                editable=False,
                                max_digits=18,
                                null=True,
                                verbose_name="amount as entered",
                            ),
                        ),
                        (
                            "amount_base",
                            models.DecimalField(
                                blank=True,
                                decimal_places=4,
                                editable=False,
                                max_digits=20,
                                null=True,
                                verbose_name="amount in base currency",
                            ),
                        ),
                        ("closes_on", models.DateField(blank=True, null=True, verbose_name="expected close")),
                        ("started_on", models.DateField(blank=True, null=True, verbose_name="began")),
                        (
                            "probability",
                            kith.core.fields.PercentField(
                                blank=True, decimal_places=2, max_digits=7, null=True, verbose_name="probability"
                            ),
                        ),
                        (
                            "probability_auto",
                            kith.core.fields.PercentField(
                                blank=True,
                                decimal_places=2,
                                editable=False,
                                max_digits=7,
                                null=True,
                                verbose_name="automatic probability",
                            ),
                        ),
                        (
                            "probability_mode",
                            kith.core.fields.ChoiceField(
                                default="automatic", max_length=30, verbose_name="probability is"
                            ),
                        ),
                        (
                            "score",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="score"
                            ),
                        ),
                        (
                            "score_auto",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                editable=False,
                                max_digits=5,
                                null=True,
                                verbose_name="automatic score",
                            ),
                        ),
                        (
                            "score_mode",
                            kith.core.fields.ChoiceField(default="automatic", max_length=30, verbose_name="score is"),
                        ),
                        (
                            "forecast_category",
                            kith.core.fields.ChoiceField(
                                blank=True, default="", max_length=30, verbose_name="forecast category"
                            ),
                        ),
                        (
                            "priority",
                            kith.core.fields.ChoiceField(default="normal", max_length=30, verbose_name="importance"),
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
                            "campaign",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="opportunities",
                                to="marketing.campaign",
                                verbose_name="campaign",
                            ),
                        ),
                        (
                            "territory",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="parties.territory",
                                verbose_name="territory",
                            ),
                        ),
                        (
                            "partner",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="brought",
                                to="parties.company",
                                verbose_name="brought by partner",
                            ),
                        ),
                        (
                            "team",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(), blank=True, default=list, verbose_name="team"
                            ),
                        ),
                        ("need", models.TextField(blank=True, verbose_name="need")),
                        ("plan", models.TextField(blank=True, verbose_name="plan")),
                        (
                            "budget",
                            kith.core.fields.MoneyField(
                                blank=True,
                                decimal_places=4,
                                max_digits=18,
                                null=True,
                                verbose_name="budget of the customer",
                            ),
                        ),
                        (
                            "timeframe",
                            kith.core.fields.ChoiceField(
                                blank=True, default="", max_length=30, verbose_name="will buy"
                            ),
                        ),
                        ("next_step", models.CharField(blank=True, max_length=300, verbose_name="next step")),
                        ("next_step_on", models.DateField(blank=True, null=True, verbose_name="next step on")),
                        (
                            "interest",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(), blank=True, default=list, verbose_name="interested in"
                            ),
                        ),
                        (
                            "actual_amount",
                            kith.core.fields.MoneyField(
                                blank=True, decimal_places=4, max_digits=18, null=True, verbose_name="actual amount"
                            ),
                        ),
                        (
                            "reasons",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(),
                                blank=True,
                                default=list,
                                verbose_name="won or lost because",
                            ),
                        ),
                        ("reason_text", models.TextField(blank=True, verbose_name="reason in words")),
                        (
                            "competitor",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="decided",
                                to="sales.competitor",
                                verbose_name="lost to / won against",
                            ),
                        ),
                        ("lesson", models.TextField(blank=True, verbose_name="lesson")),
                        ("amount_currency", models.CharField(blank=True, default="", editable=False, max_length=3)),
                        (
                            "entered_amount_currency",
                            models.CharField(blank=True, default="", editable=False, max_length=3),
                        ),
                        ("budget_currency", models.CharField(blank=True, default="", editable=False, max_length=3)),
                        (
                            "actual_amount_currency",
                            models.CharField(blank=True, default="", editable=False, max_length=3),
                        ),
                    ],
                    options={
                        "verbose_name": "opportunity",
                        "verbose_name_plural": "opportunities",
                        "ordering": ["-updated_at", "-pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="opportunity_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="opportunity_owner"),
                            models.Index(fields=["sort_key", "id"], name="opportunity_sort"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["search_vector"], name="opportunity_search"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="opportunity_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="opportunity_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="opportunity_tags"),
                            models.Index(fields=["stage", "-updated_at", "-id"], name="opportunity_stage"),
                            models.Index(fields=["process", "state"], name="opportunity_process"),
                            models.Index(
                                condition=models.Q(("deleted_at", None)),
                                fields=["closes_on", "id"],
                                name="opportunity_close",
                            ),
                            models.Index(fields=["company", "-updated_at"], name="opportunity_company"),
                            models.Index(fields=["person", "-updated_at"], name="opportunity_person"),
                            models.Index(fields=["state", "-closed_at"], name="opportunity_closed"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("probability", None),
                                    models.Q(("probability__gte", 0), ("probability__lte", 100)),
                                    _connector="OR",
                                ),
                                name="opportunity_probability",
                                violation_error_message="Between 0 and 100 %.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("score", None), models.Q(("score__gte", 0), ("score__lte", 100)), _connector="OR"
                                ),
                                name="opportunity_score",
                                violation_error_message="Between 0 and 100.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Lead",
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
                                db_index=False,
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="processes.stage",
                                verbose_name="stage",
                            ),
                        ),
                        (
                            "state",
                            kith.core.fields.ChoiceField(
                                default="open", editable=False, max_length=30, verbose_name="state"
                            ),
                        ),
                        ("stage_at", models.DateTimeField(editable=False, verbose_name="in this stage since")),
                        (
                            "stage_checks",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200),
                                blank=True,
                                default=list,
                                verbose_name="done in this stage",
                            ),
                        ),
                        ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                        ("name", models.CharField(max_length=200, verbose_name="subject")),
                        (
                            "person",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="parties.person",
                                verbose_name="person",
                            ),
                        ),
                        (
                            "company",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="leads",
                                to="parties.company",
                                verbose_name="company",
                            ),
                        ),
                        (
                            "person_by",
                            kith.core.fields.ChoiceField(
                                blank=True,
                                default="",
                                editable=False,
                                max_length=30,
                                verbose_name="person recognised by",
                            ),
                        ),
                        (
                            "company_by",
                            kith.core.fields.ChoiceField(
                                blank=True,
                                default="",
                                editable=False,
                                max_length=30,
                                verbose_name="company recognised by",
                            ),
                        ),
                        ("text", models.TextField(blank=True, verbose_name="what they wrote")),
                        (
                            "channel",
                            kith.core.fields.ChoiceField(default="manual", max_length=30, verbose_name="channel"),
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
                            "campaign",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="leads",
                                to="marketing.campaign",
                                verbose_name="campaign",
                            ),
                        ),
                        (
                            "interest",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(), blank=True, default=list, verbose_name="interested in"
                            ),
                        ),
                        (
                            "amount",
                            kith.core.fields.MoneyField(
                                blank=True, decimal_places=4, max_digits=18, null=True, verbose_name="expected amount"
                            ),
                        ),
                        (
                            "territory",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="parties.territory",
                                verbose_name="territory",
                            ),
                        ),
                        ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
                        ("received_at", models.DateTimeField(blank=True, null=True, verbose_name="received")),
                        (
                            "respond_by",
                            models.DateTimeField(
                                blank=True, editable=False, null=True, verbose_name="to be answered by"
                            ),
                        ),
                        (
                            "first_response_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="first answered"),
                        ),
                        (
                            "score",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="score"
                            ),
                        ),
                        (
                            "score_auto",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                editable=False,
                                max_digits=5,
                                null=True,
                                verbose_name="automatic score",
                            ),
                        ),
                        (
                            "score_mode",
                            kith.core.fields.ChoiceField(default="automatic", max_length=30, verbose_name="score is"),
                        ),
                        (
                            "reasons",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(),
                                blank=True,
                                default=list,
                                verbose_name="unqualified because",
                            ),
                        ),
                        ("reason_text", models.TextField(blank=True, verbose_name="reason in words")),
                        (
                            "opportunity",
                            kith.core.fields.Link(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="leads",
                                to="sales.opportunity",
                                verbose_name="became",
                            ),
                        ),
                        (
                            "joined_into",
                            kith.core.fields.Link(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="joined",
                                to="sales.lead",
                                verbose_name="joined into",
                            ),
                        ),
                        ("amount_currency", models.CharField(blank=True, default="", editable=False, max_length=3)),
                    ],
                    options={
                        "verbose_name": "lead",
                        "verbose_name_plural": "leads",
                        "ordering": ["-updated_at", "-pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="lead_recent"),
                            models.Index(fields=["owner", "-updated_at", "-id"], name="lead_owner"),
                            models.Index(fields=["sort_key", "id"], name="lead_sort"),
                            django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="lead_search"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                                name="lead_trgm",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["external_ids"], name="lead_extid"),
                            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="lead_tags"),
                            models.Index(fields=["stage", "-updated_at", "-id"], name="lead_stage"),
                            models.Index(fields=["process", "state"], name="lead_process"),
                            models.Index(
                                condition=models.Q(("deleted_at", None), ("first_response_at", None)),
                                fields=["respond_by"],
                                name="lead_unanswered",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("score", None), models.Q(("score__gte", 0), ("score__lte", 100)), _connector="OR"
                                ),
                                name="lead_score",
                                violation_error_message="Between 0 and 100.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OpportunityLine",
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
                            "opportunity",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="sales.opportunity",
                                verbose_name="opportunity",
                            ),
                        ),
                        (
                            "product",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="opportunity_lines",
                                to="catalogue.product",
                                verbose_name="product",
                            ),
                        ),
                        ("name", models.CharField(blank=True, max_length=200, verbose_name="description")),
                        (
                            "quantity",
                            models.DecimalField(decimal_places=3, default=1, max_digits=14, verbose_name="quantity"),
                        ),
                        (
                            "price",
                            kith.core.fields.MoneyField(
                                blank=True, decimal_places=4, max_digits=18, null=True, verbose_name="price"
                            ),
                        ),
                        (
                            "discount",
                            kith.core.fields.PercentField(
                                decimal_places=2, default=0, max_digits=7, verbose_name="discount"
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                        ("price_currency", models.CharField(blank=True, default="", editable=False, max_length=3)),
                    ],
                    options={
                        "verbose_name": "product line",
                        "verbose_name_plural": "product lines",
                        "ordering": ["position", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="opportunityline_recent"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["external_ids"], name="opportunityline_extid"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gt", 0)),
                                name="opportunityline_quantity",
                                violation_error_message="A quantity is above zero.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("discount__gte", 0), ("discount__lte", 100)),
                                name="opportunityline_discount",
                                violation_error_message="Between 0 and 100 %.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OpportunityRole",
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
                            "opportunity",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="roles",
                                to="sales.opportunity",
                                verbose_name="opportunity",
                            ),
                        ),
                        (
                            "person",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="opportunity_roles",
                                to="parties.person",
                                verbose_name="person",
                            ),
                        ),
                        (
                            "role",
                            kith.core.fields.ChoiceField(default="influencer", max_length=30, verbose_name="role"),
                        ),
                        ("influence", models.PositiveSmallIntegerField(default=3, verbose_name="influence, 1 to 5")),
                        (
                            "attitude",
                            kith.core.fields.ChoiceField(default="unknown", max_length=30, verbose_name="attitude"),
                        ),
                        ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                    ],
                    options={
                        "verbose_name": "member of the buying committee",
                        "verbose_name_plural": "buying committee",
                        "ordering": ["-influence", "pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="opportunityrole_recent"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["external_ids"], name="opportunityrole_extid"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("deleted_at", None)),
                                fields=("opportunity", "person"),
                                name="opportunityrole_once",
                                violation_error_message="This person is in the committee already.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("influence__gte", 1), ("influence__lte", 5)),
                                name="opportunityrole_influence",
                                violation_error_message="From 1 to 5.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CloseOutcome",
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
                            "opportunity",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="outcomes",
                                to="sales.opportunity",
                                verbose_name="opportunity",
                            ),
                        ),
                        ("result", kith.core.fields.ChoiceField(max_length=30, verbose_name="result")),
                        ("closed_on", models.DateField(verbose_name="on")),
                        (
                            "actual_amount",
                            kith.core.fields.MoneyField(
                                blank=True, decimal_places=4, max_digits=18, null=True, verbose_name="actual amount"
                            ),
                        ),
                        (
                            "reasons",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(), blank=True, default=list, verbose_name="reasons"
                            ),
                        ),
                        ("reason_text", models.TextField(blank=True, verbose_name="reason in words")),
                        (
                            "competitor",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="outcomes",
                                to="sales.competitor",
                                verbose_name="competitor",
                            ),
                        ),
                        ("lesson", models.TextField(blank=True, verbose_name="lesson")),
                        (
                            "actual_amount_currency",
                            models.CharField(blank=True, default="", editable=False, max_length=3),
                        ),
                    ],
                    options={
                        "verbose_name": "outcome",
                        "verbose_name_plural": "outcomes",
                        "ordering": ["-closed_on", "-pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="closeoutcome_recent"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["external_ids"], name="closeoutcome_extid"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LeadSubmission",
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
                            "form",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="submissions",
                                to="sales.leadform",
                                verbose_name="web form",
                            ),
                        ),
                        (
                            "lead",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="submissions",
                                to="sales.lead",
                                verbose_name="lead",
                            ),
                        ),
                        (
                            "submission_key",
                            models.CharField(
                                default=kith.sales.entities.lead_submission.new_key,
                                editable=False,
                                max_length=64,
                                verbose_name="number of the request",
                            ),
                        ),
                        (
                            "status",
                            kith.core.fields.ChoiceField(
                                default="taken", editable=False, max_length=30, verbose_name="status"
                            ),
                        ),
                        (
                            "received_at",
                            models.DateTimeField(
                                default=django.utils.timezone.now, editable=False, verbose_name="received"
                            ),
                        ),
                        ("data", models.JSONField(default=dict, editable=False, verbose_name="what was sent")),
                        ("consent", models.BooleanField(default=False, editable=False, verbose_name="consent given")),
                        (
                            "consent_text",
                            models.TextField(blank=True, editable=False, verbose_name="consent asked for"),
                        ),
                        (
                            "consent_version",
                            models.CharField(
                                blank=True, editable=False, max_length=40, verbose_name="version of the consent"
                            ),
                        ),
                        (
                            "language",
                            models.CharField(blank=True, editable=False, max_length=10, verbose_name="language"),
                        ),
                        (
                            "page",
                            models.CharField(
                                blank=True, editable=False, max_length=300, verbose_name="sent from the page"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "request",
                        "verbose_name_plural": "requests",
                        "ordering": ["-received_at", "-pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="leadsubmission_recent"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["external_ids"], name="leadsubmission_extid"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("form", "submission_key"),
                                name="leadsubmission_once",
                                violation_error_message="This request was taken already.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OpportunityCompetitor",
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
                            "opportunity",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="competitors",
                                to="sales.opportunity",
                                verbose_name="opportunity",
                            ),
                        ),
                        (
                            "competitor",
                            kith.core.fields.Link(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="met",
                                to="sales.competitor",
                                verbose_name="competitor",
                            ),
                        ),
                        (
                            "product",
                            kith.core.fields.Link(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="sales.competitorproduct",
                                verbose_name="with the product",
                            ),
                        ),
                        (
                            "threat",
                            kith.core.fields.ChoiceField(default="medium", max_length=30, verbose_name="threat"),
                        ),
                        ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                    ],
                    options={
                        "verbose_name": "competitor of the opportunity",
                        "verbose_name_plural": "competition",
                        "ordering": ["-updated_at", "-pk"],
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="opportunitycompetitor_recent"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["external_ids"], name="opportunitycompetitor_extid"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("deleted_at", None)),
                                fields=("opportunity", "competitor"),
                                name="opportunitycompetitor_once",
                                violation_error_message="This competitor is named already.",
                            )
                        ],
                    },
                ),
            ]
        ),
    ]
