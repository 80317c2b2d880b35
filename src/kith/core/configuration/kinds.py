"""Which entities are configuration, which of their fields are carried, and in which order they are written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings

from kith.core.access import SYSTEM
from kith.core.entity import Entity, registry
from kith.core.errors import Refused
from kith.core.records import Pick
from kith.core.specs import FieldSpec

#: Fields that belong to one installation and its people.
LEFT = frozenset({"owner", "created_by"})
#: Kinds of values that lie outside of the database.
OUTSIDE = frozenset({"file"})
#: Kinds that name no other record and whose names stand in conditions and texts of the others.
FIRST = ("objects.objectkind", "core.fielddefinition", "core.formulafield", "core.rollupfield")


def users() -> str:
    """The label of users."""
    return settings.AUTH_USER_MODEL.lower()


def is_configuration(entity: Entity) -> bool:
    """Whether an entity is carried: dictionaries are without being told."""
    return entity.is_configuration or (issubclass(entity.model, Pick) and not entity.face)


def key_names(entity: Entity) -> tuple[str, ...]:
    """The fields that tell its records apart; none where files cannot name them."""
    return entity.natural_key or ((entity.title,) if is_configuration(entity) else ())


def whole_link(entity: Entity) -> FieldSpec | None:
    """The link of a part to the record it belongs to, if that is configuration too or can be named."""
    found = (spec for spec in entity.declared.values() if spec.part_of and spec.type.name == "link")
    spec = next(found, None)
    return spec if spec and key_names(registry.get(spec.target)) else None


@dataclass(frozen=True)
class Scope:
    """What is meant by "the configuration" this time.

    `people`: also what is given to single users, who are named by their e-mail. `further`: labels of kinds that only go
    along when asked for, such as exchange rates.
    """

    people: bool = False
    further: tuple[str, ...] = ()

    @cached_property
    def wholes(self) -> tuple[Entity, ...]:
        """Kinds with a file of their own, in the order in which they are written: what others link to goes first."""
        mine = [e for e in registry if (is_configuration(e) or e.label in self.further) and not self.is_part(e)]
        first = [one for label in FIRST if (one := registry.find(label)) in mine]
        return tuple(dict.fromkeys([*first, *self.ordered(mine)]))

    def is_part(self, entity: Entity) -> bool:
        """Whether an entity stands within the file of another one."""
        link = whole_link(entity)
        return link is not None and (is_configuration(registry.get(link.target)) or link.target in self.further)

    def parts(self, entity: Entity) -> tuple[tuple[Entity, str], ...]:
        """Kinds of parts of an entity that are configuration, with their links; what other parts link to goes first."""
        found = {part.label: link for part, link in entity.parts if is_configuration(part) or (entity.label in self.further and key_names(part))}  # fmt: skip
        return tuple((part, found[part.label]) for part in self.ordered([registry.get(label) for label in found]))

    def ordered(self, entities: Iterable[Entity]) -> list[Entity]:
        """The entities so that each comes after those it links to, as far as there is no circle."""
        todo, done = list(entities), list[Entity]()
        while todo:
            labels = {entity.label for entity in todo}
            free = [e for e in todo if not (self.linked(e) - {e.label}) & labels] or todo[:1]
            done += free
            todo = [entity for entity in todo if entity not in free]
        return done

    def linked(self, entity: Entity) -> set[str]:
        """Labels of the kinds that an entity or one of its parts names."""
        mine = [spec for spec in self.fields(entity).values() if spec.target]
        return {spec.target for spec in mine} | {
            label for part, link in entity.parts if is_configuration(part) for label in self.linked(part) - {entity.label}
        }  # fmt: skip

    def fields(self, entity: Entity) -> dict[str, FieldSpec]:
        """The fields that are carried, those of the natural key first."""
        names = [*key_names(entity), *(name for name in entity.declared if name not in key_names(entity))]
        return {name: spec for name in names if (spec := entity.declared.get(name)) and self.takes(entity, spec)}

    def takes(self, entity: Entity, spec: FieldSpec) -> bool:
        """Whether a field is carried: settable, no secret, and linking only to what can be named."""
        if not spec.editable or not spec.columns or spec.sensitive or spec.name in LEFT:
            return False
        if spec.part_of or spec.type.name in OUTSIDE:
            return False
        if spec.type.name in ("link", "tags"):
            target = registry.find(spec.target)
            return target is not None and bool(key_names(target)) and (self.people or spec.target != users())
        return True

    def rows(self, entity: Entity) -> Any:
        """The records that are meant; without people not those that stand for what a single user is given."""
        rows = entity.configured() if is_configuration(entity) else entity.rows(SYSTEM)
        if not self.people:
            for name in key_names(entity):
                if entity.declared[name].type.name == "link" and entity.declared[name].target == users():
                    rows = rows.filter(**{name: None})
        return rows

    def every(self) -> Iterator[Entity]:
        """All kinds, each followed by its parts."""
        for whole in self.wholes:
            yield whole
            yield from (part for part, _link in self.parts(whole))


def scope(*, people: bool = False, further: Iterable[str] = ()) -> Scope:
    """A scope of kinds named by slug or label; Refused names those that cannot be carried."""
    labels = []
    for name in further:
        entity = registry.by_slug(name) or registry.find(name)
        if entity is None or entity.label == users() or not key_names(entity):
            valid = sorted(e.slug for e in registry if key_names(e) and not is_configuration(e) and e.label != users())
            raise Refused({"--with": [f"{name} cannot be carried; there are: {', '.join(valid)}"]})
        labels.append(entity.label)
    return Scope(people, tuple(labels))
