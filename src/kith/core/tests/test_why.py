"""Explanations of rights: each reason is told where it holds, and the verdict is that of the program."""

from typing import Any

import pytest

from kith.core import access, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import factory
from kith.core.testing.people import fresh, grant, make_group, make_user
from kith.core.why import explain, in_words

pytestmark = pytest.mark.django_db
MINE = {"field": "name", "op": "is", "value": "Mine"}


@pytest.fixture
def user() -> Any:
    return make_user("Una")


@pytest.fixture
def firms(user: Any) -> dict[str, Any]:
    other = make_user("Otto")
    return {name: factory.make("parties.company", name=name, owner=owner.pk) for name, owner in (("Mine", user), ("Theirs", other))}  # fmt: skip


def why(user: Any, operation: str, record: Any = None, field: str = "", label: str = "parties.company") -> Any:
    """The verdict, and by reason: text, whether it grants, whether it denies."""
    verdict, reasons = explain(fresh(user), registry.get(label), operation, record, field)
    return verdict, [(str(reason.text), reason.grants, reason.denies) for reason in reasons]


VIEW_OWN = "allows on companies: View, for own"
VIEW_ALL = "allows on companies: View, for all"


def test_rules_decide_for_the_records_that_they_reach(user: Any, firms: dict[str, Any]) -> None:
    grant(user, ("parties.company", "view", "own"))
    assert why(user, "view", firms["Mine"]) == (True, [(VIEW_OWN, True, False)])
    assert why(user, "view", firms["Theirs"]) == (False, [(VIEW_OWN, False, False)])
    assert why(user, "view") == (True, [(VIEW_OWN, True, False)])
    assert why(user, "edit", firms["Mine"]) == why(user, "edit") == (False, [])


def test_a_level_of_none_grants_nothing(user: Any, firms: dict[str, Any]) -> None:
    grant(user, ("parties.company", "view", "none"))
    assert why(user, "view") == (False, [("allows on companies: View, for none", False, False)])
    assert why(user, "view", firms["Mine"])[1][0][1] is False


def test_a_denial_is_told_where_it_holds(user: Any, firms: dict[str, Any]) -> None:
    grant(user, ("parties.company", "view", "all"))
    grant(user, ("parties.company", "view", "all", True, MINE))
    denied = "denies on companies: View"
    assert why(user, "view", firms["Mine"]) == (False, [(VIEW_ALL, True, False), (denied, False, True)])
    assert why(user, "view", firms["Theirs"]) == (True, [(VIEW_ALL, True, False), (denied, False, False)])


def test_conditions_are_told_as_such(user: Any, firms: dict[str, Any]) -> None:
    grant(user, ("parties.company", "view", "all", False, MINE))
    words = f"{VIEW_ALL}, where conditions hold"
    assert why(user, "view", firms["Mine"]) == (True, [(words, True, False)])
    assert why(user, "view", firms["Theirs"]) == (False, [(words, False, False)])
    role = grant(user, ("*", "*", "all"))
    rule = next(rule for rule in fresh(user).rules if rule.role == str(role.pk))
    assert str(in_words(rule)) == "allows on every kind of record: everything, for all"


FOLLOWS = "follows the record it is a part of"


def test_parts_follow_their_whole(user: Any, firms: dict[str, Any]) -> None:
    grant(user, ("parties.company", "view", "own"))
    points = {name: factory.make("parties.contactpoint", party=firm.pk) for name, firm in firms.items()}
    notes = {name: factory.make("activities.note", subject={"entity": "parties.company", "id": str(firm.pk)}) for name, firm in firms.items()}  # fmt: skip
    for label, parts in (("parties.contactpoint", points), ("activities.note", notes)):
        assert why(user, "view", parts["Mine"], label=label) == (True, [(FOLLOWS, True, False)])
        assert why(user, "view", parts["Theirs"], label=label) == (False, [(FOLLOWS, False, False)])
        assert why(user, "view", label=label)[1] == [(FOLLOWS, True, False)]
        assert why(user, "edit", parts["Mine"], label=label) == (False, [(FOLLOWS, False, False)])


def test_a_share_is_told_to_who_has_it(user: Any, firms: dict[str, Any]) -> None:
    subject = {"entity": "parties.company", "id": str(firms["Theirs"].pk)}
    writes.create(SYSTEM, registry.get("access.share"), {"subject": subject, "group": make_group("Some", user).pk})
    shared = ("the record was shared", True, False)
    assert why(user, "view", firms["Theirs"]) == (True, [shared])
    assert why(user, "edit", firms["Theirs"]) == (False, [])
    assert why(user, "view", firms["Mine"]) == (False, [])
    assert why(user, "view") == (False, [])
    assert why(make_user("Max"), "view", firms["Theirs"]) == (False, [])


def limit(role: Any, field: str, level: str, *, entity: str = "parties.company", deny: bool = False) -> None:
    values = {"role": role.pk, "entity": entity, "field": field, "level": level, "deny": deny}
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), values)


def test_fields_have_rules_of_their_own(user: Any, firms: dict[str, Any]) -> None:
    role = grant(user, ("parties.company", "view", "own"), ("parties.company", "edit", "own"))
    limit(role, "website", "read")
    limit(role, "email", "none", deny=True)
    limit(role, "website", "none", entity="parties.person")
    read, hidden = ("field “website”: read only", True, False), ("field “email”: hidden", False, True)
    edit = "allows on companies: Edit, for own"
    assert why(user, "view", firms["Mine"], "website") == (True, [(VIEW_OWN, True, False), read])
    assert why(user, "edit", firms["Mine"], "website") == (False, [(edit, True, False), read])
    assert why(user, "view", firms["Mine"], "email") == (False, [(VIEW_OWN, True, False), hidden])
    assert why(user, "edit", firms["Mine"], "phone") == (True, [(edit, True, False)])
    assert why(user, "view", firms["Theirs"], "phone") == (False, [(VIEW_OWN, False, False)])
    assert why(user, "view", None, "website") == (True, [(VIEW_OWN, True, False), read])


def test_kith_itself_may_do_everything(firms: dict[str, Any]) -> None:
    employee = registry.get("people.employee")
    assert employee.fields["birth_date"].sensitive
    assert explain(SYSTEM, employee, "edit", None, "birth_date") == (True, [])
    assert explain(SYSTEM, registry.get("parties.company"), "edit", firms["Mine"], "name") == (True, [])
    assert access.allowed(SYSTEM, employee, "edit")
