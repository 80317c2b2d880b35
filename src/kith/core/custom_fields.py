"""Fields defined at run time: FieldDefinition rows become specs in the bag, behind the same FieldSpec as columns.

Each process keeps them until the epoch of rights changes: writing a definition renews that epoch, and every request
learns it together with its user (`at`), so that nothing is asked twice.

A thread that has written definitions (an import that keeps columns) knows fields of its own until its transaction ends:
the others neither see them before nor take them away from it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from decimal import Decimal
from typing import Any

from django.db import DatabaseError, connection

from .access import SYSTEM
from .entity import Entity, field_sources, registry
from .specs import BagSpec, FieldSpec
from .types import TYPES

TABLE = "core_fielddefinition"
LONGEST = {"text": 500, "url": 500, "mail": 254, "phone": 60}
WIDEST = Decimal(10) ** 18
#: Called when a definition is written, before the end of its change-set; the access app renews its epoch.
changed: list[Callable[[], Any]] = []

type Specs = dict[str, tuple[FieldSpec, ...]]
type Known = dict[str, Any]


def fresh() -> Known:
    """Nothing known yet. What is forgotten is replaced, never emptied: an answer that comes late lands where nobody looks."""
    return {"at": None, "specs": None}


_shared: Known = fresh()
_own: ContextVar[Known | None] = ContextVar("kith_custom_fields", default=None)


def known() -> Known:
    """What this thread knows: its own while the transaction runs in which it wrote definitions, else what all know."""
    own = _own.get()
    if own is None:
        return _shared
    if connection.in_atomic_block:
        return own
    _own.set(None)
    forget()
    return _shared


def source(label: str) -> Iterable[FieldSpec]:
    """The run-time fields of an entity; the same tuple as long as nothing changes."""
    mine = known()
    specs = mine["specs"]
    if specs is None:
        try:
            specs = mine["specs"] = load()
        except (
            DatabaseError,
            RuntimeError,
        ):  # checks and plain tests run without a database: only declared fields exist
            return ()
    return specs.get(label, ())  # type: ignore[no-any-return]


def at(version: int) -> None:
    """Say which version of rights and fields the running request works with; what was read under another one is forgotten."""
    if known()["at"] != version:
        forget()
        known()["at"] = version


def forget() -> None:
    """Read the definitions anew when they are next asked for."""
    global _shared
    _shared = fresh()
    if _own.get() is not None:
        _own.set(fresh())
    for entity in registry:
        entity.forget_fields()


def remembered[T](key: str, read: Callable[[], T]) -> T:
    """What else of the configuration is kept in memory, read once for as long as the definitions hold: processes, pools, rates."""
    mine = known()
    found: T = mine[key] if key in mine else mine.setdefault(key, read())
    return found


def announce() -> None:
    """A definition was written: this thread reads anew, the others when the change-set is committed."""
    if connection.in_atomic_block:
        _own.set(fresh())
    forget()
    for tell in changed:
        tell()


def load() -> Specs:
    """All definitions by entity; none while the table does not exist yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [TABLE])
        if cursor.fetchone()[0] is None:
            return {}
    found: dict[str, list[FieldSpec]] = defaultdict(list)
    for row in registry.get("core.fielddefinition").rows(SYSTEM).order_by("position", "label", "pk"):
        found[row.entity].append(spec_of(row))
    return {label: tuple(specs) for label, specs in found.items()}


def spec_of(row: Any) -> BagSpec:
    """The spec of one definition."""
    limits = (
        {"minimum": -WIDEST, "maximum": WIDEST, "decimals": row.decimals} if row.kind in ("number", "percent") else {}
    )
    return BagSpec(
        name=row.name, label=row.label, type=TYPES[row.kind], help=row.help, choices=tuple((word, word) for word in row.options), max_length=LONGEST.get(row.kind),
        sensitive=row.is_sensitive, **limits,
    )  # fmt: skip


def takes_fields(entity: Entity) -> bool:
    """Whether records of this entity have a bag for further fields."""
    return any(column.name == "custom" for column in entity.model._meta.concrete_fields)


field_sources.append(source)
