"""A configuration with something of every kind, for tests."""

from typing import Any

from kith.access import shipped
from kith.core import settings_store, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing.people import make_user
from kith.processes.book import book


def make(label: str, /, **values: Any) -> Any:
    return writes.create(SYSTEM, registry.get(label), {k: getattr(v, "pk", v) for k, v in values.items()})


def build() -> Any:
    """Create all of it; the user whom a grant and a membership name."""
    make(
        "core.fielddefinition",
        entity="parties.company",
        label="Segment",
        name="x_segment",
        kind="choice",
        options=["A", "B"],
    )
    hot = make("core.tag", name="Hot", hue="rose")
    fair = make("parties.source", name="Fair: autumn", translations={"ru": "Ярмарка"}, external_ids=["old:7"])
    metal = make("parties.industry", name="no")  # words that YAML could take for something else
    make("parties.industry", name="12", position=3)
    head = make("people.orgunit", name="Kith / Ltd", kind="company")
    sales = make("people.orgunit", name="Sales", parent=head)
    make("people.orgunit", name="Inside", parent=sales)
    west = make("parties.territory", name="West", areas=["US/Oregon"])
    make("parties.territory", name="Seattle", parent=west)
    team, core = make("access.group", name="Team"), make("access.group", name="Core", description="two\nlines")
    user = make_user("Uma")
    make("access.groupmember", group=team, child=core)
    make("access.groupmember", group=core, user=user)
    role = shipped.make(
        "Auditor",
        "Sees what is hot.",
        [
            ("parties.company", "view", "all", False, {"field": "tags", "op": "has", "value": [str(hot.pk)]}),
            ("parties.company", "edit", "own"),
        ],
    )
    make("access.fieldpolicy", role=role, entity="parties.company", field="discount", level="none", deny=True)
    make("access.rolegrant", role=role, group=team, valid_from="2026-01-01")
    make("access.rolegrant", role=role, org_unit_granted=sales)
    make("access.rolegrant", role=role, user=user)
    won = next(s for c in book().published("sales.opportunity") for s in c.stages if s.kind == "won")
    make(
        "core.view",
        entity="sales.opportunity",
        name="Won",
        is_public=True,
        columns=["name"],
        filter={"all": [{"field": "stage", "op": "any", "value": [str(won.pk)]}]},
    )
    make(
        "core.view",
        entity="parties.company",
        name="Metal",
        shared_with=[str(team.pk)],
        columns=["name", "x_segment"],
        filter={
            "any": [
                {"field": "industry", "op": "any", "value": [str(metal.pk)]},
                {"field": "owner", "op": "any", "value": ["me"]},
            ]
        },
    )
    make("core.view", entity="parties.company", name="Mine only")
    pool = make(
        "distribution.pool",
        name="Open",
        entity="parties.company",
        scope={"field": "source", "op": "empty"},
        daily_limit=5,
    )
    make("distribution.poolmember", pool=pool, group=team, manages=True)
    rule = make(
        "distribution.assignmentrule",
        name="By area",
        entity="parties.company",
        fallback="pool",
        fallback_pool=pool,
        unit=sales,
    )
    make("distribution.rulemember", rule=rule, user=user, territories=[str(west.pk)], weight=3)
    settings_store.put(SYSTEM, "week_start", "sunday")
    settings_store.put(SYSTEM, "default_country", "NO", scope=sales)
    make("sales.reason", name="Price", result="lost")
    form = make("sales.leadform", name="Contact", key="contact", title="Write to us", source=fair, team=sales)
    fields = registry.get("sales.leadformfield")
    writes.delete(SYSTEM, fields, [fields.rows(SYSTEM).filter(form=form.pk).first().pk])
    make("sales.leadformfield", form=form, kind="job_title", is_required=True)
    shape(team)
    make("core.exchangerate", currency="NOK", rate="0.0900", valid_on="2026-01-02")
    return user


def shape(team: Any) -> None:
    """An object with a field, a rule, a roll-up, a formula over it, a layout of a group, what is kept for how long."""
    make("objects.objectkind", key="vessel", name="vessel", plural="vessels", links=[{"target": "parties.company"}])
    make("core.fielddefinition", entity="objects.vessel", label="Tonnage", name="x_tonnage", kind="number")
    heavy = {"field": "x_tonnage", "op": "gt", "value": "1000"}
    make(
        "core.fieldrule", entity="objects.vessel", field="company", effect="required", condition=heavy, message="Whose?"
    )
    make(
        "core.rollupfield",
        entity="parties.company",
        label="Fleet",
        name="x_fleet",
        source="objects.vessel",
        how="count",
    )
    make("core.formulafield", entity="parties.company", label="A half", name="x_a_half", formula="x_fleet / 2")
    make(
        "core.layout",
        entity="parties.company",
        pieces={"fields": {"hidden": ["website"]}},
        subject=f"access.group/{team.pk}",
    )
    make("privacy.retentionrule", name="Old leads", entity="sales.lead", months=36, act="notify")
    make("privacy.processing", name="Selling", entity="parties.person", purpose="To sell")
