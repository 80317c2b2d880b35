"""Mapping: which column becomes which field and how, what equals an existing record, what to do with unknown values.

It is stored as JSON with each run, remembered for the next file with the same header, and given to `kith import --mapping`.
"""

from typing import Any, Literal

import msgspec
from django.utils.translation import gettext_lazy as _

from kith.core import settings_store
from kith.core.errors import Refused

from .formats.table import Reading

type Strategy = Literal["add", "update", "add_or_update", "replace"]
type Missing = Literal["report", "create", "reject", "empty"]
type Unknown = Literal["add", "empty", "reject"]


class Keep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A custom field that the import defines for a column, so that nothing of the file is lost."""

    label: str
    kind: str = "text"
    options: tuple[str, ...] = ()
    decimals: int = 0


class ColumnMap(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where one column goes.

    `to` is a path: "name", "owner.email" (a link found by that field), "address[shipping].city" (a part), "id".
    `column` names one column, or several that are joined by `join`; without one `constant` is the value of every row.
    `change` are steps applied to the text: "parent" (a path without its last segment), "before:@", "after:-", "lower", "upper".
    `prefix` is put before external ids; `values` replaces texts; `needed` leaves out rows in which the cell is empty.
    """

    to: str
    column: str | tuple[str, ...] = ""
    constant: str = ""
    join: str = " "
    change: tuple[str, ...] = ()
    prefix: str = ""
    values: dict[str, str] = {}
    dates: Literal["ymd", "dmy", "mdy"] | None = None
    numbers: Literal[".", ","] | None = None
    missing: Missing | None = None
    unknown: Unknown | None = None
    needed: bool = False
    currency: str = ""
    keep: Keep | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the file that are read."""
        return self.column if isinstance(self.column, tuple) else (self.column,) if self.column else ()


class Mapping(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that an import has to know beside the file.

    `match` are alternatives, tried in order, each one field or several together; empty means "as this kind of record is
    recognised" (external id, e-mail …). The settings are those of rules R146, R148, R149 and R152.
    """

    entity: str = ""
    columns: tuple[ColumnMap, ...] = ()
    strategy: Strategy = "add_or_update"
    match: tuple[tuple[str, ...], ...] = ()
    missing: Missing = "report"
    unknown: Unknown = "add"
    skip_equal: bool = False
    reading: Reading = Reading()


settings_store.declare(
    "import.strategy",
    _("Records that are there already"),
    "choice",
    default="add_or_update",
    group=settings_store.IMPORT,
    choices=(
        ("add_or_update", _("Add new, update known")),
        ("add", _("Only add")),
        ("update", _("Only update")),
        ("replace", _("Replace")),
    ),
    required=True,
)
settings_store.declare(
    "import.missing_reference",
    _("Links to records that are missing"),
    "choice",
    default="report",
    group=settings_store.IMPORT,
    choices=(
        ("report", _("leave the link empty and report it")),
        ("create", _("create the record")),
        ("reject", _("reject the row")),
        ("empty", _("leave the link empty")),
    ),
    required=True,
)
settings_store.declare(
    "import.unknown_value",
    _("Unknown values of dictionaries"),
    "choice",
    default="add",
    group=settings_store.IMPORT,
    choices=(
        ("add", _("add it to the dictionary")),
        ("empty", _("leave the field empty")),
        ("reject", _("reject the row")),
    ),
    required=True,
)
settings_store.declare(
    "import.skip_equal_rows",
    _("Leave out rows that repeat an earlier one completely"),
    "boolean",
    default=False,
    group=settings_store.IMPORT,
)


def standard() -> Mapping:
    """Where a new import begins: what the settings say (R146, R148, R149)."""
    names = {
        "strategy": "strategy", "missing": "missing_reference", "unknown": "unknown_value", "skip_equal": "skip_equal_rows",
    }  # fmt: skip
    return Mapping(**{part: settings_store.get(f"import.{name}") for part, name in names.items()})


def from_json(raw: Any) -> Mapping:
    """The mapping in stored or given JSON; Refused names what is wrong with it."""
    try:
        return msgspec.convert(raw, Mapping, strict=True)
    except msgspec.ValidationError as error:
        raise Refused({"mapping": [_("The mapping cannot be read: %(why)s") % {"why": error}]}) from None


def to_json(mapping: Mapping) -> dict[str, Any]:
    """The mapping as it is stored."""
    return msgspec.to_builtins(mapping)  # type: ignore[no-any-return]


def changed(mapping: Mapping, **changes: Any) -> Mapping:
    """The mapping with some of its parts replaced."""
    return msgspec.structs.replace(mapping, **changes)
