"""Sales in the benchmark: opportunities over years with their way through the stages, and every budget that is about them."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.utils import timezone
from psycopg import Connection

from kith.core import rates, writes
from kith.core.access import SYSTEM
from kith.core.bench import build, floors, mould, names, nights
from kith.core.bench.build import Data, Site
from kith.core.bench.cases import MONTH_AGO, Case, Send, a_list, opened
from kith.core.bench.client import Answer, Browser
from kith.core.bench.floors import Floor
from kith.core.bench.ground import Ground
from kith.core.bench.parts import Part
from kith.core.entity import registry
from kith.core.following import active
from kith.core.ids import uuid7
from kith.core.kept import building
from kith.core.money import Money
from kith.core.store import insert_plain
from kith.processes.book import Course, book
from kith.processes.entities.stage_stay import StageStay

from . import shipped

OPPORTUNITIES = "sales.opportunity"
#: How far opportunities came, in percent of all: open in one of the stages, won, lost.
ENDS = (("new", 6), ("qualified", 6), ("offer", 5), ("negotiation", 3), ("won", 44), ("lost", 36))
WAY = ("new", "qualified", "offer", "negotiation")
WHAT = ("Sensors", "Gauges", "Calibration", "Spare parts", "Service contract", "Датчики", "传感器", "Extension")
STEPS = ("Call the buyer", "Send the offer", "Visit the plant", "")


def make(data: Data, count: int) -> None:
    """Opportunities in the order of time, each batch a change-set."""
    course = book().default(SYSTEM, OPPORTUNITIES)
    source = names.chance(17)
    if course is None or not data.sites:
        raise RuntimeError("opportunities need companies and a process")
    reasons = lost_reasons()
    rows = [
        values(number, source.choice(data.sites), course, data, source) | {"reasons": [source.choice(reasons)]}
        for number in range(data.share(count))
    ]
    build.spread(rows, lambda part: write(part, course), data)


def lost_reasons() -> list[UUID]:
    """Why opportunities are lost, as it is shipped."""
    shipped.install()
    return list(registry.get("sales.reason").rows(SYSTEM).filter(result="lost").values_list("pk", flat=True))


def values(number: int, site: Site, course: Course, data: Data, source: Any) -> dict[str, Any]:
    """One opportunity; its amount is in the base currency."""
    key = source.choices([end for end, _share in ENDS], [share for _end, share in ENDS])[0]
    stage = next(stage for stage in course.stages if stage.key == key)
    amount = Decimal(source.randrange(500, 400_000))
    now = timezone.now()
    began = now - dt.timedelta(days=source.randrange(1, 1400 if stage.kind != "open" else 200))
    at = began + (now - began) * source.random()
    closed = stage.kind != "open"
    return {
        "name": f"{source.choice(WHAT)} {mould.FURTHER + number * mould.MOST_COPIES}", "company": site.id, "owner": site.owner, "org_unit": data.crew.units[site.owner], "process": course.process.pk, "stage": stage.pk,
        "state": stage.kind, "stage_at": at, "closed_at": at if closed else None, "amount": Money(amount, rates.base()), "amount_base": amount, "started_on": began.date(),
        "closes_on": (at if closed else now + dt.timedelta(days=source.randrange(-20, 200))).date(), "probability": stage.probability, "probability_auto": stage.probability,
        "forecast_category": stage.forecast_category, "next_step": "" if closed else source.choice(STEPS), "actual_amount": Money(amount, rates.base()) if stage.kind == "won" else None,
    }  # fmt: skip


def write(part: Sequence[dict[str, Any]], course: Course) -> None:
    """Store some opportunities and their stays in stages."""
    made = build.store(OPPORTUNITIES, part)
    insert_plain(StageStay, [stay for record in made for stay in stays(record, course)])


def stays(record: Any, course: Course) -> list[StageStay]:
    """The way to the stage a record is in, in equal steps from its beginning to its last move."""
    last = next(stage for stage in course.stages if stage.pk == record.stage_id)
    keys = WAY[: WAY.index(last.key) + 1] if last.key in WAY else (*WAY[: 1 + record.pk.int % 4], last.key)
    began = dt.datetime.combine(record.started_on, dt.time(), dt.UTC)
    step = (record.stage_at - began) / max(1, len(keys) - 1)
    moments = [*(began + step * number for number in range(len(keys) - 1)), record.stage_at]
    stages = {stage.key: stage for stage in course.stages}
    return [
        StageStay(
            id=uuid7(), entity=OPPORTUNITIES, record_id=record.pk, process_id=record.process_id, stage_id=stages[key].pk, state=stages[key].kind,
            entered_at=at, left_at=left, by_id=record.owner_id, changeset_id=active().id,
        )
        for key, at, left in zip(keys, moments, (*moments[1:], None), strict=True)
    ]  # fmt: skip


# --- what is measured --------------------------------------------------------------------------------------------------


def page(path: str, **query: str) -> Send:
    """A page that is always the same."""
    address = f"{path}?{urlencode(query)}" if query else path
    return lambda ground, browser, number: browser.get(address)


def part_of(path: str, **query: str) -> Send:
    """A part of a page that the browser asks for by itself."""
    address = f"{path}?{urlencode(query)}" if query else path
    return lambda ground, browser, number: browser.get(address, HX_Request="true")


def saved(ground: Ground, browser: Browser, number: int) -> Answer:
    """The next step of an opportunity, saved in the list."""
    keys = ground.keys(OPPORTUNITIES, "team")
    return browser.post(
        f"/opportunities/{keys[number % len(keys)]}/field/next_step?in=list",
        {"next_step": f"Call {uuid4().hex}"},
        HX_Request="true",
        HX_Current_URL=f"http://localhost:{browser.port}/opportunities/",
    )


def moved(ground: Ground, browser: Browser, number: int) -> Answer:
    """A card dropped onto another column of the board, one of two in turn."""
    keys = open_keys(ground)
    return browser.post(
        f"/opportunities/board/{keys[number % len(keys)]}/move",
        {"column": ("new", "qualified")[number // len(keys) % 2]},
        HX_Request="true",
        HX_Current_URL=f"http://localhost:{browser.port}/opportunities/board",
    )


def course_of(ground: Ground) -> Course:
    """The process of the opportunities."""
    found = book().default(SYSTEM, OPPORTUNITIES)
    if found is None:
        raise RuntimeError("no process")
    return found


def open_keys(ground: Ground) -> list[UUID]:
    """Opportunities in the second stage, which the team may see."""
    if "open" not in ground.middles:
        stage = next(stage for stage in course_of(ground).stages if stage.key == "qualified")
        rows = registry.get(OPPORTUNITIES).rows(ground.actors["team"], "edit").filter(stage=stage)
        ground.middles["open"] = list(rows.values_list("pk", flat=True)[:200])
    found: list[UUID] = ground.middles["open"]
    return found


def summed(level: str, column: str) -> Floor:
    """Groups with counts and sums by plain SQL."""

    def floor(ground: Ground, connection: Connection[Any], number: int) -> None:
        where, values = ground.where(level)
        floors.run(
            connection,
            f"SELECT {column}, count(*), sum(amount), sum(amount * probability) FROM sales_opportunity WHERE deleted_at IS NULL AND {where} GROUP BY 1",  # noqa: S608 - own words
            values,
        )

    return floor


def kept(send: Send) -> Send:
    """The same once the report of the actual amounts is kept ready. No other case asks for these sums, so that all others ask the records."""

    def sent(ground: Ground, browser: Browser, number: int) -> Answer:
        if "kept" not in ground.middles:
            report = {"rows": ["owner"], "columns": ["closes_on:quarter"], "m": ["count", "sum:actual_amount"]}
            view = {"entity": OPPORTUNITIES, "name": "Kept ready", "shape": "report", "columns": ["name"], "report": report, "is_kept": True}  # fmt: skip
            views = registry.get("core.view")
            if not views.rows(SYSTEM).filter(name="Kept ready", entity=OPPORTUNITIES).exists():
                writes.create(SYSTEM, views, view)
            ground.middles["kept"] = building.settle()
        return send(ground, browser, number)

    return sent


def budgeted(ground: Ground, browser: Browser, number: int) -> Answer:
    """The budget of an opportunity, saved in the list."""
    keys = ground.keys(OPPORTUNITIES, "team")
    return browser.post(
        f"/opportunities/{keys[number % len(keys)]}/field/budget?in=list",
        {"budget": str(1000 + number), "budget_currency": "EUR"},
        HX_Request="true",
        HX_Current_URL=f"http://localhost:{browser.port}/opportunities/",
    )


def rolled(send: Send) -> Send:
    """The same once the budgets are added up by company, and kept."""

    def sent(ground: Ground, browser: Browser, number: int) -> Answer:
        if "rolled" not in ground.middles:
            nights.rolled()
            ground.middles["rolled"] = True
        return send(ground, browser, number)

    return sent


LEVELS = ("own", "team", "unit", "all")
ACTUAL = {
    rows: page("/opportunities/report", rows=rows, m="sum:actual_amount") for rows in ("closes_on:quarter", "owner")
}
OPEN = {"f": "state:any:open"}
CASES = (
    *(a_list("List of opportunities", OPPORTUNITIES, level) for level in LEVELS),
    a_list("Opportunities by amount, open ones", OPPORTUNITIES, "team", "sort=-amount&f=state:any:open"),
    a_list("Opportunities by amount", OPPORTUNITIES, "all", "sort=-amount"),
    a_list("Opportunities by expected close, half way", OPPORTUNITIES, "all", "sort=closes_on", deep="closes_on"),
    a_list("Opportunities without a next step", OPPORTUNITIES, "team", "f=no_next_step:is:true&f=state:any:open"),
    a_list("List of opportunities, a month ago", OPPORTUNITIES, "team", f"as_of={MONTH_AGO}"),
    a_list("List of opportunities, a month ago", OPPORTUNITIES, "all", f"as_of={MONTH_AGO}"),
    Case("Board of opportunities, a month ago", "team", page("/opportunities/board", as_of=MONTH_AGO), 60),
    Case("Board of opportunities, a month ago", "all", page("/opportunities/board", as_of=MONTH_AGO), 60),
    *(Case("Board of opportunities", level, page("/opportunities/board"), 60, summed(level, "stage_id")) for level in LEVELS),
    *(Case("Board: totals of long columns", level, part_of("/opportunities/board/totals"), 1000, summed(level, "stage_id")) for level in ("team", "all")),
    Case("Board of open opportunities", "team", page("/opportunities/board", **OPEN), 60),
    Case("Board of open opportunities", "all", page("/opportunities/board", **OPEN), 60),
    Case("Card moved on the board", "team", moved, 60, expect=(200, 204)),
    opened("Page of an opportunity", OPPORTUNITIES, "team", 60, None),
    opened("Page of an opportunity", OPPORTUNITIES, "all", 60, None),
    Case("Calendar by expected close", "team", page("/opportunities/calendar"), 60),
    a_list("Grouped by owner", OPPORTUNITIES, "all", "group=owner", budget=1000, floor=summed("all", "owner_id")),
    a_list("Grouped by stage", OPPORTUNITIES, "unit", "group=stage", budget=1000, floor=summed("unit", "stage_id")),
    Case("Report: amount by stage", "all", page("/opportunities/report", rows="stage", m="sum:amount"), 1000, summed("all", "stage_id")),
    Case("Report: amount by owner and quarter", "all", page("/opportunities/report", rows="owner", columns="closed_at:quarter", m="sum:amount"), 1000, summed("all", "owner_id")),
    Case("Report: amount by owner and quarter", "unit", page("/opportunities/report", rows="owner", columns="closed_at:quarter", m="sum:amount"), 1000, summed("unit", "owner_id")),
    Case("Save the next step", "team", saved, 30),
    Case("Steering: forecast", "all", page("/sales/forecast"), 1000),
    Case("Steering: deals flow", "all", page("/sales/flow"), 1000),
    Case("Steering: funnel", "all", page("/sales/funnel"), 1000),
    Case("Steering: team", "all", page("/sales/team"), 1000),
    Case("Report: actual amount by quarter", "all", ACTUAL["closes_on:quarter"], 1000, summed("all", "date_trunc('quarter', closes_on)")),
    Case("Report: actual amount by owner", "all", ACTUAL["owner"], 1000, summed("all", "owner_id")),
    Case("Report kept ready: actual amount by quarter", "all", kept(ACTUAL["closes_on:quarter"]), 100, summed("all", "date_trunc('quarter', closes_on)")),
    Case("Report kept ready: actual amount by owner", "all", kept(ACTUAL["owner"]), 100, summed("all", "owner_id")),
    Case("Save the next step beside a report that is kept ready", "team", kept(saved), 30),
    Case("Differences of a month", "all", page("/opportunities/differences", **{"from": MONTH_AGO}), 1000),
    Case("Differences of a month", "team", page("/opportunities/differences", **{"from": MONTH_AGO}), 1000),
    Case("Why the amount changed in a month", "all", page("/opportunities/why", measure="sum:amount", **{"from": MONTH_AGO}), 1000),
    Case("Why the amount changed in a month", "team", page("/opportunities/why", measure="sum:amount", **{"from": MONTH_AGO}), 1000),
    Case("Save the budget", "team", budgeted, 30),
    Case("Save the budget beside a kept roll-up of its company", "team", rolled(budgeted), 30),
)  # fmt: skip
PART = Part("opportunities", make, "sales_opportunity", CASES)
