"""The path of a record: its stages in order with the time spent in each, what the present one advises and asks, requests that wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from kith.core import access, titles
from kith.core.access import Actor
from kith.core.axes import NOTHING
from kith.core.entity import Entity, Panel, registry
from kith.core.staged import CLOSED

from . import approval, history, rotting
from .book import Course, book
from .entities.stage import Stage
from .entities.stage_stay import StageStay
from .moving import course_of, may_move

#: Keys that win and lose a record on its page.
KEYS = {"won": "W", "lost": "L"}


@dataclass(frozen=True, slots=True)
class Step:
    """One stage on the path; `state` is done, current, won, lost or nothing."""

    stage: Stage
    state: str
    spent: str
    post: str = ""
    key: str = ""


def context(actor: Actor, record: Any) -> dict[str, Any]:
    """What the path shows; nothing to readers who may not know the stage (R65)."""
    entity = registry.for_model(type(record))
    if "stage" not in access.readable(actor, entity):
        return {"steps": []}
    course, stage = course_of(record), book().stage(record.stage_id)
    moves = may_move(actor, entity, record)
    here = f"/{entity.face_of(record).slug}/{record.pk}/"
    return {
        "steps": steps(course, record, here if moves else ""), "stage": stage, "rotting": rotting.days(record), "moves": moves, "here": here, "version": record.version,
        "advice": stage.guidance if stage else "", "checks": checks(entity, actor, record, stage), "ticks": moves and "stage_checks" in access.writable(actor, entity),
        "asked": approval.shown(actor, record), "course": course, "lacking": lacking(entity, actor, record),
    }  # fmt: skip


def lacking(entity: Entity, actor: Actor, record: Any) -> list[str]:
    """What a record that still goes on should have and has not, by label."""
    if record.state in CLOSED:
        return []
    readable = access.readable(actor, entity)
    specs = [entity.fields[name] for name in entity.expected if name in readable]
    return [NOTHING % {"field": capfirst(str(spec.label))} for spec in specs if spec.type.is_empty(spec.get(record))]


def steps(course: Course, record: Any, here: str) -> list[Step]:
    """The stages in order: those that were passed, the present one, and where one can go by a click."""
    spent = time_in(history.stays(record))
    keys = {found[0].pk: key for kind, key in KEYS.items() if (found := course.of_kind(kind))}
    present = next((at for at, stage in enumerate(course.stages) if stage.pk == record.stage_id), -1)
    return [
        Step(
            stage,
            state(stage, record, at, present, spent),
            short(spent[stage.pk]) if stage.pk in spent and stage.kind not in CLOSED else "",
            f"{here}stage/{stage.key}" if here and stage.pk != record.stage_id else "",
            keys.get(stage.pk, ""),
        )
        for at, stage in enumerate(course.stages)
    ]


def state(stage: Stage, record: Any, at: int, present: int, spent: dict[UUID, timedelta]) -> str:
    """How a stage stands to the record."""
    if stage.pk == record.stage_id:
        return "current"
    if stage.kind in CLOSED:
        return ""
    return "done" if at < present and stage.pk in spent else ""


def time_in(stays: list[StageStay]) -> dict[UUID, timedelta]:
    """Time spent in each stage, all stays together."""
    found: dict[UUID, timedelta] = {}
    for stay in stays:
        found[stay.stage_id] = found.get(stay.stage_id, timedelta()) + (
            (stay.left_at or timezone.now()) - stay.entered_at
        )
    return found


def short(spent: timedelta) -> str:
    """A time as a few signs: "12 d"."""
    return days_in_short(max(0, spent.days), get_language() or "en")


@lru_cache(maxsize=1024)
def days_in_short(days: int, language: str) -> Markup:
    """Whole days as a few signs; a board says some of them on each of its cards."""
    return escape(ngettext("%(num)s d", "%(num)s d", days) % {"num": days} if days else _("< 1 d"))


def checks(entity: Entity, actor: Actor, record: Any, stage: Stage | None) -> list[tuple[str, bool]]:
    """The checklist of the stage, with what is done."""
    if stage is None or "stage_checks" not in access.readable(actor, entity):
        return []
    return [(step, step in record.stage_checks) for step in stage.checklist]


@dataclass(frozen=True, slots=True)
class Stay:
    """One line of the history of stages."""

    stage: str
    hue: str
    process: str
    entered_at: datetime
    left_at: datetime | None
    days: int
    who: str


def stays(actor: Actor, record: Any) -> dict[str, Any]:
    """Every stay of a record, the latest first, with days and, for who may read its history, who moved it there."""
    entity = registry.for_model(type(record))
    if "stage" not in access.readable(actor, entity):
        return {"lines": []}
    found = history.stays(record)
    tells = access.may(entity, actor, record.pk, "history")
    people = titles.load(actor, {("access.user", stay.by_id) for stay in found if stay.by_id and tells})
    several = len({stay.process_id for stay in found}) > 1
    lines = [line(stay, people, several=several) for stay in reversed(found)]
    return {"lines": lines, "several": several, "tells": tells, "requests": approval.past(actor, record)}


def line(stay: StageStay, people: titles.Titles, *, several: bool) -> Stay:
    """A stay in words; a stage that is gone keeps its place."""
    stage, course = book().stage(stay.stage_id), book().course(stay.process_id)
    title = people.get(("access.user", stay.by_id)) if stay.by_id else None
    who = title.text if title else _("Kith") if stay.by_id is None else _("hidden")
    process = course.process if course else None
    return Stay(
        str(stage) if stage else _("a stage that is gone"),
        stage.hue if stage else "grey",
        _("%(process)s, edition %(number)s") % {"process": process, "number": process.edition}
        if several and process
        else "",
        stay.entered_at,
        stay.left_at,
        ((stay.left_at or timezone.now()) - stay.entered_at).days,
        who,
    )


PATH = Panel("path", gettext_lazy("Stage"), "processes/path.html", context, place="head")
STAYS = Panel("stages", gettext_lazy("Stages"), "processes/stays.html", stays)
