"""What a report can be grouped by: expression, all values of closed lists, and the condition that finds a group again."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, Func, Value
from django.db.models.functions import NullIf
from django.utils.translation import gettext as _

from kith.core import asof
from kith.core.entity import registry
from kith.core.filters import BadFilter, Group, Node, Test, lets_through
from kith.core.trees import below

from . import periods
from .branches import Tree, spread_link, spread_list
from .paths import Path, resolve
from .shape import EACH, GRAINS, Dimension

if TYPE_CHECKING:
    from kith.core.access import Actor
    from kith.core.entity import Entity
    from kith.core.specs import FieldSpec

TEXTS = frozenset({"text", "choice", "country"})
DATES = frozenset({"date", "moment"})
MANY = frozenset({"tags", "choices", "words"})
#: Longer texts are no names of groups.
MAX_TEXT = 300
MAX_EVERY = 500
#: Kinds of records that are a closed list though they are records (stages): label -> ids in their order for a reader.
closed: dict[str, Callable[["Actor"], Iterable[uuid.UUID]]] = {}
#: Kinds of records that have an order of their own though not all of them are shown (stages of several processes): label -> ids in that order.
ranked: dict[str, Callable[[Iterable[uuid.UUID]], list[uuid.UUID]]] = {}


class Items(Func):
    """The items of a list field, one nothing for an empty one; the query spreads them over rows."""

    def __init__(self, items: Any, kind: str) -> None:
        template = f"COALESCE(NULLIF((%(expressions)s)::{kind}[], '{{}}'), ARRAY[NULL::{kind}])"
        super().__init__(items, template=template, output_field=ArrayField(CharField()))


def fits(spec: "FieldSpec") -> bool:
    """Whether a report can be grouped by this field."""
    kind = spec.type.name
    if not spec.stored or getattr(spec, "where", None) is not None or (not spec.columns and not spec.sortable):
        return False
    if kind in MANY:
        return not spec.is_bag and bool(spec.columns)
    if kind == "text":
        return spec.is_bag or 0 < (spec.max_length or 0) <= MAX_TEXT
    if kind == "moment":
        return not spec.is_bag
    return kind in ("choice", "link", "boolean", "country", "date") or (kind == "number" and not spec.decimals)


@dataclass(frozen=True, slots=True)
class Dim:
    """A dimension with its field resolved for one reader."""

    asked: Dimension
    path: Path
    actor: "Actor"
    tree: Tree | None = None

    @property
    def spec(self) -> "FieldSpec":
        """The field."""
        return self.path.spec

    @property
    def kind(self) -> str:
        """The name of the field's type."""
        return self.spec.type.name

    @property
    def is_many(self) -> bool:
        """Whether a record has a list of groups (R161)."""
        return self.kind in MANY or self.path.is_list

    @property
    def spreads(self) -> bool:
        """Whether a record may stand in several groups: those of a list, or all that its group lies in (R161)."""
        return self.is_many or self.tree is not None

    def spread(self, at: int) -> str:
        """The join that puts a row into each of its groups; the column d of the rows becomes v."""
        if self.tree is not None:
            return spread_list(self.tree, at) if self.is_many else spread_link(self.tree, at)
        return f' CROSS JOIN LATERAL unnest(found."d{at}") AS e{at}("v{at}")'

    @property
    def is_period(self) -> bool:
        """Whether the groups are periods of time."""
        return self.kind in DATES

    @property
    def is_closed(self) -> bool:
        """Whether all possible values are known and shown (R159)."""
        return self.kind in ("choice", "choices", "boolean") or self.is_period or self.target in closed

    @property
    def target(self) -> str:
        """The label of the records that the groups are, else empty."""
        return self.spec.target if self.kind in ("link", "tags") else ""

    @property
    def label(self) -> str:
        """The heading."""
        grain = f", {GRAINS[self.asked.grain]}" if self.is_period else f", {EACH[1]}" if self.asked.grain else ""
        return f"{self.path.label}{grain}"

    def expression(self) -> Any:
        """The group of a row; of a list field all of its groups."""
        if self.path.is_list:
            return Items(self.path.items, "uuid" if self.target else "text")
        if self.is_period:
            return periods.starts(self.path, self.asked.grain)
        value = self.path.guarded(self.spec.expression(self.path.prefix))
        if self.is_many:
            return Items(value, "uuid" if self.kind == "tags" else "text")
        return (
            NullIf(value, Value("", output_field=CharField()), output_field=CharField())
            if self.kind in TEXTS
            else value
        )

    def value(self, raw: Any) -> Any:
        """A group as it comes from the database."""
        if isinstance(raw, dt.datetime):
            return raw.date()
        return int(raw) if self.kind == "number" and raw is not None else raw

    def every(self, found: Iterable[Any], node: Node, *, all_records: bool) -> list[Any]:
        """All values to show in their natural order, those found included; "(empty)", where found, last."""
        present = [value for value in found if value is not None]
        empty = [None] if any(value is None for value in found) else []
        if self.is_period:
            bounds = periods.asked(node, self.asked.path, self.spec, self.actor)
            return [*periods.filled(present, bounds, self.asked.grain), *empty]
        known = [value for value in self.known(all_records=all_records) if not self.is_ruled_out(value, node)]
        return [*dict.fromkeys([*known, *sorted(present, key=str)]), *empty]

    def is_ruled_out(self, value: Any, node: Node) -> bool:
        """Whether a condition on this very field leaves a value of a closed list without any record, so that there is no zero to tell."""
        if self.kind != "choice" and self.target not in closed:
            return False
        tests = node.nodes if isinstance(node, Group) and node.mode == "all" else (node,)
        asked = [one for one in tests if isinstance(one, Test) and one.field == self.asked.path]
        return not all(lets_through(one, str(value)) for one in asked)

    def known(self, *, all_records: bool) -> list[Any]:
        """The values of a closed list, or all records that may be seen where that is asked for."""
        if self.kind in ("choice", "choices"):
            return [key for key, _label in self.spec.choices]
        if self.kind == "boolean":
            return [True, False]
        if self.target in closed:
            return list(closed[self.target](self.actor))
        if self.target and all_records:
            rows = asof.spoken_of(registry.get(self.target), self.actor).order_by("pk")
            return list(rows.values_list("pk", flat=True)[:MAX_EVERY])
        return []

    def test(self, value: Any) -> Node:
        """The condition that finds exactly the rows of a group."""
        name = self.asked.path
        if value is None:
            filled = Test(name, "filled")
            return Group("none", (filled,)) if self.path.is_related or self.path.is_list else Test(name, "empty")
        if self.is_period:
            return Test(name, "between", [value.isoformat(), periods.ends(value, self.asked.grain).isoformat()])
        if self.kind == "boolean":
            return Test(name, "is", "true" if value else "false")
        if self.tree is not None:
            return self.within(value)
        op = "has" if self.kind in MANY else "is" if self.kind == "number" else "any"
        return Test(name, op, str(value) if op == "is" else [str(value)])

    def within(self, value: Any) -> Node:
        """The condition that finds the rows of a branch of a tree."""
        assert self.tree is not None
        if self.kind == "link":
            return Test(self.asked.path, "within", [str(value)])
        inside = below(self.tree.entity, [value], self.tree.entity.tree)
        return Test(self.asked.path, "has", [str(value), *sorted(map(str, inside))])

    def test_any(self, values: list[Any]) -> Node:
        """The condition that finds the rows of any of the groups."""
        plain = [value for value in values if value is not None]
        rest = [self.test(None)] if len(plain) < len(values) else []
        if self.is_period or self.tree is not None or self.kind in ("boolean", "number"):
            return Group("any", (*map(self.test, plain), *rest))
        together = (
            [Test(self.asked.path, "has" if self.kind in MANY else "any", list(map(str, plain)))] if plain else []
        )
        return Group("any", (*together, *rest))


def dimension(entity: "Entity", asked: Dimension, actor: "Actor", operation: str = "view") -> Dim:
    """A dimension for a reader; raises BadFilter for a field that cannot be grouped by."""
    path = resolve(entity, asked.path, actor, operation)
    if not fits(path.spec):
        raise BadFilter(_("“%(field)s” is no field to group by.") % {"field": path.label})
    if path.is_list and path.spec.type.name not in ("link", "choice", "text", "country"):
        raise BadFilter(_("“%(field)s” is no field to group by.") % {"field": path.label})
    tree = tree_of(path.spec)
    if asked.grain and path.spec.type.name not in DATES and (tree is None or asked.grain != EACH[0]):
        raise BadFilter(
            _("Only dates are grouped by day, week, month, quarter or year, not “%(field)s”.") % {"field": path.label}
        )
    if path.spec.type.name in DATES and asked.grain not in GRAINS:
        if asked.grain:
            raise BadFilter(
                _("“%(grain)s” is no period; there are: %(valid)s.")
                % {"grain": asked.grain, "valid": ", ".join(GRAINS)}
            )
        asked = Dimension(asked.path, "month")
    return Dim(asked, path, actor, None if asked.grain == EACH[0] else tree)


def tree_of(spec: "FieldSpec") -> Tree | None:
    """The tree that the groups of a field form, None if they form none."""
    target = registry.find(spec.target) if spec.target and spec.type.name in ("link", "tags") else None
    return Tree(target) if target is not None and target.tree else None
