"""Why a figure changed, told by the records that were written since, where nothing else can differ (see `deltas`, `past_touched`).

All others count for the same at both moments and are added up once, as they are today. Those that were written are read at both
moments and told apart here: PostgreSQL, asked for all of it in one query, plans for a handful of them and takes many times as long.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Context, Decimal, localcontext
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db.models import F, QuerySet, TextField, Value

from . import past_touched
from .delta_sql import Groups, compiled, lacks, no_groups, was_there, worth
from .past import Past
from .past_touched import Touched, array
from .reports.budget import fetched

if TYPE_CHECKING:
    from .deltas import Figure

#: The groups of a record at a moment, as the database gives them.
type Place = tuple[Any, ...]
#: A figure, and how many of its amounts have no rate.
type Total = tuple[Decimal, int]
ZERO = Decimal(0)
NOTHING: Total = (ZERO, 0)
#: Sums of numeric(38, 12) are exact.
EXACT = Context(prec=60)
BOTH = "both"


@dataclass(frozen=True, slots=True)
class Stand:
    """What a record counts for at a moment, None for an amount without a rate, and where it stands."""

    worth: Decimal | None
    is_filled: bool
    place: Place

    @property
    def counted(self) -> Decimal:
        """What it adds to the figure."""
        return ZERO if self.worth is None else self.worth


@dataclass(frozen=True, slots=True)
class Effect:
    """What a record counts for in one place, at both moments, and what of it its values changed; `part` is `BOTH` if it stood there at both."""

    id: UUID
    part: str
    place: Place
    before: Decimal
    after: Decimal
    changed: Decimal = ZERO


class Sum(NamedTuple):
    """What some records in one place count for, for how many of them there is no rate, and how many they are."""

    amount: Decimal
    lacking: int
    number: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure at both moments: the sums of all records that nobody wrote and of those that were only made since, the others one by one, and why those at one moment only are."""

    figure: "Figure"
    groups: Groups
    touched: Touched
    currencies: frozenset[str]
    rest: dict[Place, Sum]
    new: dict[Place, Sum]
    first: dict[UUID, Stand]
    second: dict[UUID, Stand]
    parts: dict[UUID, str]

    def totals(self) -> tuple[dict[Place, Total], dict[Place, Total]]:
        """The figure of each place at both moments."""
        before, now = (together(*some) for some in ((self.rest,), (self.rest, self.new)))
        return added(before, self.first.values()), added(now, self.second.values())

    def places(self) -> set[Place]:
        """All of them."""
        return {*self.rest, *self.new, *(one.place for stands in (self.first, self.second) for one in stands.values())}

    def effects(self, *, by_place: bool) -> Iterator[Effect]:
        """Those that make a difference; in places one that moved left the one and came into the other."""
        for key, two in self.second.items():
            one = self.first.get(key)
            if one is None:
                yield Effect(key, self.parts[key], two.place, ZERO, two.counted)
            elif by_place and one.place != two.place:
                yield Effect(key, "went", one.place, one.counted, ZERO)
                yield Effect(key, "came", two.place, ZERO, two.counted)
            elif one.worth != two.worth:
                known = one.worth is not None or not one.is_filled
                changed = two.counted - one.counted if known else ZERO
                yield Effect(key, BOTH, one.place, one.counted, two.counted, changed)
        for key in self.first.keys() - self.second.keys():
            one = self.first[key]
            yield Effect(key, self.parts[key], one.place, one.counted, ZERO)

    def summed(self) -> dict[str, list[Any]]:
        """The parts of the whole (`deltas.parts_of`)."""
        return with_new(summed(self.effects(by_place=False)), self.new.values())

    def newest(self, limit: int, place: Place | None = None) -> Iterator[Effect]:
        """So many of those that were only made since, the greatest first."""
        names = self.groups(self.figure.until)
        rows = self.touched.newcomers(self.figure.until)
        rows = rows.annotate(worth=worth(self.figure, self.currencies, self.figure.until), **names)
        sql, values = compiled(rows.values_list("pk", "worth", *names), 2 + len(names))
        columns = "".join(f", d{at}" for at in range(len(names)))
        same = " AND ".join(f"d{at} IS NOT DISTINCT FROM %s" for at in range(len(place or ()))) or "true"
        text = f"""SELECT id, coalesce(w, 0){columns} FROM ({sql}) f(id, w{columns}) WHERE {same}
            ORDER BY abs(coalesce(w, 0)) DESC, id LIMIT %s"""  # noqa: S608 - SQL of the ORM
        for key, amount, *at in fetched(text, [*values, *(place or ()), limit]):
            yield Effect(key, "added", tuple(at), ZERO, Decimal(amount))


def together(*sums: dict[Place, Sum]) -> dict[Place, Total]:
    """Sums by place put together."""
    found = dict[Place, Total]()
    with localcontext(EXACT):
        for place, one in (pair for some in sums for pair in some.items()):
            amount, lacking = found.get(place, NOTHING)
            found[place] = (amount + one.amount, lacking + one.lacking)
    return found


def with_new(found: dict[str, list[Any]], new: Iterable[Sum]) -> dict[str, list[Any]]:
    """Parts with what was only made since; see summed."""
    some = list(new)
    if some:
        with localcontext(EXACT):
            row = found.setdefault("added", [0, ZERO, ZERO, ZERO, 0, ZERO, 0])
            row[0] += sum(one.number for one in some)
            row[2] += sum((one.amount for one in some), ZERO)
    return found


def added(rest: dict[Place, Total], stands: Iterable[Stand]) -> dict[Place, Total]:
    """Sums by place with what some records count for."""
    by_place: dict[Place, list[Stand]] = defaultdict(list)
    for one in stands:
        by_place[one.place].append(one)
    found = dict(rest)
    with localcontext(EXACT):
        for place, some in by_place.items():
            amount, lacking = found.get(place, NOTHING)
            more = sum(one.worth is None and one.is_filled for one in some)
            found[place] = (amount + sum((one.counted for one in some), ZERO), lacking + more)
    return found


def whole(totals: Iterable[Total]) -> Total:
    """The figure of several places together."""
    some = list(totals)
    with localcontext(EXACT):
        return sum((amount for amount, _lacking in some), ZERO), sum(lacking for _amount, lacking in some)


def summed(effects: Iterable[Effect]) -> dict[str, list[Any]]:
    """By part: how many, their sums at both moments, what values changed of how many, what rates did of how many (`deltas.parts_of`)."""
    found: dict[str, list[Any]] = defaultdict(lambda: [0, ZERO, ZERO, ZERO, 0, ZERO, 0])
    with localcontext(EXACT):
        for one in effects:
            row = found[one.part]
            row[0] += 1
            row[1] += one.before
            row[2] += one.after
            if one.part == BOTH:
                by_rates = one.after - one.before - one.changed
                row[3:] = [
                    row[3] + one.changed,
                    row[4] + (one.changed != 0),
                    row[5] + by_rates,
                    row[6] + (by_rates != 0),
                ]
    return found


def compare(figure: "Figure", groups: Groups = no_groups) -> Compared | None:
    """A figure, and its groups, by what was written since the first moment; None where other records can make a difference too."""
    look = replace(figure.look, group="", sort=())
    touched = past_touched.find(look, figure.actor, figure.since, figure.until, groups)
    if touched is None:
        return None
    none = frozenset[str]()
    (rest, in_rest), (new, in_new) = sums(figure, touched, none, groups)
    first, in_first = stands(figure, touched, figure.since, none, groups)
    second, in_second = stands(figure, touched, figure.until, none, groups)
    currencies = in_rest | in_new | in_first | in_second
    if len(currencies) > 1:
        if not past_touched.rates_stand(figure.since):
            return None
        (rest, _known), (new, _known) = sums(figure, touched, currencies, groups)
        first, _known = stands(figure, touched, figure.since, currencies, groups)
        second, _known = stands(figure, touched, figure.until, currencies, groups)
    parts = came(figure, touched, second.keys() - first.keys()) | went(figure, touched, first.keys() - second.keys())
    return Compared(figure, groups, touched, currencies, rest, new, first, second, parts)


def stands(
    figure: "Figure", touched: Touched, when: Past, currencies: frozenset[str], groups: Groups
) -> tuple[dict[UUID, Stand], frozenset[str]]:
    """The records that were written since as they counted at a moment, but for those that were only made, and their currencies."""
    found, names, used = dict[UUID, Stand](), groups(when), set[str]()
    for rows in touched.known(when):
        asked = rows.annotate(worth=worth(figure, currencies, when), in_currency=currency(figure), **names)
        for key, amount, is_filled, code, *place in values_of(figure, asked, names):
            found[key] = Stand(amount, is_filled, tuple(place))
            used |= {code} if is_filled and code else set()
    return found, frozenset(used)


def sums(
    figure: "Figure", touched: Touched, currencies: frozenset[str], groups: Groups
) -> list[tuple[dict[Place, Sum], frozenset[str]]]:
    """The sums by place of all records that nobody wrote since, and of those that were only made since, each with their currencies."""
    rows = (touched.others(figure.until), touched.newcomers(figure.until))
    return [sums_of(figure, some, currencies, groups) for some in rows]


def sums_of(
    figure: "Figure", rows: QuerySet[Any], currencies: frozenset[str], groups: Groups
) -> tuple[dict[Place, Sum], frozenset[str]]:
    """The sums by place of rows as they count at the second moment, and their currencies."""
    when, spec = figure.until, figure.spec
    names = groups(when)
    is_plain = spec is not None and len(currencies) < 2  # added up before it gets its many decimals
    amount = spec.expression() if spec is not None and is_plain else worth(figure, currencies, when)
    rows = rows.annotate(worth=amount, in_currency=currency(figure), **names)
    sql, values = compiled(rows.values_list("pk", "worth", lacks(figure), "in_currency", *names), 4 + len(names))
    columns = "".join(f", d{at}" for at in range(len(names)))
    text = f"""SELECT CASE WHEN filled THEN code END, coalesce(sum(w), 0)::numeric, count(*) FILTER (WHERE w IS NULL AND filled), count(*){columns}
        FROM ({sql}) f(id, w, filled, code{columns}) GROUP BY 1{columns}"""  # noqa: S608 - SQL of the ORM
    found, used = dict[Place, Sum](), set[str]()
    with localcontext(EXACT):
        for code, amount, lacking, count, *place in fetched(text, values):
            before = found.get(tuple(place), Sum(ZERO, 0, 0))
            found[tuple(place)] = Sum(before.amount + amount, before.lacking + lacking, before.number + count)
            used |= {code} if code else set()
    return found, frozenset(used)


def values_of(figure: "Figure", rows: QuerySet[Any], names: Collection[str]) -> list[tuple[Any, ...]]:
    """Their ids, amounts, whether there is one, its currency and the groups."""
    sql, values = compiled(rows.values_list("pk", "worth", lacks(figure), "in_currency", *names), 4 + len(names))
    return fetched(sql, values)


def currency(figure: "Figure") -> Any:
    """The currency of an amount as an expression; "" where there is none."""
    spec = figure.spec
    is_money = spec is not None and spec.type.name == "money" and not spec.is_bag
    return F(f"{spec.name}_currency") if spec is not None and is_money else Value("", TextField())


# --- why a record counts at one moment only -------------------------------------------------------------------------------


def came(figure: "Figure", touched: Touched, keys: Collection[UUID]) -> dict[UUID, str]:
    """Records that count at the second moment only: made or restored, come into the reader's rights, or into the conditions."""
    were = there(figure, figure.since, [key for key in keys if key not in touched.made])
    mine = reached(touched, figure.since, were)
    return {key: "added" if key not in were else "came" if key in mine else "gained" for key in keys}


def went(figure: "Figure", touched: Touched, keys: Collection[UUID]) -> dict[UUID, str]:
    """Records that count at the first moment only: deleted, gone from the reader's rights, or from the conditions."""
    are = there(figure, figure.until, keys)
    mine = reached(touched, figure.until, are)
    return {key: "removed" if key not in are else "went" if key in mine else "lost" for key in keys}


def there(figure: "Figure", when: Past, keys: Collection[UUID]) -> set[UUID]:
    """Those that existed at a moment and did not lie in the trash."""
    if not keys:
        return set()
    text, values = was_there(figure.entity, when)
    asked = f"SELECT d.id FROM unnest(%s::uuid[]) d(id) WHERE {text}"  # noqa: S608 - our own
    return {key for (key,) in fetched(asked, [array(keys), *values])}


def reached(touched: Touched, when: Past, keys: Collection[UUID]) -> set[UUID]:
    """Those that the reader's rights reached as they were at a moment."""
    found = set[UUID]()
    for rows in touched.reached(when, keys):
        found |= {key for (key,) in fetched(*compiled(rows.values_list("pk"), 1))}
    return found
