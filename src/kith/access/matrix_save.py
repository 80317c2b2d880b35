"""Saving a matrix: the posted cells become permission items, all in one change-set, or nothing changes."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from kith.core import access, writes
from kith.core.access import LEVELS, Actor
from kith.core.changes import change_set
from kith.core.entity import Entity, registry
from kith.core.errors import Conflict, Refused

from . import matrix, whatif
from .matrix import RuleData

MOST = 20  # rules in one cell
type Cells = dict[tuple[str, str], list[RuleData]]
type Fields = dict[tuple[str, str], tuple[str, bool]]  # level ("" for none of its own) and whether it binds all


def read_cells(data: Mapping[str, Any]) -> Cells:
    """The changed cells of a form: `cell:<entity>:<operation>` holds JSON. Raises Refused naming the cell."""
    found: Cells = {}
    for name, raw in data.items():
        if name.startswith("cell:"):
            label, _colon, operation = name.removeprefix("cell:").rpartition(":")
            found[label, operation] = read_rules(name, raw)
    return found


def read_rules(name: str, raw: str) -> list[RuleData]:
    """The rules of one cell."""
    try:
        rules = json.loads(raw)
    except (ValueError, RecursionError):
        raise Refused({name: [_("This is no JSON.")]}) from None
    if not isinstance(rules, list) or len(rules) > MOST or not all(isinstance(rule, dict) for rule in rules):
        raise Refused({name: [_("A cell holds a list of at most %(num)s rules.") % {"num": MOST}]})
    for rule in rules:
        if (
            rule.get("level") not in LEVELS
            or not isinstance(rule.get("deny", False), bool)
            or not isinstance(rule.get("condition"), dict | None)
        ):
            raise Refused(
                {
                    name: [
                        _("A rule has a level (%(levels)s), deny (true or false) and a condition.")
                        % {"levels": ", ".join(LEVELS)}
                    ]
                }
            )
    return [
        {"level": rule["level"], "deny": rule.get("deny", False), "condition": rule.get("condition") or None}
        for rule in rules
    ]


def read_fields(data: Mapping[str, Any]) -> Fields:
    """The fields of a form: `field:<entity>:<name>` holds a level, "" or a level with "!" (binds whatever other roles say)."""
    found: Fields = {}
    for name, raw in data.items():
        if name.startswith("field:"):
            label, _colon, field = name.removeprefix("field:").rpartition(":")
            found[label, field] = (raw.rstrip("!"), raw.endswith("!"))
    return found


def save(
    actor: Actor, role: Any, cells: Cells, fields: Fields | None = None, *, mark: str = "", reason: str = ""
) -> int:
    """Store cells and fields; the number of items written or removed. Conflict when somebody saved the role meanwhile."""
    access.fetch(registry.get("access.role"), actor, role.pk, "edit")
    with change_set(actor, kind="rights", entity="access.role", reason=reason), whatif.seen():
        writes.lock(registry.get("access.role"), [role.pk])
        if mark and mark != matrix.mark(role):
            raise Conflict([], role.version)
        rules = registry.get("access.policyrule")
        done = sum(store_cell(actor, rules, role, pair, wanted) for pair, wanted in cells.items())
        policies = registry.get("access.fieldpolicy")
        return done + sum(store_field(actor, policies, role, pair, wanted) for pair, wanted in (fields or {}).items())


def store_cell(actor: Actor, entity: Entity, role: Any, pair: tuple[str, str], wanted: list[RuleData]) -> int:
    """Bring the items of one cell to the wanted rules: equal ones stay, others are changed, added or removed."""
    present = [item for item in matrix.stored(role) if (item.entity, item.operation) == pair]
    todo = list(wanted)
    for item in list(present):
        same = {"level": item.level, "deny": item.deny, "condition": item.condition}
        if same in todo:
            todo.remove(same)
            present.remove(item)
    for item in present:
        if todo:
            writes.save(actor, item, todo.pop(0))
        else:
            writes.delete(actor, entity, [item.pk])
    writes.create_many(
        actor, entity, [{"role": role.pk, "entity": pair[0], "operation": pair[1], **rule} for rule in todo]
    )
    return len(present) + len(todo)


def store_field(actor: Actor, entity: Entity, role: Any, pair: tuple[str, str], wanted: tuple[str, bool]) -> int:
    """Bring the item of one field to the wanted level."""
    level, deny = wanted
    present = [item for item in matrix.stored(role, "access.fieldpolicy") if (item.entity, item.field) == pair]
    if present and (present[0].level, present[0].deny) == wanted:
        return 0
    if present and level:
        writes.save(actor, present[0], {"level": level, "deny": deny})
    elif present:
        writes.delete(actor, entity, [item.pk for item in present])
    elif level:
        writes.create(
            actor, entity, {"role": role.pk, "entity": pair[0], "field": pair[1], "level": level, "deny": deny}
        )
    return 1 if present or level else 0
