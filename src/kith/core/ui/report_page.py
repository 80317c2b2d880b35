"""Everything a report page shows: the question as a form, the answer as chart and pivot table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from kith.core import access, conditions, ledger, listing, rates, titles
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.listing import Page
from kith.core.reports import charting, currencies, dimensions, engine, measures, places, reading, tiles, words
from kith.core.reports.charts import figure
from kith.core.reports.charts.svg import join, tag
from kith.core.reports.shape import CHARTS, EACH, GRAINS, HAVING, KINDS, MAX_DIMENSIONS, MAX_MEASURES, Ratio, Report
from kith.core.reports.table import Cell, Line, Table
from kith.core.specs import FieldSpec, LinkSpec
from kith.core.ui import filter_words, formats, list_rows
from kith.core.ui.list_page import ListPage
from kith.core.views import REPORT_KEYS, Look

#: Lines further in are indented no more.
DEEPEST = 6
#: A table shows so many lines until all are asked for: thousands of cells make pages of megabytes.
LINES = 100
#: What the address of a report with all its lines says.
ALL = "all"

type Group = tuple[str, list[tuple[str, str]]]

ICONS = {
    "table": "table-2", "bar": "chart-column", "stack": "layers", "hbar": "chart-gantt", "line": "chart-line", "area": "activity",
    "donut": "chart-pie", "funnel": "filter", "heat": "grid-3x3", "map": "map", "tiles": "hash",
}  # fmt: skip
SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "is": "="}


@dataclass
class ReportPage(ListPage):
    """A report as it is shown to one actor."""

    table: Table = field(kw_only=True)
    is_whole: bool = False
    template = "kith/report_body.html"

    @property
    def report(self) -> Report:
        """The question."""
        return self.table.report

    # --- the answer -----------------------------------------------------------------------------------------------

    @cached_property
    def figure(self) -> Markup:
        """The chart; nothing where only a table is asked for."""
        chart = charting.chart_of(self.table)
        if chart is None or not self.page.count:
            return Markup("")
        missing = charting.unplaced(chart) if chart.kind == "map" else []
        told = _("Not on the map: %(names)s") % {"names": ", ".join(missing[:20])} if missing else ""
        foot = Markup('<p class="t2 fs12">{}</p>').format(told) if told else ""
        return figure(chart, "report", twin=False, foot=foot)

    @cached_property
    def tiles(self) -> list[tiles.Tile] | None:
        """The figures as tiles where they are asked for; none where no figure has a record."""
        return tiles.tiles(self.table) if self.report.chart == "tiles" else None

    @property
    def lacks_places(self) -> bool:
        """Whether a map is asked for of groups that lie nowhere."""
        return self.report.chart == "map" and not (self.table.dims and places.has_places(self.table.dims[0]))

    @property
    def is_chart_cut(self) -> bool:
        """Whether the chart shows only the first lines of the table."""
        return bool(self.figure) and charting.is_cut(self.table)

    def text(self, cell: Cell) -> str:
        """A figure in words."""
        return words.text(cell.value, cell.column)

    def cells(self, items: list[Cell]) -> Markup:
        """The cells of a line, each number a link to its rows. Written here: a large table has thousands, and templates take thrice the time."""
        across = len(self.table.heads) + 1
        return join([self.drawn(cell, is_sum=across > 1 and not at % across) for at, cell in enumerate(items, start=1)])

    def drawn(self, cell: Cell, *, is_sum: bool) -> Markup:
        """One cell."""
        css = f"n{' sum' if is_sum else ''}{'' if words.number(cell.value) else ' none'}"
        told = self.text(cell)
        return tag("td", told if cell.value is None else tag("a", told, href=cell.href), class_=css)

    @property
    def lines(self) -> Iterator[tuple[Line, str, list[Cell]]]:
        """The lines that are shown, with their classes and cells."""
        last = len(self.report.rows)
        for line in self.shown_lines:
            css = "sub" if line.depth < last else ""
            deep = line.depth - 1 + sum(key.level for key in line.keys)
            indent = f"deep-{min(deep, DEEPEST)}" if deep > 0 else ""
            yield line, f"{css} {indent}".strip(), list(self.table.cells(line))

    @cached_property
    def shown_lines(self) -> list[Line]:
        """All lines where they are asked for, else the first ones; a group of which no line would be left is not begun."""
        lines = self.table.lines
        if self.is_whole or len(lines) <= LINES:
            return lines
        last = next((at for at in range(LINES, 0, -1) if lines[at - 1].is_leaf), LINES)
        return lines[:last]

    @property
    def more_words(self) -> str:
        """What is said where lines are left out; nothing where all are shown."""
        shown, count = len(self.shown_lines), len(self.table.lines)
        if shown == count:
            return ""
        return _("The first %(shown)s of %(count)s lines; totals and files cover all of them.") % {
            "shown": formats.num(shown), "count": formats.num(count),
        }  # fmt: skip

    @property
    def whole_address(self) -> str:
        """The address of this report with all its lines."""
        return f"{self.address()}&lines={ALL}"

    @property
    def total(self) -> list[Cell]:
        """The cells of the total."""
        return list(self.table.cells(self.table.total))

    @property
    def row_label(self) -> str:
        """The heading of the groups."""
        return " / ".join(dim.label for dim in self.table.dims[: len(self.report.rows)])

    @property
    def heads(self) -> Iterator[dict[str, Any]]:
        """The headings of the figures with the address that sorts by them."""
        for at, column in enumerate(self.table.columns):
            mine = self.report.order.lstrip("-") == str(at)
            down = mine and self.report.order.startswith("-")
            order = str(at) if down else f"-{at}"
            yield {
                "label": column.label, "at": at, "sort": ("descending" if down else "ascending") if mine else None,
                "href": self.address(order=order),
            }  # fmt: skip

    def address(self, **changes: Any) -> str:
        """The address of this report with changes."""
        data = {name: value for name, value in {**reading.to_data(self.report), **changes}.items() if value}
        return f"{self.look.path}?{replace(self.look, report=data).query()}"

    @property
    def records_words(self) -> str:
        """How many records it is about."""
        told = ngettext("%(num)s record", "%(num)s records", self.page.count) % {"num": formats.num(self.page.count)}
        return told if self.page.exact else _("about %(count)s") % {"count": told}

    @property
    def seconds_words(self) -> str:
        """How long it took."""
        return _("%(seconds)s s") % {"seconds": formats.num(round(self.table.seconds, 2), 2)}

    @property
    def files(self) -> str:
        """The address of its files, to which the format is added."""
        return f"/{self.entity.slug}/report/export?{filter_words.explicit(replace(self.look, report=reading.to_data(self.report)))}"

    @property
    def currency_note(self) -> tuple[str, str]:
        """What is said about amounts in several currencies, and what the other way to tell them is called; empty where there are none."""
        if self.table.lacking:
            code, day = self.table.lacking[0]
            when = formats.day(day, "medium") if day else _("today")
            said = _(
                "No rate for %(currency)s on %(day)s: amounts stand apart by currency. Enter the rate to add them up."
            )
            return said % {"currency": code, "day": when}, ""
        if self.table.is_converted:
            said = _("Amounts in several currencies are converted to %(currency)s by the rates of each day.")
            return said % {"currency": rates.base()}, _("By currency")
        return "", ""

    @property
    def has_money(self) -> bool:
        """Whether any figure is an amount."""
        return any(column.over.part.is_money for column in self.table.columns)

    @property
    def rate_days(self) -> list[tuple[str, str]]:
        """Whose rates may count: those of a date of the records, or of today."""
        readable = access.readable(self.actor, self.entity)
        dates = [
            (name, capfirst(str(spec.label)))
            for name, spec in self.entity.fields.items()
            if name in readable and spec.type.name in currencies.DAYS and spec.columns and not spec.is_bag
        ]
        return [(currencies.TODAY, _("today")), *dates]

    # --- the question ---------------------------------------------------------------------------------------------

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What of the address is not asked for in the form."""
        pairs = QueryDict(filter_words.explicit(self.look))
        return [
            (name, value) for name, values in pairs.lists() if name not in (*REPORT_KEYS, "order") for value in values
        ]

    @property
    def row_values(self) -> list[str]:
        """The fields in rows, and room for one more where there is any."""
        chosen = [str(one) for one in self.report.rows]
        room = MAX_DIMENSIONS - len(self.report.columns)
        return [*chosen, ""] if len(chosen) < room else chosen

    @property
    def column_value(self) -> str:
        """The field in columns."""
        return str(self.report.columns[0]) if self.report.columns else ""

    @property
    def may_have_columns(self) -> bool:
        """Whether there is room for a field in columns."""
        return len(self.report.rows) < MAX_DIMENSIONS

    @property
    def figure_values(self) -> list[tuple[str, str, str]]:
        """The measures with what they are divided by and their words, and room for one more."""
        found = []
        for one in self.report.figures:
            plain = isinstance(one, Ratio) and "{" not in reading.written(one)
            over, under = (one.over, one.under) if isinstance(one, Ratio) and plain else (one, None)
            found.append((reading.written(over), reading.written(under) if under else "", str(one.label)))
        return [*found, ("", "", "")] if len(found) < MAX_MEASURES else found

    @cached_property
    def dimension_options(self) -> list[Group]:
        """The fields to group by: those of the entity, then those of the records it links to."""
        return [*grouped_options(self.entity, self.actor, grouping_options), *listed_options(self.entity, self.actor)]

    @cached_property
    def measure_options(self) -> list[Group]:
        """The measures: how many, then each number of the entity and of the records it links to."""
        count = (capfirst(str(self.entity.plural)), [("count", capfirst(str(KINDS["count"])))])
        return [count, *grouped_options(self.entity, self.actor, counting_options)]

    @property
    def kinds(self) -> list[dict[str, Any]]:
        """The charts to choose from."""
        return [
            {"value": name, "label": label, "icon": ICONS[name], "current": name == self.report.chart}
            for name, label in CHARTS.items()
        ]

    @property
    def having_value(self) -> tuple[str, str, str]:
        """The condition on results: measure, operator, number."""
        one = self.report.having[0] if self.report.having else None
        return (str(one.at), one.op, f"{one.value:f}") if one else ("0", "ge", "")

    @property
    def having_columns(self) -> list[tuple[str, str]]:
        """The figures that conditions may ask about."""
        return [(str(at), column.label) for at, column in enumerate(self.table.columns)]

    @property
    def having_signs(self) -> list[tuple[str, str]]:
        """The operators of conditions on results."""
        return [(op, SIGNS[op]) for op in HAVING]


def grouped_options(
    entity: Entity, actor: Actor, options: Callable[[str, str, FieldSpec], list[tuple[str, str]]]
) -> list[Group]:
    """Options of the readable fields of an entity and, one link further, of those it points to."""
    readable = access.readable(actor, entity)
    specs = [entity.fields[name] for name in entity.fields if name in readable]
    found: list[Group] = [(capfirst(str(entity.plural)), [pair for spec in specs for pair in options("", "", spec)])]
    for link in specs:
        target = registry.find(link.target) if isinstance(link, LinkSpec) else None
        if target is None or not access.allowed(actor, target, "view"):
            continue
        inner, label = access.readable(actor, target), capfirst(str(link.label))
        pairs = [
            pair
            for name in target.fields
            if name in inner and name not in ("created_by", "org_unit", "created_at", "updated_at")
            for pair in options(f"{link.name}.", f"{label} › ", target.fields[name])
        ]
        if pairs:
            found.append((label, pairs))
    return [
        (label, sorted(pairs, key=lambda pair: pair[1].casefold()) if label else pairs)
        for label, pairs in found
        if pairs
    ]


def listed_options(entity: Entity, actor: Actor) -> list[Group]:
    """Links and choices of the records in related lists: a record stands in the group of each of them."""
    found = list[Group]()
    for related in entity.relations:
        other = registry.get(related.entity)
        if not access.allowed(actor, other, "view") or related.link not in access.readable(actor, other):
            continue
        title, readable = str(related.title or capfirst(str(other.plural))), access.readable(actor, other)
        pairs = [
            pair
            for name, spec in other.fields.items()
            if name in readable
            and name not in (related.link, "created_by", "org_unit")
            and spec.type.name in ("link", "choice")
            for pair in grouping_options(f"{related.key}.", f"{title} › ", spec)
        ]
        if pairs:
            found.append((title, sorted(pairs, key=lambda pair: pair[1].casefold())))
    return found


def grouping_options(prefix: str, label: str, spec: FieldSpec) -> list[tuple[str, str]]:
    """A field to group by; dates by each period."""
    if not dimensions.fits(spec):
        return []
    name, words = prefix + spec.name, label + capfirst(str(spec.label))
    if dimensions.tree_of(spec) is not None:
        return [(name, words), (f"{name}:{EACH[0]}", f"{words}, {EACH[1]}")]
    if spec.type.name not in dimensions.DATES:
        return [(name, words)]
    return [(f"{name}:{grain}", f"{words}, {period}") for grain, period in GRAINS.items()]


def counting_options(prefix: str, label: str, spec: FieldSpec) -> list[tuple[str, str]]:
    """The ways to put a field together; different values only where that says something."""
    kinds = [kind for kind in KINDS if kind != "count" and measures.fits(spec, kind)]
    if spec.type.name not in measures.NUMBERS and spec.type.name not in ("link", "date", "moment"):
        return []
    name, words = prefix + spec.name, label + capfirst(str(spec.label))
    return [(f"{kind}:{name}", _("%(field)s, %(how)s") % {"field": words, "how": KINDS[kind]}) for kind in kinds]


def gather(request: HttpRequest, look: Look, saved: list[Any], actor: Actor) -> ReportPage:
    """The report that a look asks for."""
    entity = look.entity
    table = engine.run(reading.of_look(look), actor)
    found = titles.load(actor, conditions.links_in(entity, look.filter))
    count, exact = listing.total_of(look, actor)
    sheet = list_rows.sheet(look, actor)
    sheet.titles = found
    ledger.log(actor, "list", entity=entity.label, count=count, query=look.query(), how="report")
    return ReportPage(
        entity,
        actor,
        look,
        saved,
        Page([], count=count, exact=exact),
        sheet,
        found,
        table=table,
        is_whole=request.GET.get("lines") == ALL,
    )
