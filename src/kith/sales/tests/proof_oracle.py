"""The figures of the proof a second time, in plain Python from the table alone: no Kith, no database."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from .proof_table import NOW, RATES, Deal

STAGES = ("new", "qualified", "offer", "negotiation", "won")
CATEGORY = {"new": "pipeline", "qualified": "pipeline", "offer": "best", "negotiation": "commit"}
ALLOWED = {"new": 14, "qualified": 21, "offer": 21, "negotiation": 14}
DAY = dt.timedelta(days=1)


def half_up(value: Fraction | Decimal | int, step: str) -> Decimal:
    """Rounded half away from zero to a step."""
    exact = Fraction(value) / Fraction(step)
    sign = -1 if exact < 0 else 1
    return Decimal(sign * int(abs(exact) + Fraction(1, 2))) * Decimal(step)


# --- one deal -------------------------------------------------------------------------------------------------------------


def stage_at(deal: Deal, moment: dt.datetime = NOW) -> str:
    """The stage it was in at a moment."""
    return [stage for stage, at in deal.path if at <= moment][-1]


def state_at(deal: Deal, moment: dt.datetime = NOW) -> str:
    """Won, lost or open at a moment."""
    stage = stage_at(deal, moment)
    return stage if stage in ("won", "lost") else "open"


def amount_at(deal: Deal, moment: dt.datetime = NOW) -> Decimal | None:
    """The amount in its own currency at a moment: that of the lines, else the latest that was entered."""
    if deal.lines:
        return Decimal(half_up(sum((line.quantity * line.price for line in deal.lines), Decimal(0)), "0.01"))
    found = deal.entered
    for at, name, value in deal.changes:
        if name == "amount" and at <= moment:
            assert isinstance(value, Decimal)
            found = value
    return found


def closes_at(deal: Deal, moment: dt.datetime = NOW) -> dt.date:
    """The expected close at a moment."""
    found = deal.closes_on
    for at, name, value in deal.changes:
        if name == "closes_on" and at <= moment:
            assert isinstance(value, dt.date)
            found = value
    return found


def closed_on(deal: Deal) -> dt.date | None:
    """The day of the close, if it is closed."""
    return deal.path[-1][1].date() if state_at(deal) != "open" else None


def rate(currency: str, day: dt.date) -> Decimal:
    """What one unit was worth on a day."""
    return [value for since, value in RATES[currency] if since <= day][-1]


def base(deal: Deal, moment: dt.datetime = NOW) -> Decimal:
    """The amount at a moment in the base currency: by the rate of the close, of what is open by today's; nothing is zero."""
    amount = amount_at(deal, moment) or Decimal(0)
    return half_up(amount * rate(deal.currency, closed_on(deal) or NOW.date()), "0.0001")


def worth(deal: Deal, moment: dt.datetime) -> Decimal:
    """The amount of a deal that was open at a moment, by the rate of that day."""
    return half_up((amount_at(deal, moment) or Decimal(0)) * rate(deal.currency, moment.date()), "0.0001")


def cycle(deal: Deal) -> int | None:
    """Days from the beginning to the close."""
    day = closed_on(deal)
    return None if day is None else (day - deal.began.date()).days


# --- figures ----------------------------------------------------------------------------------------------------------------


def percentile(values: Sequence[Fraction], part: Fraction) -> Fraction:
    """Between the two neighbours of the place."""
    ordered = sorted(values)
    place = part * (len(ordered) - 1)
    low = int(place)
    return ordered[low] + (ordered[min(low + 1, len(ordered) - 1)] - ordered[low]) * (place - low)


def days(values: Iterable[Fraction | int]) -> tuple[Decimal | int | None, ...]:
    """How many, mean, and what a quarter, half, three quarters, nine tenths took at most."""
    found = [Fraction(value) for value in values]
    if not found:
        return (0, None, None, None, None, None)
    parts = (sum(found) / len(found), *(percentile(found, Fraction(rank, 100)) for rank in (25, 50, 75, 90)))
    return (len(found), *(half_up(part, "0.1") for part in parts))


def funnel(deals: Iterable[Deal], first: dt.date, last: dt.date) -> dict[str, object]:
    """Those that began in the period: by stage how many came so far or further, shares, amounts, days of ended stays, where they were lost."""
    cohort = [deal for deal in deals if first <= deal.began.date() <= last]
    far = {deal.number: max(STAGES.index(stage) for stage, _at in deal.path if stage in STAGES) for deal in cohort}
    steps, before = [], len(cohort)
    for at, stage in enumerate(STAGES):
        those = [deal for deal in cohort if far[deal.number] >= at]
        steps.append((
            stage, len(those), sum((base(deal) for deal in those), Decimal(0)), share(len(those), before), share(len(those), len(cohort)),
            days(stays(cohort, stage)),
        ))  # fmt: skip
        before = len(those)
    lost = Counter(last_open(deal) for deal in cohort if state_at(deal) == "lost")
    won = [found for deal in cohort if state_at(deal) == "won" and (found := cycle(deal)) is not None]
    return {"size": len(cohort), "steps": steps, "lost": dict(lost), "cycle": days(won)}


def share(part: int, whole: int) -> Decimal | None:
    """In percent to one place."""
    return half_up(Fraction(part * 100, whole), "0.1") if whole else None


def stays(cohort: Iterable[Deal], stage: str) -> list[Fraction]:
    """Days of the ended stays in a stage."""
    pairs = (pair for deal in cohort for pair in zip(deal.path, deal.path[1:], strict=False))
    return [Fraction((left - entered) / DAY) for (name, entered), (_next, left) in pairs if name == stage]


def last_open(deal: Deal) -> str:
    """The open stage it was lost from."""
    return [stage for stage, _at in deal.path if stage not in ("won", "lost")][-1]


def by_part(deals: Iterable[Deal], part: Callable[[Deal], Iterable[str]]) -> dict[str, list[Deal]]:
    """Deals by what they have, each with everything it has; "" are those that have none."""
    found: dict[str, list[Deal]] = defaultdict(list)
    for deal in deals:
        for name in set(part(deal)) or {""}:
            found[name].append(deal)
    return found


def closed(deals: Iterable[Deal], first: dt.date, last: dt.date, *states: str) -> list[Deal]:
    """Those closed in the period, in these states."""
    return [deal for deal in deals if (day := closed_on(deal)) and first <= day <= last and state_at(deal) in states]


def forecast(deals: Iterable[Deal], first: dt.date, last: dt.date) -> dict[str, dict[str, Decimal]]:
    """Amounts by owner and category: won in the period, or open and expected to close in it and not left out."""
    found: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for deal in deals:
        day = closed_on(deal)
        if state_at(deal) == "won" and day and first <= day <= last:
            found[deal.owner]["closed"] += base(deal)
        elif state_at(deal) == "open" and first <= closes_at(deal) <= last:
            name = deal.category or CATEGORY[stage_at(deal)]
            if name != "omitted":
                found[deal.owner][name] += base(deal)
    return {owner: dict(parts) for owner, parts in found.items()}


def flow(
    deals: Iterable[Deal], first: dt.date, last: dt.date, since: dt.datetime, until: dt.datetime
) -> tuple[Decimal, dict[str, tuple[int, Decimal]], Decimal]:
    """Sum of the open deals of the period at two moments, and between them the parts: how many, and what they add."""
    before = after = Decimal(0)
    parts: dict[str, tuple[int, Decimal]] = {}
    for deal in deals:
        one, two = within(deal, first, last, since), within(deal, first, last, until)
        was, will = worth(deal, since) if one else Decimal(0), worth(deal, until) if two else Decimal(0)
        before, after = before + was, after + will
        if name := way(deal, one, two, will - was, since, until):
            count, amount = parts.get(name, (0, Decimal(0)))
            parts[name] = (count + 1, amount + will - was)
    return before, parts, after


def there(deal: Deal, moment: dt.datetime) -> bool:
    """Whether it was there and not in the trash."""
    return deal.began <= moment and (deal.trashed_at is None or moment < deal.trashed_at)


def within(deal: Deal, first: dt.date, last: dt.date, moment: dt.datetime) -> bool:
    """Whether it was an open deal of the period at a moment."""
    return there(deal, moment) and state_at(deal, moment) == "open" and first <= closes_at(deal, moment) <= last


def way(deal: Deal, one: bool, two: bool, change: Decimal, since: dt.datetime, until: dt.datetime) -> str:
    """What became of a deal between two moments; nothing of one that stayed as it was."""
    if one and two:
        return "grown" if change > 0 else "shrunk" if change < 0 else ""
    if one:
        return (
            "removed" if not there(deal, until) else {"won": "won", "lost": "lost"}.get(state_at(deal, until), "pushed")
        )
    if two:
        return "new" if not there(deal, since) else "reopened" if state_at(deal, since) != "open" else "pulled"
    return ""


def team(deals: Iterable[Deal]) -> dict[str, dict[str, int]]:
    """Signs of the team page by owner; what is 0 is left out."""
    today = NOW.date()
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for deal in deals:
        if state_at(deal) != "open":
            continue
        entered = deal.path[-1][1]
        written = max([entered, *(at for at, _name, _value in deal.changes)])
        signs = {
            "open": True, "no_step": not deal.next_step, "late_close": closes_at(deal) < today, "stuck": NOW - entered > ALLOWED[stage_at(deal)] * DAY,
            "silent": written.date() < today - 14 * DAY,
        }  # fmt: skip
        found[deal.owner].update(name for name, is_so in signs.items() if is_so)
    return {owner: dict(counts) for owner, counts in found.items()}
