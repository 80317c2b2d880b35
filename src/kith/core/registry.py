"""The registry that every entity enters when its class is made, and the reading in of an app's entities.

Kinds of record that are made at run time come from a `source`, which knows those of the running thread.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from django.apps import apps

if TYPE_CHECKING:
    from .entity import Entity


class Registry:
    """All entities by label ("parties.company") and by slug ("companies"), in the order of their declaration."""

    def __init__(self) -> None:
        self.declared: dict[str, Entity] = {}
        #: Entities made at run time, by label; the same mapping as long as nothing changes.
        self.source: Callable[[], Mapping[str, Entity]] | None = None
        self._joined: tuple[Mapping[str, Entity], int, dict[str, Entity]] | None = None

    def at_run_time(self) -> "Mapping[str, Entity]":
        """Kinds of record that people made; none before all apps are ready."""
        return self.source() if self.source is not None and apps.ready else {}

    @property
    def by_label(self) -> "Mapping[str, Entity]":
        """All entities: declared ones, then those made at run time."""
        more = self.at_run_time()
        if not more:
            return self.declared
        # Asked for with every predicate: joined once for as long as nothing changes, which differs by thread.
        kept = self._joined
        if kept is None or kept[0] is not more or kept[1] != len(self.declared):
            kept = self._joined = (more, len(self.declared), {**self.declared, **more})
        return kept[2]

    def add(self, entity: "Entity") -> None:
        """Register an entity; raises LookupError for another one of the same label."""
        known = self.declared.get(entity.label)
        if known is not None and type(known) is not type(entity):
            raise LookupError(f"two entities {entity.label!r}: {type(known).__qualname__}, {type(entity).__qualname__}")
        self.declared[entity.label] = entity

    def remove(self, label: str) -> None:
        """Forget an entity (tests declare temporary ones)."""
        self.declared.pop(label, None)
        self._joined = None

    def get(self, label: str) -> "Entity":
        """The entity with this label; raises LookupError that lists the valid ones."""
        found = self.find(label)
        if found is None:
            raise LookupError(f"no entity {label!r}; there are: {', '.join(self.by_label)}")
        return found

    def find(self, label: str) -> "Entity | None":
        """The entity with this label, or None."""
        name = label.lower()
        return self.declared.get(name) or self.at_run_time().get(name)

    def by_slug(self, slug: str) -> "Entity | None":
        """The entity of a URL, or None."""
        return next((entity for entity in self.by_label.values() if entity.slug == slug), None)

    def for_model(self, model: type) -> "Entity":
        """The entity of a model class."""
        return self.get(model._meta.label_lower)  # type: ignore[attr-defined]

    def __iter__(self) -> Iterator["Entity"]:
        return iter(list(self.by_label.values()))


def import_entities(app_label: str) -> None:
    """Import every module of an app's `entities` package, so that its models and entities exist."""
    package = import_module(f"{apps.get_app_config(app_label).name}.entities")
    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")
