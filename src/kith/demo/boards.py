"""Two dashboards: what the head of sales steers by, and the day of a salesperson; each in the three languages of the company."""

import json
from typing import Any

from kith.core import writes
from kith.core.access import SYSTEM

from .looks import DEAL, TASK, test
from .world import World, entity

OPEN = test("state", "any", ["open", "hold"])
WON, LOST = test("state", "any", ["won"]), test("state", "any", ["lost"])
WIN_RATE = json.dumps({"over": {"kind": "count", "where": WON}, "under": "count"})
#: Key, kind of record, names, conditions, further parts.
VIEWS: tuple[tuple[str, str, tuple[str, str, str], list[dict[str, Any]], dict[str, Any]], ...] = (
    ("open", DEAL, ("Open deals", "Открытые сделки", "进行中的商机"), [OPEN], {"sort": ["closes_on"], "columns": ["name", "amount", "closes_on", "company", "stage", "owner"]}),
    ("large", DEAL, ("Largest open deals", "Крупнейшие открытые сделки", "金额最大的商机"), [OPEN], {"sort": ["-amount"], "columns": ["name", "amount", "owner", "company", "stage"]}),
    ("won", DEAL, ("Won deals", "Выигранные сделки", "已赢单"), [WON], {"sort": ["-closed_at"], "columns": ["name", "amount", "closed_at", "owner"]}),
    ("closed", DEAL, ("Closed deals", "Закрытые сделки", "已结束的商机"), [test("state", "any", ["won", "lost"])], {"sort": ["-closed_at"]}),
    ("months", DEAL, ("Won by month", "Выиграно по месяцам", "每月赢单"), [WON], {"shape": "report", "report": {"rows": ["closed_at:month"], "m": ["sum:amount"], "chart": "area"}}),
    ("reasons", DEAL, ("Why we lose", "Почему мы проигрываем", "输单原因"), [LOST], {"shape": "report", "report": {"rows": ["reasons"], "m": ["count"], "order": "-0", "chart": "hbar"}}),
    ("tasks", TASK, ("Tasks due", "Задачи к сроку", "到期任务"), [test("assignee", "any", ["me"]), test("status", "any", ["todo", "doing", "blocked"])], {"sort": ["due_at"], "columns": ["name", "due_at", "priority"]}),
)  # fmt: skip


def build(world: World) -> None:
    """The views first, then what shows them."""
    views = {key: shared(world, label, names, conditions, more) for key, label, names, conditions, more in VIEWS}
    mark = "kith:view:sales.opportunity:no_next_step"
    views["idle"] = (
        entity("core.view").rows(SYSTEM).filter(external_ids__contains=[mark]).values_list("pk", flat=True)[0]
    )
    dashboard(
        world, "nadia", ("Sales overview", "Обзор продаж", "销售总览"), "trophy", head(views),
        {"period": "quarter", "default_groups": ids(world, "leads"), "shared_with": ids(world, "management")},
    )  # fmt: skip
    dashboard(
        world, "nadia", ("My sales", "Мои продажи", "我的销售"), "target", rep(views),
        {"period": "quarter", "whose": "me", "default_groups": ids(world, "sales"), "position": 110},
    )  # fmt: skip


def ids(world: World, group: str) -> list[str]:
    """A group as fields name it."""
    return [str(world.id("groups", group))]


def named(names: tuple[str, str, str]) -> dict[str, Any]:
    """A name with those of the other languages."""
    english, russian, chinese = names
    return {"name": english, "translations": {"ru": russian, "zh-hans": chinese}}


def shared(
    world: World, label: str, names: tuple[str, str, str], conditions: list[dict[str, Any]], more: dict[str, Any]
) -> Any:
    """The id of a view that all of sales and the management see."""
    groups = [str(world.id("groups", key)) for key in ("sales", "management")]
    values = {
        "entity": label,
        "filter": {"all": conditions},
        "shared_with": groups,
        "position": 40,
        **named(names),
        **more,
    }
    with world.written(world.actor("nadia"), world.moment(60, "nadia")) as actor:
        return writes.create_many(actor, entity("core.view"), [values])[0].pk


def dashboard(
    world: World, owner: str, names: tuple[str, str, str], icon: str, tiles: list[dict[str, Any]], more: dict[str, Any]
) -> None:
    """One dashboard; the administrator makes it open first for a group."""
    values = {"icon": icon, "tiles": tiles, "owner": str(world.id("users", owner)), **named(names), **more}
    with world.written(world.actor("thomas"), world.moment(50, "thomas")) as actor:
        writes.create_many(actor, entity("core.dashboard"), [values])


def tile(
    at: int, kind: str, w: int, h: int, view: Any = None, names: tuple[str, str, str] | None = None, **more: Any
) -> dict[str, Any]:
    """One tile; without names it is called as its view."""
    made: dict[str, Any] = {"id": f"t{at}", "kind": kind, "w": w, "h": h, **more}
    if view is not None:
        made["view"] = {"entity": "core.view", "id": str(view)}
    if names:
        made |= {"title": names[0], "titles": {"ru": names[1], "zh-hans": names[2]}}
    return made


def head(views: dict[str, Any]) -> list[dict[str, Any]]:
    """What the head of sales steers by."""
    return [
        tile(1, "figure", 3, 1, views["won"], ("Won", "Выиграно", "赢单金额"), measure="sum:amount", date="closed_at", goal="won_amount"),
        tile(2, "figure", 3, 1, views["open"], ("Open pipeline", "Открытая воронка", "商机总额"), measure="sum:amount"),
        tile(3, "figure", 3, 1, views["closed"], ("Win rate", "Доля выигранных", "赢单率"), measure=WIN_RATE, date="closed_at"),
        tile(4, "figure", 3, 1, views["idle"], None, less=True),
        tile(5, "chart", 7, 3, views["months"]),
        tile(6, "regions", 5, 3, views["won"], ("Won by region", "Выиграно по регионам", "各地区赢单"), measure="sum:amount", by="territory", date="closed_at", chart="table"),
        tile(7, "board", 12, 1, views["open"], ("Pipeline by stage", "Воронка по этапам", "各阶段商机")),
        tile(8, "chart", 5, 3, views["reasons"], None, date="closed_at"),
        tile(9, "list", 7, 3, views["large"], None, rows=6),
        tile(10, "chart", 5, 3, views["won"], ("Won by owner", "Выиграно по ответственным", "各负责人赢单"), measure="sum:amount", by="owner", chart="hbar", date="closed_at"),
        tile(11, "note", 7, 2, None, ("How to read this", "Как это читать", "阅读说明"), text=(
            "<p>Period, people and region above apply to every tile with such a field. Amounts are in euro, by the rates of the day.</p>"
            "<p>Период, люди и регион действуют на все плитки, где есть такое поле. Суммы в евро по курсу дня.</p><p>上方的期间、人员和地区适用于所有相关磁贴，金额按当日汇率折算为欧元。</p>"
        )),
    ]  # fmt: skip


def rep(views: dict[str, Any]) -> list[dict[str, Any]]:
    """The day of a salesperson."""
    return [
        tile(1, "figure", 3, 1, views["won"], ("I have won", "Я выиграл", "我的赢单"), measure="sum:amount", date="closed_at", goal="won_amount"),
        tile(2, "figure", 3, 1, views["open"], ("My pipeline", "Моя воронка", "我的商机"), measure="sum:amount"),
        tile(3, "figure", 3, 1, views["tasks"], None, less=True),
        tile(4, "figure", 3, 1, views["idle"], None, less=True),
        tile(5, "list", 7, 3, views["open"], ("Closing next", "Ближайшие к закрытию", "即将成交"), rows=6, date="closes_on"),
        tile(6, "list", 5, 3, views["tasks"], None, rows=6),
        tile(7, "board", 12, 1, views["open"], ("My deals by stage", "Мои сделки по этапам", "我的各阶段商机")),
        tile(8, "chart", 6, 3, views["months"], None, chart="bar"),
        tile(9, "chart", 6, 3, views["reasons"], None, date="closed_at"),
    ]  # fmt: skip
