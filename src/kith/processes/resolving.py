"""Words for stages and processes: "won", "Won", "Выиграна" mean the stage of the record's own process, on every door."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeIs
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kith.core import access
from kith.core.access import Actor
from kith.core.cleaning import Resolver
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue, Missing, Refused
from kith.core.types import TYPES
from kith.core.types.picks import as_uuid

from . import scope
from .book import Course, book
from .entities.stage import Stage
from .rules import is_staged

NAMES, REQUEST = frozenset({"process", "stage"}), frozenset({"to_stage"})


def names(entity: Entity) -> frozenset[str]:
    """The fields of a record with stages that may be given in words."""
    return NAMES if is_staged(entity) else REQUEST if entity.label == "processes.moverequest" else frozenset()


def resolve(actor: Actor, entity: Entity, record: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values with ids of process and stage in place of their words."""
    found = dict(values)
    if entity.label == "processes.moverequest":
        return found | asked(actor, values)
    if is_word(process := found.get("process")):
        found["process"] = process_of(entity, record, process).process.pk
    if is_word(stage := found.get("stage")):
        around = scope.near_new(entity, values) if record is None and book().by_product(entity.label) else scope.NOTHING
        found["stage"] = stage_of(courses(actor, entity, record, found.get("process"), around), stage).pk
    return found


def asked(actor: Actor, values: Mapping[str, Any]) -> dict[str, Any]:
    """The stage that a request names in words, in the process of the record it is about."""
    word, about = values.get("to_stage"), values.get("subject")
    if not is_word(word) or not about:
        return {}
    try:
        ref = TYPES["ref"].clean(about, None)  # type: ignore[arg-type]  # needs nothing of the field
        record = access.fetch(registry.get(ref.entity), actor, ref.id)
    except (BadValue, LookupError, Missing):
        return {}  # told at the subject
    return {"to_stage": stage_of(courses(actor, registry.get(ref.entity), record, None), str(word)).pk}


def is_word(value: Any) -> TypeIs[str]:
    """Whether a value is a word and not an id or nothing."""
    if not isinstance(value, str) or not value.strip():
        return False
    return as_id(value) is None


def as_id(value: Any) -> UUID | None:
    """The id in a value, if it is one."""
    try:
        found: UUID = as_uuid(value)
        return found
    except BadValue:
        return None


def courses(
    actor: Actor, entity: Entity, record: Any, process: Any, around: scope.Nearness = scope.NOTHING
) -> list[Course]:
    """Where a stage is looked for: in the process that is given, else in the record's, else in those a new one may begin."""
    key = as_id(process) if process else getattr(record, "process_id", None)
    if key is not None:
        return [course] if (course := book().course(key)) else []
    first = book().default(actor, entity.label, around)
    rest = [course for course in book().offered(actor, entity.label, around) if course is not first]
    return [*([first] if first else []), *rest]


def process_of(entity: Entity, record: Any, word: str) -> Course:
    """The published process that a word means, or the record's own."""
    own = book().course(getattr(record, "process_id", None))
    known = [*([own] if own else []), *book().published(entity.label)]
    found = [course for course in known if means(word, course.process.series, course.process.name, course.process)]
    if not found:
        valid = ", ".join(dict.fromkeys(str(course.process) for course in known))
        raise Refused(
            {
                "process": [
                    _("There is no process “%(word)s”; there are: %(valid)s.") % {"word": word[:60], "valid": valid}
                ]
            }
        )
    return found[0]


def stage_of(places: Iterable[Course], word: str) -> Stage:
    """The stage that a word means, in the first process that has one: by its key, else by its name in any language."""
    places = list(places)
    for course in places:
        if stage := course.stage(word.strip()) or named(course, word):
            return stage
    valid = ", ".join(dict.fromkeys(stage.key for course in places for stage in course.stages))
    raise Refused(
        {"stage": [_("There is no stage “%(word)s”; there are: %(valid)s.") % {"word": word[:60], "valid": valid}]}
    )


def named(course: Course, word: str) -> Stage | None:
    """The stage with this name in any language."""
    return next((stage for stage in course.stages if means(word, stage.key, stage.name, stage)), None)


def means(word: str, key: str, name: str, record: Any) -> bool:
    """Whether a word is the key or one of the names, upper and lower case alike."""
    return word.strip().casefold() in {
        known.casefold() for known in (key, name, *record.translations.values()) if known
    }


RESOLVER = Resolver(names, resolve)
