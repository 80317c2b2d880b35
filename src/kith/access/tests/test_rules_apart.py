"""Rules beside rules: which line of a role counts, what a denial reaches, what is kept apart for whom and when."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db.models import F

from kith.core import access, past, writes
from kith.core.access import NOTHING, SYSTEM, Rule
from kith.core.entity import Entity, registry
from kith.core.testing import factory
from kith.core.testing.people import fresh, grant, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> SimpleNamespace:
    """A user without any right, and a company of hers and one of somebody else."""
    user, other = make_user("Una"), make_user("Otto")
    mine, theirs = (factory.make("parties.company", name=one.name, owner=one.pk) for one in (user, other))
    return SimpleNamespace(user=user, other=other, mine=mine, theirs=theirs)


def company() -> Entity:
    return registry.get("parties.company")


def seen(user: Any, operation: str = "view") -> set[str]:
    return set(company().rows(fresh(user), operation).values_list("name", flat=True))


# --- which line counts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wide", [("parties.company", "*"), ("*", "view"), ("*", "*")])
def test_the_line_of_kind_and_operation_goes_before_wider_ones_of_its_role(
    two: SimpleNamespace, wide: tuple[str, str]
) -> None:
    grant(two.user, (*wide, "all"), ("parties.company", "view", "own"))
    assert seen(two.user) == {"Una"}
    grant(two.user, (*wide, "all"))  # another role gives what this one does not
    assert seen(two.user) == {"Una", "Otto"}


def test_a_wider_denial_of_the_same_role_stays(two: SimpleNamespace) -> None:
    grant(two.user, ("parties.company", "*", "all", True), ("parties.company", "view", "all"))
    assert seen(two.user) == set()
    assert not access.allowed(fresh(two.user), company(), "view")


@pytest.mark.parametrize("level", ["none", "own", "all"])
def test_a_denial_reaches_all_rows_whatever_its_level_says(two: SimpleNamespace, level: str) -> None:
    grant(two.user, ("parties.company", "view", "all"), ("parties.company", "edit", "all"))
    assert seen(two.user, "edit") == {"Una", "Otto"}
    grant(two.user, ("parties.company", "edit", level, True))
    assert seen(two.user, "edit") == set() and seen(two.user) == {"Una", "Otto"}


@pytest.mark.parametrize("level", ["none", "own", "all"])
def test_a_denial_with_a_condition_reaches_all_rows_where_it_holds(two: SimpleNamespace, level: str) -> None:
    grant(two.user, ("parties.company", "view", "all"))
    grant(two.user, ("parties.company", "view", level, True, {"field": "name", "op": "is", "value": "Otto"}))
    assert seen(two.user) == {"Una"}


def test_another_operation_opens_nothing(two: SimpleNamespace) -> None:
    grant(two.user, ("parties.company", "edit", "all"), ("parties.person", "view", "all"))
    assert seen(two.user) == seen(two.user, "edit") == set()


# --- kinds that follow others and have rules too ------------------------------------------------------------------------


def test_tasks_are_opened_by_their_own_rules_alone(two: SimpleNamespace) -> None:
    task = registry.get("activities.task")
    grant(two.user, ("parties.company", "view", "all"), ("parties.company", "edit", "all"))
    assert not access.allowed(fresh(two.user), task, "view") and not access.allowed(fresh(two.user), task, "edit")
    assert access.allowed(fresh(two.user), registry.get("activities.note"), "edit")
    grant(two.user, ("activities.task", "edit", "own"))
    assert access.allowed(fresh(two.user), task, "edit")


# --- rows about some kinds ----------------------------------------------------------------------------------------------


def test_rows_about_some_kinds_are_about_these_only(two: SimpleNamespace) -> None:
    person = factory.make("parties.person", owner=two.user.pk)
    note, task = registry.get("activities.note"), registry.get("activities.task")
    for label, record in (("parties.company", two.mine), ("parties.person", person)):
        for kind in (note, task):
            factory.make(kind.label, subject={"entity": label, "id": str(record.pk)}, owner=two.user.pk)
    grant(two.user, ("*", "view", "own"), ("*", "edit", "own"))
    for actor in (fresh(two.user), SYSTEM):
        for kind in (note, task):
            for about in ("parties.company", "parties.person"):
                found = kind.rows(actor, "view", about=(about,))
                assert {row.subject_entity for row in found} == {about}, (kind.label, about)
            both = kind.rows(actor, "view", about=("parties.company", "parties.person"))
            assert set(both) == set(kind.rows(actor)) and both.count() == 2


# --- what is kept -------------------------------------------------------------------------------------------------------


def test_what_is_kept_for_some_rules_is_never_read_by_others(two: SimpleNamespace) -> None:
    grant(two.user, ("parties.company", "view", "own"))
    actor = fresh(two.user)
    assert company().rows(actor).count() == 1
    everything = replace(actor, rules=(Rule("", "parties.company", "view", "all"),), memo={})
    nothing = replace(actor, rules=(), memo={})
    assert [company().rows(one).count() for one in (everything, nothing, actor)] == [2, 0, 1]
    assert [access.allowed(one, company(), "view") for one in (everything, nothing, actor)] == [True, False, True]


def test_conditions_with_dates_are_kept_apart_by_the_moment(two: SimpleNamespace) -> None:
    condition = {"field": "created_at", "op": "last", "value": "7 days"}
    with time_machine.travel("2026-03-20 10:00:00+00:00", tick=False):
        factory.make("parties.company", name="Late", owner=two.other.pk)
    with time_machine.travel("2026-03-02 10:00:00+00:00", tick=False):
        factory.make("parties.company", name="Early", owner=two.other.pk)
    with time_machine.travel("2026-03-22 10:00:00+00:00", tick=False):
        grant(two.user, ("parties.company", "view", "all", False, condition))
        actor, found = fresh(two.user), []
        for day in ("2026-03-04", "", "2026-03-21", "2026-03-12", "2026-03-04"):
            with past.at(past.of(day) if day else None):
                rows = company().model._base_manager.filter(access.predicate(company(), actor, "view"))
                found.append({row.name for row in rows} & {"Early", "Late"})
    assert found == [{"Early"}, {"Late"}, {"Late"}, set(), {"Early"}]


# --- one record ---------------------------------------------------------------------------------------------------------


def test_columns_come_with_a_record_whatever_was_fetched_before(two: SimpleNamespace) -> None:
    grant(two.user, ("parties.company", "view", "own"))
    actor = fresh(two.user)
    for columns in ({}, {"first": F("name")}, {}, {"second": F("owner")}, {"first": F("status")}):
        found = access.fetch(company(), actor, two.mine.pk, columns=columns)
        assert found.pk == two.mine.pk
        for name, expression in columns.items():
            plain = getattr(found, f"{expression.name}_id" if expression.name == "owner" else expression.name)
            assert getattr(found, name) == plain


def test_a_share_reaches_nobody_where_there_is_no_user(two: SimpleNamespace) -> None:
    subject = {"entity": "parties.company", "id": str(two.mine.pk)}
    group = writes.create(SYSTEM, registry.get("access.group"), {"name": "Group"})
    writes.create(SYSTEM, registry.get("access.share"), {"subject": subject, "group": group.pk})
    reach = access.loaders["shares"]
    nobody = replace(fresh(two.user), id=None, shares=frozenset({"parties.company"}))
    assert reach(company(), nobody, "view") == NOTHING
    assert company().rows(nobody).count() == 0
