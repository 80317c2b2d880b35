"""One word in several spellings has one sound."""

import pytest

from kith.core.identity.cyrillic import SCHEMES, romanise
from kith.core.identity.skeleton import MOST_READINGS, skeleton, skeletons

SPELLINGS = """
Иванов Ivanov Iwanow Ivanoff ivanof
Щербаков Shcherbakov Schtscherbakow Scherbakow Scherbakov
Юлия Yulia Julia Iuliia Yuliya Julija
Чайковский Tchaikovsky Chaykovskiy Tschaikowski Czajkowski
Хрущёв Хрущев Khrushchev Hruschev Chruschtschow
Александр Aleksandr Alexander Alexandre
Ксения Xenia Kseniya Ksenija Kseniia
Горбачёв Gorbachev Gorbatschow Gorbatchev
Пётр Petr Pyotr Piotr Pjotr Peter
Сергей Sergei Sergey Sergej Serguei
Зеленський Zelenskyi Zelensky Zelenskyy
Пушкин Pushkin Puschkin Puszkin Pouchkine
"""
ALSO_READ = [
    ("Кузнецов", "Kusnezow"), ("Зайцев", "Saizew"), ("Жуков", "Żukow"), ("Жуков", "Joukov"), ("Сергій", "Sergii"),
    ("Сергій", "Serhii"), ("Михаил", "Michail"), ("Ельцин", "Jelzin"), ("Джамал", "Jamal"), ("Simek", "Šimek"),
]  # fmt: skip


@pytest.mark.parametrize("line", SPELLINGS.split("\n")[1:-1])
def test_spellings_of_a_word_share_its_skeleton(line):
    first, *others = line.split()
    assert {other: skeleton(other) for other in others} == dict.fromkeys(others, skeleton(first))


@pytest.mark.parametrize(("one", "other"), ALSO_READ)
def test_an_ambiguous_spelling_is_read_in_both_ways(one, other):
    assert set(skeletons(one)) & set(skeletons(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Иванов", "Иванова"), ("Жаров", "Шаров"), ("Зотов", "Сотов"), ("Мария", "Марио"), ("Хромов", "Громов"),
        ("Zhou", "Zhu"), ("Julia", "Julian"), ("Белов", "Беляев"), ("Иван", "Ян"),
    ],
)  # fmt: skip
def test_different_words_stay_different(one, other):
    assert not set(skeletons(one)) & set(skeletons(other))


def test_a_skeleton_is_lower_case_ascii_and_readings_are_few():
    for word in SPELLINGS.split():
        assert all(sound.isascii() and sound.islower() for sound in skeletons(word))
        assert 1 <= len(skeletons(word)) <= MOST_READINGS


def test_a_word_without_letters_has_no_sound():
    assert skeleton("—") == ""
    assert skeletons("") == ()


def test_every_scheme_spells_its_own_way():
    assert {scheme: romanise("Щукин", scheme) for scheme in SCHEMES} == {
        "passport": "shchukin", "bgn": "shchukin", "gost": "shhukin", "german": "schtschukin", "polish": "szczukin",
        "french": "chtchoukin", "ukrainian": "shchukyn",
    }  # fmt: skip
