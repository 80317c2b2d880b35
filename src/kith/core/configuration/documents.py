"""Files to trees and trees to files: one file per kind, named by its slug, its records sorted, parts within their whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from kith.core.entity import Entity, registry
from kith.core.errors import BadValue

from . import yaml_text
from .kinds import Scope, key_names
from .portable import plain
from .tree import Entry, Place, Tree, standard

#: Texts of files by their names.
type Files = dict[str, str]
END = ".yaml"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why files cannot be taken: where, and what is wrong."""

    place: Place
    words: str

    def __str__(self) -> str:
        return f"{self.place}: {self.words}"


# --- writing ------------------------------------------------------------------------------------------------------------


def written(scope: Scope, tree: Tree) -> Files:
    """The files of a tree; equal trees make equal files."""
    files = {}
    for label, entries in tree.items():
        records = [shown(scope, entry) for entry in entries.values()]
        files[registry.get(label).slug + END] = yaml_text.write({"kind": label, "records": records})
    return dict(sorted(files.items()))


def shown(scope: Scope, entry: Entry) -> dict[str, Any]:
    """A record as it stands in its file: what goes without saying is left out."""
    usual = standard(scope, entry.entity)
    keys = key_names(entry.entity)
    found = {name: value for name, value in entry.values.items() if value != usual[name] or (name in keys and value)}
    for slug, parts in entry.parts.items():
        found[slug] = [shown(scope, part) for part in parts.values()]
    return found


# --- reading ------------------------------------------------------------------------------------------------------------


@dataclass
class Reading:
    """Files being read: what they say, and all that is wrong with them."""

    scope: Scope
    tree: Tree = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def read(self, files: Mapping[str, str]) -> "Reading":
        """Read all files."""
        kinds = {entity.label: entity for entity in self.scope.wholes}
        for name, text in sorted(files.items()):
            try:
                self.document(name, yaml_text.read(text), kinds)
            except yaml_text.BadYaml as error:
                self.bad(Place(name, error.line), error.words)
        # The kinds in the order in which they are written, not in that of their files.
        self.tree = {label: self.tree[label] for label in kinds if label in self.tree}
        return self

    def bad(self, place: Place, words: Any) -> None:
        """Note a problem."""
        self.problems.append(Problem(place, str(words)))

    def document(self, name: str, told: yaml_text.Told, kinds: Mapping[str, Entity]) -> None:
        """One file."""
        value = told.value
        if not isinstance(value, dict) or set(value) != {"kind", "records"}:
            return self.bad(Place(name, 1), _("A file has “kind” and “records”, and nothing else."))
        entity = kinds.get(str(value["kind"]))
        if entity is None:
            return self.bad(Place(name, told.line("kind")), _("“%(name)s” is no kind of configuration; there are: %(valid)s.") % {"name": value["kind"], "valid": ", ".join(kinds)})  # fmt: skip
        if entity.label in self.tree:
            return self.bad(
                Place(name, told.line("kind")), _("Another file is about %(kind)s already.") % {"kind": entity.label}
            )
        self.tree[entity.label] = self.entries(entity, value["records"], name, told, ("records",))
        return None

    def entries(
        self, entity: Entity, value: Any, name: str, told: yaml_text.Told, way: tuple[Any, ...]
    ) -> dict[str, Entry]:
        """A list of records."""
        found: dict[str, Entry] = {}
        if not isinstance(value, list):
            self.bad(Place(name, told.line(*way)), _("Expected a list."))
            return found
        for at, item in enumerate(value):
            entry = self.entry(entity, item, name, told, (*way, at))
            if entry is None:
                continue
            twin = found.setdefault(entry.key, entry)
            if twin is not entry:
                self.bad(Place(name, told.line(*way, at)), _("“%(name)s” stands here already, in line %(line)s.") % {"name": entry.words, "line": twin.place.line if twin.place else 0})  # fmt: skip
        return dict(sorted(found.items(), key=lambda pair: pair[1].order))

    def entry(self, entity: Entity, item: Any, name: str, told: yaml_text.Told, way: tuple[Any, ...]) -> Entry | None:
        """One record with its parts; None where it is none."""
        here = Place(name, told.line(*way))
        if not isinstance(item, dict):
            self.bad(here, _("Expected a record with its values."))
            return None
        fields, parts = self.scope.fields(entity), {part.slug: part for part, _link in self.scope.parts(entity)}
        for word in item:
            if word not in fields and word not in parts:
                self.bad(Place(name, told.line(*way, word)), _("“%(name)s” is no value of such a record; there are: %(valid)s.") % {"name": word, "valid": ", ".join([*fields, *parts])})  # fmt: skip
        values = standard(self.scope, entity)
        places = {word: Place(name, told.line(*way, word)) for word in item}
        for word in fields.keys() & item.keys():
            try:
                values[word] = plain(fields[word], item[word])
            except BadValue as error:
                self.bad(places[word], f"{word}: {error.message}")
        made = Entry(entity, values, place=here, places=places)
        if not made.words:
            self.bad(here, _("Give %(names)s: by it such a record is known.") % {"names": ", ".join(key_names(entity))})
            return None
        for slug in parts.keys() & item.keys():
            made.parts[slug] = self.entries(parts[slug], item[slug], name, told, (*way, slug))
        made.parts = {slug: made.parts[slug] for slug in parts if slug in made.parts}
        return made
