"""Which looks of a test in the browser the suite takes: a fixed sample in which every size, theme and language is."""

import itertools

from kith.core.testing import looks
from kith.core.testing.looks import Case

SIZES, SCHEMES, LANGUAGES = ("desk", "phone"), ("light", "dark"), ("en", "ru", "zh-hans")


def cases(place, *options, **rest):
    return [Case(n, place, {**rest, **dict(zip(("size", "scheme", "language"), one, strict=False))}) for n, one in enumerate(options)]  # fmt: skip


def test_of_looks_of_one_test_one_is_taken_of_many_two_that_have_nothing_in_common():
    two = looks.thinned(cases("story", ("desk", "light"), ("phone", "dark")))
    assert len(two) == 1
    four = looks.thinned(cases("pages", *itertools.product(SIZES, SCHEMES)))
    assert {word for case in four for word in case.look} == {*SIZES, *SCHEMES}
    twelve = looks.thinned(cases("all", *itertools.product(SIZES, SCHEMES, LANGUAGES)))
    assert len(twelve) == 2 and not set(twelve[0].look) & set(twelve[1].look)


def test_it_is_the_same_one_each_time_and_not_always_the_first():
    options = [cases(f"story {n}", ("desk", "light"), ("phone", "dark")) for n in range(40)]
    taken = [looks.thinned(one)[0].look for one in options]
    assert taken == [looks.thinned(one)[0].look for one in options]
    assert 10 < taken.count(("phone", "dark")) < 30


def test_tests_that_differ_in_anything_else_are_all_kept():
    made = [*cases("story", ("desk", "light")), *cases("other", ("desk", "light"))]
    made += [Case(n, "walk", {"kind": kind}) for n, kind in enumerate(("number", "text"))]
    made += cases("walk", ("phone",), kind="date")
    assert looks.thinned(made) == made


def test_a_look_in_one_word_counts_as_well():
    assert Case(1, "x", {"look": ("phone", "dark", "ru"), "kind": 1}).look == ("phone", "dark", "ru")


def test_a_theme_that_no_test_is_run_in_any_more_is_seen():
    all_of_them = cases("all", *itertools.product(SIZES, SCHEMES, LANGUAGES))
    assert looks.missing(all_of_them) == []
    assert looks.missing([case for case in all_of_them if "dark" not in case.look]) == ["dark"]


def test_all_are_taken_when_somebody_asks(monkeypatch):
    monkeypatch.delenv("KITH_LONG", raising=False)
    assert not looks.is_long()
    monkeypatch.setenv("KITH_LONG", "1")
    assert looks.is_long()
