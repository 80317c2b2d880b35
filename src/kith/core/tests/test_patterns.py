"""Patterns of fields: the same answers as regular expressions, in time that grows with the text alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.patterns import BadPattern, fits, machine

SIGNS = st.sampled_from(
    ["a", "b", "c", "1", ".", "[ab]", "[^a]", "[a-c1]", r"\d", r"\w", r"\.", "(a|b)", "(ab|c)", "(?:a1)"]
)
TIMES = st.sampled_from(["", "?", "*", "+", "{2}", "{1,}", "{0,2}", "{0}"])
PATTERNS = st.lists(st.tuples(SIGNS, TIMES).map("".join), min_size=1, max_size=6).map("".join)
WHOLE = st.one_of(PATTERNS, st.tuples(PATTERNS, PATTERNS).map("|".join), st.tuples(PATTERNS, TIMES).map(lambda pair: f"({pair[0]}){pair[1]}"))  # fmt: skip


@given(WHOLE, st.text("abc1.", max_size=8))
def test_answers_are_those_of_regular_expressions(pattern, text):
    assert fits(pattern, text) == (re.fullmatch(pattern, text) is not None)


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("[A-Z]{2}-[0-9]{4}", "AB-1234", "AB-12345"), (r"\d{3}\.\d{2}", "123.45", "123x45"), ("(DE|AT|CH)[0-9]+", "AT77", "FR77"), ("[А-Яа-яё]+", "ёлка", "elka"),
        ("[-a]+", "a-a", "b"), ("[]x]+", "]x", "y"), ("", "", "a"), ("a|", "", "b"), (r"\(x\)\+", "(x)+", "x"),
    ],
)  # fmt: skip
def test_patterns_as_people_write_them(pattern, good, bad):
    assert (fits(pattern, good), fits(pattern, bad)) == (True, False)


@pytest.mark.parametrize("pattern", ["(", ")", "a)", "[a", "*a", "a**", "a{", "a{2", "a{3,2}", "a{999}", r"(a)\1", "(?=a)", "(?<x>a)", "\\", "^a", "a$", "[z-a]", "(" * 11 + "a" + ")" * 11, "((a{200}){200})"])  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(pattern):
    with pytest.raises(BadPattern) as bad:
        machine(pattern)
    assert bad.value.at >= 1


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "(a|aa)+b", "a?" * 60 + "a{60}", ".*.*.*.*.*.*x", "((a?){15}){15}b"])  # fmt: skip
def test_what_takes_regular_expressions_minutes_takes_no_time(pattern):
    text = "a" * 500
    made = machine(pattern)
    assert not made.fits(text)
    assert len(made.known) <= 2 * len(text)  # each sign was read once
