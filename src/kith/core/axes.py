"""The axis of a board: which columns it has, which rows stand in each, and what it means to move a card there.

Choices and links have theirs here. An app gives a field an axis of its own with `use`, such as the stages of a process:

    class StageAxis(Axis): …
    use("sales.opportunity", "stage", StageAxis)
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count, Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import access, listing, titles, writes
from .entity import registry
from .filter_ops import condition
from .filters import BadFilter
from .records import Pick
from .specs import FieldSpec
from .views import BOARD

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity
    from .views import Look

MAX_COLUMNS = 40
NOTHING = gettext_lazy("%(field)s: none")
#: Where a record of a column stands: still going, or over, well or badly.
OPEN, CLOSED, WON, LOST = "open", "closed", "won", "lost"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a board. `where` are its rows; `presets` are values of a new record made in it, as an address writes them."""

    key: str
    label: str
    where: Q
    value: Any = None
    hue: str = "grey"
    kind: str = OPEN
    #: Folded until the reader opens it.
    folded: bool = False
    may_drop: bool = True
    #: A word or figure under the heading, such as the probability of a stage.
    note: str = ""
    presets: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether records here still go on."""
        return self.kind == OPEN


class Axis(ABC):
    """What the columns of a board stand for: by nature the values of one field. Subclasses say which columns there are."""

    def __init__(self, look: "Look", actor: "Actor") -> None:
        self.look, self.actor, self.entity = look, actor, look.entity
        self.spec: FieldSpec = look.entity.fields[look.axis]

    @property
    @abstractmethod
    def columns(self) -> list[Column]:
        """The columns in order."""

    def key_of(self, record: Any) -> str:
        """The key of the column that a record stands in."""
        value = self.spec.get(record)
        return "" if value is None else str(value)

    def values_of(self, column: Column) -> list[str]:
        """The values of the field that stand in a column; none for that of records without one."""
        return [] if column.value is None else [str(column.value)]

    @property
    def variants(self) -> list[tuple[str, str]]:
        """Key and name of what the reader chooses among before there are columns (processes); the choice is `look.option`."""
        return []

    @property
    def weight(self) -> Any:
        """How much of an amount counts in the weighted total, as an ORM expression between 0 and 1; None when there is none."""
        return None

    @property
    def weighed_by(self) -> frozenset[str]:
        """The fields that `weight` reads."""
        return frozenset()

    def may_hold(self, column: Column) -> bool:
        """Whether the conditions of the look leave rows to a column; one that can have none is not searched for them."""
        return True

    def since(self, spec: FieldSpec, value: Any) -> str:
        """A moment on a card as the axis tells it, for example how long a record is in its column; "" for its distance in words."""
        return ""

    def is_stale(self, record: Any) -> bool:
        """Whether a record has been in its column for too long."""
        return False

    def is_told(self, record: Any, spec: FieldSpec) -> bool:
        """Whether a warning of the card says already what this date would say."""
        return False

    def warnings(self, record: Any, column: Column) -> list[str]:
        """What a card warns of, in a few words each: that it stands too long, that something is missing."""
        if not column.is_open:
            return []
        return [
            NOTHING % {"field": capfirst(str(spec.label))}
            for spec in self.expected
            if spec.type.is_empty(spec.get(record))
        ]

    @cached_property
    def expected(self) -> "list[FieldSpec]":
        """Fields that a record should have as long as it goes on, as far as the reader may know them."""
        readable = access.readable(self.actor, self.entity)
        return [self.entity.fields[name] for name in self.entity.expected if name in readable]

    @property
    def may_move(self) -> bool:
        """Whether the actor may move some cards at all; rows decide for each."""
        return self.spec.name in access.writable(self.actor, self.entity) and access.allowed(
            self.actor, self.entity, "edit"
        )

    def column(self, key: str) -> Column:
        """The column with this key; raises BadFilter that names the ones there are."""
        found = next((column for column in self.columns if column.key == key), None)
        if found is None:
            valid = ", ".join(column.label for column in self.columns)
            raise BadFilter(_("This board has no such column; there are: %(valid)s.") % {"valid": valid})
        return found

    def move(
        self, record: Any, column: Column, *, version: int | None, values: Mapping[str, Any], confirm: Collection[str]
    ) -> Any:
        """Move a record to a column, with further values that were asked for; returns it fresh.

        Raises what writing raises. Refused that names other fields makes the page ask for just those.
        """
        moved = {**values, self.spec.name: column.value}
        return writes.save(self.actor, record, moved, typed=True, version=version, confirm=confirm)

    # --- helps ----------------------------------------------------------------------------------------------------

    def where(self, op: str, value: Any = None) -> Q:
        """A condition on the field of the axis, as a filter has it."""
        return condition(self.entity, self.spec, op, value, self.actor)

    def nothing(self) -> Column:
        """The column of records without a value (R159)."""
        label = NOTHING % {"field": capfirst(str(self.spec.label))}
        return Column("", label, self.where("empty"), may_drop=not self.spec.required)

    @property
    def may_be_empty(self) -> bool:
        """Whether records without a value can exist."""
        if self.spec.is_bag:
            return True
        column = self.entity.model._meta.get_field(self.spec.name)
        return bool(column.null or getattr(column, "blank", False))


class ChoiceAxis(Axis):
    """A closed list: every choice is a column, empty ones too (R159)."""

    @cached_property
    def columns(self) -> list[Column]:
        closed = self.entity.closed if self.spec.name == self.entity.board else ()
        named = [
            Column(
                key, capfirst(str(label)), self.where("any", [key]), key, self.spec.hues.get(key, "grey"),
                CLOSED if key in closed else OPEN, presets={self.spec.name: key},
            )
            for key, label in self.spec.choices
        ]  # fmt: skip
        return [self.nothing(), *named] if self.may_be_empty else named


class LinkAxis(Axis):
    """Records that are linked to: all rows of a dictionary, of other kinds those with at least one match (R159)."""

    @cached_property
    def columns(self) -> list[Column]:
        target = registry.get(self.spec.target)
        if issubclass(target.model, Pick):
            rows = target.rows(self.actor).filter(is_active=True).order_by("position", "name", "pk")
            named = [self.to(row.pk, str(row), row.hue) for row in titles.slim(target, rows)[:MAX_COLUMNS]]
        else:
            named = self.matched()
        return [self.nothing(), *named] if self.may_be_empty else named

    def matched(self) -> list[Column]:
        """The targets of the rows there are, most rows first to be chosen, then by name."""
        found = (
            listing.rows(self.look, self.actor).filter(self.where("filled")).order_by()
            .annotate(axis_key=self.spec.expression()).values_list("axis_key")
            .annotate(n=Count("pk")).order_by("-n", "axis_key")[:MAX_COLUMNS]
        )  # fmt: skip
        keys = [key for key, _count in found]
        known = titles.load(self.actor, [(self.spec.target, key) for key in keys])
        columns = [
            self.to(key, title.text, title.hue) if (title := known.get((self.spec.target, key))) else self.hidden(key)
            for key in keys
        ]
        return sorted(columns, key=lambda column: (not column.may_drop, column.label.casefold()))

    def to(self, key: Any, label: str, hue: str) -> Column:
        """The column of one target."""
        return Column(str(key), label, self.where("any", [key]), key, hue or "grey", presets={self.spec.name: str(key)})

    def hidden(self, key: Any) -> Column:
        """The column of a target that the reader may not see."""
        return Column(str(key), _("hidden"), self.where("any", [key]), key, may_drop=False)


_axes: dict[tuple[str, str], type[Axis]] = {}
KINDS: dict[str, type[Axis]] = {"choice": ChoiceAxis, "link": LinkAxis}
NO_AXIS = gettext_lazy("“%(field)s” cannot be the columns of a board; possible are: %(valid)s.")


def use(label: str, name: str, axis: type[Axis]) -> None:
    """Let a field of an entity have an axis of its own."""
    _axes[label, name] = axis


def possible(entity: "Entity", actor: "Actor") -> "list[FieldSpec]":
    """The fields that the columns of a board can stand for: choices, dictionaries, people of this company."""
    readable = access.readable(actor, entity)
    return [
        spec
        for spec in entity.fields.values()
        if spec.name in readable and spec.sortable and ((entity.label, spec.name) in _axes or fits(spec))
    ]


def fits(spec: "FieldSpec") -> bool:
    """Whether the values of a field are few enough to be columns."""
    if spec.type.name != "link":
        return spec.type.name == "choice"
    target = registry.find(spec.target)
    return target is not None and (issubclass(target.model, Pick) or target.label == settings.AUTH_USER_MODEL.lower())


def axis_of(look: "Look", actor: "Actor") -> Axis:
    """The axis of a board; raises BadFilter with the fields that could be one."""
    assert look.shape == BOARD
    specs = {spec.name: spec for spec in possible(look.entity, actor)}
    if look.axis not in specs:
        raise BadFilter(NO_AXIS % {"field": look.axis, "valid": ", ".join(specs)})
    own = _axes.get((look.entity.label, look.axis))
    return (own or KINDS[specs[look.axis].type.name])(look, actor)
