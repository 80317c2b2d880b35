"""Every surface that shows records, generated from the registry: what it is asked, and which ids its answer shows."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.test import Client

from kith.core.entity import Entity, registry
from kith.core.exchange import exporting

from .people import classes
from .world import DAY, World

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
ROW, EVENT, CHOICE = (
    re.compile(pattern % UUID) for pattern in ('data-row="(%s)"', 'data-evt="(%s)"', 'data-value="(%s)"')
)
NEXT = re.compile(r'href="([^"]*[?&;]after=[^"]*)"')


@dataclass(frozen=True, slots=True)
class Whole:
    """A surface that shows rows of a kind: which operation it needs, whether it shows all of them, and what it answers."""

    name: str
    op: str
    ask: Callable[[Client, Entity, World], tuple[int, set[str], str]]
    fits: Callable[[Entity], bool] = lambda kind: True
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Single:
    """A surface about one record: its address below the record, the operation it needs, and how it is asked."""

    name: str
    op: str
    path: Callable[[Entity, Any], str]
    fits: Callable[[Entity], bool] = lambda kind: True
    method: str = "get"
    api: bool = False


def text_of(answer: Any) -> str:
    """The body."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode("utf-8", "replace")


def page(address: str, pattern: re.Pattern[str]) -> Callable[[Client, Entity, World], tuple[int, set[str], str]]:
    """A page whose rows are found by a pattern, and the pages after it."""

    def ask(browser: Client, kind: Entity, world: World) -> tuple[int, set[str], str]:
        answer = browser.get(address.format(slug=kind.slug, day=DAY))
        text = text_of(answer)
        found, more = set(pattern.findall(text)), NEXT.search(text)
        status = answer.status_code
        while status == 200 and more and pattern is ROW and "/board" not in address:
            answer = browser.get(more[1].replace("&amp;", "&"))
            part = text_of(answer)
            found |= set(pattern.findall(part))
            text, more = text + part, NEXT.search(part)
        return status, found, text

    return ask


def grouped(browser: Client, kind: Entity, world: World) -> tuple[int, set[str], str]:
    """The list in groups."""
    return page(f"/{{slug}}/?f=&group={choice_of(kind)}", ROW)(browser, kind, world)


def choice_of(kind: Entity) -> str:
    """What rows of a kind can be grouped by, also by whoever has a field of it hidden."""
    hidden, _fixed = classes(kind)
    return next(
        (
            spec.name
            for spec in kind.fields.values()
            if spec.type.name == "choice" and spec.sortable and spec.name not in (*kind.sensitive, hidden)
        ),
        "",
    )


def api(browser: Client, kind: Entity, world: World) -> tuple[int, set[str], str]:
    """The API, page by page."""
    address, found, texts = f"/api/v1/{kind.slug}?limit=200", set[str](), ""
    while address:
        answer = browser.get(address)
        texts += (text := text_of(answer))
        if answer.status_code != 200:
            return answer.status_code, found, texts
        data = json.loads(text)
        assert data["count"] is None or not data["count_is_exact"] or data["count"] >= len(data["results"])
        found |= {row["id"] for row in data["results"]}
        address = data["next"]
    return 200, found, texts


def report(browser: Client, kind: Entity, world: World) -> tuple[int, set[str], str]:
    """A report has no ids: the count of each owner must be that of the rows; the rows behind the total are asked for."""
    answer = browser.get(f"/api/v1/{kind.slug}/report?m=count" + ("&rows=owner" if "owner" in kind.declared else ""))
    text = text_of(answer)
    if answer.status_code != 200:
        return answer.status_code, set(), text
    figure = json.loads(text)["total"]["cells"][-1][0]
    behind = browser.get(figure["records"] + "&limit=200")
    body = text_of(behind)
    rows = json.loads(body).get("results", []) if behind.status_code == 200 else []
    found = {row["id"] for row in rows}
    assert figure["value"] == json.loads(body).get("count", 0) >= len(found), (kind.label, figure)
    return 200, found if len(found) == figure["value"] else all_behind(browser, figure["records"]), text + body


def all_behind(browser: Client, address: str) -> set[str]:
    """The ids of all pages."""
    found: set[str] = set()
    while address:
        data = browser.get(address).json()
        found, address = found | {row["id"] for row in data["results"]}, data["next"]
    return found


def exported(form: str) -> Callable[[Client, Entity, World], tuple[int, set[str], str]]:
    """A file with every field."""

    def ask(browser: Client, kind: Entity, world: World) -> tuple[int, set[str], str]:
        answer = browser.get(f"/{kind.slug}/export?f=&fields=all&format={form}")
        if answer.status_code != 200:
            return answer.status_code, set(), text_of(answer)
        if form == "xlsx":
            lines = sheet(b"".join(answer.streaming_content))
            return 200, {line[0] for line in lines[1:]}, " ".join(str(cell) for line in lines for cell in line)
        text = text_of(answer)
        if form == "json":
            return 200, {row["id"] for row in json.loads(text)}, text
        return 200, {line[0] for line in list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[1:]}, text

    return ask


def sheet(body: bytes) -> list[list[Any]]:
    """The cells of a workbook."""
    from openpyxl import load_workbook

    return [list(row) for row in load_workbook(io.BytesIO(body), read_only=True).active.iter_rows(values_only=True)]


def vcards(browser: Client, kind: Entity, world: World) -> tuple[int, set[str], str]:
    """Address cards name no ids; their marks are looked at."""
    answer = browser.get(f"/{kind.slug}/export?f=&format=vcf")
    return answer.status_code, set(), text_of(answer)


def trash(browser: Client, kind: Entity, world: World) -> tuple[int, set[str], str]:
    """The trash of a kind."""
    return page("/trash?kind={slug}", ROW)(browser, kind, world)


def words(address: str) -> Callable[[Client, Entity, World], tuple[int, set[str], str]]:
    """Search for the mark in the title of each row of the kind: what is found, by the addresses in the answer."""

    def ask(browser: Client, kind: Entity, world: World) -> tuple[int, set[str], str]:
        found, texts, status = set[str](), "", 200
        titled = world.titled(kind.label)
        for mark in titled.values():
            answer = browser.get(address.format(slug=kind.slug, mark=mark))
            text, status = text_of(answer).replace(mark, ""), answer.status_code
            found |= {key for key in titled if key in text}
            texts += text
        return status, found, texts

    return ask


WHOLES = (
    Whole("list", "view", page("/{slug}/?f=", ROW)),
    Whole("grouped", "view", grouped, lambda kind: bool(choice_of(kind))),
    Whole(
        "board",
        "view",
        page("/{slug}/board?f=", ROW),
        lambda kind: bool(kind.board) and kind.fields[kind.board].type.name == "choice",
    ),
    Whole(
        "board of stages",
        "view",
        page("/{slug}/board?f=", ROW),
        lambda kind: bool(kind.board) and kind.fields[kind.board].type.name != "choice",
        exact=False,
    ),
    Whole(
        "calendar", "view", page("/{slug}/calendar?f=&on={day}", EVENT), lambda kind: bool(kind.calendar), exact=False
    ),
    Whole("api", "view", api),
    Whole("report", "view", report),
    Whole("csv", "export", exported("csv")),
    Whole("json", "export", exported("json")),
    Whole("xlsx", "export", exported("xlsx")),
    Whole("vcf", "export", vcards, lambda kind: "vcf" in exporting.formats(kind), exact=False),
    Whole("lookup", "view", words("/{slug}/lookup?q={mark}"), exact=False),
    Whole("list search", "view", words("/{slug}/?f=&q={mark}")),
    Whole("palette", "view", words("/palette?q={mark}"), lambda kind: kind.in_search),
    Whole("search", "view", words("/search?q={mark}"), lambda kind: kind.in_search),
    Whole("lookup of anything", "view", words("/lookup?q={mark}"), exact=False),
)
TRASH = Whole("trash", "delete", trash, lambda kind: not kind.access.parent and not kind.access.faces)


def below(path: str) -> Callable[[Entity, Any], str]:
    """An address below a record."""
    return lambda kind, record: f"/{kind.slug}/{record.pk}/{path}".replace("{title}", kind.title)


def in_api(path: str = "") -> Callable[[Entity, Any], str]:
    """An address of the API."""
    return lambda kind, record: f"/api/v1/{kind.slug}/{record.pk}{path}"


def has_timeline(kind: Entity) -> bool:
    """Whether there is one."""
    return kind.has_timeline


def editable_title(kind: Entity) -> str:
    """A field that everybody may edit who may edit the record."""
    return next(
        (name for name in (kind.title, *kind.fields) if kind.fields[name].editable and kind.fields[name].columns), ""
    )


SINGLES = (
    Single("page", "view", below("")),
    Single("form", "edit", below("edit")),
    Single("peek", "view", below("peek")),
    Single("head", "view", below("head")),
    Single("around", "view", below("around?from=f=")),
    Single("timeline", "view", below("timeline"), has_timeline),
    Single("history", "history", below("history")),
    Single("why", "view", below("why")),
    Single("followers", "view", below("followers")),
    Single("share", "share", below("share"), lambda kind: kind.has_timeline),
    Single("cell", "view", lambda kind, record: f"/{kind.slug}/{record.pk}/field/{kind.title}?in=list"),
    Single("cell editor", "edit", lambda kind, record: f"/{kind.slug}/{record.pk}/field/{editable_title(kind)}?edit=1", lambda kind: bool(editable_title(kind))),
    Single("field history", "history", lambda kind, record: f"/{kind.slug}/{record.pk}/history/{editable_title(kind)}", lambda kind: bool(editable_title(kind))),
    Single("work", "view", below("work"), lambda kind: any(action.name == "work" for action in kind.actions)),
    Single("api", "view", in_api(), api=True),
    Single("api history", "history", in_api("/history"), api=True),
    Single("api ownership", "history", in_api("/ownership"), lambda kind: any(action.name == "claim" for action in kind.actions), api=True),
    Single("api route", "view", in_api("/route"), lambda kind: bool(kind.flow), api=True),
    Single("api stages", "view", in_api("/stages"), lambda kind: bool(kind.flow), api=True),
)  # fmt: skip


def related(kind: Entity) -> Iterator[Single]:
    """Each related list of a kind, and each tab of its page."""
    for item in kind.related:
        yield Single(f"related {item.key}", "view", below(f"related/{item.key}"))
    for name in (
        *(item.key for item in kind.related),
        *(panel.name for panel in kind.panels if panel.place == "tab"),
        "history",
    ):
        yield Single(f"tab {name}", "history" if name == "history" else "view", below(f"?tab={name}"))
    for spec in kind.fields.values():
        if spec.type.name == "file" and spec.required:
            yield Single(f"file {spec.name}", "view", below(f"file/{spec.name}"))


def all_singles() -> dict[str, list[Single]]:
    """The surfaces about one record by kind."""
    return {
        kind.label: [*(single for single in SINGLES if single.fits(kind)), *related(kind)]
        for kind in registry
        if not kind.access.faces
    }
