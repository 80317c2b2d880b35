"""What an edition of a process changed against the one before: stages and rules added, taken away, altered."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kith.core import titles
from kith.core.access import SYSTEM
from kith.core.cleaning import references
from kith.core.entity import Entity, registry

from .book import Course, book
from .editions import PROCESS_FIELDS, RULE_FIELDS, STAGE_FIELDS

NEW, GONE, CHANGED = "new", "gone", "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One stage or rule: what became of it, and for a changed one the fields with before and after."""

    kind: str
    what: str
    fields: list[tuple[str, str, str]] = field(default_factory=list)


def before(course: Course) -> Course | None:
    """The edition before this one."""
    earlier = [
        other
        for other in book().courses.values()
        if other.process.series == course.process.series and other.process.edition < course.process.edition
    ]
    return max(earlier, key=lambda other: other.process.edition, default=None)


def between(old: Course, new: Course) -> list[Difference]:
    """All differences, the process first, then stages, then rules."""
    own = changed(registry.get("processes.process"), old.process, new.process, PROCESS_FIELDS)
    found = [Difference(CHANGED, str(new.process), own)] if own else []
    stages, rules = registry.get("processes.stage"), registry.get("processes.transition")
    found += compared(stages, by_key(old), by_key(new), [name for name in STAGE_FIELDS if name != "key"])
    return [*found, *compared(rules, by_ends(old), by_ends(new), RULE_FIELDS)]


def by_key(course: Course) -> dict[Any, tuple[str, Any]]:
    """Stages by key, with what they are called."""
    return {stage.key: (str(stage), stage) for stage in course.stages}


def by_ends(course: Course) -> dict[Any, tuple[str, Any]]:
    """Rules by the keys of their ends."""
    names = {stage.pk: stage for stage in course.stages}
    found = {}
    for (origin, target), rule in course.rules.items():
        start, end = names.get(origin) if origin else None, names.get(target)
        if end is not None and (start is not None or origin is None):
            title = f"{start or _('any stage')} → {end}"
            found[start.key if start else "", end.key] = (title, rule)
    return found


def compared(
    entity: Entity, old: dict[Any, tuple[str, Any]], new: dict[Any, tuple[str, Any]], names: Iterable[str]
) -> Iterator[Difference]:
    """What became of records that are known by a key."""
    names = list(names)
    yield from (Difference(NEW, title) for key, (title, _new) in new.items() if key not in old)
    yield from (Difference(GONE, title) for key, (title, _old) in old.items() if key not in new)
    for key, (title, record) in new.items():
        if key in old and (fields := changed(entity, old[key][1], record, names)):
            yield Difference(CHANGED, title, fields)


def changed(entity: Entity, old: Any, new: Any, names: Iterable[str]) -> list[tuple[str, str, str]]:
    """Fields whose value differs, by label, with before and after in words."""
    specs = [entity.fields[name] for name in names]
    return [
        (capfirst(str(spec.label)), words(spec, old), words(spec, new))
        for spec in specs
        if spec.get(old) != spec.get(new)
        and not (spec.type.is_empty(spec.get(old)) and spec.type.is_empty(spec.get(new)))
    ]


def words(spec: Any, record: Any) -> str:
    """A value as people read it."""
    value = spec.get(record)
    if spec.type.is_empty(value):
        return "–"
    if spec.type.name == "link":
        return str(getattr(record, spec.name))
    if spec.type.name == "tags":
        return titles.text(spec, value, titles.load(SYSTEM, references(spec, value)))
    return str(spec.type.text(value, spec))
