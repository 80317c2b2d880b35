"""Fields defined at run time: FieldDefinition rows become specs in the bag, behind the same FieldSpec as columns.

Each process keeps them until the epoch of rights changes: writing a definition renews that epoch, and every request
learns it together with its user (`at`), so that nothing is asked twice.

A thread that has written definitions (an import that keeps columns) knows fields of its own until its transaction ends:
the others neither see them before nor take them away from it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.functional import lazystr
from django.utils.translation import get_language

from . import past
from .access import SYSTEM
from .address_fields import part_specs
from .batch import Batch
from .entity import Entity, field_sources, memories, registry
from .errors import BadValue
from .specs import BagSpec, FieldSpec
from .types import TYPES

TABLE = "core_fielddefinition"
#: Under what `core.worked_out` remembers its fields.
WORKED = "worked_out"
LONGEST = {"text": 500, "url": 500, "mail": 254, "phone": 60}
NUMBERS = ("number", "percent", "money")
CENTS = {"money": 2}
WIDEST = Decimal(10) ** 18
#: Called when a definition is written, before the end of its change-set; the access app renews its epoch.
changed: list[Callable[[], Any]] = []

type Specs = dict[str, tuple[FieldSpec, ...]]
type Known = dict[str, Any]


def fresh() -> Known:
    """Nothing known yet. What is forgotten is replaced, never emptied: an answer that comes late lands where nobody looks."""
    return {"at": None, "specs": None, "memory": {}}


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
            with past.paused():
                specs = mine["specs"] = load()
        except (
            DatabaseError,
            RuntimeError,
        ):  # checks and plain tests run without a database: only declared fields exist
            return ()
    return specs.get(label, ())  # type: ignore[no-any-return]


def memory() -> dict[Any, Any] | None:
    """What holds as long as the definitions do; None before they are all known."""
    mine = known()
    return mine["memory"] if mine["specs"] is not None and WORKED in mine else None


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


def remembered[T](key: str, read: Callable[[], T], *, then: bool = False) -> T:
    """What else of the configuration is kept in memory, read once for as long as the definitions hold: processes, pools, rates.

    `then`: while the past is played it is read as it was, since it decides about rights.
    """
    if then and (when := past.played()) is not None:
        kept = when.memo
        return kept[key] if key in kept else kept.setdefault(key, read())  # type: ignore[no-any-return]
    mine = known()
    if key in mine:
        return mine[key]  # type: ignore[no-any-return]
    with past.paused():
        found: T = mine.setdefault(key, read())
    return found


def announce() -> None:
    """A definition was written: this thread reads anew, the others when the change-set is committed."""
    if connection.in_atomic_block:
        _own.set(fresh())
    forget()
    for tell in changed:
        tell()


def has_table(name: str) -> bool:
    """Whether migrations have made a table yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [name])
        return cursor.fetchone()[0] is not None


def load() -> Specs:
    """All definitions by entity; none while the table does not exist yet."""
    if not has_table(TABLE):
        return {}
    found: dict[str, list[FieldSpec]] = defaultdict(list)
    rows = registry.get("core.fielddefinition").rows(SYSTEM).filter(is_retired=False)
    for row in rows.order_by("position", "label", "pk"):
        spec = spec_of(row)
        found[row.entity] += [spec, *(part_specs(row.entity, spec) if row.kind == "address" else ())]
    return {label: tuple(specs) for label, specs in found.items()}


def spec_of(row: Any) -> BagSpec:
    """The spec of one definition."""
    spec = BagSpec(
        name=row.name, label=named(row.label, row.translations), type=TYPES[row.kind], help=row.help, choices=choices_of(row), hues=hues_of(row),
        max_length=longest(row), pattern=row.pattern, target=row.target, sensitive=row.is_sensitive, personal=row.is_personal, required=row.is_required, unique=row.is_unique,
        searched=row.is_searched, searched_low=row.is_searched and row.search_weight == "low", **limits(row),
    )  # fmt: skip
    return replace(spec, default=initial(spec, row.initial)) if row.initial else spec


def limits(row: Any) -> dict[str, Any]:
    """Least and greatest value and decimals of a number; an amount has cents."""
    if row.kind not in NUMBERS:
        return {}
    least = -WIDEST if row.minimum is None else row.minimum
    greatest = WIDEST if row.maximum is None else row.maximum
    return {"minimum": plain(least), "maximum": plain(greatest), "decimals": row.decimals or CENTS.get(row.kind, 0)}


def plain(number: Decimal) -> Decimal:
    """A limit without the noughts that its column adds."""
    whole = number.to_integral_value()
    return whole if number == whole else number.normalize()


def longest(row: Any) -> int | None:
    """How many characters fit; the least of what the definition and its kind say."""
    least = [limit for limit in (row.longest, LONGEST.get(row.kind)) if limit]
    return min(least, default=None)


def initial(spec: BagSpec, text: str) -> Any:
    """The value of new records; none where the text fits no more, as when a choice was taken away."""
    try:
        return spec.type.parse(text, spec)
    except BadValue:
        return None


def choices_of(row: Any) -> tuple[tuple[str, Any], ...]:
    """The choices with their labels."""
    return tuple((key, named(look.get("label") or key, look)) for key in row.options for look in [look_of(row, key)])


def hues_of(row: Any) -> dict[str, str]:
    """The colours of the choices."""
    return {key: look_of(row, key).get("hue") or "grey" for key in row.options}


def look_of(row: Any, key: str) -> dict[str, str]:
    """Colour and labels of one choice."""
    look = (row.looks or {}).get(key)
    return look if isinstance(look, dict) else {}


@dataclass(frozen=True, slots=True)
class Named:
    """A name in the language of whoever reads it; the plain one where it has no translation."""

    plain: str
    translations: Mapping[str, str]

    def __str__(self) -> str:
        return self.translations.get(get_language() or "") or self.plain


def named(plain: str, translations: Mapping[str, str] | None) -> Any:
    """A name as text, or as one that follows the reader's language."""
    told = {code: text for code, _name in settings.LANGUAGES if (text := (translations or {}).get(code))}
    return lazystr(Named(plain, told)) if told else plain


def complete(batch: Batch) -> None:
    """Give new records the values that fields from the bag begin with, where nothing is said."""
    begins = [spec for spec in batch.entity.fields.values() if spec.is_bag and spec.default is not None]
    for item in batch.items if begins else ():
        for spec in begins if item.is_new else ():
            item.values.setdefault(spec.name, spec.default)


def takes_fields(entity: Entity) -> bool:
    """Whether records of this entity have a bag for further fields."""
    return any(column.name == "custom" for column in entity.model._meta.concrete_fields)


field_sources.append(source)
memories.append(memory)
