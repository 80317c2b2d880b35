"""What came of an import (R147): numbers that add up, and the report of everything that was not found."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

#: So many different texts of one column stand in the report.
MOST_TEXTS = 1_000


@dataclass(slots=True)
class Rejected:
    """A row that was not taken, with its reasons by column."""

    number: int
    cells: list[str]
    errors: dict[str, list[str]]


@dataclass(slots=True)
class Summary:
    """processed = added + updated + replaced + skipped; read = processed + rejected.

    `skipped` rows were left as they are: `unchanged` (nothing differs), `unmatched` (update only, no such record),
    `left_out` (a needed cell is empty), `equal_skipped`. `equal` counts rows that repeat an earlier one completely.
    """

    read: int = 0
    added: int = 0
    updated: int = 0
    replaced: int = 0
    rejected: int = 0
    unchanged: int = 0
    unmatched: int = 0
    left_out: int = 0
    equal: int = 0
    equal_skipped: int = 0
    duplicates: int = 0
    parts_added: Counter[str] = field(default_factory=Counter)
    parts_updated: Counter[str] = field(default_factory=Counter)
    parts_left_out: Counter[str] = field(default_factory=Counter)
    created: Counter[str] = field(default_factory=Counter)
    missing: dict[str, Counter[str]] = field(default_factory=dict)
    late_errors: list[tuple[int, str]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def skipped(self) -> int:
        """Rows that were read and understood and changed nothing."""
        return self.unchanged + self.unmatched + self.left_out + self.equal_skipped

    @property
    def processed(self) -> int:
        """Rows that were taken."""
        return self.added + self.updated + self.replaced + self.skipped

    def miss(self, column: str, text: str) -> None:
        """Note a text that stands for no record."""
        texts = self.missing.setdefault(column, Counter())
        if text in texts or len(texts) < MOST_TEXTS:
            texts[text] += 1

    def as_json(self) -> dict[str, Any]:
        """The summary as it is kept and shown."""
        plain = (
            "read",
            "added",
            "updated",
            "replaced",
            "rejected",
            "unchanged",
            "unmatched",
            "left_out",
            "equal",
            "equal_skipped",
            "duplicates",
        )
        return {
            **{name: getattr(self, name) for name in plain}, "skipped": self.skipped, "processed": self.processed,
            "parts_added": dict(self.parts_added), "parts_updated": dict(self.parts_updated), "parts_left_out": dict(self.parts_left_out), "created": dict(self.created),
            "missing": {column: dict(texts.most_common()) for column, texts in self.missing.items()}, "late_errors": self.late_errors[:MOST_TEXTS], "seconds": round(self.seconds, 2),
        }  # fmt: skip


@dataclass(slots=True)
class Outcome:
    """An import that ran: numbers, rejected rows, and the change-set by which it can be undone (None after a rehearsal)."""

    summary: Summary
    rejected: list[Rejected]
    changeset: UUID | None = None
    columns: tuple[str, ...] = ()
