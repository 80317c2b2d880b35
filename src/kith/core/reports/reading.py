"""Reports from an address or JSON and back: `rows=stage,owner&columns=closed_on:quarter&m=count&m=sum:amount&chart=bar`.

A measure is `count`, `sum:field`, `avg:`, `median:`, `p25:`, `p75:`, `p90:`, `min:`, `max:`, `distinct:`, or `sum:amount/count` for a ratio; with
conditions of its own it is JSON: {"kind": "count", "where": {filter}} or {"over": …, "under": …, "label": …}.
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kith.core.filters import EVERYTHING, BadFilter, from_json, to_json

from .shape import CHARTS, HAVING, MAX_MEASURES, MAX_TOP, Dimension, Figure, Having, Measure, Ratio, Report

if TYPE_CHECKING:
    from kith.core.entity import Entity
    from kith.core.views import Look


def of_look(look: "Look") -> Report:
    """The report that a look asks for; without any wish the entity's own first dimension and measures."""
    given = look.report or default(look.entity)
    return of_data(look.entity, given, look)


def default(entity: "Entity") -> dict[str, Any]:
    """What a report of an entity begins with: what the entity names first."""
    rows = [name.replace("__", ".") for name in entity.dimensions[:1]]
    return {"rows": rows, "m": list(entity.measures[:2])}


def of_data(entity: "Entity", data: Mapping[str, Any], look: "Look") -> Report:
    """A report from the parts that `views` takes from an address or a saved view; raises BadFilter."""
    chart = str(data.get("chart") or "bar")
    if chart not in CHARTS:
        raise BadFilter(
            _("“%(name)s” is no chart; there are: %(valid)s.") % {"name": chart, "valid": ", ".join(CHARTS)}
        )
    figures = tuple(figures_in(data))[: MAX_MEASURES + 1] or (Measure(),)
    return Report(
        entity, look.filter, dimensions(data.get("rows")), dimensions(data.get("columns")), figures,
        tuple(conditions_in(data)), whole(data.get("top")), is_on(data.get("every")), str(data.get("order") or ""), chart, look.q, is_on(data.get("apart")), str(data.get("on") or ""),
        look.as_of,
    )  # fmt: skip


def figures_in(data: Mapping[str, Any]) -> Iterator[Figure]:
    """The measures; a form gives what they are divided by apart (`d`), empty ones are gone."""
    under = listed(data.get("d"))
    for at, item in enumerate(listed(data.get("m"))):
        one = figure(item) if item else None
        below = under[at] if at < len(under) else ""
        if one is not None:
            yield Ratio(one, plain(str(below))) if below and isinstance(one, Measure) else one


def conditions_in(data: Mapping[str, Any]) -> Iterator[Having]:
    """The conditions on results; a form gives the parts of one apart."""
    yield from (having(item) for item in listed(data.get("having")) if item)
    if number := str(data.get("having_value") or "").strip():
        yield having(f"{data.get('having_at') or 0}:{data.get('having_op') or 'ge'}:{number}")


def listed(raw: Any) -> list[Any]:
    """A value or a list as a list."""
    return [] if raw in (None, "", []) else list(raw) if isinstance(raw, list | tuple) else [raw]


def dimensions(raw: Any) -> tuple[Dimension, ...]:
    """Dimensions: `path` or `path:period`."""
    names = [name for item in listed(raw) for name in str(item).split(",") if name]
    return tuple(Dimension(path, grain) for path, _colon, grain in (name.partition(":") for name in names))


def figure(raw: Any) -> Figure:
    """A measure or ratio from its text or JSON."""
    if isinstance(raw, str) and raw.startswith("{"):
        try:
            raw = json.loads(raw)
        except (ValueError, RecursionError):
            raise BadFilter(_("A measure is not valid JSON.")) from None
    if isinstance(raw, str):
        first, slash, second = raw.partition("/")
        return Ratio(plain(first), plain(second)) if slash else plain(first)
    nested = isinstance(raw, dict) and any(
        isinstance(raw.get(name), dict) and "over" in raw[name] for name in ("over", "under")
    )
    if isinstance(raw, dict) and "over" in raw and not nested:
        over, under = figure(raw["over"]), figure(raw.get("under") or "count")
        if isinstance(over, Measure) and isinstance(under, Measure):
            return Ratio(over, under, str(raw.get("label") or "")[:120])
    if isinstance(raw, dict) and isinstance(raw.get("kind"), str):
        return Measure(
            raw["kind"], str(raw.get("path") or ""), from_json(raw.get("where")), str(raw.get("label") or "")[:120]
        )
    raise BadFilter(_("A measure is written count, sum:field, or sum:field/count."))


def plain(text: str) -> Measure:
    """A measure from its text."""
    kind, _colon, path = text.partition(":")
    return Measure(kind, path)


def having(raw: Any) -> Having:
    """A condition on a result from `0:ge:5`."""
    try:
        at, op, value = str(raw).split(":")
        number = Decimal(value)
        if op in HAVING and at.isdecimal() and number.is_finite() and abs(number.adjusted()) < 30 and len(value) < 40:
            return Having(int(at), op, number)
    except (ValueError, InvalidOperation):
        pass
    raise BadFilter(_("A condition on results is written measure:operator:number, for example 0:ge:5."))


def is_on(raw: Any) -> bool:
    """Whether a switch is on: "0" in an address means off."""
    return str(raw or "0") not in ("0", "False")


def whole(raw: Any) -> int:
    """How many rows are wanted at most; 0 for all."""
    text = str(raw or "0")
    if not text.isdecimal() or len(text) > 6 or int(text) > MAX_TOP:
        raise BadFilter(_("“top” is a whole number up to %(limit)d.") % {"limit": MAX_TOP})
    return int(text)


def written(one: Figure) -> str:
    """A measure as text; the inverse of figure."""
    data = as_data(one)
    return data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def as_data(one: Figure) -> Any:
    """A measure as text where that says all, else as JSON."""
    if isinstance(one, Ratio):
        over, under = as_data(one.over), as_data(one.under)
        if isinstance(over, str) and isinstance(under, str) and not one.label:
            return f"{over}/{under}"
        return {"over": over, "under": under} | ({"label": str(one.label)} if one.label else {})
    text = f"{one.kind}:{one.path}" if one.path else one.kind
    if one.where == EVERYTHING and not one.label:
        return text
    facts = {"kind": one.kind, "path": one.path, "label": str(one.label)}
    return {name: value for name, value in facts.items() if value} | (
        {} if one.where == EVERYTHING else {"where": to_json(one.where)}
    )


def to_data(report: Report) -> dict[str, Any]:
    """The parts of a report as `views` keeps them; the inverse of of_data."""
    found: dict[str, Any] = {
        "rows": [str(one) for one in report.rows], "columns": [str(one) for one in report.columns], "m": [written(one) for one in report.figures], "chart": report.chart,
        "having": [f"{one.at}:{one.op}:{one.value}" for one in report.having], "top": report.top, "every": int(report.every), "order": report.order, "apart": int(report.apart), "on": report.on,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}
