"""Why a figure changed between two moments: what was added, removed, changed, moved into or out of it, and what rates did (N3).

    figure = Figure(look, actor, measure, since, until)
    explained = explain(figure)          # explained.change == sum(part.amount for part in explained.parts), exactly

1. The figure is the count of a look, or the sum of one of its fields, evaluated at both moments (`core.asof`).
2. Amounts in one currency are added up as they are; in several, each in the base currency by the rates known at that moment.
3. A record that counts at one moment only was made or restored (added), deleted (removed), or was there all along: then its
   owner moved it into or out of the reader's rights, or its values or the days moved it into or out of the conditions.
4. One that counts at both changed by its values, priced with the rates of the first moment; the rest is what the rates did.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from heapq import nsmallest
from itertools import chain
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import access, askable, delta_rows, delta_sql, rates, sums
from .filters import BadFilter
from .past import Past
from .reports.budget import fetched
from .views import Look

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity
    from .specs import FieldSpec

COUNT = "count"
#: The parts in the order in which they are shown.
PARTS = {
    "added": _("added"), "removed": _("deleted"), "changed": _("changed"), "came": _("moved into the conditions"), "went": _("moved out of the conditions"),
    "gained": _("came into your rights"), "lost": _("left your rights"), "rates": _("exchange rates"),
}  # fmt: skip


#: Parts of records that count at both moments, and what of them is its own in SQL.
OF_BOTH = {"changed": "changed", "rates": "v2 - v1 - changed"}


@dataclass(frozen=True)
class Figure:
    """A number of a look: how many records, or the sum of a field; at two moments."""

    look: Look
    actor: "Actor"
    measure: str
    since: Past
    until: Past

    @property
    def entity(self) -> "Entity":
        """The kind of record."""
        return self.look.entity

    @property
    def spec(self) -> "FieldSpec | None":
        """The field that is added up; None for the count."""
        return None if self.measure == COUNT else self.entity.fields[self.measure.removeprefix("sum:")]

    def at(self, when: Past) -> Look:
        """The look at a moment."""
        return replace(self.look, as_of=when, group="", sort=())

    @cached_property
    def compared(self) -> "delta_rows.Compared | None":
        """What was written since, where that alone can make a difference."""
        return delta_rows.compare(self)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the change: how many records, and what they add to the figure or take from it."""

    key: str
    count: int
    amount: Decimal

    @property
    def label(self) -> Any:
        """Its name."""
        return PARTS[self.key]


@dataclass(frozen=True, slots=True)
class Explained:
    """The figure at both moments and the parts between them; `currency` of amounts, `lacking` those without a rate."""

    before: Decimal
    after: Decimal
    parts: tuple[Part, ...]
    currency: str = ""
    converted: bool = False
    lacking: int = 0

    @property
    def change(self) -> Decimal:
        """What the parts add up to."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a part: what it counts for at both moments, and what of that is this part's."""

    id: UUID
    before: Decimal
    after: Decimal
    amount: Decimal


def measures(look: Look, actor: "Actor") -> dict[str, str]:
    """The figures of a look by key: the count, and the sums of its columns and of the measures of its kind of record."""
    entity, readable = look.entity, access.readable(actor, look.entity)
    declared = [name.removeprefix("sum:") for name in entity.measures if name.startswith("sum:")]
    shown = [spec.name for spec in sums.summed(look)]
    names = [name for name in dict.fromkeys((*declared, *shown)) if name in readable and askable.is_told(entity, name)]
    fit = [name for name in names if not entity.fields[name].is_bag or entity.fields[name].type.name == "number"]
    return {COUNT: str(_("Number of records"))} | {
        f"sum:{name}": capfirst(str(_("sum of %(field)s") % {"field": entity.fields[name].label})) for name in fit
    }


def figure_of(look: Look, actor: "Actor", measure: str, since: Past, until: Past) -> Figure:
    """A figure; raises BadFilter for one there is not, or moments in the wrong order."""
    offered = measures(look, actor)
    if measure not in offered:
        raise BadFilter(_("There is no figure “%(name)s”; there are: %(valid)s.") % {"name": measure, "valid": ", ".join(offered)})  # fmt: skip
    if since.moment > until.moment:
        raise BadFilter(_("The first day must not be after the second one."))
    return Figure(look, actor, measure, since, until)


def explain(figure: Figure) -> Explained:
    """The figure at both moments, and the parts between."""
    if figure.compared is not None:
        return from_rows(figure, figure.compared)
    currencies = delta_sql.currencies_of(figure)
    sql, values = delta_sql.classified(figure, currencies)
    text = f"""SELECT part, count(*), sum(v1), sum(v2), sum(changed), count(*) FILTER (WHERE changed <> 0),
        sum(v2 - v1 - changed), count(*) FILTER (WHERE v2 - v1 <> changed) FROM ({sql}) f GROUP BY part"""  # noqa: S608 - our own query
    made = parts_of({part: row for part, *row in fetched(text, values)})
    before, after = (delta_sql.total(figure, when, currencies) for when in (figure.since, figure.until))
    return explained(figure, currencies, before, after, made)


def from_rows(figure: Figure, found: delta_rows.Compared) -> Explained:
    """The same from the records that were written since."""
    before, after = (delta_rows.whole(totals.values()) for totals in found.totals())
    return explained(figure, found.currencies, before, after, parts_of(found.summed()))


def explained(
    figure: Figure, currencies: frozenset[str], before: delta_rows.Total, after: delta_rows.Total, parts: list[Part]
) -> Explained:
    """A figure in its parts, from its totals with how many amounts have no rate."""
    return Explained(before[0], after[0], tuple(parts), *told_in(figure, currencies), lacking=max(before[1], after[1]))


def parts_of(found: Mapping[str, Sequence[Any]]) -> list[Part]:
    """The parts from their rows: how many, both sums, what values changed of how many, what rates changed of how many."""
    made = []
    for key in PARTS:
        place, count, amount = {"changed": ("both", 4, 3), "rates": ("both", 6, 5)}.get(key, (key, 0, 0))
        row = found.get(place)
        if row is None:
            made.append(Part(key, 0, Decimal(0)))
        elif place == "both":
            made.append(Part(key, row[count], row[amount]))
        else:
            made.append(Part(key, row[0], row[2] - row[1]))
    return made


def rows(figure: Figure, part: str, limit: int = 200) -> Iterator[Row]:
    """The records of one part, the greatest effect first; raises LookupError for a part there is not."""
    if part not in PARTS:
        raise LookupError(part)
    if figure.compared is not None:
        yield from of_rows(figure.compared, part, limit)
        return
    sql, values = delta_sql.classified(figure, delta_sql.currencies_of(figure))
    mine = OF_BOTH.get(part, "v2 - v1")
    text = f"""SELECT id, v1, v2, effect FROM (SELECT id, v1, v2, part, {mine} AS effect FROM ({sql}) f) g
        WHERE part = %s AND (effect <> 0 OR part <> 'both') ORDER BY abs(effect) DESC, id LIMIT %s"""  # noqa: S608 - our own query
    yield from (Row(*row) for row in fetched(text, [*values, "both" if part in OF_BOTH else part, limit]))


def of_rows(found: delta_rows.Compared, part: str, limit: int) -> list[Row]:
    """The same from the records that were written since."""
    new = found.newest(limit) if part == "added" else ()
    return largest(chain(found.effects(by_place=False), new), part, limit)


def largest(effects: Iterable[delta_rows.Effect], part: str, limit: int) -> list[Row]:
    """The records of one part, the greatest effect first."""
    wanted = delta_rows.BOTH if part in OF_BOTH else part
    found = [
        Row(one.id, one.before, one.after, amount)
        for one in effects
        if one.part == wanted and ((amount := of_part(one, part)) or part not in OF_BOTH)
    ]
    return nsmallest(limit, found, key=lambda row: (-abs(row.amount), row.id))


def of_part(one: delta_rows.Effect, part: str) -> Decimal:
    """What of the effect of a record belongs to a part."""
    if part == "changed":
        return one.changed
    whole = one.after - one.before
    return whole - one.changed if part == "rates" else whole


def told_in(figure: Figure, currencies: frozenset[str]) -> tuple[str, bool]:
    """The currency of the figure, and whether amounts were converted into it."""
    spec = figure.spec
    if spec is None or spec.type.name != "money" or spec.is_bag:
        return "", False
    return (rates.base(), True) if len(currencies) > 1 else (next(iter(currencies), rates.base()), False)
