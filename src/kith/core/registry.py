"""The registry that every entity enters when its class is made, and the reading in of an app's entities."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from django.apps import apps

if TYPE_CHECKING:
    from .entity import Entity


class Registry:
    """All entities by label ("parties.company") and by slug ("companies"), in the order of their declaration."""

    def __init__(self) -> None:
        self.by_label: dict[str, Entity] = {}

    def add(self, entity: "Entity") -> None:
        """Register an entity; raises LookupError for another one of the same label."""
        known = self.by_label.get(entity.label)
        if known is not None and type(known) is not type(entity):
            raise LookupError(f"two entities {entity.label!r}: {type(known).__qualname__}, {type(entity).__qualname__}")
        self.by_label[entity.label] = entity

    def remove(self, label: str) -> None:
        """Forget an entity (tests declare temporary ones)."""
        self.by_label.pop(label, None)

    def get(self, label: str) -> "Entity":
        """The entity with this label; raises LookupError that lists the valid ones."""
        try:
            return self.by_label[label.lower()]
        except KeyError:
            raise LookupError(f"no entity {label!r}; there are: {', '.join(self.by_label)}") from None

    def find(self, label: str) -> "Entity | None":
        """The entity with this label, or None."""
        return self.by_label.get(label.lower())

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
