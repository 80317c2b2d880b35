"""A role as a matrix: kinds of record by operations, each cell the rules of the role about that pair."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kith.core.access import LEVEL_LABELS, LEVELS, READING, SYSTEM, SYSTEM_RIGHTS
from kith.core.entity import OPERATION_LABELS, OPERATIONS, Entity, registry

from .effective import is_follower

ANY = "*"
SYSTEM_ROW = "system"
COLUMNS = (*OPERATIONS, ANY)
RULE_LABEL = gettext_lazy("rule")
TITLES = {
    "core": gettext_lazy("Views and tags"), "access": gettext_lazy("Users and rights"), "people": gettext_lazy("Own company"),
    "parties": gettext_lazy("Customers"), "activities": gettext_lazy("Activities"), "catalogue": gettext_lazy("Products"), "sales": gettext_lazy("Sales"),
    "marketing": gettext_lazy("Marketing"), "distribution": gettext_lazy("Distribution"), "processes": gettext_lazy("Processes"), "privacy": gettext_lazy("Personal data"),
}  # fmt: skip
#: Apps whose kinds of record stand at the end; the customers' come first.
LAST = ("objects", "distribution", "processes", "people", "core", "access")

type RuleData = dict[str, Any]  # level, deny, condition
type Rules = dict[tuple[str, str], list[RuleData]]


@dataclass(slots=True)
class Cell:
    """What a role says about one operation on one kind of record."""

    entity: str
    operation: str
    label: Any
    rules: list[RuleData] = field(default_factory=list)
    #: What wider rules of the role ("every kind", "everything") say where it has none of this pair.
    implied: str = ""

    @property
    def key(self) -> str:
        """The name in forms."""
        return f"{self.entity}:{self.operation}"

    @property
    def level(self) -> str:
        """ "" where the role says nothing, a level where one plain rule does, else "rule"."""
        return level_of(self.rules)

    @property
    def text(self) -> Any:
        """The level in a word."""
        return RULE_LABEL if self.level == "rule" else LEVEL_LABELS[self.level or "none"]

    @property
    def json(self) -> str:
        """The rules for the script."""
        return json.dumps(self.rules)


def level_of(rules: list[RuleData]) -> str:
    """ "" for no rules, the level of one plain rule, else "rule"."""
    if not rules:
        return ""
    only = rules[0]
    return "rule" if len(rules) > 1 or only["deny"] or only["condition"] else str(only["level"])


@dataclass(slots=True)
class Row:
    """One line of the matrix: a kind of record, one of its actions, or a right on Kith as a whole."""

    title: Any
    icon: str
    cells: list[Cell | None]
    sub: bool = False


@dataclass(slots=True)
class Block:
    """Rows under one title."""

    title: Any
    rows: list[Row]


def stored(role: Any, label: str = "access.policyrule") -> list[Any]:
    """The items of a role, oldest first."""
    return list(registry.get(label).rows(SYSTEM).filter(role=role.pk).order_by("pk"))


def rules_of(role: Any) -> dict[tuple[str, str], list[RuleData]]:
    """The rules of a role by kind of record and operation."""
    found: dict[tuple[str, str], list[RuleData]] = {}
    for item in stored(role):
        found.setdefault((item.entity, item.operation), []).append(
            {"level": item.level, "deny": item.deny, "condition": item.condition}
        )
    return found


def of(role: Any, *, only_set: bool = False) -> list[Block]:
    """The matrix of a role; `only_set` leaves out lines about which it says nothing."""
    rules = rules_of(role)
    blocks = [Block(_("All kinds of record"), [row(ANY, _("Every kind of record"), "layers", rules)])]
    apps_here = dict.fromkeys(entity.label.split(".")[0] for entity in registry)
    for label in sorted(apps_here, key=lambda app: LAST.index(app) if app in LAST else -1):
        rows = [
            line
            for entity in registry
            if entity.label.split(".")[0] == label and is_subject(entity)
            for line in rows_of(entity, rules)
        ]
        blocks.append(Block(TITLES.get(label) or capfirst(str(apps.get_app_config(label).verbose_name)), rows))
    blocks.append(
        Block(_("Kith as a whole"), [system_row(name, title, rules) for name, title in SYSTEM_RIGHTS.items()])
    )
    if only_set:
        for block in blocks:
            block.rows = [line for line in block.rows if any(cell and cell.rules for cell in line.cells)]
    return [block for block in blocks if block.rows]


def is_subject(entity: Entity) -> bool:
    """Whether the matrix has a line for the entity: not for shared tables, nor for parts without sensitive fields."""
    return not entity.access.faces and (
        not is_follower(entity) or any(spec.sensitive for spec in entity.declared.values())
    )


def rows_of(entity: Entity, rules: Rules) -> list[Row]:
    """A kind of record, and below it its actions that have a right of their own."""
    title = capfirst(str(entity.plural))
    actions = [action for action in entity.actions if not action.right]
    return [
        row(entity.label, title, entity.icon, rules, entity),
        *(action_row(entity, action, rules) for action in actions),
    ]


def row(label: str, title: Any, icon: str, rules: Rules, entity: Entity | None = None) -> Row:
    """One line with all operations; a part that follows its whole has only "sensitive"."""
    short = entity is not None and is_follower(entity)
    cells = [
        None
        if short and name != "sensitive"
        else Cell(label, name, column_label(name), rules.get((label, name), []), implied(rules, label, name, entity))
        for name in COLUMNS
    ]
    return Row(title, icon, list(cells))


def implied(rules: Rules, label: str, name: str, entity: Entity | None) -> str:
    """What wider rules say about a pair that has none of its own; as in access.speaks, "every kind" writes no public records."""
    if rules.get((label, name)):
        return ""
    wide = [(label, ANY), (ANY, ANY)]
    if entity is None or not entity.access.public or name in READING:
        wide.insert(1, (ANY, name))
    found = [rule for pair in wide if pair != (label, name) for rule in rules.get(pair, [])]
    if any(rule["deny"] or rule["condition"] for rule in found):
        return "rule"
    return max((rule["level"] for rule in found), key=LEVELS.index, default="")


def action_row(entity: Entity, action: Any, rules: Rules) -> Row:
    """The line of an action."""
    mine = rules.get((entity.label, action.name), [])
    cell = Cell(entity.label, action.name, action.label, mine, implied(rules, entity.label, action.name, entity))
    return Row(action.label, action.icon, [cell, *([None] * (len(COLUMNS) - 1))], sub=True)


def system_row(name: str, title: Any, rules: Rules) -> Row:
    """The line of a right on Kith as a whole: all or nothing."""
    mine = rules.get((SYSTEM_ROW, name), [])
    every = "" if mine else level_of(rules.get((ANY, ANY), []))
    cell = Cell(SYSTEM_ROW, name, title, mine, every if every == "all" else "")
    return Row(title, "settings-2", [cell, *([None] * (len(COLUMNS) - 1))])


def column_label(name: str) -> Any:
    """The word over a column."""
    return _("Everything") if name == ANY else OPERATION_LABELS[name]


def mark(role: Any) -> str:
    """A mark of the role's present items: a form made over others is not saved."""
    items = [
        (item.pk, item.version) for label in ("access.policyrule", "access.fieldpolicy") for item in stored(role, label)
    ]
    return hashlib.sha256(repr(sorted(items)).encode()).hexdigest()[:20]
