"""Slices of all combinations: each combination is in exactly one of them, the same one each time."""

import itertools

import pytest

from . import sample

COMBINATIONS = list(itertools.product(("ann", "tom", "eva"), ("parties.company", "sales.lead"), map(str, range(50))))


def taken(monkeypatch: pytest.MonkeyPatch, **settings: object) -> set[tuple[str, ...]]:
    for name, value in settings.items():
        monkeypatch.setattr(sample, name, value)
    return {parts for parts in COMBINATIONS if sample.chosen(*parts, one_of=900)}


def test_slices_are_complete_and_share_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert taken(monkeypatch, LONG=True, PART=1, PARTS=1) == set(COMBINATIONS)
    slices = [taken(monkeypatch, LONG=True, PART=part, PARTS=7) for part in range(1, 8)]
    assert set().union(*slices) == set(COMBINATIONS) and sum(map(len, slices)) == len(COMBINATIONS)
    assert all(20 < len(one) < 70 for one in slices)  # 300 of 7


def test_more_takes_all_that_fewer_take(monkeypatch: pytest.MonkeyPatch) -> None:
    few, more = (taken(monkeypatch, LONG=False, MORE=times) for times in (100, 900))
    assert len(few) < 60 and few < more == set(COMBINATIONS)


@pytest.mark.parametrize("text", ["0/3", "4/3", "-1/3"])
def test_a_slice_that_is_none_is_refused(text: str) -> None:
    assert sample.slice_of("3/3") == (3, 3)
    with pytest.raises(ValueError, match="which of how many"):
        sample.slice_of(text)
