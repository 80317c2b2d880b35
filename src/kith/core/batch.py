"""Records being written together, as the hooks of their entity see them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity


@dataclass(slots=True)
class Batch:
    """Records of one entity being written together in one change-set; hooks read and change `values` of each item.

    `operation` is create, edit, delete, restore, undo or purge; "with_whole" when parts go to the trash or come back with
    the record they belong to. On undo and purge the ledger brings derived rows back itself: a hook then writes none.
    """

    actor: "Actor"
    entity: "Entity"
    items: list["Item"]
    operation: str


@dataclass(slots=True)
class Item:
    """One record of a batch: new values by field name and, once written, before and after of what really changed.

    `extra` holds the values as they were given ("typed") and where an imported row came from ("source").
    """

    record: Any
    values: dict[str, Any]
    is_new: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    row: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)
