"""What a user may do in the end, as one word for each kind and operation."""

from typing import Any

import pytest

from kith.access import effective
from kith.access.effective import is_follower, level, lines, subjects
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing.people import fresh, grant, make_user

pytestmark = pytest.mark.django_db
CONDITION = {"field": "name", "op": "is", "value": "Nord AS"}


@pytest.fixture
def user() -> Any:
    return make_user("Una")


def told(user: Any, operation: str, label: str = "parties.company") -> str:
    return level(fresh(user), registry.get(label), operation)


def test_the_widest_level_of_all_rules_is_told(user: Any) -> None:
    assert (told(user, "view"), told(user, "edit")) == ("none", "none")
    for given in ("own", "team", "reports"):
        grant(user, ("parties.company", "view", given))
    assert (told(user, "view"), told(user, "edit")) == ("team", "none")
    grant(user, ("parties.company", "view", "none"))
    assert told(user, "view") == "team"


@pytest.mark.parametrize(
    ("item", "word"),
    [
        (("parties.company", "view", "all", False, CONDITION), "rule"),
        (("parties.company", "view", "all", True, CONDITION), "rule"),
        (("parties.company", "view", "all", True), "none"),
        (("parties.company", "edit", "all", True), "own"),
        (("parties.person", "view", "all", True, CONDITION), "own"),
    ],
)
def test_conditions_and_denials_are_told_as_such(user: Any, item: tuple[Any, ...], word: str) -> None:
    grant(user, ("parties.company", "view", "own"))
    grant(user, item)
    assert told(user, "view") == word


def test_public_kinds_are_seen_by_all_and_changed_by_rules_only(user: Any) -> None:
    assert [told(user, operation, "access.role") for operation in ("view", "edit", "create")] == ["all", "none", "none"]
    grant(user, ("access.role", "edit", "all", True), ("access.role", "view", "all", True))
    assert [told(user, operation, "access.role") for operation in ("view", "edit")] == ["all", "none"]
    assert told(user, "view") == "none"


def test_parts_follow_their_whole_but_for_those_with_a_right_of_their_own() -> None:
    follow = {label: is_follower(registry.get(label)) for label in ("parties.contactpoint", "activities.note", "activities.task", "parties.personalfact", "parties.company", "access.share")}  # fmt: skip
    assert [label for label, follows in follow.items() if follows] == [
        "parties.contactpoint",
        "activities.note",
        "access.share",
    ]
    shown = {entity.label for entity in subjects()}
    assert {"parties.company", "parties.person", "parties.personalfact", "activities.task", "access.role"} <= shown
    assert not {"parties.party", "parties.contactpoint", "activities.note"} & shown


def test_there_is_a_line_for_each_kind_that_is_asked_about(user: Any) -> None:
    grant(user, ("parties.company", "view", "own"))
    (line,) = lines(fresh(user), [registry.get("parties.company")])
    assert [(cell.operation, cell.level) for cell in line.cells] == [
        (operation, "own" if operation == "view" else "none") for operation in effective.SHOWN
    ]
    assert [line.entity for line in lines(SYSTEM)] == subjects()
