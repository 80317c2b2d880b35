"""Views and dashboards of the tests."""

from typing import Any

from django.http import QueryDict

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.dashboards import answers, bar, tiles
from kith.core.entity import registry

COMPANY, DEAL, TASK = "parties.company", "sales.opportunity", "activities.task"


def make(label: str, actor: Any = SYSTEM, /, **values: Any) -> Any:
    return writes.create(actor, registry.get(label), values)


def view(label: str, name: str, actor: Any = SYSTEM, /, *tests: dict[str, Any], **more: Any) -> Any:
    return make("core.view", actor, entity=label, name=name, filter={"all": list(tests)}, **more)


def tile(kind: str, shown: Any = None, **more: Any) -> dict[str, Any]:
    found = {"id": more.pop("id", f"{kind}-1"), "kind": kind, **more}
    return found | ({"view": {"entity": "core.view", "id": str(shown.pk)}} if shown is not None else {})


def board(actor: Any = SYSTEM, /, *kept: dict[str, Any], **more: Any) -> Any:
    return make("core.dashboard", actor, **{"name": "Board", "tiles": list(kept), **more})


def ask(dashboard: Any, actor: Any, query: str = "", at: int = 0) -> answers.Answer:
    return answers.answer(tiles.listed(dashboard)[at], actor, bar.of_address(QueryDict(query), dashboard))
