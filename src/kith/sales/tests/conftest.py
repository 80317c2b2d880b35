"""Fixtures of the tests of sales; Kith is imported inside them, since pytest reads this file before Django is ready."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def stages(people: Any) -> SimpleNamespace:
    """Stages of the opportunities' default process, by key."""
    from kith.core.access import SYSTEM
    from kith.processes.book import book

    course = book().default(SYSTEM, "sales.opportunity")
    assert course is not None
    return SimpleNamespace(**{stage.key: stage for stage in course.stages})


@pytest.fixture
def reasons(make: Any) -> SimpleNamespace:
    """One reason of each result, and one that asks for a text."""
    return SimpleNamespace(
        price=make("sales.reason", name="Too dear", result="lost"),
        other=make("sales.reason", name="Something else", result="lost", needs_text=True),
        service=make("sales.reason", name="Service", result="won"),
        no_need=make("sales.reason", name="No need", result="unqualified"),
    )


@pytest.fixture
def company(make: Any, people: Any) -> Any:
    """A company of Ann's."""
    return make("parties.company", name="Halden Paper", owner=people.ann.pk)


@pytest.fixture
def deal(make: Any, people: Any, company: Any) -> Any:
    """An open opportunity of Ann's over 1,000 EUR."""
    return make(
        "sales.opportunity",
        people.actors.ann,
        name="Lathe",
        company=company.pk,
        amount={"amount": "1000", "currency": "EUR"},
    )


@pytest.fixture
def vera(people: Any) -> Any:
    """Vera, who sees and edits what is hers."""
    from kith.core.testing.people import grant, make_user

    user = make_user("Vera")
    grant(user, ("*", "view", "own"), ("*", "edit", "own"))
    return user


@pytest.fixture
def setting(db: None) -> Iterator[Callable[..., None]]:
    """Sets a setting of the company, or of one record."""
    from kith.core import settings_store
    from kith.core.access import SYSTEM

    yield lambda name, value, scope=None: settings_store.put(SYSTEM, name, value, scope=scope) and None
    settings_store.forget()


@pytest.fixture
def autumn(people: Any, company: Any) -> Iterator[dict[str, Any]]:
    """Five deals: one stays, one grows and is renamed, one goes to Tom, one is deleted, one is made later."""
    from kith.core import writes

    from .past_story import at, deals
    from .past_story import deal as make_deal

    ann, eva = people.actors.ann, people.actors.eva
    with at(9, 1):
        made = {name: make_deal(ann, company, name, 100) for name in ("stays", "grows", "given", "deleted")}
    with at(10, 5):
        writes.save(ann, made["grows"], {"amount": {"amount": "170", "currency": "EUR"}, "name": "a grown one"})
        writes.save(eva, made["given"], {"owner": people.tom.pk})
    with at(10, 20):
        writes.delete(eva, deals(), [made["deleted"].pk])
        made["later"] = make_deal(ann, company, "later", 500)
    with at(11, 1):
        yield made
