"""What differs between the installation and files: records and parts to add, to change and to remove."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .names import in_words
from .tree import Entry, Tree

ADD, CHANGE, REMOVE = "add", "change", "remove"
SIGNS = {ADD: "+", CHANGE: "~", REMOVE: "-"}


@dataclass(slots=True)
class Difference:
    """One record that differs: as it is, as it shall be, and the same of its parts."""

    does: str
    old: Entry | None
    new: Entry | None
    parts: list["Difference"] = field(default_factory=list)

    @property
    def entry(self) -> Entry:
        """The record, as it shall be where it shall be at all."""
        found = self.new or self.old
        assert found is not None
        return found

    @property
    def fields(self) -> dict[str, tuple[Any, Any]]:
        """Values that differ: before and after."""
        if self.old is None or self.new is None:
            return {}
        old, new = self.old.values, self.new.values
        return {name: (old.get(name), new[name]) for name in new if old.get(name) != new[name]}

    @property
    def kind(self) -> str:
        """The label of its kind."""
        return self.entry.entity.label

    def said(self, value: Any) -> str:
        """A value in one line, for pages."""
        return value if isinstance(value, str) else brief(value)

    def lines(self, indent: str = "") -> Iterator[str]:
        """It in words."""
        yield f"{indent}{SIGNS[self.does]} {self.entry.entity.name} “{self.entry.words}”"
        for name, (before, after) in self.fields.items():
            yield f"{indent}    {name}: {brief(before)} -> {brief(after)}"
        for part in self.parts:
            yield from part.lines(indent + "  ")


def brief(value: Any) -> str:
    """A value in one line."""
    text = in_words(value) if not isinstance(value, dict) else str(value)
    return repr(text[:200]) if isinstance(value, str) else text[:200] or "—"


def compare(old: Tree, new: Tree, *, prune: bool) -> list[Difference]:
    """What has to happen so that `old` says what `new` says; kinds of which nothing is said stay as they are."""
    return [found for label, entries in new.items() for found in between(old.get(label, {}), entries, prune=prune)]


def between(old: dict[str, Entry], new: dict[str, Entry], *, prune: bool) -> Iterator[Difference]:
    """The same for the records of one kind. Parts that a file leaves out of a list that it has are no longer wanted."""
    kept = set(old) & set(new)
    for key, entry in new.items():
        before = old.get(key) or renamed(entry, old, kept)
        if before is not None:
            kept.add(before.key)
        parts = [
            found
            for slug, wanted in entry.parts.items()
            for found in between(before.parts.get(slug, {}) if before else {}, wanted, prune=True)
        ]
        made = Difference(CHANGE if before else ADD, before, entry, parts)
        if before is None or made.fields or parts:
            yield made
    if prune:
        yield from (Difference(REMOVE, entry, None) for key, entry in old.items() if key not in kept)


def renamed(entry: Entry, old: dict[str, Entry], kept: set[str]) -> Entry | None:
    """The record that had another name and has an external id in common, as the roles that every installation begins with."""
    marks = marks_of(entry)
    return next((one for key, one in old.items() if key not in kept and marks & marks_of(one)), None)


def marks_of(entry: Entry) -> frozenset[str]:
    """The external ids of a record."""
    return frozenset(entry.values.get("external_ids") or ())
