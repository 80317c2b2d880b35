"""The what-if equals brute force: the rows seen before and after the change is really saved."""

import itertools
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.access import matrix_save, whatif
from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.changes import running
from kith.core.entity import registry
from kith.core.ledger import ChangeSet
from kith.core.testing.people import fresh, grant, make_group, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(people: Any) -> Any:
    company = registry.get("parties.company")
    for number, owner in enumerate(itertools.islice(itertools.cycle([people.ann, people.tom, people.max, None]), 20)):
        writes.create(
            SYSTEM,
            company,
            {
                "name": f"Company {number}",
                "owner": owner.pk if owner else None,
                "status": "active" if number % 2 else "prospect",
            },
        )
    return people


def seen(user: Any, label: str, operation: str) -> set[Any]:
    return set(registry.get(label).rows(fresh(user), operation).values_list("pk", flat=True))


def brute_force(users: list[Any], change: Any) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Rows gained and lost by really doing it."""
    keys = [
        (user, label, operation)
        for user in users
        for label in ("parties.company", "parties.person")
        for operation in whatif.OPERATIONS
    ]
    before = {key: seen(*key) for key in keys}
    change()
    after = {key: seen(*key) for key in keys}
    return {
        (user.name, label, operation): (len(after[key] - before[key]), len(before[key] - after[key]))
        for key in keys
        if before[key] != after[key]
        for user, label, operation in [key]
    }


def as_numbers(outcome: whatif.Outcome) -> dict[tuple[str, str, str], tuple[int, int]]:
    return {
        (item.user.name, item.entity.label, item.operation): (item.gains, item.losses)
        for item in outcome.records
        if item.entity.label in ("parties.company", "parties.person")
    }


CELLS: list[dict[tuple[str, str], list[dict[str, Any]]]] = [
    {("*", "view"): [{"level": "all", "deny": False, "condition": None}]},
    {("*", "edit"): []},
    {
        ("parties.company", "view"): [
            {"level": "team", "deny": False, "condition": {"field": "status", "op": "any", "value": ["active"]}}
        ]
    },
    {
        ("parties.company", "edit"): [
            {"level": "own", "deny": False, "condition": None},
            {"level": "all", "deny": True, "condition": {"field": "status", "op": "any", "value": ["prospect"]}},
        ]
    },
    {
        ("*", "delete"): [{"level": "none", "deny": False, "condition": None}],
        ("*", "export"): [{"level": "all", "deny": False, "condition": None}],
    },
]


@pytest.mark.parametrize("number", range(len(CELLS)))
def test_a_change_of_a_role(people: Any, number: int) -> None:
    def change() -> None:
        matrix_save.save(people.actors.eva, people.roles.own, CELLS[number])

    guess = whatif.compare(people.actors.eva, change)
    assert guess.users == 1
    truth = brute_force([people.ann], change)
    assert as_numbers(guess) == truth and truth


def test_a_subgroup_shows_exactly_the_rows_that_change(people: Any) -> None:
    west = make_group("West", people.max, make_user("Wim"))
    grant(people.max, ("*", "view", "team"))
    members = registry.get("access.groupmember")

    def change() -> None:
        writes.create(people.actors.eva, members, {"group": people.north.pk, "child": west.pk})

    guess = whatif.compare(people.actors.eva, change)
    truth = brute_force([people.ann, people.tom, people.max], change)
    assert as_numbers(guess) == truth
    assert truth["Tom Team", "parties.company", "view"] == (5, 0) and truth["Max None", "parties.company", "view"] == (
        10,
        0,
    )
    assert ("Ann Own", "parties.company", "view") not in truth
    assert guess.users == 4


def test_nothing_is_saved_by_looking(people: Any) -> None:
    before = ChangeSet.objects.count()
    whatif.compare(people.actors.eva, lambda: matrix_save.save(people.actors.eva, people.roles.own, CELLS[0]))
    assert ChangeSet.objects.count() == before
    assert {rule.level for rule in fresh(people.ann).rules} == {"own"}


def test_rights_to_create_and_fields_are_compared_too(people: Any) -> None:
    fields = {("parties.company", "name"): ("read", False), ("parties.company", "website"): ("none", False)}
    guess = whatif.compare(
        people.actors.eva, lambda: matrix_save.save(people.actors.eva, people.roles.own, {("*", "create"): []}, fields)
    )
    assert [
        (entity.label, operation, now)
        for _user, entity, operation, now in guess.may
        if entity.label == "parties.company"
    ] == [("parties.company", "create", False)]
    assert {item.field: (item.before, item.after) for item in guess.fields} == {
        "name": ("edit", "read"),
        "website": ("edit", "none"),
    }


def test_examples_are_shown(people: Any) -> None:
    guess = whatif.compare(people.actors.eva, lambda: matrix_save.save(people.actors.eva, people.roles.own, CELLS[0]))
    companies = next(
        item for item in guess.records if item.entity.label == "parties.company" and item.operation == "view"
    )
    assert (companies.gains, len(companies.gained), companies.losses) == (15, 15, 0)


def test_nothing_is_locked_while_records_are_compared(people: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The change is rolled back by then: what takes long holds up nobody."""
    seen_there, really = [], whatif.Eyes.differ

    def differ(*given: Any) -> None:
        seen_there.append((running(), {rule.level for rule in fresh(people.ann).rules}))
        really(*given)

    monkeypatch.setattr(whatif.Eyes, "differ", differ)
    guess = whatif.compare(people.actors.eva, lambda: matrix_save.save(people.actors.eva, people.roles.own, CELLS[0]))
    assert seen_there == [(None, {"own"})] and not guess.is_empty


def test_people_of_one_group_are_built_with_what_they_have_in_common(people: Any) -> None:
    grant(people.max, ("*", "view", "team"))
    members = registry.get("access.groupmember")

    def queries(count: int) -> int:
        group = make_group(f"Large {count}", *(make_user(f"U{count}-{number}") for number in range(count)))

        def change() -> None:
            writes.create(people.actors.eva, members, {"group": people.north.pk, "child": group.pk})

        with CaptureQueriesContext(connection) as asked:
            assert whatif.compare(people.actors.eva, change, look=False).users >= count
        return len(asked)

    few, many = queries(4), queries(14)
    assert (many - few) / 10 <= 8 + 2  # four each before and after; the members' rows differ in a query at most
