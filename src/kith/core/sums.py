"""Sums of the columns of a list: numbers, amounts in one currency, or amounts of several in the base currency."""

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.db.models.lookups import IsNull

from . import askable, conversion, listing, past, rates, turns
from .conversion import Converted
from .money import Money
from .views import Look

if TYPE_CHECKING:
    from .access import Actor
    from .specs import FieldSpec

#: Instead of a sum of amounts in several currencies of which one has no rate.
MIXED = "mixed"


def summed(look: Look) -> "list[FieldSpec]":
    """Amount and number columns that are shown; numbers of small range (years, positions) are not worth a sum."""
    specs = (look.entity.fields.get(name) for name in askable.columns(look))
    return [
        spec
        for spec in specs
        if spec
        and spec.stored
        and (
            spec.type.name == "money"
            or (spec.type.name == "number" and (spec.maximum is None or spec.maximum >= 2**15))
        )
    ]


def sums_of(specs: "list[FieldSpec]") -> dict[str, Any]:
    """Aggregates for the sums of these fields; amounts bring the least and greatest of their currencies."""
    found: dict[str, Any] = {}
    for at, spec in enumerate(specs):
        found[f"t{at}"] = Sum(spec.summand())
        if spec.type.name == "money":
            # among custom fields no currency stands alone: reading the amount once more for each costs a third
            filled = None if spec.is_bag else Q(IsNull(spec.expression(), False))
            found |= {
                f"t{at}_low": Min(spec.currency(), filter=filled),
                f"t{at}_high": Max(spec.currency(), filter=filled),
            }
    return found


def sums_in(specs: "list[FieldSpec]", row: dict[str, Any]) -> dict[str, Any]:
    """The sums of an aggregate row by field: numbers, Money, or MIXED for amounts of several currencies."""
    found: dict[str, Any] = {}
    for at, spec in enumerate(specs):
        value = row[f"t{at}"]
        if value is not None and f"t{at}_low" in row:
            value = Money(value, row[f"t{at}_low"]) if row[f"t{at}_low"] == row[f"t{at}_high"] else MIXED
        found[spec.name] = value
    return found


def by_currency(rows: QuerySet[Any], specs: "list[FieldSpec]", number: Any, **values: Any) -> list[dict[str, Any]]:
    """Aggregate rows by values and by the currencies of amounts among custom fields; `number` counts as "n".

    So each currency is taken out of the bag once, where the least and the greatest of them take it out twice more.
    """
    bag = {f"t{at}": spec for at, spec in enumerate(specs) if is_amount_in_bag(spec)}
    codes = {f"{name}_low": spec.currency() for name, spec in bag.items()}
    spare = {*codes, *(f"{name}_high" for name in bag)}
    rest = {name: how for name, how in sums_of(specs).items() if name not in spare}
    made = rows.order_by().values(**values, **codes).annotate(n=number, **rest)
    return [row | {f"{name}_high": row[f"{name}_low"] for name in bag} for row in made]


def is_amount_in_bag(spec: "FieldSpec") -> bool:
    """Whether it is an amount among custom fields."""
    return spec.is_bag and spec.type.name == "money"


def together(rows: list[dict[str, Any]], specs: "list[FieldSpec]") -> dict[str, Any]:
    """One aggregate row out of several."""
    found: dict[str, Any] = {"n": sum(row["n"] for row in rows)}
    for name in sums_of(specs):
        given = [row[name] for row in rows if row[name] is not None]
        way = max if name.endswith("_high") else min if name.endswith("_low") else sum
        found[name] = way(given) if given else None
    return found


def totals(look: Look, actor: "Actor") -> dict[str, Any]:
    """Sums of the amount and number columns that are shown: numbers, Money, or MIXED; of very many rows when it is one's turn."""
    specs = summed(look)
    if not specs:
        return {}
    found = listing.rows(look, actor).order_by()
    with past.at(look.as_of), turns.for_many(found):
        sums = sums_in(specs, added(found, specs))
        if mixed := [spec for spec in specs if sums[spec.name] == MIXED]:
            sums |= converted_in(mixed, converting(look, found, mixed).aggregate(**converted_sums(mixed)))
    return sums


def added(found: QuerySet[Any], specs: "list[FieldSpec]") -> dict[str, Any]:
    """The aggregate row of all of these records."""
    if any(map(is_amount_in_bag, specs)):
        return together(by_currency(found, specs, Count("pk")), specs)
    row: dict[str, Any] = found.aggregate(**sums_of(specs))
    return row


def converting(look: Look, found: QuerySet[Any], specs: "list[FieldSpec]") -> QuerySet[Any]:
    """Rows with their amounts in the base currency, each by the rate of its day."""
    converted = {f"base_{spec.name}": conversion.of_field(look.entity, spec) for spec in specs}
    made: QuerySet[Any] = found.annotate(**converted)
    return made


def converted_sums(specs: "list[FieldSpec]") -> dict[str, Any]:
    """Aggregates for the converted sums of these fields, and for how many amounts have no rate."""
    return {f"{spec.name}_sum": Sum(f"base_{spec.name}") for spec in specs} | {
        f"{spec.name}_lacking": Count("pk", filter=conversion.lacks_rate(spec, f"base_{spec.name}")) for spec in specs
    }


def converted_in(specs: "list[FieldSpec]", row: dict[str, Any]) -> dict[str, Any]:
    """The converted sums of an aggregate row by field; MIXED where an amount has no rate, for then the sum would lie."""
    return {
        spec.name: MIXED if row[f"{spec.name}_lacking"] else Converted(row[f"{spec.name}_sum"], rates.base())
        for spec in specs
    }
