"""Why the figures of a report changed between two moments: the parts of `core.deltas` for each of its groups and for the total.

1. A group has the records that stood in it at each moment, by the values of then. A record that moved to another group left
   the one ("moved out of the conditions") and came into the other; for the total it only changed.
2. In every group, and in the total, the parts add up to the difference of the figure exactly; so do the groups themselves.
3. Amounts are those of the whole: in several currencies they are converted in every group.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kith.core import delta_rows, delta_sql, deltas, listing, past, titles
from kith.core.deltas import Explained, Figure, Row
from kith.core.filters import BadFilter
from kith.core.past import Past

from . import lines, of_then
from .budget import fetched
from .dimensions import Dim, dimension
from .shape import Measure, Report

if TYPE_CHECKING:
    from kith.core.access import Actor
    from kith.core.views import Look

    from .table import Key

#: Groups that are told; more have to be made fewer.
MOST = 500
type Place = tuple[Any, ...]

SUMS = "count(*), sum(v1), sum(v2), sum(changed), count(*) FILTER (WHERE changed <> 0), sum(v2 - v1 - changed), count(*) FILTER (WHERE v2 - v1 <> changed)"


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group, its figure at both moments and the parts between."""

    place: Place
    keys: "tuple[Key, ...]"
    explained: Explained

    @property
    def name(self) -> str:
        """How an address calls it."""
        return json.dumps([written(value) for value in self.place])


@dataclass(frozen=True, slots=True)
class Why:
    """The total and all groups."""

    figure: Figure
    dims: tuple[Dim, ...]
    total: Explained
    groups: list[GroupLine]
    #: What was written since, where that alone can make a difference.
    compared: delta_rows.Compared | None


def measures(report: Report, look: "Look", actor: "Actor") -> dict[str, str]:
    """The figures of a report that can be explained: counts and sums of a field of its records, all of which may be added up."""
    offered = deltas.measures(look, actor)
    return {name: offered[name] for figure in report.figures if (name := name_of(figure)) in offered}


def name_of(figure: Any) -> str:
    """What `deltas` calls a figure of a report; "" for one that parts cannot be added up to."""
    if not isinstance(figure, Measure) or figure.kind not in ("count", "sum") or figure.where != Measure().where:
        return ""
    return deltas.COUNT if figure.kind == "count" else f"sum:{figure.path}"


def explain(report: Report, look: "Look", actor: "Actor", measure: str, since: Past, until: Past) -> Why:
    """The parts of every group; raises BadFilter for a figure that cannot be split, and for too many groups."""
    offered = measures(report, look, actor)
    if measure not in offered:
        raise BadFilter(
            _("Only counts and sums of a field of the records can be split into parts; choose one of: %(valid)s.")
            % {"valid": ", ".join(offered) or "count"}
        )
    figure = deltas.figure_of(look, actor, measure, since, until)
    dims = dims_of(report, actor, since)
    compared = delta_rows.compare(figure, grouping(figure, dims))
    if compared is not None:
        currencies, total = compared.currencies, deltas.from_rows(figure, compared)
        before, after = (by_place(dims, totals) for totals in compared.totals())
        parts = parts_of_rows(dims, compared)
    else:
        currencies, total = delta_sql.currencies_of(figure), deltas.explain(figure)
        before, after = (totals(figure, dims, when, currencies) for when in (since, until))
        parts = parts_by_group(figure, dims, currencies)
    places = {*before, *after, *parts}
    if len(places) > MOST:
        raise BadFilter(_("This makes more than %(limit)d groups. Group by fewer or coarser fields.") % {"limit": MOST})
    nothing = delta_rows.NOTHING
    made = {
        place: deltas.explained(figure, currencies, before.get(place, nothing), after.get(place, nothing), deltas.parts_of(parts[place]))
        for place in places
    }  # fmt: skip
    return Why(figure, dims, total, ordered(dims, made, actor, until), compared)


def by_place(dims: tuple[Dim, ...], totals: dict[delta_rows.Place, delta_rows.Total]) -> dict[Place, delta_rows.Total]:
    """Totals by the groups that are told, some of which may be several of the database's."""
    found: dict[Place, list[delta_rows.Total]] = defaultdict(list)
    for raw, total in totals.items():
        found[place_of(dims, raw)].append(total)
    return {place: delta_rows.whole(some) for place, some in found.items()}


def parts_of_rows(dims: tuple[Dim, ...], compared: delta_rows.Compared) -> dict[Place, dict[str, Any]]:
    """The rows of `deltas.parts_of` by group, from the records that were written since."""
    effects: dict[Place, list[delta_rows.Effect]] = defaultdict(list)
    new: dict[Place, list[delta_rows.Sum]] = defaultdict(list)
    for one in compared.effects(by_place=True):
        effects[place_of(dims, one.place)].append(one)
    for raw, sum_ in compared.new.items():
        new[place_of(dims, raw)].append(sum_)
    places = effects.keys() | new.keys()
    return defaultdict(
        dict, {place: delta_rows.with_new(delta_rows.summed(effects[place]), new[place]) for place in places}
    )


def dims_of(report: Report, actor: "Actor", since: Past) -> tuple[Dim, ...]:
    """What the report is grouped by; raises BadFilter for lists and trees, in whose groups a record stands more than once."""
    of_then.check(replace(report, as_of=since), actor)
    with past.at(since):
        dims = tuple(dimension(report.entity, asked, actor) for asked in report.dimensions)
    for dim in dims:
        if dim.spreads:
            raise BadFilter(
                _("A record stands in several groups of “%(field)s”; choose another field to split the change.")
                % {"field": dim.path.label}
            )
    return dims


def grouping(figure: Figure, dims: tuple[Dim, ...]) -> delta_sql.Groups:
    """The groups of a record at a moment, with linked records as they were."""

    def groups(when: Past) -> dict[str, Any]:
        with past.at(when):
            found = [dimension(figure.entity, dim.asked, figure.actor) for dim in dims]
            return {f"d{at}": dim.expression() for at, dim in enumerate(found)}

    return groups


def split(figure: Figure, dims: tuple[Dim, ...], currencies: frozenset[str]) -> tuple[str, list[Any]]:
    """SQL of one row for each group that a record stood in: id, groups g0, g1 …, part, and what it counts for."""
    sql, values = delta_sql.classified(figure, currencies, grouping(figure, dims))
    first, second = ("".join(f", {end}{at} AS g{at}" for at in range(len(dims))) for end in "ab")
    text = f"""WITH c AS ({sql})
        SELECT id{first}, CASE WHEN part = 'both' THEN 'went' ELSE part END AS part, v1, 0 AS v2, 0 AS changed FROM c WHERE in1 AND (moved OR NOT in2)
        UNION ALL SELECT id{second}, CASE WHEN part = 'both' THEN 'came' ELSE part END, 0, v2, 0 FROM c WHERE in2 AND (moved OR NOT in1)
        UNION ALL SELECT id{first}, part, v1, v2, changed FROM c WHERE in1 AND in2 AND NOT moved"""  # noqa: S608 - our own query
    return text, values


def parts_by_group(figure: Figure, dims: tuple[Dim, ...], currencies: frozenset[str]) -> dict[Place, dict[str, Any]]:
    """The rows of `deltas.parts_of` by group."""
    sql, values = split(figure, dims, currencies)
    names = "".join(f"g{at}, " for at in range(len(dims)))
    text = f"SELECT {names}part, {SUMS} FROM ({sql}) f GROUP BY {names}part"  # noqa: S608 - our own query
    found: dict[Place, dict[str, Any]] = defaultdict(dict)
    for row in fetched(text, values):
        found[place_of(dims, row)][row[len(dims)]] = row[len(dims) + 1 :]
    return found


def totals(figure: Figure, dims: tuple[Dim, ...], when: Past, currencies: frozenset[str]) -> dict[Place, Any]:
    """The figure of each group at a moment, and how many amounts have no rate."""
    groups = grouping(figure, dims)(when)
    rows = listing.rows(figure.at(when), figure.actor).order_by()
    rows = rows.annotate(worth=delta_sql.worth(figure, currencies, when), **groups)
    sql, values = delta_sql.compiled(rows.values_list("pk", "worth", delta_sql.lacks(figure), *groups), 3 + len(groups))
    names = "".join(f", d{at}" for at in range(len(dims)))
    text = f"""SELECT {names.lstrip(", ") or "1"}, coalesce(sum(w), 0), count(*) FILTER (WHERE w IS NULL AND filled)
        FROM ({sql}) f(id, w, filled{names}) GROUP BY {names.lstrip(", ") or "1"}"""  # noqa: S608 - SQL of the ORM
    return {place_of(dims, row): (row[-2], row[-1]) for row in fetched(text, values)}


def place_of(dims: tuple[Dim, ...], row: Any) -> Place:
    """The group of a row that begins with its values."""
    return tuple(dim.value(row[at]) for at, dim in enumerate(dims))


def ordered(dims: tuple[Dim, ...], made: dict[Place, Explained], actor: "Actor", until: Past) -> list[GroupLine]:
    """The groups with their names, the largest change first."""
    wanted = {
        (dim.target, place[at]) for at, dim in enumerate(dims) if dim.target for place in made if place[at] is not None
    }
    with past.at(until):
        found = titles.load(actor, wanted)
        told = [
            GroupLine(place, tuple(lines.key_of(dim, place[at], found) for at, dim in enumerate(dims)), one)
            for place, one in made.items()
        ]
    return sorted(
        told, key=lambda line: (-abs(line.explained.change), [key.label.casefold() for key in line.keys], line.name)
    )


def rows(why: Why, group: str, part: str, limit: int = 200) -> Iterator[Row]:
    """The records of a part of one group ("" for the total), the greatest effect first; raises LookupError for one there is not."""
    if part not in deltas.PARTS:
        raise LookupError(part)
    if not group and why.compared is not None:
        yield from deltas.of_rows(why.compared, part, limit)
        return
    if not group:
        yield from deltas.rows(why.figure, part, limit)
        return
    place = next((line.place for line in why.groups if line.name == group), None)
    if place is None:
        raise LookupError(group)
    if why.compared is not None:
        told = {raw for raw in why.compared.places() if place_of(why.dims, raw) == place}
        inside = (one for one in why.compared.effects(by_place=True) if one.place in told)
        new = (one for raw in told if part == "added" for one in why.compared.newest(limit, raw))
        yield from deltas.largest(chain(inside, new), part, limit)
        return
    effect = deltas.OF_BOTH.get(part, "v2 - v1")
    sql, values = split(why.figure, why.dims, delta_sql.currencies_of(why.figure))
    same = "".join(f" AND g{at} IS NOT DISTINCT FROM %s" for at in range(len(place)))
    text = f"""SELECT id, v1, v2, {effect} FROM ({sql}) f WHERE part = %s{same} AND ({effect} <> 0 OR part <> 'both')
        ORDER BY abs({effect}) DESC, id LIMIT %s"""  # noqa: S608 - our own query
    given = [*values, "both" if part in deltas.OF_BOTH else part, *place, limit]
    yield from (Row(*row) for row in fetched(text, given))


def written(value: Any) -> Any:
    """A value of a group in an address."""
    return value if value is None or isinstance(value, bool | int | str) else str(value)
