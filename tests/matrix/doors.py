"""Every surface that changes records, generated from the registry: what it needs, and what happens to the rows."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client

from kith.core.access import is_subject
from kith.core.entity import Action, Entity, registry

from .world import World

HTMX = {"HX-Request": "true"}


@dataclass(frozen=True, slots=True)
class Door:
    """A way to change one record: the operation it needs and the request; `sure` ones succeed for whoever may."""

    name: str
    op: str
    knock: Callable[[Client, Entity, Any, World], Any]
    fits: Callable[[Entity], bool] = lambda kind: True
    trashed: bool = False
    sure: bool = True
    htmx: bool = False


def send(browser: Client, method: str, path: str, body: Any) -> Any:
    """A request to the API."""
    return getattr(browser, method)(f"/api/v1/{path}", json.dumps(body), content_type="application/json")


def patch(browser: Client, kind: Entity, record: Any, world: World) -> Any:
    """Change a value through the API."""
    return send(browser, "patch", f"{kind.slug}/{record.pk}?confirm=duplicate", {"external_ids": ["changed"]})


def cell(browser: Client, kind: Entity, record: Any, world: World) -> Any:
    """Change a value in a cell."""
    return browser.post(
        f"/{kind.slug}/{record.pk}/field/external_ids",
        {"external_ids": "changed", "confirm": "duplicate"},
        headers=HTMX,
    )


def form(browser: Client, kind: Entity, record: Any, world: World) -> Any:
    """Send the form; what is not sent would be emptied, so that it may well be refused as a whole."""
    return browser.post(f"/{kind.slug}/{record.pk}/edit", {"external_ids": "changed"})


def api_delete(browser: Client, kind: Entity, record: Any, world: World) -> Any:
    """Delete through the API."""
    return browser.delete(f"/api/v1/{kind.slug}/{record.pk}")


def post(path: str, **values: Any) -> Callable[[Client, Entity, Any, World], Any]:
    """A form or button below a record."""
    return lambda browser, kind, record, world: browser.post(f"/{kind.slug}/{record.pk}/{path}", values)


def bulk_api(op: str) -> Callable[[Client, Entity, Any, World], Any]:
    """One operation of a bulk request; its own status is what counts."""

    def knock(browser: Client, kind: Entity, record: Any, world: World) -> Any:
        item = {"op": op, "id": str(record.pk), "confirm": ["duplicate"]} | (
            {"values": {"external_ids": ["changed"]}} if op == "update" else {}
        )
        answer = send(browser, "post", f"{kind.slug}/bulk", {"operations": [item]})
        if answer.status_code == 200:
            answer.status_code = json.loads(answer.content)["results"][0]["status"]
        return answer

    return knock


def action_door(action: Action, *, api: bool) -> Door:
    """An action of a kind."""
    path = f"action/{action.name}"
    knock = (
        (
            lambda browser, kind, record, world: send(
                browser, "post", f"{kind.slug}/{record.pk}/actions/{action.name}", {}
            )
        )
        if api
        else post(path, asked="1")
    )
    return Door(f"{'api ' if api else ''}action {action.name}", action.right or action.name, knock, sure=False)


def has_marks(kind: Entity) -> bool:
    """Whether rows of a kind have ids of other systems, which every door can set."""
    return "external_ids" in kind.fields and kind.fields["external_ids"].editable


def stage(browser: Client, kind: Entity, record: Any, world: World) -> Any:
    """Move to another stage."""
    other = next(
        row["id"]
        for row in world.oracle.alive("processes.stage")
        if row["process_id"] == str(record.process_id) and row["id"] != str(record.stage_id)
    )
    return browser.post(f"/{kind.slug}/{record.pk}/stage/{other}", {}, headers=HTMX)


def drop(browser: Client, kind: Entity, record: Any, world: World) -> Any:
    """Drop on another column of the board."""
    return browser.post(
        f"/{kind.slug}/board/{record.pk}/move", {"column": kind.fields[kind.board].choices[-1][0]}, headers=HTMX
    )


DOORS = (
    Door("patch", "edit", patch, has_marks),
    Door("cell", "edit", cell, has_marks, htmx=True),
    Door("form", "edit", form, sure=False),
    Door("api bulk update", "edit", bulk_api("update"), has_marks),
    Door("api bulk delete", "delete", bulk_api("delete"), sure=False),
    Door("api delete", "delete", api_delete, sure=False),
    Door("delete", "delete", post("delete"), sure=False),
    Door("restore", "delete", post("restore"), trashed=True, sure=False),
    Door("api restore", "delete", lambda browser, kind, record, world: send(browser, "post", f"{kind.slug}/{record.pk}/restore", {}), trashed=True, sure=False),
    Door("star", "view", post("star", on="1")),
    Door("follow", "view", post("follow", on="1"), lambda kind: kind.has_timeline),
    Door("share", "share", lambda browser, kind, record, world: browser.post(f"/{kind.slug}/{record.pk}/share", {"user": str(world.people["max"].pk), "level": "view"}), is_subject),
    Door("note", "view", post("notes", text="Note"), is_subject, sure=False),
    Door("task", "view", post("tasks", name="Task"), is_subject, sure=False),
    Door("stage", "edit", stage, lambda kind: bool(kind.flow), sure=False, htmx=True),
    Door("drop", "edit", drop, lambda kind: bool(kind.board) and kind.fields[kind.board].type.name == "choice", sure=False, htmx=True),
)  # fmt: skip


def all_doors() -> dict[str, list[Door]]:
    """The doors of each kind."""
    return {
        kind.label: [
            *(door for door in DOORS if door.fits(kind)),
            *(action_door(action, api=api) for action in kind.actions for api in (False, True)),
        ]
        for kind in registry
        if not kind.access.faces
    }
