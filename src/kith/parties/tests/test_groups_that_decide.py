"""What decides for others names customer groups by hand only: no group that follows a view, none with such a group inside, not all of them."""

from contextlib import suppress

import pytest

from kith.core import deciding, undo, writes
from kith.core.access import SYSTEM
from kith.core.changes import maintenance
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ledger import ChangeSet
from kith.core.testing.people import fresh, grant, make_user
from kith.processes import editions
from kith.processes.book import book

pytestmark = pytest.mark.django_db
GROUPS, RULES, COMPANY = "parties.partygroup", "access.policyrule", "parties.company"


def rows(label):
    return registry.get(label).rows(SYSTEM)


def write(label, /, **values):
    return writes.create(SYSTEM, registry.get(label), values)


def again(record):
    return type(record)._base_manager.get(pk=record.pk)


def asks(*groups, op="any", field="customer_group"):
    return {"field": field, "op": op} | ({"value": [str(group.pk) for group in groups]} if groups else {})


@pytest.fixture
def view(make):
    return make("core.view", entity=COMPANY, name="Mine", filter={"field": "name", "op": "is", "value": "Arbor"})


@pytest.fixture
def top(make):
    return make(GROUPS, name="Key customers")


@pytest.fixture
def by_view(make, view):
    return make(GROUPS, name="Lent", kind="dynamic", view=view.pk)


@pytest.fixture
def permit(make):
    """A role with a permission on this condition."""
    role = make("access.role", name="Keepers")

    def made(condition, entity=COMPANY):
        return make(RULES, role=role.pk, entity=entity, operation="view", level="all", condition=condition)

    made.role = role
    return made


@pytest.fixture
def used(permit, top):
    """A permission that names a group by hand with another one by hand inside."""
    return permit(asks(top))


def refused(act, field, *words):
    with pytest.raises(Refused) as error:
        act()
    text = str(error.value.errors[field][0])
    assert list(error.value.errors) == [field]
    assert all(word in text for word in words), text


def test_the_owner_of_a_view_does_not_widen_a_permission(make):
    """Una may see the companies of a group; whatever she does with her view, she sees no more."""
    una = make_user("Una")
    grant(una, ("parties.partygroup", "view", "all"), ("core.view", "create", "all"), ("core.view", "edit", "own"), ("core.view", "view", "own"))  # fmt: skip
    arbor, _birch = (make(COMPANY, name=name) for name in ("Arbor", "Birch"))
    nobody = {"field": "name", "op": "is", "value": "nobody"}
    view = make("core.view", fresh(una), entity=COMPANY, name="Mine", filter=nobody)
    group = make(GROUPS, name="Lent", kind="dynamic", view=view.pk)
    with suppress(Refused):
        grant(una, (COMPANY, "view", "all", False, asks(group)))
    writes.save(fresh(una), view, {"filter": {}})
    assert not registry.get(COMPANY).rows(fresh(una)).exists()
    by_hand = make(GROUPS, name="Key customers")
    make("parties.partygroupmember", group=by_hand.pk, party=arbor.pk)
    grant(una, (COMPANY, "view", "all", False, asks(by_hand)))
    with suppress(Refused):
        writes.save(SYSTEM, again(group), {"parent": by_hand.pk})
    with suppress(Refused):
        writes.save(SYSTEM, again(by_hand), {"kind": "dynamic", "view": view.pk})
    assert list(registry.get(COMPANY).rows(fresh(una))) == [arbor]


# --- what may be asked ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("op", ["any", "within", "not_any"])
def test_a_permission_names_no_group_by_view_nor_one_above_it(make, permit, top, by_view, op):
    refused(lambda: permit(asks(top, by_view, op=op)), "condition", "“Lent” follows a view", "by hand only")
    inner = make(GROUPS, name="North", parent=top.pk)
    assert permit(asks(top, op=op)).condition["op"] == op
    writes.delete(SYSTEM, registry.get(RULES), [rows(RULES).get(role=permit.role).pk])
    writes.save(SYSTEM, by_view, {"parent": inner.pk})
    refused(lambda: permit({"none": [asks(top, op=op)]}), "condition", "“Lent” follows a view")
    assert not rows(RULES).filter(role=permit.role).exists()


@pytest.mark.parametrize("op", ["empty", "filled"])
def test_a_permission_does_not_ask_for_all_groups(permit, op):
    refused(lambda: permit(asks(op=op)), "condition", "Name the customer groups")
    refused(lambda: permit({"any": [asks(op=op, field="employer.customer_group")]}, "parties.person"), "condition", "Name the customer groups")  # fmt: skip
    assert not rows(RULES).filter(role=permit.role).exists()


def test_a_permission_that_is_there_does_not_come_to_name_one(used, by_view):
    refused(lambda: writes.save(SYSTEM, used, {"condition": asks(by_view)}), "condition", "“Lent” follows a view")
    assert (again(used).condition, again(used).version) == (asks(rows(GROUPS).get(name="Key customers")), used.version)


def test_who_may_not_see_the_group_inside_is_not_told_its_name(make, actor, permit, top, view):
    make(GROUPS, name="Secret", kind="dynamic", view=view.pk, parent=top.pk)
    keeper = actor("Kim", "access.role edit", "access.role view", "access.policyrule create", "access.policyrule edit")
    values = {"role": permit.role.pk, "entity": COMPANY, "operation": "view", "level": "all", "condition": asks(top)}
    with pytest.raises(Refused) as error:
        writes.create(keeper, registry.get(RULES), values)
    text = str(error.value.errors["condition"][0])
    assert "which you may not see" in text
    assert "Secret" not in text
    assert not rows(RULES).filter(role=permit.role).exists()


LEAD = {"entity": "sales.lead"}
DECIDING = [
    ("distribution.pool", LEAD | {"name": "Pool"}, "scope", "company.customer_group"),
    ("distribution.pool", LEAD | {"name": "Pool"}, "recycles", "company.customer_group"),
    ("distribution.assignmentrule", LEAD | {"name": "Rule"}, "condition", "company.customer_group"),
    ("privacy.retentionrule", {"entity": "parties.person", "name": "Rule", "age_field": "created_at", "months": 12, "act": "notify"}, "condition", "customer_group"),
    ("core.rollupfield", {"entity": COMPANY, "source": "sales.opportunity", "label": "Deals", "name": "x_deals", "link": "company", "how": "count"}, "condition", "company.customer_group"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "values", "field", "path"), DECIDING)
def test_nothing_else_that_decides_does_either(make, top, by_view, label, values, field, path):
    before = rows(label).count()
    for condition in (asks(by_view, field=path), asks(op="filled", field=path)):
        refused(lambda given=condition: write(label, **values, **{field: given}), field, "its owner could change it" if "value" in condition else "Name the customer groups")  # fmt: skip
    assert rows(label).count() == before
    write(label, **values, **{field: asks(top, field=path)})
    refused(lambda: writes.save(SYSTEM, by_view, {"parent": top.pk}), "parent", str(registry.get(label).name).capitalize())  # fmt: skip
    assert again(by_view).parent_id is None


def test_members_of_a_rule_and_moves_do_not_either(people, top, by_view):
    rule = write("distribution.assignmentrule", entity="sales.lead", name="Rule")
    draft = editions.copy(people.actors.eva, book().default(SYSTEM, "sales.opportunity").process)
    won = book().courses[draft.pk].stage("won").pk
    member, move = "distribution.rulemember", "processes.transition"
    for label, field, values in (
        (member, "condition", {"rule": rule.pk, "user": people.ann.pk}),
        (member, "preference", {"rule": rule.pk, "user": people.ann.pk}),
        (move, "condition", {"process": draft.pk, "to_stage": won}),
    ):
        before = rows(label).count()
        bad, good = (values | {field: asks(group, field="company.customer_group")} for group in (by_view, top))
        refused(lambda given=bad, to=label: write(to, **given), field, "“Lent” follows a view")
        assert rows(label).count() == before
        made = write(label, **good)
        refused(lambda: writes.save(SYSTEM, by_view, {"parent": top.pk}), "parent", f"“{made}”")
        writes.delete(SYSTEM, registry.get(label), [made.pk])
    assert writes.save(SYSTEM, by_view, {"parent": top.pk}).parent_id == top.pk


def test_every_field_that_decides_says_so():
    found = {f"{entity.label}.{name}" for entity in registry for name, spec in entity.declared.items() if spec.decides}
    assert found == {
        "access.policyrule.condition", "core.rollupfield.condition", "distribution.assignmentrule.condition", "distribution.pool.recycles", "distribution.pool.scope",
        "distribution.rulemember.condition", "distribution.rulemember.preference", "privacy.retentionrule.condition", "processes.transition.condition",
    }  # fmt: skip


def test_a_view_may_ask_for_any_group(make, by_view):
    made = make("core.view", entity=COMPANY, name="All", filter={"any": [asks(by_view), asks(op="filled")]})
    assert rows("core.view").filter(pk=made.pk).exists()


# --- what may become of a group that is used -----------------------------------------------------------------------------


def test_a_group_that_is_used_stays_by_hand(make, used, top, view):
    inner = make(GROUPS, name="North", parent=top.pk)
    act = {"kind": "dynamic", "view": view.pk}
    for group in (top, inner):
        refused(lambda given=group: writes.save(SYSTEM, given, act), "kind", f"Permission item “{used}”", "Keep the group by hand")  # fmt: skip
        assert (again(group).kind, again(group).view_id, again(group).version) == ("manual", None, group.version)


def test_no_group_by_view_is_made_or_put_inside_it(make, used, top, view, by_view):
    above, inner = make(GROUPS, name="Above"), make(GROUPS, name="North", parent=top.pk)
    writes.save(SYSTEM, by_view, {"parent": above.pk})
    count = rows(GROUPS).count()
    for parent in (top, inner):
        more = {"name": "New", "kind": "dynamic", "view": view.pk, "parent": parent.pk}
        refused(lambda given=more: make(GROUPS, **given), "parent", "Permission item")
        for group in (again(by_view), again(above)):
            refused(lambda given=group, to=parent: writes.save(SYSTEM, given, {"parent": to.pk}), "parent", "Permission item")  # fmt: skip
    assert (rows(GROUPS).count(), again(by_view).parent_id, again(above).parent_id) == (count, above.pk, None)


def test_other_groups_are_free(make, used, top, view, by_view):
    other = make(GROUPS, name="Other")
    writes.save(SYSTEM, by_view, {"parent": other.pk})
    writes.save(SYSTEM, again(other), {"kind": "dynamic", "view": view.pk})
    assert writes.save(SYSTEM, again(top), {"name": "Dear ones", "parent": other.pk}).parent_id == other.pk
    make(GROUPS, name="North", parent=top.pk)
    assert rows(GROUPS).filter(parent=top.pk).count() == 1


def test_once_it_is_used_no_more_it_is_free(make, used, top, view):
    writes.delete(SYSTEM, registry.get(RULES), [used.pk])
    assert writes.save(SYSTEM, top, {"kind": "dynamic", "view": view.pk}).kind == "dynamic"


# --- the trash, undo and the API -----------------------------------------------------------------------------------------


def test_neither_side_comes_back_from_the_trash(make, permit, top, view):
    groups, rules = registry.get(GROUPS), registry.get(RULES)
    inner = make(GROUPS, name="North", parent=top.pk)
    inside = make(GROUPS, name="Lent", kind="dynamic", view=view.pk, parent=inner.pk)
    writes.delete(SYSTEM, groups, [inner.pk])
    used = permit(asks(top))
    refused(lambda: writes.restore(SYSTEM, groups, [inner.pk]), "parent", "Permission item")
    assert again(inner).deleted_at is not None
    for gone in (lambda: writes.delete(SYSTEM, rules, [used.pk]), lambda: writes.delete(SYSTEM, registry.get("access.role"), [permit.role.pk])):  # fmt: skip
        gone()
        writes.restore(SYSTEM, groups, [inner.pk])
        refused(lambda: bring_back(permit.role, used), "condition", "“Lent” follows a view")
        assert again(used).deleted_at is not None
        writes.delete(SYSTEM, groups, [inner.pk])
        bring_back(permit.role, used)
        assert again(used).deleted_at is None
    assert again(inside).deleted_at is None


def bring_back(role, used):
    """The permission, with its role if that was deleted."""
    if again(role).deleted_at is None:
        writes.restore(SYSTEM, registry.get(RULES), [used.pk])
    else:
        writes.restore(SYSTEM, registry.get("access.role"), [role.pk])


def last():
    return ChangeSet.objects.latest("at").pk


def test_an_undo_of_the_group_is_refused(permit, top, by_view):
    writes.save(SYSTEM, by_view, {"kind": "manual", "view": None})
    by_hand = last()
    writes.save(SYSTEM, again(by_view), {"parent": top.pk})
    used = permit(asks(top))
    plan = undo.undo(SYSTEM, by_hand)
    assert (plan.restored, len(plan.refused)) == (0, 1)
    assert f"Permission item “{used}”" in str(plan.refused[0][2])
    assert (again(by_view).kind, again(by_view).view_id) == ("manual", None)


def test_an_undo_of_the_permission_is_refused(used, top, view):
    old = used.condition
    writes.save(SYSTEM, used, {"condition": None})
    change = last()
    writes.save(SYSTEM, top, {"kind": "dynamic", "view": view.pk})
    plan = undo.undo(SYSTEM, change)
    assert (plan.restored, [str(words) for *_what, words in plan.refused]) == (0, ["The customer group “Key customers” follows a view: its owner could change it. Name groups by hand only."])  # fmt: skip
    assert again(used).condition is None
    writes.save(SYSTEM, again(top), {"kind": "manual", "view": None})
    assert undo.undo(SYSTEM, change).restored == 1
    assert again(used).condition == old


def test_an_undo_of_its_deletion_is_refused_too(used, top, view):
    writes.delete(SYSTEM, registry.get(RULES), [used.pk])
    change = last()
    writes.save(SYSTEM, top, {"kind": "dynamic", "view": view.pk})
    plan = undo.undo(SYSTEM, change)
    assert (plan.restored, len(plan.refused)) == (0, 1)
    assert again(used).deleted_at is not None


def test_of_many_rows_only_those_that_may_not_be_are_left_out(used, top, view):
    """As an import writes them."""
    lent = {"kind": "dynamic", "view": view.pk}
    many = [{"name": "A", "parent": top.pk}, {"name": "B", "parent": top.pk, **lent}, {"name": "C", **lent}]
    told = {}
    made = writes.create_many(SYSTEM, registry.get(GROUPS), many, on_errors=told.__setitem__)
    assert [group.name for group in made] == ["A", "C"]
    assert {at: list(errors) for at, errors in told.items()} == {1: ["parent"]}
    assert sorted(rows(GROUPS).values_list("name", flat=True)) == ["A", "C", "Key customers"]


def test_the_doctor_names_what_was_stored_before_it_was_refused(used, top, view):
    assert deciding.problem() == ""
    with maintenance("maintenance"):
        type(top)._base_manager.filter(pk=top.pk).update(kind="dynamic", view=view.pk)
    assert f"Permission item “{used}” (/policy-rules/{used.pk}/)" in deciding.problem()
    assert writes.save(SYSTEM, again(top), {"name": "Dear ones"}).name == "Dear ones"
    assert writes.save(SYSTEM, used, {"level": "own"}).level == "own"
    writes.save(SYSTEM, again(top), {"kind": "manual", "view": None})
    assert deciding.problem() == ""


def test_the_api_names_the_field(people, used, top, view):
    answer = people.clients.eva.patch(f"/api/v1/customer-groups/{top.pk}", {"kind": "dynamic", "view": str(view.pk)}, content_type="application/json")  # fmt: skip
    assert answer.status_code == 422, answer.content
    assert "Permission item" in str(answer.json())
    assert "kind" in str(answer.json()["errors"])
    assert again(top).kind == "manual"
