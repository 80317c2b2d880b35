"""Records of the configuration with their parts, alike whether they stand in the installation or in files."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from kith.core.entity import Entity
from kith.core.specs import FieldSpec

from .kinds import Scope, key_names
from .names import Names, NotPortable, frozen, in_words
from .portable import outward


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in files."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(slots=True)
class Entry:
    """One record: its carried values (None where empty), and its parts by kind and name."""

    entity: Entity
    values: dict[str, Any]
    parts: dict[str, dict[str, "Entry"]] = field(default_factory=dict)
    pk: uuid.UUID | None = None
    place: Place | None = None
    places: dict[str, Place] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Its natural key, comparable."""
        return frozen([self.values.get(name) for name in key_names(self.entity)])

    @property
    def words(self) -> str:
        """Its name for people."""
        values = [self.values.get(name) for name in key_names(self.entity)]
        shown = [in_words(value) for value in values if value is not None and value is not False]
        return " / ".join(part for part in shown if part)

    @property
    def order(self) -> tuple[Any, ...]:
        """Where it stands among its kind: by position where there is one, else by name."""
        position = self.values.get("position")
        return (position if isinstance(position, int) else 0, self.key)


#: Records by kind and name; a kind that nothing is said about is not there.
type Tree = dict[str, dict[str, Entry]]


@dataclass
class Installed:
    """The configuration as it stands in the installation; what files cannot hold is left out and told."""

    scope: Scope
    names: Names
    tree: Tree = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    clashes: list[str] = field(default_factory=list)

    def read(self) -> "Installed":
        """Read all kinds."""
        for entity in self.scope.wholes:
            self.tree[entity.label] = self.entries(entity, self.scope.rows(entity), None)
        return self

    def entries(self, entity: Entity, rows: Any, whole: Any) -> dict[str, Entry]:
        """The records of a kind, or parts of one whole, by name."""
        found: dict[str, Entry] = {}
        for row in rows.order_by("pk"):
            if (entry := self.entry(entity, row, whole)) is None:
                continue
            twin = found.setdefault(entry.key, entry)
            if twin is not entry and (twin.values, bare(twin.parts)) != (entry.values, bare(entry.parts)):
                self.clashes.append(
                    _("Two records of the kind “%(kind)s” are called “%(name)s”; rename one of them.")
                    % {"kind": entity.name, "name": entry.words}
                )
        return dict(sorted(found.items(), key=lambda pair: pair[1].order))

    def entry(self, entity: Entity, row: Any, whole: Any) -> Entry | None:
        """One record with its parts; None where files cannot name what it needs."""
        values: dict[str, Any] = {}
        for name, spec in self.scope.fields(entity).items():
            try:
                values[name] = outward(self.names, spec, spec.get(row), about(spec, row), whole and whole.pk)
            except NotPortable as what:
                optional = name not in key_names(entity) and spec.type.name in ("link", "tags") and not spec.required
                self.left_out.append(_("%(kind)s “%(name)s”, %(field)s: names a record that files cannot (%(what)s)") % {"kind": entity.name, "name": row, "field": spec.label, "what": what})  # fmt: skip
                if not optional:
                    return None
                values[name] = None
        made = Entry(entity, values, pk=row.pk)
        for part, link in self.scope.parts(entity):
            made.parts[part.slug] = self.entries(part, self.scope.rows(part).filter(**{link: row.pk}), row)
        return made


def bare(parts: Mapping[str, Mapping[str, Entry]]) -> Any:
    """Parts for a comparison."""
    return {slug: {key: entry.values for key, entry in entries.items()} for slug, entries in parts.items()}


def about(spec: FieldSpec, row: Any) -> str:
    """The kind of record that conditions in a field of a record are on; "" where there are none."""
    if spec.type.name not in ("condition", "json"):
        return ""
    here = row
    for name in (spec.about or "entity").split("."):
        here = getattr(here, name, None)
    return here if isinstance(here, str) else ""


def about_values(spec: FieldSpec, values: Mapping[str, Any], whole: Mapping[str, Any] | None) -> str:
    """The same for values of a file."""
    first, _dot, rest = (spec.about or "entity").partition(".")
    found = (whole or {}).get(rest) if rest else values.get(first)
    return found if isinstance(found, str) else ""


def standard(scope: Scope, entity: Entity) -> dict[str, Any]:
    """The values that a new record has by itself: files leave them out."""
    blank = entity.model(**entity.face)
    found: dict[str, Any] = {}
    for name, spec in scope.fields(entity).items():
        value = spec.get(blank)
        found[name] = None if spec.type.is_empty(value) else spec.type.dump(spec.type.clean(value, spec), spec)
    return found


def flat(tree: Tree) -> Iterator[Entry]:
    """All records, each followed by its parts."""
    for entries in tree.values():
        for entry in entries.values():
            yield entry
            for parts in entry.parts.values():
                yield from parts.values()
