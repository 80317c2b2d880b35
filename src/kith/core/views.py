"""A View in use: entity, filter, columns, order and grouping, from a saved view and the address of the page (law 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from . import access, askable, board_fields, calendar_dates, layouts, linked, past, prepared
from .errors import BadValue
from .filters import (
    EVERYTHING,
    BadFilter,
    Group,
    Node,
    Test,
    compile_filter,
    from_json,
    from_url,
    term,
    to_json,
    to_term,
)

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity
    from .past import Past

MAX_COLUMNS, MAX_SORT, MAX_GROUPED = 40, 6, 2
#: Shapes with pages of their own; any other view is a list, grouped or not.
LIST, BOARD, CALENDAR, REPORT = "list", "board", "calendar", "report"
SHAPES = (LIST, BOARD, CALENDAR, REPORT)
#: Types by whose values lists are grouped.
GROUPABLE = frozenset({"choice", "link", "boolean", "country", "date", "moment"})
#: Parts of an address that say what a report asks (`reports.reading`).
REPORT_KEYS = (
    "rows",
    "columns",
    "m",
    "d",
    "chart",
    "having",
    "having_at",
    "having_op",
    "having_value",
    "top",
    "every",
    "order",
    "apart",
    "on",
)


@dataclass(frozen=True)
class Look:
    """What is shown of an entity and how; immutable, so that "the same but sorted otherwise" is a copy.

    `group` of a board is the field of its columns, of a calendar its date; what either needs besides stands after a
    colon ("due_at:week"). A list is grouped by one field or by two ("stage,owner").
    """

    entity: "Entity"
    filter: Node = EVERYTHING
    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    group: str = ""
    q: str = ""
    view_id: str = ""
    saved: Any = None
    widths: dict[str, int] = field(default_factory=dict)
    shape: str = LIST
    report: dict[str, Any] = field(default_factory=dict)
    #: The moment of the past whose rows these are; None for today's.
    as_of: "Past | None" = None
    #: The right on its rows, and a further condition that no address says (`past_lists`).
    right: str = "view"
    only: Any = None
    #: The columns of the plain list for whoever looks (`core.layouts`).
    usual: tuple[str, ...] = ()

    @property
    def is_changed(self) -> bool:
        """Whether this differs from the saved view it started from."""
        base = self.base(self.shape)
        parts = (self.filter, self.columns, self.sort, self.group) != (base.filter, base.columns, base.sort, base.group)
        parts = parts or (self.shape == REPORT and self.report != base.report)
        return parts or (self.saved is not None and shape_of(self.saved) != self.shape)

    @property
    def groups(self) -> tuple[str, ...]:
        """The fields that a list is grouped by: none, one, or two of which the second divides the groups of the first."""
        return tuple(self.group.split(",")) if self.group and self.shape == LIST else ()

    @property
    def axis(self) -> str:
        """The field of a board's columns, or of a calendar's days."""
        return self.group.partition(":")[0]

    @property
    def option(self) -> str:
        """What a board or calendar needs besides its field: the process, the period."""
        return self.group.partition(":")[2]

    @property
    def path(self) -> str:
        """The page that shows this shape."""
        return path_of(self.entity, self.shape)

    @cached_property
    def bases(self) -> "dict[str, Look]":
        """What this look started from, by shape; a page asks for it in dozens of addresses."""
        return {}

    def base(self, shape: str) -> "Look":
        """The saved view, or the entity's own look, in a shape."""
        if shape not in self.bases:
            self.bases[shape] = base_look(self.entity, self.saved, shape, self.usual)
        return self.bases[shape]

    @property
    def terms(self) -> list[Test]:
        """Conditions that stand as chips: those that all must hold."""
        return [
            node
            for node in (
                self.filter.nodes if isinstance(self.filter, Group) and self.filter.mode == "all" else (self.filter,)
            )
            if isinstance(node, Test)
        ]

    @property
    def nested(self) -> list[Group]:
        """Groups of conditions inside the filter."""
        return [
            node
            for node in (
                self.filter.nodes if isinstance(self.filter, Group) and self.filter.mode == "all" else (self.filter,)
            )
            if isinstance(node, Group)
        ]

    def query(self, *, explicit: bool = False, **changes: Any) -> str:
        """The query string of this look, with changes; empty values are left out. `explicit` writes conditions out that the view has."""
        look = replace(
            self,
            **{
                name: value
                for name, value in changes.items()
                if name in ("filter", "columns", "sort", "group", "q", "view_id", "shape", "report", "as_of")
            },
        )
        base = self.base(look.shape)
        pairs: list[tuple[str, str]] = [("view", look.view_id)]
        if explicit or look.filter != base.filter:
            pairs += [("f", to_term(test)) for test in look.terms] + (
                [("filter", dump_nested(look))] if look.nested else []
            )
            pairs += [("f", "")] if not look.terms and not look.nested else []
        pairs += [("sort", ",".join(look.sort))] if look.sort != base.sort else []
        pairs += [("cols", ",".join(look.columns))] if look.columns != base.columns else []
        pairs += [("group", look.group or "-")] if look.group != base.group else []
        pairs += [("q", look.q), (past.NAME, look.as_of.text if look.as_of else "")]
        if look.shape == REPORT and look.report != base.report:
            pairs += [(name, text) for name, value in look.report.items() for text in texts(value)]
        pairs += [("shape", LIST)] if look.shape == LIST and shape_of(self.saved) != LIST else []
        pairs += [(name, str(value)) for name, value in changes.items() if name in ("after", "before") and value]
        return urlencode([(name, value) for name, value in pairs if value or name == "f"])


def path_of(entity: "Entity", shape: str) -> str:
    """The page that shows an entity in a shape."""
    return f"/{entity.slug}/" + ("" if shape == LIST else shape)


def texts(value: Any) -> list[str]:
    """A part of a report as parameters of an address."""
    return [str(item) for item in (value if isinstance(value, list | tuple) else [value])]


def report_in(params: Mapping[str, Any]) -> dict[str, Any]:
    """What an address says about a report; empty when it says nothing."""
    getlist = params.getlist if hasattr(params, "getlist") else lambda name: [params[name]]
    single = ("chart", "having_at", "having_op", "having_value", "top", "every", "order", "apart", "on")
    return {
        name: params[name] if name in single else [text for text in getlist(name) if text or name in ("m", "d")]
        for name in REPORT_KEYS
        if name in params
    }


def dump_nested(look: Look) -> str:
    """The nested groups as JSON for the address."""
    import json

    groups = look.nested
    return json.dumps(
        to_json(groups[0] if len(groups) == 1 else Group("all", tuple(groups))),
        ensure_ascii=False,
        separators=(",", ":"),
    )


def shape_of(saved: Any) -> str:
    """The shape of a saved view; the plain one is a list."""
    return saved.shape if saved is not None and saved.shape in SHAPES else LIST


def first_group(entity: "Entity", shape: str, actor: "Actor | None" = None) -> str:
    """What a board or calendar of the entity goes by unless told otherwise, of what the actor may read."""
    usual = {CALENDAR: calendar_dates.usual, BOARD: board_fields.usual}.get(shape)
    return usual(entity, actor) if usual else ""


def base_look(entity: "Entity", saved: Any, shape: str = "", usual: tuple[str, ...] = ()) -> Look:
    """The look of a saved view, or the entity's own; in another shape if one is given. `usual` are the columns of the plain list."""
    shape, usual = shape or shape_of(saved), usual or tuple(entity.list_columns)
    if saved is None:
        return Look(
            entity, plain(entity), usual, tuple(entity.sort), group=first_group(entity, shape), shape=shape, usual=usual,
        )  # fmt: skip
    node = from_json(saved.filter)
    return Look(
        entity, node if isinstance(node, Group) and node.mode == "all" else Group("all", (node,)), tuple(saved.columns) or usual, tuple(saved.sort) or tuple(entity.sort),
        saved.group if shape == shape_of(saved) else first_group(entity, shape), view_id=str(saved.pk), saved=saved, widths=dict(saved.widths), shape=shape, report=dict(saved.report) if shape == REPORT else {}, usual=usual,
    )  # fmt: skip


def plain(entity: "Entity", actor: "Actor | None" = None) -> Group:
    """The conditions of the list that nobody has changed, as far as the actor may read what they ask for."""
    readable = entity.fields if actor is None else access.readable(actor, entity)
    return Group("all", tuple(test for text in entity.plain_filter if (test := term(text)).field in readable))


def meant_for(actor: "Actor") -> Q:
    """Saved views that are own, shared with a group of the actor or for everybody; not all that an administrator could read."""
    mine = Q(owner=actor.id) if actor.id else Q(pk__in=[])
    return Q(is_public=True) | Q(shared_with__overlap=sorted(actor.group_ids)) | mine


def saved_views(entity: "Entity", actor: "Actor") -> list[Any]:
    """Saved views that stand as tabs for the actor."""
    from .entity import registry

    def views() -> QuerySet[Any]:
        rows = registry.get("core.view").rows(actor).filter(meant_for(actor), entity=entity.label)
        return rows.defer("search_text", "search_body", "search_vector").order_by("position", "name", "pk")

    with past.at(past.played()):
        return prepared.run(actor, ("views", entity.label), views)


def opening(entity: "Entity", actor: "Actor", views: Sequence[Any]) -> Any:
    """The view that opens first: the actor's own choice, else that of the layout; None for the plain list."""
    first = layouts.of(entity, actor).view
    own = next((view for view in views if view.is_default and view.owner_id == actor.id), None)
    return own or next((view for view in views if view.pk == first), None)


def from_address(
    entity: "Entity",
    actor: "Actor",
    params: Mapping[str, Any],
    views: Sequence[Any] = (),
    shape: str = "",
    *,
    everything: bool = False,
) -> Look:
    """The look that an address asks for. Raises BadFilter with a message for anything unknown or not readable.

    `view` picks a saved view (else the default one, else the plain list); `f`, `filter`, `sort`, `cols`, `group`, `q` and `shape` change it.
    `everything` starts from all rows, for doors that show no conditions, instead of those of the plain list.
    """
    getlist = params.getlist if hasattr(params, "getlist") else lambda name: [params[name]] if name in params else []
    wanted = str(params.get("view", ""))
    saved = next((view for view in views if str(view.pk) == wanted), None)
    if saved is None and not wanted:
        saved = opening(entity, actor, views)
    asked = str(params.get("shape", ""))
    laid = layouts.of(entity, actor)
    look = base_look(entity, saved, shape or (asked if asked in SHAPES else ""), laid.columns)
    if saved is None:
        look = replace(look, filter=EVERYTHING if everything else plain(entity, actor))
    if "f" in params or "filter" in params:
        node = from_url([term for term in getlist("f") if term], str(params.get("filter", "")))
        look = replace(look, filter=node if isinstance(node, Group) and node.mode == "all" else Group("all", (node,)))
    lists = {"sort": "sort", "cols": "columns"}
    for name, attribute in lists.items():
        if params.get(name):
            parts: dict[str, Any] = {attribute: tuple(part for part in str(params[name]).split(",") if part)}
            look = replace(look, **parts)
    if params.get("group"):
        none = first_group(entity, look.shape, actor)
        look = replace(look, group=none if params["group"] == "-" else str(params["group"])[:200])
    if look.shape == CALENDAR and not params.get("group"):
        look = replace(look, group=calendar_dates.told(entity, actor, look.group))
    if look.shape == REPORT and (report := report_in(params)):
        look = replace(look, report=report)
    if not params.get("sort"):
        look = replace(look, sort=readable_sort(entity, actor, look.sort))
    look = replace(look, q=str(params.get("q", ""))[:200], view_id=wanted or look.view_id, as_of=past.current())
    if params.get(past.NAME) and look.as_of is None:  # a door that does not travel must not answer with today's rows
        raise BadFilter(past.NOT_HERE)
    if look.as_of:
        access.require(actor, entity, "history")
    return checked(look, actor)


def checked(look: Look, actor: "Actor") -> Look:
    """The look with columns the actor may not read left out (a shared view must not break); order and group must be readable."""
    entity = look.entity
    readable = access.readable(actor, entity)
    shown = (name for name in dict.fromkeys(look.columns) if linked.is_readable(actor, entity, name))
    columns = tuple(shown)[:MAX_COLUMNS] or (entity.title,)
    if len(look.sort) > MAX_SORT:
        raise BadFilter(_("A list is ordered by at most %(limit)d fields.") % {"limit": MAX_SORT})
    for name in look.sort:
        sortable(entity, actor, name)
    for name in look.groups or ([look.group] if look.group else []):
        sortable(entity, actor, name)
        if (name if look.shape == LIST else look.axis) not in entity.fields:
            raise BadFilter(
                _("“%(field)s” is no field to sort or group by; there are: %(valid)s.")
                % {"field": name, "valid": ", ".join(sorted(readable))}
            )
    check_levels(entity, look.groups)
    look = replace(look, columns=columns)
    return askable.checked(look) if look.as_of else look


def check_levels(entity: "Entity", names: Sequence[str]) -> None:
    """Raise BadFilter unless a list can be grouped by these fields, one inside the other."""
    if len(names) > MAX_GROUPED or len(set(names)) < len(names):
        raise BadFilter(_("A list is grouped by at most two different fields."))
    if len(names) < MAX_GROUPED:
        return
    for name in names:
        if entity.fields[name].type.name not in GROUPABLE:
            text = _("“%(field)s” cannot be one of two groups: choices, links, countries, dates, yes and no can.")
            raise BadFilter(text % {"field": entity.fields[name].label})
    if entity.fields[names[0]].type.name in ("date", "moment"):
        text = _("Groups of “%(field)s” cannot be divided further: put it second.")
        raise BadFilter(text % {"field": entity.fields[names[0]].label})


def readable_sort(entity: "Entity", actor: "Actor", names: Sequence[str]) -> tuple[str, ...]:
    """An order that nobody asked for, by the fields that the actor may read: neither refused nor a way to guess the others."""
    return tuple(name for name in names if linked.is_readable(actor, entity, name.lstrip("-")))


def sortable(entity: "Entity", actor: "Actor", name: str) -> None:
    """Raise BadFilter unless the actor may have the list ordered or grouped by this field."""
    bare = name.lstrip("-").split(":")[0]
    spec = linked.find(entity, bare)
    if spec is None or not spec.sortable or not linked.is_readable(actor, entity, bare):
        valid = ", ".join(sorted(n for n in access.readable(actor, entity) if entity.fields[n].sortable))
        raise BadFilter(
            _("“%(field)s” is no field to sort or group by; there are: %(valid)s.") % {"field": bare, "valid": valid}
        )


def check(entity: "Entity", values: dict[str, Any]) -> None:
    """Raise BadValue unless the parts of a view to be saved name fields that exist."""
    try:
        compile_filter(entity, from_json(values.get("filter")), access.SYSTEM)
        names = [name for name in str(values.get("group") or "").split(",") if name]
        for name in [*(values.get("sort") or ()), *names]:
            sortable(entity, access.SYSTEM, name)
        check_levels(entity, names)
        if values.get("report"):
            from .reports.checking import check_report  # reports use views

            check_report(entity, values["report"])
    except BadFilter as error:
        raise BadValue(error.message) from None
    unknown = [name for name in values.get("columns") or () if linked.find(entity, name) is None]
    if unknown:
        raise BadValue(_("Unknown columns: %(names)s.") % {"names": ", ".join(unknown)})
