"""How many rows: what is remembered of answers over many rows, and that no test remembers those of another."""

from typing import Any

import pytest

from kith.core import counting
from kith.core.access import SYSTEM
from kith.core.entity import registry

pytestmark = pytest.mark.django_db


def firms() -> Any:
    return registry.get("parties.company").rows(SYSTEM)


@pytest.mark.parametrize("test", ["one", "the next"])
def test_what_one_test_has_counted_the_next_one_counts_anew(
    make: Any, monkeypatch: pytest.MonkeyPatch, test: str
) -> None:
    monkeypatch.setattr(counting, "EXACT", 0)
    make("parties.company", name="Lind")
    assert not any(memory.kept for memory in counting.memories), test
    assert counting.count(firms())[1] is False and counting.counts.kept


def test_an_estimate_is_remembered_until_it_is_forgotten(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "EXACT", 0)
    make("parties.company", name="Lind")
    estimated = counting.count(firms())
    monkeypatch.setattr(counting, "EXACT", 10)
    assert counting.count(firms()) == estimated
    counting.forget()
    assert counting.count(firms()) == (1, True)
