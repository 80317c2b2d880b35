"""Natural keys: how files name a record, and which record of this installation a name stands for.

A record known by one field is named by its value, one of a tree by the path from its root, others by a list of their
values; a part is named after its whole, or alone where its whole is clear.
"""

import json
import uuid
from typing import Any

from django.utils.translation import gettext as _

from kith.core.access import SYSTEM
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue

from .kinds import Scope, is_configuration, key_names, users, whole_link


class NotPortable(Exception):
    """A value belongs to this installation only; the words say what it names."""


class Unknown(Exception):
    """A name stands for no record here; the words say for which kind."""


def frozen(key: Any) -> str:
    """A name as a text that can be compared; a list of one is what stands in it."""
    while isinstance(key, list | tuple) and len(key) == 1:
        key = key[0]
    return json.dumps(key, ensure_ascii=False, sort_keys=True)


def in_words(key: Any) -> str:
    """A name for messages."""
    if isinstance(key, list | tuple):
        return " / ".join(in_words(part) for part in key)
    return "" if key is None else key if isinstance(key, str) else json.dumps(key, ensure_ascii=False)


class Names:
    """Both directions, read when first asked for; `forget` after writing."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.keys: dict[str, dict[uuid.UUID, Any]] = {}
        self.ids: dict[str, dict[str, uuid.UUID]] = {}
        self.wholes: dict[uuid.UUID, uuid.UUID] = {}

    def forget(self) -> None:
        """Something was written."""
        self.keys, self.ids, self.wholes = {}, {}, {}

    def key(self, label: str, pk: uuid.UUID, *, within: uuid.UUID | None = None) -> Any:
        """How files name a record, `within` its whole where that is clear; NotPortable where they cannot."""
        entity = registry.get(label)
        if label not in self.keys:
            self.keys[label] = {}
            if is_configuration(entity):
                rows = list(entity.rows(SYSTEM))
                known = {row.pk: row for row in rows}
                self.keys[label] |= {row.pk: self.made(entity, row, known) for row in rows}
        known_keys = self.keys[label]
        if pk not in known_keys:
            row = None if is_configuration(entity) else entity.rows(SYSTEM).filter(pk=pk).first()
            known_keys[pk] = None if row is None else self.made(entity, row, {})
        key = known_keys[pk]
        if key is None:
            raise NotPortable(f"{entity.name} {pk}")
        link = whole_link(entity)
        if link is not None and within is not None and isinstance(key, list):
            return single(key[1:]) if self.wholes.get(pk) == within else key
        return key

    def made(self, entity: Entity, row: Any, known: dict[uuid.UUID, Any]) -> Any:
        """The name of one record; None where it has none."""
        if entity.tree and entity.tree in key_names(entity):
            return self.path(entity, row, known)
        link = whole_link(entity)
        if link is not None:
            self.wholes[row.pk] = link.get(row)
        try:
            own = [self.part(entity, row, name) for name in key_names(entity)]
            whole = [self.key(link.target, link.get(row))] if link else []
        except NotPortable:
            return None
        return None if not own or all(value is None for value in own) else single([*whole, *own])

    def path(self, entity: Entity, row: Any, known: dict[uuid.UUID, Any]) -> Any:
        """The titles from the root of a tree to a record."""
        (name,) = (name for name in key_names(entity) if name != entity.tree)
        found, here = list[Any](), row
        while here is not None:
            found.insert(0, getattr(here, name))
            here = known.get(getattr(here, f"{entity.tree}_id"))
        return single(found)

    def part(self, entity: Entity, row: Any, name: str) -> Any:
        """One field of a natural key."""
        spec = entity.declared[name]
        value = spec.get(row)
        if spec.type.name == "link":
            return None if value is None else self.key(spec.target, value)
        if spec.type.name == "ref":
            return None if value is None else [value.entity, self.key(value.entity, value.id)]
        return spec.type.dump(value, spec)

    def find(self, label: str, key: Any, *, within: uuid.UUID | None = None) -> uuid.UUID:
        """The record that a name stands for; Unknown where there is none."""
        entity = registry.get(label)
        link = whole_link(entity)
        if link is not None and within is not None:
            whole = self.keys_of(link.target).get(within)
            if whole is not None and (found := self.known(entity).get(frozen([whole, *as_list(key, entity)]))):
                return found
        found = self.known(entity).get(frozen(key)) if is_configuration(entity) else self.looked_up(entity, key)
        if found is None:
            raise Unknown(
                _("There is no such record: %(kind)s “%(name)s”.") % {"kind": entity.name, "name": in_words(key)}
            )
        return found

    def keys_of(self, label: str) -> dict[uuid.UUID, Any]:
        """The names of all records of a kind of configuration."""
        if label not in self.keys:
            try:
                self.key(label, uuid.UUID(int=0))
            except NotPortable:
                self.keys[label].pop(uuid.UUID(int=0))
        return self.keys[label]

    def known(self, entity: Entity) -> dict[str, uuid.UUID]:
        """The records of a kind of configuration by name; drafts and the like have none."""
        if entity.label not in self.ids:
            keys, found = self.keys_of(entity.label), dict[str, uuid.UUID]()
            rows = entity.configured().order_by("pk").values_list("pk", flat=True)
            for pk in rows:
                if keys.get(pk) is not None:
                    found.setdefault(frozen(keys[pk]), pk)
            self.ids[entity.label] = found
        return self.ids[entity.label]

    def looked_up(self, entity: Entity, key: Any) -> uuid.UUID | None:
        """A record that is no configuration, such as a product or a user, by its natural key."""
        names = key_names(entity)
        values = as_list(key, entity) if len(names) > 1 else [key]
        if not names or len(names) != len(values) or not all(isinstance(value, str | int) for value in values):
            return None
        exact = "__iexact" if entity.label == users() else ""
        try:
            known = [spec.type.clean(value, spec) for spec, value in zip(map(entity.declared.get, names), values, strict=True) if spec]  # fmt: skip
        except BadValue:  # no record has such a value
            return None
        rows = entity.rows(SYSTEM).filter(**{f"{name}{exact}": value for name, value in zip(names, known, strict=True)})
        found: uuid.UUID | None = rows.order_by("pk").values_list("pk", flat=True).first()
        return found


def single(parts: list[Any]) -> Any:
    """A list of one is what stands in it."""
    return parts[0] if len(parts) == 1 else parts


def as_list(key: Any, entity: Entity) -> list[Any]:
    """A name in its parts: a single one stands for the list of one."""
    return list(key) if isinstance(key, list | tuple) and len(key_names(entity)) > 1 else [key]
