"""A8, A9: customer groups by hand, nested, and by view; usable as a filter within the rights of the reader."""

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.filters import BadFilter, compile_filter, from_url
from kith.parties import segments

pytestmark = pytest.mark.django_db


@pytest.fixture
def groups(make):
    """A group by hand with one inside it and a dynamic one inside that; five parties."""
    view = make(
        "core.view",
        entity="parties.company",
        name="Polish",
        filter={"field": "description", "op": "contains", "value": "Poland"},
    )
    top = make("parties.partygroup", name="Key customers")
    inner = make("parties.partygroup", name="North", parent=top.pk)
    dynamic = make("parties.partygroup", name="Poland", kind="dynamic", view=view.pk, parent=inner.pk)
    arbor, birch, cedar = (make("parties.company", name=name) for name in ("Arbor", "Birch", "Cedar"))
    polish = make("parties.company", name="Dąb", description="from Poland")
    lind = make("parties.person", family_name="Lind")
    for group, party in ((top, arbor), (inner, birch), (inner, lind)):
        make("parties.partygroupmember", group=group.pk, party=party.pk)
    return {"top": top, "inner": inner, "dynamic": dynamic, "cedar": cedar, "polish": polish}


def names(rows):
    return sorted(row.name for row in rows)


def filtered(label, term, actor=SYSTEM):
    entity = registry.get(label)
    return names(entity.rows(actor).filter(compile_filter(entity, from_url([term]), actor)))


def test_members_are_those_of_all_groups_inside(groups):
    assert names(segments.members(groups["top"], SYSTEM)) == ["Arbor", "Birch", "Dąb", "Lind"]
    assert names(segments.members(groups["inner"], SYSTEM)) == ["Birch", "Dąb", "Lind"]
    assert names(segments.members(groups["dynamic"], SYSTEM)) == ["Dąb"]


def test_a_dynamic_group_changes_with_its_rows(groups):
    writes.save(SYSTEM, groups["cedar"], {"description": "has moved to Poland"})
    assert names(segments.members(groups["dynamic"], SYSTEM)) == ["Cedar", "Dąb"]


def test_the_filter_in_customer_group(groups):
    top, inner = groups["top"].pk, groups["inner"].pk
    assert filtered("parties.company", f"customer_group:any:{top}") == ["Arbor", "Birch", "Dąb"]
    assert filtered("parties.person", f"customer_group:any:{top}") == ["Lind"]
    assert filtered("parties.company", f"customer_group:any:{inner}") == ["Birch", "Dąb"]
    assert filtered("parties.company", f"customer_group:within:{inner}") == ["Birch", "Dąb"]
    assert filtered("parties.company", f"customer_group:not_any:{inner}") == ["Arbor", "Cedar"]
    assert filtered("parties.company", "customer_group:empty") == ["Cedar"]
    assert filtered("parties.company", "customer_group:filled") == ["Arbor", "Birch", "Dąb"]


def test_the_filter_follows_links(make, groups):
    person = make("parties.person", family_name="Berg")
    make("parties.employment", person=person.pk, company=segments.members(groups["dynamic"], SYSTEM).get().pk)
    assert filtered("parties.person", f"employer.customer_group:any:{groups['top'].pk}") == ["Berg"]


def test_nothing_follows_the_dot_of_what_is_only_asked_for(groups):
    with pytest.raises(BadFilter, match="nothing can follow its dot"):
        filtered("parties.company", "customer_group.name:is:North")


def test_trashed_members_and_groups_do_not_count(groups):
    members = registry.get("parties.partygroupmember")
    writes.delete(SYSTEM, members, [members.rows(SYSTEM).get(party__name="Arbor").pk])
    writes.delete(SYSTEM, registry.get("parties.partygroup"), [groups["inner"].pk])
    assert names(segments.members(groups["top"], SYSTEM)) == []


def test_readers_use_only_groups_and_fields_they_may_see(groups, actor):
    nobody = actor("Max", "parties.company view")
    assert filtered("parties.company", f"customer_group:any:{groups['top'].pk}", nobody) == []
    ann = actor("Ann", "parties.company view own", "parties.partygroup view")
    assert names(segments.members(groups["top"], ann)) == []


def test_a_group_by_a_hidden_field_is_no_way_to_guess_it(make, actor):
    from kith.core.access import FieldRule

    view = make(
        "core.view", entity="parties.company", name="Rich", filter={"field": "discount", "op": "gt", "value": 5}
    )
    group = make("parties.partygroup", name="Rich", kind="dynamic", view=view.pk)
    ann = actor(
        "Ann",
        "parties.company view",
        "parties.partygroup view",
        field_rules=(FieldRule("role0", "parties.company", "discount", "none"),),
    )
    with pytest.raises(BadFilter):
        segments.members(group, ann).count()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "dynamic"}, "view"),
        ({"kind": "manual", "view": "companies"}, "view"),
        ({"kind": "dynamic", "view": "tasks"}, "view"),
    ],
)
def test_a_group_has_a_view_exactly_if_it_is_dynamic(make, values, field):
    views = {
        "companies": make("core.view", entity="parties.company", name="All"),
        "tasks": make("core.view", entity="activities.task", name="All"),
    }
    given = {**values, **({"view": views[values["view"]].pk} if "view" in values else {})}
    with pytest.raises(Refused) as refused:
        make("parties.partygroup", name="Group", **given)
    assert list(refused.value.errors) == [field]
    assert registry.get("parties.partygroup").rows(SYSTEM).count() == 0


def test_groups_are_never_inside_themselves(groups, fresh):
    with pytest.raises(Refused) as refused:
        writes.save(SYSTEM, groups["top"], {"parent": groups["dynamic"].pk})
    assert list(refused.value.errors) == ["parent"]
    assert fresh(groups["top"]).parent_id is None
