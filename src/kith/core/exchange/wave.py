"""Writes rows that do not depend on one another: new records, changed ones, their parts; in bulk and all or nothing.

A row whose part turns out bad may leave no record behind: the wave is rolled back to its beginning and run again without
the bad rows. A violated constraint names no row: the wave is then halved until the row is found.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from kith.core import writes
from kith.core.access import Actor
from kith.core.changes import Running
from kith.core.entity import Entity
from kith.core.errors import Forbidden, Refused

from .drafts import Compiled, Draft
from .parts import save_parts
from .summary import Summary

#: List fields to which an update adds; only "replace" takes away.
ADDED_TO = ("external_ids", "tags")


class Bad(Exception):
    """Some rows of the wave turned out bad after others were written."""


def is_as_known(value: Any, known: Any) -> bool:
    """Whether a file says what is known; moments in workbooks have no more than milliseconds."""
    if isinstance(value, datetime) and isinstance(known, datetime):
        return abs(value - known) < timedelta(milliseconds=1)
    return bool(value == known)


class Wave:
    """Writes waves of one import."""

    def __init__(self, actor: Actor, compiled: Compiled, changes: Running, summary: Summary, file: str) -> None:
        self.actor, self.compiled, self.changes, self.summary, self.file = actor, compiled, changes, summary, file
        self.entity: Entity = compiled.entity
        self.strategy = compiled.mapping.strategy

    def write(self, drafts: Sequence[Draft]) -> None:
        """Write these rows; those that turn out bad carry their errors afterwards."""
        rest = [draft for draft in drafts if not draft.errors]
        while rest:
            try:
                with self.changes.attempt():
                    self.write_once(rest)
                self.count(rest)
                return
            except Bad:
                rest = [draft for draft in rest if not draft.errors]
            except (Refused, Forbidden) as error:
                if len(rest) > 1:
                    middle = len(rest) // 2
                    self.write(rest[:middle])
                    rest = rest[middle:]
                else:
                    rest[0].errors |= self.in_words(rest[0], error)
                    return

    def in_words(self, draft: Draft, error: Refused | Forbidden) -> dict[str, list[Any]]:
        """The errors of a refusal by column."""
        if isinstance(error, Forbidden):
            return {"": [error.message or _("You lack the right “%(right)s”.") % {"right": error.right}]}
        return {self.compiled.column_of(name) if name else "": messages for name, messages in error.errors.items()}

    def write_once(self, drafts: list[Draft]) -> None:
        """New records, changed ones, parts."""
        self.added, self.updated, self.left_out = Counter[str](), Counter[str](), Counter[str]()
        self.create([draft for draft in drafts if draft.is_new])
        self.update([draft for draft in drafts if not draft.is_new])
        written = [draft for draft in drafts if not draft.errors]
        save_parts(self, written)
        if any(draft.errors for draft in written):
            raise Bad

    def source(self, draft: Draft) -> dict[str, Any]:
        """Where values came from: file and row, and texts that stand for no record."""
        return {"file": self.file, "row": draft.number} | ({"missing": draft.missing} if draft.missing else {})

    def create(self, drafts: list[Draft]) -> None:
        """Create records."""
        specs = self.entity.fields
        rows = [
            {name: value for name, value in draft.values.items() if not specs[name].type.is_empty(value)}
            for draft in drafts
        ]
        records = writes.create_many(
            self.actor,
            self.entity,
            rows,
            on_errors=lambda at, errors: self.fail(drafts[at], errors),
            sources=[self.source(draft) for draft in drafts],
        )
        for draft, record in zip((draft for draft in drafts if not draft.errors), records, strict=True):
            draft.record = record

    def update(self, drafts: list[Draft]) -> None:
        """Change records; without the right the row is rejected."""
        if not drafts:
            return
        by_key = {draft.match: draft for draft in drafts if draft.match}
        order: list[Draft] = []

        def values(record: Any) -> dict[str, Any]:
            draft = by_key[record.pk]
            order.append(draft)
            draft.record, draft.version = record, record.version
            return self.merged(record, draft)

        sources = {draft.match: self.source(draft) for draft in drafts if draft.match}
        outcome = writes.update_many(
            self.actor,
            self.entity,
            by_key,
            values,
            on_errors=lambda at, errors: self.fail(order[at], errors),
            sources=sources,
        )
        for key, why in outcome.skipped:
            by_key[key].fail("", why)

    def merged(self, record: Any, draft: Draft) -> dict[str, Any]:
        """The values to set: an update leaves out empty cells and adds to lists, replacing takes the row as it is."""
        draft.values = {name: value for name, value in draft.values.items() if not self.is_kept(name, value, record)}
        if self.strategy == "replace":
            return draft.values
        found = {name: value for name, value in draft.values.items() if not self.is_empty(name, value)}
        for name in ADDED_TO:
            if name in found:
                present = getattr(record, name)
                found[name] = [*present, *(item for item in found[name] if item not in present)]
        return found

    def is_kept(self, name: str, value: Any, record: Any) -> bool:
        """Whether a value that only a new record may be given says nothing new: a file may be imported again."""
        spec = self.entity.fields[name]
        return spec.imported and (self.is_empty(name, value) or is_as_known(value, spec.get(record)))

    def is_empty(self, name: str, value: Any) -> bool:
        """Whether a value says nothing."""
        return self.entity.fields[name].type.is_empty(value)

    def fail(self, draft: Draft, errors: dict[str, list[Any]]) -> None:
        """Reject a row for errors of the write path, told by column."""
        for name, messages in errors.items():
            draft.fail(self.compiled.column_of(name) if name else "", *messages)

    def count(self, drafts: Sequence[Draft]) -> None:
        """Count rows and parts that were written."""
        self.summary.parts_added += self.added
        self.summary.parts_updated += self.updated
        self.summary.parts_left_out += self.left_out
        for draft in drafts:
            if draft.errors:
                continue
            if draft.is_new:
                self.summary.added += 1
            elif draft.record.version == draft.version and not draft.has_changed_parts:
                self.summary.unchanged += 1
            elif self.strategy == "replace":
                self.summary.replaced += 1
            else:
                self.summary.updated += 1
