"""What a report counts and sums: the columns a measure needs of each row, and the SQL that puts them together (R162, R163)."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Case, CharField, DateField, IntegerField, Value, When
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kith.core import conversion, past
from kith.core.filters import EVERYTHING, BadFilter, Group, Node, Test, compile_filter
from kith.core.kept import reading as figures
from kith.core.kept.texts import WEIGHT
from kith.core.money import Money
from kith.core.specs import BAG_FIELDS, bag_part

from .paths import Path, resolve
from .shape import KINDS, Figure, Measure, Ratio

if TYPE_CHECKING:
    from kith.core.access import Actor
    from kith.core.entity import Entity
    from kith.core.specs import FieldSpec

NUMBERS = frozenset({"number", "percent", "money"})
TEXTS = frozenset({"text", "choice", "country", "mail", "phone", "url"})
COUNTED = NUMBERS | TEXTS | {"link", "date", "moment"}
#: Exact halves in the median: percentile_cont would turn decimals into binary floats.
SQL = {
    "count": "count({0})", "sum": "COALESCE(sum({0}), 0)", "avg": "avg({0})", "min": "min({0})", "max": "max({0})", "distinct": "count(DISTINCT {0})",
    "median": "(percentile_disc(0.5) WITHIN GROUP (ORDER BY {0}) + percentile_disc(0.5) WITHIN GROUP (ORDER BY {0} DESC)) / 2.0",
    **{f"p{rank}": f"(percentile_cont(0.{rank}) WITHIN GROUP (ORDER BY ({{0}})::float8))::numeric" for rank in (25, 75, 90)},
}  # fmt: skip
#: How a result is put together from those of finer groups; an average, a median or a number of different values cannot be.
ROLLED = {
    "count": "COALESCE(sum({0}), 0)::bigint",
    "sum": "COALESCE(sum({0}), 0)",
    "min": "min({0})",
    "max": "max({0})",
}


#: The same of kept figures, whose rows stand for many records: {1} is how many of them have a value.
KEPT = {
    "count": "COALESCE(sum({0}), 0)::bigint",
    "sum": "COALESCE(sum({0}), 0)",
    "avg": "sum({0}) / NULLIF(sum({1}), 0)",
}


def fits(spec: "FieldSpec", kind: str) -> bool:
    """Whether a field can be put together in this way."""
    if not spec.stored or getattr(spec, "where", None) is not None:
        return False
    name = spec.type.name
    if kind == "distinct":
        return name in COUNTED
    return name in NUMBERS or (kind in ("min", "max") and name in ("date", "moment") and not spec.is_bag)


@dataclass(frozen=True, slots=True)
class Part:
    """A plain measure resolved for one reader; `at` numbers its columns in the query.

    Amounts are converted `into` a currency by the rate of their `day`, or else told apart by currency.
    """

    asked: Measure
    path: Path | None
    entity: "Entity"
    actor: "Actor"
    at: int
    day: Any = None
    into: str = ""
    is_kept: bool = False

    @property
    def is_money(self) -> bool:
        """Whether its results are amounts."""
        return self.path is not None and self.path.spec.type.name == "money" and self.asked.kind != "distinct"

    @property
    def is_date(self) -> bool:
        """Whether its results are days or moments, which are neither divided nor compared with numbers."""
        return (
            self.path is not None
            and self.asked.kind in ("min", "max")
            and self.path.spec.type.name in ("date", "moment")
        )

    @property
    def is_split(self) -> bool:
        """Whether amounts of several currencies have to be told apart."""
        return self.is_money and not self.into

    @property
    def counts_rows(self) -> bool:
        """Whether it only counts all rows and needs nothing of them."""
        return self.path is None and self.asked.where == EVERYTHING

    def columns(self) -> dict[str, Any]:
        """What it needs of each row: a value, for amounts also their currency; nothing of rows that it does not count."""
        if self.counts_rows:
            return {}
        name = f"m{self.at}"
        if self.path is None:
            return {name: self.within(figures.weight() if self.is_kept else Value(1, output_field=IntegerField()))}
        value, currency = value_of(self.path)
        if self.is_money and self.into:
            value = conversion.in_base(value, currency, self.day)
        columns = {name: self.within(self.path.guarded(value))}
        if self.is_kept and self.asked.kind == "avg":
            columns |= {f"{name}n": self.within(figures.values(self.entity, self.path.spec))}
        if self.is_split:
            columns |= {f"{name}c": self.path.guarded(currency)}
            columns |= {} if self.day is None else {f"{name}d": today_without(self.day)}
        return columns

    def within(self, value: Any) -> Any:
        """The value on the rows that this measure counts."""
        condition = compile_filter(self.entity, self.asked.where, self.actor)
        return Case(When(condition, then=value)) if condition else value

    def test(self, currency: str) -> list[Node]:
        """The conditions on the rows that a result is made of: those counted, with a value, in its currency."""
        found: list[Node] = [] if self.asked.where == EVERYTHING else [self.asked.where]
        if self.path is not None:
            found.append(Test(self.asked.path, "filled"))
        if currency and self.is_split:
            found.append(Test(f"{self.asked.path}.currency", "any", [currency]))
        return found

    @property
    def label(self) -> str:
        """The heading."""
        if self.asked.label:
            return str(self.asked.label)
        if self.path is None:
            return capfirst(str(KINDS["count"]))
        return _("%(field)s, %(how)s") % {"field": self.path.label, "how": KINDS[self.asked.kind]}


@dataclass(frozen=True, slots=True)
class Sum:
    """A part in one currency; of anything but amounts there is one, without a currency."""

    part: Part
    currency: str = ""

    def sql(self) -> tuple[str, list[Any]]:
        """How the values of a group are put together, with the parameters."""
        kind, name = self.part.asked.kind, f"m{self.part.at}"
        if self.part.counts_rows:
            return (KEPT[kind].format(f'"{WEIGHT}"') if self.part.is_kept else "count(*)"), []
        only = f'CASE WHEN "{name}c" = %s THEN {{}} END' if self.currency and self.part.is_split else "{}"
        text = (KEPT if self.part.is_kept else SQL)[kind].format(only.format(f'"{name}"'), only.format(f'"{name}n"'))
        return text, [self.currency] * text.count("%s")

    def result(self, raw: Any) -> Any:
        """A result as it comes from the database."""
        if isinstance(raw, dt.datetime):
            return timezone.localtime(raw).date()
        if self.part.is_money and raw is not None:
            return Money(Decimal(raw), self.currency)
        return raw

    @property
    def nothing(self) -> Any:
        """The result of no rows: counts and sums are 0, anything else is empty (R163)."""
        return self.result(0) if self.part.asked.kind in ("count", "sum", "distinct") else None

    def test(self) -> Node:
        """The condition on the rows that the result is made of."""
        found = self.part.test(self.currency)
        return found[0] if len(found) == 1 else Group("all", tuple(found))


@dataclass(frozen=True, slots=True)
class Column:
    """One figure as it stands in the table: a sum, or one divided by another."""

    asked: Figure
    over: Sum
    under: Sum | None = None
    label: str = ""

    @property
    def sums(self) -> tuple[Sum, ...]:
        """What it is computed from."""
        return (self.over,) if self.under is None else (self.over, self.under)

    @property
    def kind(self) -> str:
        """How its values read: "number", "money", "percent", "date"."""
        if isinstance(self.asked, Ratio) and self.asked.is_share:
            return "percent"
        path, how = self.over.part.path, self.over.part.asked.kind
        if path is None or how == "distinct":
            return "number"
        return {"money": "money", "date": "date", "moment": "date", "percent": "points"}.get(
            path.spec.type.name, "number"
        )

    @property
    def currency(self) -> str:
        """The currency of its amounts."""
        return self.over.currency if self.kind == "money" else ""

    def value(self, results: "list[Any]") -> Any:
        """The figure from the results of its sums; a ratio of nothing is nothing (R163)."""
        if self.under is None:
            return results[0]
        over, under = (result.amount if isinstance(result, Money) else result for result in results)
        if over is None or not under:
            return None
        ratio = Decimal(over) / Decimal(under)
        return Money(ratio, self.currency) if self.kind == "money" else ratio

    def test(self) -> Node | None:
        """The condition on the rows that the figure is made of; None if all of the group."""
        tests = [total.test() for total in self.sums]
        if any(test == EVERYTHING for test in tests):
            return None
        return tests[0] if len(set(map(str, tests))) == 1 else Group("any", tuple(tests))


def value_of(path: Path) -> tuple[Any, Any]:
    """The value of a field of a row and, for amounts, its currency."""
    spec, prefix = path.spec, path.prefix
    if spec.type.name in TEXTS:
        return NullIf(spec.expression(prefix), Value("", output_field=CharField()), output_field=CharField()), None
    if spec.type.name != "money":
        return spec.expression(prefix), None
    if spec.is_bag:
        return Cast(bag_part(spec.name, "amount", prefix), BAG_FIELDS["numeric"]), spec.currency(prefix)
    return spec.expression(prefix), spec.currency(prefix)


def today_without(day: Any) -> Any:
    """A day, today where there is none."""
    return Coalesce(day, Value(past.today(), DateField()))


def part(entity: "Entity", asked: Measure, actor: "Actor", at: int, operation: str = "view") -> Part:
    """A measure for a reader; raises BadFilter for one that cannot be computed or may not be read."""
    if asked.kind not in KINDS:
        raise BadFilter(
            _("“%(name)s” is no measure; there are: %(valid)s.") % {"name": asked.kind, "valid": ", ".join(KINDS)}
        )
    if asked.kind == "count":
        return Part(asked, None, entity, actor, at)
    path = resolve(entity, asked.path, actor, operation)
    if path.is_list or not fits(path.spec, asked.kind):
        raise BadFilter(
            _("“%(field)s” has no %(how)s; sums, averages and medians need numbers.")
            % {"field": path.label, "how": KINDS[asked.kind]}
        )
    return Part(asked, path, entity, actor, at)


def columns_of(figures: tuple[Figure, ...], parts: tuple[Part, ...], currencies: dict[int, list[str]]) -> list[Column]:
    """The columns of the figures: one each, of amounts in several currencies one for each of them."""
    found, at = list[Column](), 0
    for figure in figures:
        mine = [parts[at + step] for step in range(len(figure.parts))]
        at += len(mine)
        codes = sorted({code for one in mine for code in currencies.get(one.at, ())}, key=base_first) or [""]
        for code in codes:
            sums = [Sum(one, code if one.is_money else "") for one in mine]
            name = str(figure.label) or " ÷ ".join(one.label for one in mine)
            found.append(
                Column(
                    figure,
                    sums[0],
                    sums[1] if len(sums) > 1 else None,
                    label=name + (f", {code}" if len(codes) > 1 else ""),
                )
            )
    return found


def base_first(code: str) -> tuple[bool, str]:
    """The base currency goes before the others."""
    return code != settings.KITH_CURRENCY, code
