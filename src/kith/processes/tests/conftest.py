"""Fixtures of the tests of processes; Kith is imported inside them, since pytest reads this file before Django is ready."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def deal(people: Any) -> Any:
    """An opportunity of Ann's in the process that every installation begins with."""
    from kith.core import writes
    from kith.core.entity import registry
    from kith.core.testing import factory

    company = factory.make("parties.company", owner=str(people.ann.pk))
    return writes.create(people.actors.ann, registry.get("sales.opportunity"), {"name": "Lathe", "company": company.pk})


@pytest.fixture
def stages(people: Any) -> SimpleNamespace:
    """The stages of that process by key."""
    from kith.core.access import SYSTEM
    from kith.processes.book import book

    course = book().default(SYSTEM, "sales.opportunity")
    assert course is not None
    return SimpleNamespace(**{stage.key: stage for stage in course.stages})


@pytest.fixture
def fresh() -> Callable[[Any], Any]:
    """A record as it stands in the database."""
    return lambda record: type(record)._base_manager.get(pk=record.pk)


@pytest.fixture
def ruled(people: Any) -> Callable[..., SimpleNamespace]:
    """Publishes an edition with one more rule and begins an opportunity of Ann's on it: ruled(None, "won", approver=…)."""
    from kith.core import writes
    from kith.core.access import SYSTEM
    from kith.core.entity import registry
    from kith.core.testing import factory
    from kith.processes import editions
    from kith.processes.book import book

    def publish(origin: str | None, target: str, *, checklist: tuple[str, ...] = (), **values: Any) -> SimpleNamespace:
        eva, current = people.actors.eva, book().default(SYSTEM, "sales.opportunity")
        draft = editions.copy(eva, current.process)
        course = book().courses[draft.pk]
        if checklist:
            writes.save(eva, course.stage("new"), {"checklist": list(checklist)})
        ends = {"from_stage": course.stage(origin).pk if origin else None, "to_stage": course.stage(target).pk}
        writes.create(eva, registry.get("processes.transition"), {"process": draft.pk, **ends, **values})
        editions.publish(eva, [draft])
        company = factory.make("parties.company", owner=str(people.ann.pk))
        deal = writes.create(
            people.actors.ann, registry.get("sales.opportunity"), {"name": "Press", "company": company.pk}
        )
        return SimpleNamespace(deal=deal, **{stage.key: stage for stage in book().courses[draft.pk].stages})

    return publish
