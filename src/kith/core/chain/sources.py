"""What is sealed: for each table the columns of the header, and those of the bodies that may be erased."""

import uuid
from dataclasses import dataclass

MOMENTS = frozenset({"at"})


@dataclass(frozen=True, slots=True)
class Source:
    """One table. `parts` are its bodies: name, columns, and what they hold when they are empty."""

    name: str
    table: str
    header: tuple[str, ...]
    parts: tuple[tuple[str, tuple[str, ...], str], ...]
    words: str
    plural: str
    is_uuid: bool = False

    @property
    def width(self) -> int:
        """Bytes of an id."""
        return 16 if self.is_uuid else 8

    @property
    def id_type(self) -> str:
        """The type of an id in SQL."""
        return "uuid" if self.is_uuid else "bigint"

    @property
    def least(self) -> str:
        """An id before all others."""
        return str(uuid.UUID(int=0)) if self.is_uuid else "0"

    def key_of(self, ident: bytes) -> str:
        """An id as it stands in a seal: as text in the order of the ids."""
        return str(uuid.UUID(bytes=ident)) if self.is_uuid else f"{int.from_bytes(ident, signed=True):019d}"

    def told(self, key: str) -> str:
        """A row in words."""
        return f"{self.words} {key if self.is_uuid else int(key)}"

    def header_sql(self) -> str:
        """The header as text."""
        return f"json_build_array({', '.join(map(column_sql, self.header))})::text"

    def body_sql(self, columns: tuple[str, ...]) -> str:
        """A body as text."""
        return f"json_build_array({', '.join(columns)})::text"

    def cut(self, joined: bytes) -> list[bytes]:
        """The ids of a seal."""
        return [joined[start : start + self.width] for start in range(0, len(joined), self.width)]


def column_sql(name: str) -> str:
    """A column of a header; moments as microseconds."""
    return f"(extract(epoch FROM {name}) * 1000000)::bigint" if name in MOMENTS else name


SOURCES = (
    Source(
        "change",
        "core_change",
        ("id", "xact", "at", "changeset_id", "entity", "record_id", "op", "version"),
        (("values", ("title", "before", "after", "source"), '["", {}, {}, {}]'),),
        "entry",
        "entries",
    ),
    Source(
        "changeset",
        "core_changeset",
        ("id", "xact", "at", "kind", "origin", "actor_id", "token_id", "request_id", "entity", "records", "confirmed", "undo_of"),
        (("who", ("actor_name",), '[""]'), ("why", ("reason",), '[""]')),
        "change-set",
        "change-sets",
        is_uuid=True,
    ),
    Source(
        "event",
        "core_auditevent",
        ("id", "xact", "at", "kind", "origin", "actor_id", "token_id", "entity", "record_id", "count", "changeset_id", "request_id"),
        (("who", ("actor_name", "ip", "agent"), '["", "", ""]'), ("what", ("title", "detail"), '["", {}]')),
        "line of the log",
        "lines of the log",
    ),
    Source(
        "erasure",
        "core_erasure",
        ("id", "xact", "at", "actor_id", "actor_name", "entity", "record_id", "reason", "places"),
        (),
        "erasure",
        "erasures",
    ),
)  # fmt: skip
BY_NAME = {source.name: source for source in SOURCES}
