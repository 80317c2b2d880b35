"""Each level, denials, conditions, fields, shares and groups: exactly the rows and fields they promise."""

import datetime as dt
from typing import Any

import pytest
import time_machine

from kith.core import access, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Forbidden, Missing, Refused
from kith.core.testing.people import fresh, grant, make_group, make_user, role_of
from kith.core.why import explain

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Any:
    """A boss with two levels of reports, a team, departments; a company owned by each of them and one by nobody."""
    from types import SimpleNamespace

    here = SimpleNamespace()
    units = registry.get("people.orgunit")
    here.sales = writes.create(SYSTEM, units, {"name": "Sales"})
    here.north = writes.create(SYSTEM, units, {"name": "North", "parent": here.sales.pk})
    here.other = writes.create(SYSTEM, units, {"name": "Other"})
    for name, unit in (
        ("boss", here.sales),
        ("lead", here.north),
        ("rep", here.north),
        ("mate", None),
        ("stranger", here.other),
    ):
        setattr(here, name, make_user(name.title(), org_unit=unit.pk if unit else None))
    employees, above = registry.get("people.employee"), None
    for name in ("boss", "lead", "rep"):
        above = writes.create(
            SYSTEM, employees, {"name": name, "user": getattr(here, name).pk, "manager": above.pk if above else None}
        )
    here.team = make_group("Team", here.boss, here.mate)
    company = registry.get("parties.company")
    for name in ("boss", "lead", "rep", "mate", "stranger"):
        owner = getattr(here, name)
        writes.create(
            SYSTEM,
            company,
            {"name": f"of {name}", "owner": owner.pk, "org_unit": owner.org_unit_id, "status": "active"},
        )
    writes.create(SYSTEM, company, {"name": "of nobody", "status": "prospect"})
    return here


def seen(user: Any, operation: str = "view") -> set[str]:
    return {
        name.removeprefix("of ")
        for name in registry.get("parties.company").rows(fresh(user), operation).values_list("name", flat=True)
    }


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("none", set()),
        ("own", {"boss"}),
        ("reports", {"boss", "lead", "rep"}),
        ("team", {"boss", "mate"}),
        ("unit", {"boss", "lead", "rep"}),
        ("all", {"boss", "lead", "rep", "mate", "stranger", "nobody"}),
    ],
)
def test_each_level_reaches_its_rows(house: Any, level: str, expected: set[str]) -> None:
    grant(house.boss, ("parties.company", "view", level))
    assert seen(house.boss) == expected


def test_equals_and_superiors_stay_hidden(house: Any) -> None:
    for user in (house.lead, house.rep):
        grant(user, ("parties.company", "view", "reports"))
    assert seen(house.lead) == {"lead", "rep"} and seen(house.rep) == {"rep"}


def test_roles_add_up(house: Any) -> None:
    grant(house.boss, ("parties.company", "view", "own"))
    grant(house.boss, ("parties.company", "view", "team"))
    assert seen(house.boss) == {"boss", "mate"}


def test_a_line_of_one_kind_goes_before_every_kind_of_the_same_role(house: Any) -> None:
    grant(house.boss, ("*", "view", "all"), ("parties.company", "view", "own"))
    assert seen(house.boss) == {"boss"}


def test_denials_win_whatever_other_roles_say(house: Any) -> None:
    grant(house.boss, ("parties.company", "view", "all"))
    grant(house.boss, ("parties.company", "view", "all", True, {"field": "status", "op": "any", "value": ["prospect"]}))
    assert "nobody" not in seen(house.boss) and len(seen(house.boss)) == 5
    grant(house.boss, ("parties.company", "view", "all", True))
    assert seen(house.boss) == set()


def test_conditions_narrow_a_level(house: Any) -> None:
    grant(
        house.boss,
        (
            "parties.company",
            "view",
            "all",
            False,
            {"field": "owner", "op": "any", "value": [str(house.rep.pk), str(house.mate.pk)]},
        ),
    )
    assert seen(house.boss) == {"rep", "mate"}


def test_a_condition_may_speak_of_me(house: Any) -> None:
    grant(house.rep, ("parties.company", "view", "all", False, {"field": "owner", "op": "any", "value": ["me"]}))
    assert seen(house.rep) == {"rep"}


def test_what_cannot_be_viewed_cannot_be_edited(house: Any) -> None:
    grant(house.boss, ("parties.company", "view", "own"), ("parties.company", "edit", "all"))
    assert seen(house.boss, "edit") == {"boss"}


def test_hidden_is_missing_and_seen_but_not_allowed_is_forbidden(house: Any) -> None:
    grant(house.boss, ("parties.company", "view", "team"), ("parties.company", "edit", "own"))
    company, actor = registry.get("parties.company"), fresh(house.boss)
    keys = {record.name: record.pk for record in company.rows(SYSTEM)}
    assert access.fetch(company, actor, keys["of boss"], "edit").name == "of boss"
    with pytest.raises(Forbidden) as refused:
        access.fetch(company, actor, keys["of mate"], "edit")
    assert refused.value.right == "parties.company:edit"
    with pytest.raises(Missing):
        access.fetch(company, actor, keys["of stranger"], "edit")


# --- fields -----------------------------------------------------------------------------------------------------------


def field_rule(role: Any, name: str, level: str, *, deny: bool = False) -> None:
    writes.create(
        SYSTEM,
        registry.get("access.fieldpolicy"),
        {"role": role.pk, "entity": "parties.company", "field": name, "level": level, "deny": deny},
    )


def test_fields_are_hidden_or_read_only_by_role(house: Any) -> None:
    role = grant(house.boss, ("parties.company", "view", "all"), ("parties.company", "edit", "all"))
    field_rule(role, "website", "none")
    field_rule(role, "name", "read")
    actor, company = fresh(house.boss), registry.get("parties.company")
    assert "website" not in access.readable(actor, company) and "name" in access.readable(actor, company)
    assert "name" not in access.writable(actor, company)
    with pytest.raises(Forbidden):
        writes.save(actor, company.rows(SYSTEM).get(name="of boss"), {"name": "other"})
    with pytest.raises(Refused):
        writes.save(actor, company.rows(SYSTEM).get(name="of boss"), {"website": "https://x.test"})


def test_another_role_opens_a_field_again_but_not_against_a_binding_rule(house: Any) -> None:
    role = grant(house.boss, ("parties.company", "view", "all"))
    field_rule(role, "website", "none")
    second = grant(house.boss, ("parties.company", "edit", "all"), ("parties.company", "view", "own"))
    company = registry.get("parties.company")
    assert "website" in access.writable(fresh(house.boss), company)
    field_rule(second, "website", "read", deny=True)
    assert "website" in access.readable(fresh(house.boss), company) and "website" not in access.writable(
        fresh(house.boss), company
    )


def test_sensitive_fields_need_a_right_of_their_own(house: Any) -> None:
    employee = registry.get("people.employee")
    grant(house.boss, ("*", "view", "all"))
    assert "birth_date" not in access.readable(fresh(house.boss), employee)
    grant(house.boss, ("*", "sensitive", "all"))
    assert "birth_date" in access.readable(fresh(house.boss), employee)


# --- shares -----------------------------------------------------------------------------------------------------------


def share(house: Any, level: str, **more: Any) -> Any:
    company = registry.get("parties.company").rows(SYSTEM).get(name="of stranger")
    return writes.create(
        SYSTEM,
        registry.get("access.share"),
        {"subject": {"entity": "parties.company", "id": str(company.pk)}, "level": level, **more},
    )


def test_a_share_opens_one_record_until_its_last_day(house: Any) -> None:
    today = dt.date(2026, 3, 2)
    with time_machine.travel("2026-03-02 10:00:00+00:00", tick=False) as clock:
        share(house, "view", user=house.rep.pk, valid_to=today.isoformat())
        assert seen(house.rep) == {"stranger"} and seen(house.rep, "edit") == set() and seen(house.lead) == set()
        clock.shift(dt.timedelta(days=1))
        assert seen(house.rep) == set()


def test_a_share_with_a_group_may_allow_editing(house: Any) -> None:
    share(house, "edit", group=house.team.pk)
    assert seen(house.mate, "edit") == {"stranger"} and seen(house.rep) == set()


def test_ending_a_share_acts_at_once(house: Any) -> None:
    record = share(house, "view", user=house.rep.pk)
    assert seen(house.rep) == {"stranger"}
    writes.delete(SYSTEM, registry.get("access.share"), [record.pk])
    assert seen(house.rep) == set()


# --- groups and grants --------------------------------------------------------------------------------------------------


def give(role: Any, **more: Any) -> Any:
    return writes.create(SYSTEM, registry.get("access.rolegrant"), {"role": role.pk, **more})


def test_a_role_reaches_through_nested_groups_with_its_path(house: Any) -> None:
    inner = make_group("Inner", house.rep)
    outer = make_group("Outer", make_group("Middle", inner))
    give(role_of("Reader", [("parties.company", "view", "all")]), group=outer.pk)
    actor = fresh(house.rep)
    assert len(seen(house.rep)) == 6
    assert actor.rules[0].via == ("group Inner", "group Middle", "group Outer", "role Reader")


def test_a_role_of_a_department_reaches_everybody_below(house: Any) -> None:
    give(role_of("Reader", [("parties.company", "view", "own")]), org_unit_granted=house.sales.pk)
    assert (seen(house.boss), seen(house.rep), seen(house.stranger)) == ({"boss"}, {"rep"}, set())
    assert fresh(house.rep).rules[0].via == ("department Sales", "role Reader")


def test_a_department_in_the_trash_gives_no_role_and_reaches_no_row(house: Any) -> None:
    give(role_of("Reader", [("parties.company", "view", "all")]), org_unit_granted=house.other.pk)
    grant(house.stranger, ("parties.company", "view", "unit"))
    writes.save(SYSTEM, registry.get("parties.company").rows(SYSTEM).get(name="of rep"), {"org_unit": house.other.pk})
    assert len(seen(house.stranger)) == 6
    writes.delete(SYSTEM, registry.get("people.orgunit"), [house.other.pk])
    assert seen(house.stranger) == {"stranger"}


def test_memberships_and_grants_have_dates(house: Any) -> None:
    with time_machine.travel("2026-03-02 10:00:00+00:00", tick=False) as clock:
        group = make_group("Later")
        writes.create(
            SYSTEM,
            registry.get("access.groupmember"),
            {"group": group.pk, "user": house.rep.pk, "valid_from": "2026-03-03", "valid_to": "2026-03-05"},
        )
        give(role_of("Reader", [("parties.company", "view", "all")]), group=group.pk, valid_to="2026-03-04")
        found = []
        for _day in range(5):
            found.append(len(seen(house.rep)))
            clock.shift(dt.timedelta(days=1))
    assert found == [0, 6, 6, 0, 0]


def test_groups_in_a_circle_are_refused(house: Any) -> None:
    inner = make_group("Inner")
    outer = make_group("Outer", make_group("Middle", inner))
    members = registry.get("access.groupmember")
    for group, child in ((inner, outer), (inner, inner)):
        with pytest.raises(Refused) as refused:
            writes.create(SYSTEM, members, {"group": group.pk, "child": child.pk})
        assert "circle" in str(refused.value.errors["child"][0])
    assert members.rows(SYSTEM).filter(group=inner.pk).count() == 0


def test_a_team_shares_across_nested_groups(house: Any) -> None:
    make_group("Big team", house.stranger, make_group("Small team", house.rep))
    for user in (house.rep, house.stranger):
        grant(user, ("parties.company", "view", "team"))
    assert seen(house.stranger) == {"stranger", "rep"} and seen(house.rep) == {"stranger", "rep"}


def test_a_group_that_is_no_team_shares_roles_only(house: Any) -> None:
    make_group("Project", house.stranger, house.rep, is_team=False)
    grant(house.rep, ("parties.company", "view", "team"))
    assert seen(house.rep) == {"rep"}


# --- why ----------------------------------------------------------------------------------------------------------------


def test_explanations_name_the_path_and_what_decides(house: Any) -> None:
    give(role_of("Reader", [("parties.company", "view", "own")]), group=make_group("Readers", house.rep).pk)
    company = registry.get("parties.company")
    mine, theirs = (company.rows(SYSTEM).get(name=f"of {name}") for name in ("rep", "boss"))
    verdict, reasons = explain(fresh(house.rep), company, "view", mine)
    assert verdict and [(reason.path, reason.grants, reason.denies) for reason in reasons] == [
        (("group Readers", "role Reader"), True, False)
    ]
    verdict, reasons = explain(fresh(house.rep), company, "view", theirs)
    assert not verdict and [reason.grants for reason in reasons] == [False]
    verdict, reasons = explain(fresh(house.stranger), company, "view", theirs)
    assert not verdict and reasons == []


def test_explanations_go_down_to_the_field(house: Any) -> None:
    role = grant(house.rep, ("parties.company", "view", "all"), ("parties.company", "edit", "all"))
    field_rule(role, "website", "read")
    company = registry.get("parties.company")
    record = company.rows(SYSTEM).get(name="of boss")
    assert explain(fresh(house.rep), company, "view", record, "website")[0] is True
    verdict, reasons = explain(fresh(house.rep), company, "edit", record, "website")
    assert verdict is False and "website" in str(reasons[-1].text)
