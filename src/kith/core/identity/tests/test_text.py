"""What is stored (R2) and what compares equal."""

import pytest

from kith.core.identity import text as texts
from kith.core.identity.chinese import is_chinese
from kith.core.identity.problems import Problem
from kith.core.identity.text import clean_text, fold, is_han


@pytest.mark.parametrize("text", [None, "", "   ", "\n\t", "\u00a0"])
def test_empty_text_is_no_value(text):
    assert clean_text(text) is None


def test_text_is_trimmed_and_composed():
    assert clean_text("  Cafe\u0301  au lait ") == "Café  au lait"


@pytest.mark.parametrize(("text", "key"), [("a\0b", "text_nul"), ("a\ud800b", "text_surrogate")])
def test_what_no_database_stores_is_refused(text, key):
    with pytest.raises(Problem) as problem:
        clean_text(text)
    assert problem.value.key == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ёлкин", "елкин"), ("Queen’s", "queen's"), ("ＡＢＣ１２", "abc12"), ("Straße", "STRASSE"), ("Dvořák", "dvorak"),
        ("«Ромашка»", '"ромашка"'), ("Saltykov–Shchedrin", "saltykov-shchedrin"), ("張偉", "张伟"), ("Łódź", "lodz"),
        ("a\u00a0 b", "a b"), ("玛丽·安", "玛丽 安"), ("Smørrebrød", "smorrebrod"),
    ],
)  # fmt: skip
def test_texts_that_look_alike_fold_alike(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("й", "и"), ("їжак", "іжак"), ("Иванов", "Ivanov"), ("a-b", "ab")])
def test_letters_of_their_own_stay(one, other):
    assert fold(one) != fold(other)


def test_the_short_way_of_common_letters_folds_as_the_long_one():
    common = [chr(code) for code in range(0x20, 0xA000) if texts._COMMON.fullmatch(chr(code))]
    assert len(common) > 20_000
    for sign in common:
        written = f" {sign}Ж  a{sign} .{sign.upper()}"
        assert texts.fold_long(written) == texts._folded(written), sign


def test_a_text_is_chinese_when_every_letter_is():
    signs = [chr(code) for code in (*range(0x80, 0xD800), *range(0xE000, 0x10000), 0x1FFFF, 0x20000, 0x323AF, 0x323B0)]
    assert [sign for sign in signs if is_chinese(f" {sign}\u3000王")] == [
        sign for sign in signs if is_han(sign) or sign.isspace()
    ]
    assert not is_chinese("\u3000 ") and not is_chinese("") and not is_chinese("abc")
