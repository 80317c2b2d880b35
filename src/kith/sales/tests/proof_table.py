"""The deals of the proof: ten written by hand in June 2024, 190 more until May 2026 from a table of ways, owners, sources and amounts.

Plain Python, no Kith. All moments of a deal lie at the same time of day, so that stays are whole days.
"""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
RATE_CHANGE = dt.datetime(2025, 7, 1, 0, 20, tzinfo=dt.UTC)
#: What one unit is worth in the base currency, from a day on.
RATES = {
    "EUR": [(dt.date(2020, 1, 1), Decimal(1))],
    "USD": [(dt.date(2024, 1, 1), Decimal("0.9")), (dt.date(2025, 7, 1), Decimal("0.8"))],
}
OWNERS, TERRITORIES = ("ann", "tom", "rob"), ("North", "South")
SOURCES = ("Fair", "Web", "Partner", "")
PRICES = {"Lathe": Decimal(400), "Press": Decimal(200), "Drill": Decimal("33.33")}
#: Ways through the stages; None ends one that is still open.
WAYS = (
    ("new", "qualified", "offer", "negotiation", "won"),
    ("new", "qualified", "offer", "won"),
    ("new", "won"),
    ("new", "qualified", "lost"),
    ("new", "lost"),
    ("new", "qualified", "offer", "lost"),
    ("new", "qualified", "offer", "qualified", "offer", "negotiation", "won"),
    ("new", "offer", "won", "negotiation", "lost"),
    ("new", "qualified", "offer", "negotiation"),
    ("new", "qualified"),
    ("new", "qualified", "offer"),
    ("new",),
)
#: By hand: owner, source, territory, currency, amount, then stage and day from 1 June 2024 on.
BY_HAND = (
    ("ann", "Fair", "North", "EUR", 1000, "new 3 qualified 5 offer 11 negotiation 21 won 31"),
    ("ann", "Fair", "South", "EUR", 2000, "new 3 qualified 7 offer 17 won 27"),
    ("ann", "Web", "North", "USD", 1000, "new 4 qualified 5 offer 25 negotiation 30 won 35"),
    ("ann", "Web", "North", "EUR", 500, "new 5 lost 15"),
    ("tom", "Fair", "South", "EUR", 4000, "new 6 qualified 16 lost 20"),
    ("tom", "Web", "North", "USD", 2000, "new 10 qualified 12 offer 20 lost 30"),
    ("tom", "", "South", "EUR", 600, "new 11 won 15"),
    ("rob", "Fair", "North", "EUR", 800, "new 12 qualified 20 offer 26 negotiation 28 won 42"),
    ("rob", "", "North", "EUR", 1500, "new 13 qualified 14 offer 24 qualified 26 lost 36"),
    ("rob", "Web", "South", "EUR", 300, "new 14 qualified 30 offer 40 negotiation 50 lost 60"),
)


@dataclass(frozen=True)
class Line:
    """A product line."""

    product: str
    quantity: int
    price: Decimal


@dataclass(frozen=True)
class Deal:
    """One deal with all that ever happened to it: stages with moments, changes of amount and expected close, the trash."""

    number: int
    owner: str
    source: str
    territory: str
    currency: str
    entered: Decimal | None
    lines: tuple[Line, ...]
    category: str
    next_step: str
    closes_on: dt.date
    path: tuple[tuple[str, dt.datetime], ...]
    changes: tuple[tuple[dt.datetime, str, object], ...] = ()
    trashed_at: dt.datetime | None = None

    @property
    def began(self) -> dt.datetime:
        """When it was entered."""
        return self.path[0][1]


def deals() -> list[Deal]:
    """All 200."""
    return [*by_hand(), *by_table()]


def by_hand() -> Iterator[Deal]:
    """The ten of June 2024; the first one has lines of two products."""
    june = dt.datetime(2024, 6, 1, 9, tzinfo=dt.UTC)
    for number, (owner, source, territory, currency, amount, way) in enumerate(BY_HAND, 1):
        words = way.split()
        start = june + dt.timedelta(minutes=number)
        path = tuple(
            (stage, start + dt.timedelta(days=int(day) - 1)) for stage, day in zip(words[::2], words[1::2], strict=True)
        )
        lines = (Line("Lathe", 2, Decimal(400)), Line("Press", 1, Decimal(200))) if number == 1 else ()
        yield Deal(
            number,
            owner,
            source,
            territory,
            currency,
            None if lines else Decimal(amount),
            lines,
            "",
            "",
            dt.date(2024, 7, 31),
            path,
        )


def by_table() -> Iterator[Deal]:
    """The others: each begins about three and a half days after the one before it."""
    chance = random.Random(2026)
    for number in range(11, 201):
        start = dt.datetime(2024, 8, 1, 9, tzinfo=dt.UTC) + dt.timedelta(days=(number - 11) * 7 // 2, minutes=number)
        path = walked(chance, start)
        lines = tuple(products(chance)) if number % 3 == 0 else ()
        is_early = all(stage in ("new", "qualified") for stage, _at in path)
        amount = None if lines or (is_early and number % 11 == 0) else Decimal(chance.randint(1, 900_000)) / 100
        is_open = path[-1][0] not in ("won", "lost")
        yield Deal(
            number, chance.choice(OWNERS), chance.choice(SOURCES), chance.choice(TERRITORIES), chance.choice(("EUR", "EUR", "USD")), amount, lines,
            chance.choice(("", "", "", "omitted", "commit")) if is_open else "", chance.choice(("", "Call")),
            (start + dt.timedelta(days=chance.randint(20, 120))).date(), path,
            tuple(changed(chance, path, amount)), NOW - dt.timedelta(days=number, minutes=-number) if number in (40, 90, 140) else None,
        )  # fmt: skip


def walked(chance: random.Random, start: dt.datetime) -> tuple[tuple[str, dt.datetime], ...]:
    """One of the ways, as far as it has come until now."""
    found, at = [], start
    for stage in chance.choice(WAYS):
        if at < NOW - dt.timedelta(hours=3):
            found.append((stage, at))
        at += dt.timedelta(days=chance.randint(1, 40))
    return tuple(found)


def products(chance: random.Random) -> Iterator[Line]:
    """One to three lines; a product may stand in several."""
    for _line in range(chance.randint(1, 3)):
        product = chance.choice(list(PRICES))
        yield Line(product, chance.randint(1, 5), PRICES[product])


def changed(
    chance: random.Random, path: tuple[tuple[str, dt.datetime], ...], amount: Decimal | None
) -> Iterator[tuple[dt.datetime, str, object]]:
    """Amount and expected close change on the way, an hour after a stage was entered in which the deal is open."""
    for stage, at in path:
        if stage in ("won", "lost") or chance.random() < 0.6:
            continue
        later, what = at + dt.timedelta(hours=1), chance.choice(("close", "amount", "amount", "both"))
        if what != "amount":
            yield later, "closes_on", (later + dt.timedelta(days=chance.randint(5, 150))).date()
        if what != "close" and amount is not None:
            yield later, "amount", Decimal(chance.randint(1, 900_000)) / 100
