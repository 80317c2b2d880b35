"""Rights on Kith as a whole: who holds them, by which rule, cut by denials and by the scopes of a token."""

import itertools
from dataclasses import replace

import pytest

from kith.core.access import NOBODY, SYSTEM, SYSTEM_RIGHTS, Actor, Rule, has_system_right, require_system_right
from kith.core.errors import Forbidden

RULES = {
    "named": Rule("r", "system", "audit"), "every right": Rule("r", "system", "*"), "administrator": Rule("r", "*", "*"), "other right": Rule("r", "system", "jobs"), "every kind": Rule("r", "*", "audit"),
    "every kind, own": Rule("r", "*", "*", "own"), "none": Rule("r", "system", "audit", "none"), "kind": Rule("r", "parties.company", "*"), "denied": Rule("r", "system", "audit", deny=True),
    "denied all": Rule("r", "system", "*", deny=True), "denied other": Rule("r", "system", "jobs", deny=True),
}  # fmt: skip
GRANTING, DENYING = {"named", "every right", "administrator"}, {"denied", "denied all"}
SCOPES = {
    None: True,
    frozenset({"system:audit"}): True,
    frozenset({"system:*"}): True,
    frozenset({"*"}): True,
    frozenset({"*:audit"}): False,
    frozenset({"system:jobs"}): False,
    frozenset(): False,
}
PLAIN = Actor(id=None, name="x")


@pytest.mark.parametrize("names", [*itertools.combinations(RULES, 1), *itertools.combinations(RULES, 2)])
def test_rules_give_and_take_the_right(names: tuple[str, ...]) -> None:
    actor = replace(PLAIN, rules=tuple(RULES[name] for name in names))
    wanted = bool(GRANTING & set(names)) and not DENYING & set(names)
    assert has_system_right(actor, "audit") is wanted
    for scopes, covers in SCOPES.items():
        assert has_system_right(replace(actor, scopes=scopes), "audit") is (wanted and covers)


def test_nobody_has_any_and_kith_has_all() -> None:
    assert all(has_system_right(SYSTEM, name) and not has_system_right(NOBODY, name) for name in SYSTEM_RIGHTS)


def test_the_refusal_names_the_right() -> None:
    with pytest.raises(Forbidden) as refused:
        require_system_right(PLAIN, "audit")
    assert refused.value.right == "system:audit" and str(SYSTEM_RIGHTS["audit"]) in str(refused.value.message)
    require_system_right(replace(PLAIN, rules=(RULES["named"],)), "audit")
    with pytest.raises(LookupError):
        has_system_right(SYSTEM, "no_such")
