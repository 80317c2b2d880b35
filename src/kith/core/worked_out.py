"""Formula and roll-up fields: definitions become fields of every surface, whose values the database works out when they are read.

They are kept and renewed with the custom fields (`custom_fields.remembered`): a definition that is written is known to
every process at its next request.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from . import custom_fields, rollups
from .access import SYSTEM
from .entity import field_sources, registry
from .errors import BadValue
from .filters import BadFilter
from .formulas.building import MAX_TEXT, build, finished
from .formulas.fields import scope
from .formulas.reading import FormulaError, Name
from .formulas.terms import Term, nothing, wrong
from .money import Money
from .specs import ComputedSpec, FieldSpec
from .types import TYPES
from .worked_definitions import label_of

FORMULA, ROLLUP = "core.formulafield", "core.rollupfield"
#: Where worked out values are kept on a record: its version, then value by name.
KEPT = "_worked_out"
MONEY_DECIMALS = 4
#: So many formulas are made of each other one after the other.
MOST_INSIDE = 30
#: What a definition raises that cannot be worked out.
BROKEN = (BadValue, BadFilter, LookupError)
#: What its SQL raises when something that a condition asks for is there no more.
GONE = (BadFilter, LookupError)
type Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedSpec(ComputedSpec):
    """A field that a formula or a roll-up gives; `owner` is the kind of record, `is_heavy` when a query of its own stands in it."""

    owner: str
    kind: str
    money: Callable[[str], Any] | None = None
    is_heavy: bool = False
    broken: Any = ""

    def expression(self, prefix: str = "") -> Any:
        try:
            return self.sql(prefix)
        except GONE:
            return nothing(self.kind).sql(prefix)

    def currency(self, prefix: str = "") -> Any:
        if self.money is None:
            raise TypeError(f"{self.name} is no amount")
        try:
            return self.money(prefix)
        except GONE:
            return nothing("text").sql(prefix)

    def get(self, record: Any) -> Any:
        return value_of(self, record)


@dataclass(frozen=True, slots=True)
class Label:
    """The label of a definition in the reader's language."""

    row: Any

    def __str__(self) -> str:
        return label_of(self.row)


class Circle(FormulaError):
    """A formula that would follow from itself."""


@dataclass(slots=True)
class Book:
    """All definitions with their terms, which are worked out once each; `stack` are those that are being worked out."""

    rows: dict[Key, Any]
    terms: dict[Key, Term] = field(default_factory=dict)
    stack: list[Key] = field(default_factory=list)
    fields: dict[str, dict[str, FieldSpec]] = field(default_factory=dict)
    #: Roll-ups whose values are kept, by id; none for checks and for keeping them, which work them out.
    kept: Collection[UUID] = ()

    def plain(self, label: str) -> dict[str, FieldSpec]:
        """The fields of a kind of record that are stored or declared."""
        if label not in self.fields:
            others = [spec for other in field_sources if other is not source for spec in other(label)]
            self.fields[label] = registry.get(label).declared | {spec.name: spec for spec in others}
        return self.fields[label]

    def names(self, label: str) -> list[str]:
        """The names of all fields."""
        return [*self.plain(label), *(name for owner, name in self.rows if owner == label)]

    def defined(self, label: str, name: str, node: Name) -> Term | None:
        """See formulas.fields.Book."""
        key = (label, name)
        if key not in self.rows:
            return None
        if len(self.stack) >= MOST_INSIDE and key not in self.terms:
            raise wrong(node, _("at most %(limit)d formulas, each made of the next one.") % {"limit": MOST_INSIDE})
        if key in self.stack:
            circle = " → ".join(name for _label, name in [*self.stack[self.stack.index(key) :], key])
            raise Circle(_("it would follow from itself: %(circle)s.") % {"circle": circle}, node.at, node.length)
        try:
            return self.term(key)
        except Circle as circle:  # told once and not at each of its places
            raise Circle(circle.what, node.at, node.length) from None
        except BROKEN as error:
            why = why_broken(error)
            raise FormulaError(_("“%(field)s” is broken itself: %(why)s") % {"field": name, "why": why}, node.at, node.length) from None  # fmt: skip

    def term(self, key: Key) -> Term:
        """The term of a definition; raises FormulaError or BadFilter."""
        if key not in self.terms:
            row = self.rows[key]
            self.stack.append(key)
            try:
                made = rollups.term_of(self, row) if is_rollup(row) else build(row.formula, lambda node: scope(self, key[0], node))  # fmt: skip
            finally:
                self.stack.pop()
            self.terms[key] = with_itself(as_kept(made, row) if row.pk in self.kept else made, key)
        return self.terms[key]

    def spec(self, key: Key) -> WorkedSpec:
        """The field of a definition; one that is broken is empty and says why."""
        row = self.rows[key]
        try:
            made, broken = self.term(key), ""
        except BROKEN as error:
            made, broken = nothing("text"), why_broken(error)
        found = spec_of(row, made, broken)
        return kept_spec(found, row.pk) if row.pk in self.kept and not broken else found


def why_broken(error: Exception) -> Any:
    """Why a definition cannot be worked out, in words."""
    return getattr(error, "message", None) or _("what it is made of is there no more.")


def is_rollup(row: Any) -> bool:
    """Whether a definition is a roll-up."""
    return bool(row._meta.label_lower == ROLLUP)


def with_itself(made: Term, key: Key) -> Term:
    """A term that others use by its name: its own name counts among what they need."""
    return replace(made, needs=made.needs | {key}, choices=(), literal=None)


def as_kept(made: Term, row: Any) -> Term:
    """A roll-up whose values are kept."""
    from .stored.reading import Kept

    kept = Kept(row.pk, made.kind)
    return replace(made, sql=kept.exact(made.sql), currency=kept.currency(made.currency) if made.currency else None, is_heavy=False)  # fmt: skip


def kept_spec(spec: WorkedSpec, key: UUID) -> WorkedSpec:
    """The field of a roll-up whose values are kept."""
    from .stored.reading import Kept

    kept = Kept(key, spec.kind)
    where = kept.where(spec, lambda: registry.get(spec.owner))
    return replace(spec, sql=kept.shown(spec.sql), money=kept.currency(spec.money) if spec.money else None, where=where, kept=kept)  # fmt: skip


def spec_of(row: Any, made: Term, broken: Any = "") -> WorkedSpec:
    """The field that a definition gives."""
    sql, money = finished(made, row.decimals)
    decimals = {"number": row.decimals, "percent": row.decimals, "money": MONEY_DECIMALS}.get(made.kind, 0)
    return WorkedSpec(
        name=row.name, label=lazystr(Label(row)), type=TYPES[made.kind], help=broken or row.help or "", editable=False, shown=True, decimals=decimals,
        max_length=MAX_TEXT if made.kind == "text" else None, sql=sql, money=money, owner=row.entity, kind=made.kind, needs=made.needs - {(row.entity, row.name)}, gathers=made.gathers,
        is_heavy=made.is_heavy, broken=broken,
    )  # fmt: skip


# --- where fields come from ---------------------------------------------------------------------------------------------


def source(label: str) -> Iterable[FieldSpec]:
    """The formula and roll-up fields of a kind of record; the same tuple as long as nothing changes."""
    try:
        specs: dict[str, tuple[WorkedSpec, ...]] = custom_fields.remembered(custom_fields.WORKED, load)
    except (DatabaseError, RuntimeError):  # checks and plain tests run without a database
        return ()
    return specs.get(label, ())


def definitions() -> list[Any]:
    """All definitions; none while their tables do not exist yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [registry.get(ROLLUP).model._meta.db_table])
        if cursor.fetchone()[0] is None:
            return []
    return [row for label in (FORMULA, ROLLUP) for row in registry.get(label).rows(SYSTEM).order_by("position", "label", "pk")]  # fmt: skip


def book(*instead: Any, without: Iterable[Any] = ()) -> Book:
    """All definitions, with these in place of what is stored, or without some."""
    gone = {row.pk for row in (*instead, *without)}
    rows = [row for row in definitions() if row.pk not in gone]
    return Book({(row.entity, row.name): row for row in (*rows, *instead)})


def load() -> dict[str, tuple[WorkedSpec, ...]]:
    """The fields of all definitions by kind of record."""
    from .stored import building

    plain = book()
    found, mine = fields_of(plain), custom_fields.known()
    if not building.asked(plain):
        return found
    mine["worked_out"] = found  # what is kept is told by what the fields compile to
    kept = building.ready(plain)
    found = mine["worked_out"] = fields_of(Book(plain.rows, kept=kept)) if kept else found
    mine["memory"] = {}  # what was looked up meanwhile knows of no kept values
    return found


def fields_of(known: Book) -> dict[str, tuple[WorkedSpec, ...]]:
    """The fields that definitions give, by kind of record."""
    found = defaultdict[str, list[WorkedSpec]](list)
    for label, name in known.rows:
        if registry.find(label) is not None:
            found[label].append(known.spec((label, name)))
    return {label: tuple(specs) for label, specs in found.items()}


# --- values -------------------------------------------------------------------------------------------------------------


def value_of(spec: WorkedSpec, record: Any) -> Any:
    """The value of a record as the database works it out; those of a page come together."""
    kept = record.__dict__.get(KEPT)
    if kept is None or kept[""] != record.version:
        kept = record.__dict__[KEPT] = {"": record.version}
    if spec.name not in kept:
        fetch(spec, record)
    return record.__dict__[KEPT].get(spec.name)


def fetch(spec: WorkedSpec, record: Any) -> None:
    """Bring the values of a field to a record and those that were read with it; cheap fields of theirs come along."""
    records = [record, *(peer for each in record._state.peers if (peer := each()) is not None and peer is not record)]
    fields = source(spec.owner) if not spec.is_heavy or len(records) == 1 else ()
    specs = [spec, *(each for each in fields if isinstance(each, WorkedSpec) and each.name != spec.name and (len(records) == 1 or not each.is_heavy))]  # fmt: skip
    found = values(specs, [each.pk for each in records])
    for each in records:
        kept = each.__dict__.setdefault(KEPT, {"": each.version})
        if kept[""] != each.version:
            kept = each.__dict__[KEPT] = {"": each.version}
        kept |= found.get(each.pk) or {one.name: None for one in specs}


def values(specs: list[WorkedSpec], keys: list[Any]) -> dict[Any, dict[str, Any]]:
    """The values of fields of one kind of record, by id and name."""
    columns = {f"w{at}": each.expression() for at, each in enumerate(specs)}
    columns |= {f"w{at}c": each.currency() for at, each in enumerate(specs) if each.money is not None}
    rows = registry.get(specs[0].owner).rows(SYSTEM).filter(pk__in=keys).order_by()
    return {
        row["pk"]: {one.name: loaded(one, row[f"w{at}"], row.get(f"w{at}c")) for at, one in enumerate(specs)}
        for row in rows.annotate(**columns).values("pk", *columns)
    }


def loaded(spec: WorkedSpec, raw: Any, currency: Any = None) -> Any:
    """A value as it comes from the database."""
    if raw is None:
        return None
    if spec.kind == "money":
        return Money(Decimal(raw), str(currency))
    if spec.kind in ("number", "percent"):
        return Decimal(raw) if spec.decimals else int(raw)
    return raw


field_sources.append(source)

__all__ = ["WorkedSpec", "book", "definitions", "source", "spec_of", "value_of"]
