"""Processes that an installation begins with: those that entities declare as `flow`; one that is there is never touched."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils import translation

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.changes import change_set
from kith.core.entity import Entity, registry
from kith.core.staged import Step

from . import book, editions
from .entities.process import Process


def install() -> None:
    """Give every kind of record with stages its first process; may run at any time."""
    for entity in registry:
        if entity.flow and not any(course.process.entity == entity.label for course in book.book().courses.values()):
            ship(entity, entity.plural, entity.flow)


def ship(entity: Entity, name: Any, steps: Iterable[Step], *, is_default: bool = True, **values: Any) -> Process:
    """Create and publish a process of these steps; `values` are further fields of the process."""
    with change_set(SYSTEM, kind="process", entity="processes.process"):
        process = writes.create(
            SYSTEM,
            registry.get("processes.process"),
            {**worded(name), "entity": entity.label, "is_default": is_default, **values},
        )
        rows = [stage(process, position, step) for position, step in enumerate(steps)]
        writes.create_many(SYSTEM, registry.get("processes.stage"), rows)
        editions.publish(SYSTEM, [process])
    return process  # type: ignore[no-any-return]


def stage(process: Process, position: int, step: Step) -> dict[str, Any]:
    """The values of one stage."""
    return {
        **worded(step.name), "process": process.pk, "key": step.key, "kind": str(step.kind), "hue": step.hue, "position": position, "is_default": position == 0,
        "probability": step.probability, "max_days": step.max_days, "forecast_category": step.category, "required_fields": list(step.needs), "guidance": str(step.guidance),
    }  # fmt: skip


def worded(text: Any) -> dict[str, Any]:
    """A name in the language of the installation, with its translations."""
    said = {}
    for code, _label in settings.LANGUAGES:
        with translation.override(code):
            said[code] = capitalised(str(text))
    name = said.pop(settings.LANGUAGE_CODE)
    return {"name": name, "translations": {code: word for code, word in said.items() if word != name}}


def capitalised(text: str) -> str:
    """With a first capital."""
    return text[:1].upper() + text[1:]
