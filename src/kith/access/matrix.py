"""A role as a matrix: kinds of record by operations, each cell the rules of the role about that pair."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kith.core.access import LEVEL_LABELS, SYSTEM, SYSTEM_RIGHTS
from kith.core.entity import OPERATION_LABELS, OPERATIONS, Entity, registry

from .effective import is_follower

ANY = "*"
SYSTEM_ROW = "system"
COLUMNS = (*OPERATIONS, ANY)
RULE_LABEL = gettext_lazy("rule")
TITLES = {
    "core": gettext_lazy("Views and tags"), "access": gettext_lazy("Users and rights"), "people": gettext_lazy("Own company"),
    "parties": gettext_lazy("Customers"), "activities": gettext_lazy("Activities"),
}  # fmt: skip
#: Apps whose kinds of record stand at the end; the customers' come first.
LAST = ("people", "core", "access")

type RuleData = dict[str, Any]  # level, deny, condition


@dataclass(slots=True)
class Cell:
    """What a role says about one operation on one kind of record."""

    entity: str
    operation: str
    label: Any
    rules: list[RuleData] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The name in forms."""
        return f"{self.entity}:{self.operation}"

    @property
    def level(self) -> str:
        """ "" where the role says nothing, a level where one plain rule does, else "rule"."""
        if not self.rules:
            return ""
        only = self.rules[0]
        return "rule" if len(self.rules) > 1 or only["deny"] or only["condition"] else only["level"]

    @property
    def text(self) -> Any:
        """The level in a word."""
        return RULE_LABEL if self.level == "rule" else LEVEL_LABELS[self.level or "none"]

    @property
    def json(self) -> str:
        """The rules for the script."""
        return json.dumps(self.rules)


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


def rows_of(entity: Entity, rules: dict[tuple[str, str], list[RuleData]]) -> list[Row]:
    """A kind of record, and below it its actions that have a right of their own."""
    title = capfirst(str(entity.plural))
    actions = [action for action in entity.actions if not action.right]
    return [
        row(entity.label, title, entity.icon, rules, entity),
        *(action_row(entity, action, rules) for action in actions),
    ]


def row(
    label: str, title: Any, icon: str, rules: dict[tuple[str, str], list[RuleData]], entity: Entity | None = None
) -> Row:
    """One line with all operations; a part that follows its whole has only "sensitive"."""
    short = entity is not None and is_follower(entity)
    cells = [
        None if short and name != "sensitive" else Cell(label, name, column_label(name), rules.get((label, name), []))
        for name in COLUMNS
    ]
    return Row(title, icon, list(cells))


def action_row(entity: Entity, action: Any, rules: dict[tuple[str, str], list[RuleData]]) -> Row:
    """The line of an action."""
    cell = Cell(entity.label, action.name, action.label, rules.get((entity.label, action.name), []))
    return Row(action.label, action.icon, [cell, *([None] * (len(COLUMNS) - 1))], sub=True)


def system_row(name: str, title: Any, rules: dict[tuple[str, str], list[RuleData]]) -> Row:
    """The line of a right on Kith as a whole: all or nothing."""
    cell = Cell(SYSTEM_ROW, name, title, rules.get((SYSTEM_ROW, name), []))
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
