"""Everything a list shows, gathered in at most eight queries: look, rows, count, titles, groups, tabs, chips."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote_plus, urlencode

from django.http import HttpRequest, QueryDict
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from kith.core import (
    access,
    askable,
    calendars,
    conditions,
    grouping,
    ledger,
    linked,
    listing,
    past,
    sums,
    titles,
)
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.errors import Missing
from kith.core.filters import EVERYTHING
from kith.core.grouping import GroupRow
from kith.core.listing import Page
from kith.core.reports import regions
from kith.core.specs import FieldSpec
from kith.core.titles import Titles
from kith.core.ui import filter_words, formats, list_rows, list_totals, past_bar, values
from kith.core.ui.icons import icon
from kith.core.ui.list_rows import Sheet
from kith.core.views import (
    BOARD,
    CALENDAR,
    GROUPABLE,
    LIST,
    REPORT,
    Look,
    base_look,
    first_group,
    from_address,
    opening,
    path_of,
    saved_views,
    shape_of,
)

PLAIN = "all"
#: Stands in an address for the name of a field; no field is called so.
MARK = "\x00"
ICONS = {LIST: "table-2", BOARD: "kanban", CALENDAR: "calendar", REPORT: "chart-column"}


@dataclass
class ListPage:
    """A list as it is shown to one actor."""

    entity: Entity
    actor: Actor
    look: Look
    saved: list[Any]
    page: Page
    sheet: Sheet
    titles: Titles
    groups: list[GroupRow] = field(default_factory=list)
    #: The groups inside them that have rows on the page, by both values.
    inner: dict[tuple[Any, Any], GroupRow] = field(default_factory=dict)
    start: int = 1
    hidden: int | None = None
    #: What stands under the conditions.
    template = "kith/list_table.html"

    # --- rows -----------------------------------------------------------------------------------------------------

    @property
    def body(self) -> Markup:
        """The rows, with the headings of their groups."""
        if not self.look.group:
            return list_rows.rows(self.sheet, self.page.records)
        spec = self.entity.fields[self.look.groups[0]]
        records = self.page.records
        first = grouping.group_of(spec, records[0]) if records else None
        shown = list_totals.headings(self.sheet, spec, self.groups, self.titles)
        headings, last = list_totals.with_empty(shown, self.groups, first, self.start - 1)
        if len(self.look.groups) > 1:
            body = self.nested_body(headings)
        else:
            body = list_rows.rows(self.sheet, records, headings, lambda record: grouping.group_of(spec, record))
        return body if self.page.after or not records else body + values.markup(last)

    def nested_body(self, headings: dict[Any, str]) -> Markup:
        """The rows with the headings of groups and of the groups inside them."""
        outer, spec = (self.entity.fields[name] for name in self.look.groups)
        pairs = dict.fromkeys(
            (grouping.group_of(outer, one), grouping.group_of(spec, one)) for one in self.page.records
        )
        numbers = {value: at for at, value in enumerate(headings)}
        made, above, keys = dict[Any, str](), list_rows.NOWHERE, dict[Any, str]()
        for at, pair in enumerate(pairs):
            here = numbers.get(pair[0], 0)
            keys[pair] = f"{here}.{at}"
            known = self.inner.get(pair)
            inside = list_totals.inner_heading(self.sheet, spec, known, here, keys[pair], self.titles) if known else ""
            made[pair] = ("" if pair[0] == above else headings.get(pair[0], "")) + inside
            above = pair[0]
        return list_rows.rows(self.sheet, self.page.records, made, lambda one: (grouping.group_of(outer, one), grouping.group_of(spec, one)), keys)  # fmt: skip

    @cached_property
    def totals(self) -> dict[str, Any] | None:
        """Sums under the columns when all rows are here; None when they have to be asked for."""
        if self.is_whole or not sums.summed(self.look):
            return list_totals.of_records(self.look, self.page.records)
        return None

    @property
    def is_whole(self) -> bool:
        """Whether the page holds all rows there are."""
        return self.page.exact and self.page.count == len(self.page.records)

    # --- words ----------------------------------------------------------------------------------------------------

    @property
    def count_words(self) -> str:
        """How many rows: exact, or marked as an estimate."""
        number = formats.num(self.page.count)
        return number if self.page.exact else _("about %(count)s") % {"count": number}

    @property
    def pager_words(self) -> str:
        """ "1–50 / 1,284"."""
        shown = len(self.page.records)
        if not shown:
            return ""
        return f"{formats.num(self.start)}–{formats.num(self.start + shown - 1)} / {self.count_words}"

    @property
    def title(self) -> str:
        """The heading."""
        return capfirst(str(self.entity.plural))

    # --- addresses ------------------------------------------------------------------------------------------------

    def href(self, **changes: Any) -> str:
        """The address of this list with changes."""
        return address(self.look, **changes)

    def hrefs(self, part: str) -> Callable[[str], str]:
        """The addresses of this list sorted ("sort") or grouped ("group") by one field or another; written once, a menu has dozens."""
        usual = self.look.base(self.look.shape)
        pattern = self.href(**{part: (MARK,) if part == "sort" else MARK})

        def href(name: str) -> str:
            asked = (name,) if part == "sort" else name
            same = asked == getattr(usual, part)  # an address does not say what is so anyway
            return self.href(**{part: asked}) if same else pattern.replace(quote_plus(MARK), quote_plus(name))

        return href

    @property
    def query(self) -> str:
        """The query of this list, its conditions written out."""
        return filter_words.explicit(self.look)

    @property
    def whole_query(self) -> str:
        """The query of this list with its shape, for pages that do not have it in their address."""
        return self.query + ("" if self.look.shape == LIST else f"&shape={self.look.shape}")

    @property
    def hidden_pairs(self) -> list[tuple[str, str]]:
        """The query as pairs without the search box, for its form."""
        pairs = QueryDict(self.look.query())
        return [(name, value) for name, values in pairs.lists() if name != "q" for value in values]

    @property
    def next(self) -> str:
        """The address of the next page."""
        return f"{self.href(after=self.page.after)}&at={self.start + len(self.page.records)}" if self.page.after else ""

    @property
    def previous(self) -> str:
        """The address of the page before."""
        at = max(1, self.start - listing.PAGE)
        return f"{self.href(before=self.page.before)}&at={at}" if self.page.before else ""

    @property
    def unfiltered(self) -> str:
        """The address without any condition."""
        view = [("view", self.look.view_id)] if self.look.view_id else []
        when = [(past.NAME, self.look.as_of.text)] if self.look.as_of else []
        return f"{self.look.path}?{urlencode([*view, ('f', ''), *when])}"

    @cached_property
    def past(self) -> past_bar.Bar | None:
        """What is said of the moment whose rows these are; None for today's."""
        return past_bar.of_list(self.look, self.actor) if self.look.as_of else None

    @property
    def travels(self) -> bool:
        """Whether the reader may look at what was."""
        return access.allowed(self.actor, self.entity, "history")

    @property
    def discarded(self) -> str:
        """The address of the saved view as it was saved, or of the plain list."""
        saved = self.look.saved
        return f"{base_look(self.entity, saved).path}?view={saved.pk}" if saved else self.look.path

    # --- pieces ---------------------------------------------------------------------------------------------------

    @property
    def heads(self) -> Iterator[dict[str, Any]]:
        """Column headings with the address that sorts by them."""
        first, sorted_by = self.look.sort[0] if self.look.sort else "", self.hrefs("sort")
        for column in self.sheet.columns:
            mine = first.lstrip("-") == column.name
            descending = mine and first.startswith("-")
            turned = column.name if descending or not mine else f"-{column.name}"
            yield {
                "text": column.label, "name": column.name, "width": column.width, "css": "pin pin2" if column.is_head else "n" if column.spec.type.align == "end" else "",
                "sort": ("descending" if descending else "ascending") if mine else None,
                "href": sorted_by(turned) if column.spec.sortable else None,
            }  # fmt: skip

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """The plain list and the saved views."""
        default = opening(self.entity, self.actor, self.saved) is not None
        mine = self.look.saved
        here = self.look.path
        when = f"&{urlencode({past.NAME: self.look.as_of.text})}" if self.look.as_of else ""
        plain = {
            "title": _("All %(what)s") % {"what": self.entity.plural},
            "href": here + (f"?view={PLAIN}" if default or when else "") + when,
            "icon": ICONS[self.look.shape],
            "key": PLAIN,
        }
        saved = [
            {
                "title": str(view),
                "href": f"{path_of(self.entity, shape_of(view))}?view={view.pk}{when}",
                "icon": view.icon,
                "key": str(view.pk),
            }
            for view in self.saved
        ]
        for tab in (plain, *saved):
            tab["current"] = tab["key"] == (str(mine.pk) if mine else PLAIN)
            tab["dirty"] = tab["current"] and self.look.is_changed
        return [plain, *saved]

    @cached_property
    def shapes(self) -> list[dict[str, Any]]:
        """The other ways to look at the same rows: list, grouped list, board, calendar, report, regions, as far as there are any."""
        now = (self.look.shape, bool(self.look.group) and self.look.shape == LIST)
        group = self.look.axis if self.look.shape == BOARD else self._group()
        ways = [(_("List"), "table-2", LIST, "")]
        ways += [(_("Grouped"), "rows-3", LIST, group)] if group else []
        ways += [(_("Board"), "kanban", BOARD, by)] if (by := first_group(self.entity, BOARD, self.actor)) else []
        if self.look.as_of is None:
            ways += self._ways_of_now()
        made = [
            {
                "label": label, "icon": icon, "href": self.href(shape=shape, group=by), "current": now == (shape, shape == LIST and bool(by)),
            }
            for label, icon, shape, by in ways
        ]  # fmt: skip
        return self._with_regions(made)

    def _with_regions(self, ways: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The same and, for records that lie somewhere, their regions: a report by region on the map."""
        readable = access.readable(self.actor, self.entity)
        region = regions.field_of(self.entity, readable)
        if not region or self.look.as_of is not None:
            return ways
        is_map = self.look.shape == REPORT and self.look.report.get("chart") == "map"
        if is_map:
            ways[-1]["current"] = False
        measures = [name for name in self.entity.measures if name.partition(":")[2] in ("", *readable)]
        asked = {"rows": [region], "m": measures[:2], "chart": "map"}
        return [*ways, {"label": _("Regions"), "icon": "map", "href": self.href(shape=REPORT, group="", report=asked), "current": is_map}]  # fmt: skip

    def _ways_of_now(self) -> list[tuple[str, str, str, str]]:
        calendar = calendars.offered(self.entity, self.actor)
        found = (
            [(_("Calendar"), "calendar", CALENDAR, first_group(self.entity, CALENDAR, self.actor))] if calendar else []
        )
        return [*found, (_("Report"), "chart-column", REPORT, "")]

    def _group(self) -> str:
        """What a grouped list of this entity would be grouped by: as now, as its board, else by its first choice."""
        if self.look.shape == LIST and self.look.group:
            return self.look.group
        readable = access.readable(self.actor, self.entity)
        names = (self.entity.board, *self.entity.filter_names)
        return next((name for name in names if name in readable and self.entity.fields[name].type.name == "choice"), "")

    @cached_property
    def chips(self) -> list[filter_words.Chip]:
        """The conditions."""
        return filter_words.chips(self.look, self.titles)

    @property
    def sort_menu(self) -> Markup:
        """Fields to sort by, as menu items."""
        return menu_items(
            self._choices(lambda spec: spec.sortable, self.hrefs("sort")),
            self.look.sort[0].lstrip("-") if self.look.sort else "",
        )

    @property
    def group_menu(self) -> Markup:
        """Fields to group by, as menu items."""
        choices = self._choices(lambda spec: spec.sortable and spec.type.name in GROUPABLE, self.hrefs("group"))
        first = self.look.groups[0] if self.look.group else ""
        items = menu_items([(_("Not grouped"), "", self.href(group="")), *choices], first)
        if not first or self.entity.fields[first].type.name in ("date", "moment"):
            return items
        second = self.look.groups[1] if len(self.look.groups) > 1 else ""
        pattern = self.href(group=f"{first},{MARK}")
        inner = [(label, name, pattern.replace(quote_plus(MARK), quote_plus(name))) for label, name, _href in choices if name != first]  # fmt: skip
        label = Markup('<div class="lbl" role="presentation">{}</div>').format(_("Then by"))
        return items + label + menu_items([(_("Not divided"), "", self.href(group=first)), *inner], second)

    def _choices(self, fits: Any, address: Any) -> list[tuple[str, str, str]]:
        readable = access.readable(self.actor, self.entity)
        found = [
            (capfirst(str(spec.label)), spec.name, address(spec.name))
            for spec in self.entity.fields.values()
            if spec.name in readable
            and fits(spec)
            and (self.look.as_of is None or askable.is_told(self.entity, spec.name))
        ]
        return sorted(found, key=lambda item: item[0].casefold())

    @property
    def sort_label(self) -> str:
        """What the list is sorted by."""
        spec = linked.find(self.entity, self.look.sort[0].lstrip("-")) if self.look.sort else None
        return capfirst(str(spec.label)) if spec else ""

    @property
    def group_label(self) -> str:
        """What the list is grouped by."""
        return ", ".join(capfirst(str(self.entity.fields[name].label)) for name in self.look.groups)


def menu_items(choices: list[tuple[str, str, str]], current: str) -> Markup:
    """Items (label, name, address) that show another look of the list; drawn in Python because there are dozens."""
    tick = icon("check", "tick")
    pieces = (
        f'<a href="{(href := escape(address))}" role="menuitemradio" aria-checked="{"true" if name == current else "false"}" class="mi" '
        f'hx-get="{href}" hx-target="#list" hx-swap="outerHTML" hx-push-url="true">{escape(label)}{tick}</a>'
        for label, name, address in choices
    )
    return values.markup("".join(pieces))


def address(look: Look, **changes: Any) -> str:
    """The address of a look with changes."""
    path = path_of(look.entity, changes.get("shape", look.shape))
    return f"{path}?{look.query(**changes)}".rstrip("?")


def look_of(
    request: HttpRequest, entity: Entity, actor: Actor, params: Any = None, shape: str = ""
) -> tuple[Look, list[Any]]:
    """The look that the address asks for, with the column widths of this session; and the saved views."""
    saved = saved_views(entity, actor)
    query = request.GET if params is None else params
    wanted = query.get("view", "")
    if wanted not in ("", PLAIN) and not any(str(view.pk) == wanted for view in saved):
        raise Missing("core.view", wanted)
    look = from_address(entity, actor, query, saved, shape)
    drafts = request.session.get("widths", {}).get(f"{entity.slug}:{look.view_id}", {})
    return (replace(look, widths={**look.widths, **drafts}) if drafts else look), saved


def gather(request: HttpRequest, look: Look, saved: list[Any], actor: Actor) -> ListPage:
    """The list that a request asks for."""
    entity = look.entity
    sheet = list_rows.sheet(look, actor)
    page = listing.page(
        look,
        actor,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        counted=not look.group,
        extra=list_rows.marks_of(look, actor),
        shown=read(look, sheet),
    )
    linked.load(actor, sheet.specs, page.records)
    groups, inner = grouping.levels(look, actor, page.records) if look.group else ([], {})
    if look.group:
        page.count = sum(group.count for group in groups)
        if len(groups) == grouping.MAX_GROUPS:
            page.count, page.exact = listing.total_of(look, actor)
    found = titles.load(actor, wanted(look, sheet, page.records, groups) | inner_links(look, inner))
    sheet.titles = found
    at = request.GET.get("at", "1")
    made = ListPage(
        entity,
        actor,
        look,
        saved,
        page,
        sheet,
        found,
        groups,
        inner,
        start=int(at) if at.isdecimal() and len(at) < 12 else 1,
    )
    if not page.records and not made.page.before:
        made.hidden = hidden(look, actor)
    log(actor, made)
    return made


def read(look: Look, sheet: Sheet) -> list[FieldSpec]:
    """The fields that are read of each row: the columns, the group, the day whose rate converts amounts."""
    names = (*look.groups, look.entity.rate_day if sums.summed(look) else "")
    return [*(column.spec for column in sheet.columns), *(look.entity.fields[name] for name in names if name)]


def wanted(look: Look, sheet: Sheet, records: list[Any], groups: list[GroupRow]) -> set[tuple[str, Any]]:
    """Everything that is shown by its title: values of links, groups, conditions."""
    pairs = titles.wanted(sheet.specs, records)
    if look.group:
        pairs |= set(list_totals.group_links(look.entity.fields[look.groups[0]], groups))
    return pairs | set(conditions.links_in(look.entity, look.filter))


def inner_links(look: Look, inner: dict[tuple[Any, Any], GroupRow]) -> set[tuple[str, Any]]:
    """The records that groups inside groups are named by."""
    return set(list_totals.group_links(look.entity.fields[look.groups[1]], inner.values())) if inner else set()


def hidden(look: Look, actor: Actor) -> int | None:
    """How many rows the conditions hide from an empty list; None when there are no conditions."""
    if look.filter == EVERYTHING and not look.q:
        return None
    found = listing.total_of(replace(look, filter=EVERYTHING, q=""), actor)[0]
    return found if found or look.is_changed or look.q else None


def log(actor: Actor, made: ListPage) -> None:
    """One line of the log for every page of rows that was seen."""
    look = made.look
    kind = "search" if look.q else "list"
    ledger.log(actor, kind, entity=made.entity.label, count=len(made.page.records), query=look.query())
