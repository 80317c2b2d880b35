"""Names of three cultures: divided, shown, sorted."""

import pytest

from kith.core.identity.naming import parse_name
from kith.core.identity.person import PersonName, display, initials, short
from kith.core.identity.sortkeys import company_sort_key, person_key, text_key

IVANOV = PersonName("Иван", "Петрович", "Иванов")
WANG = PersonName("小明", "", "王")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Иванов Иван Петрович", IVANOV), ("Иван Петрович Иванов", IVANOV), ("Иванов, Иван Петрович", IVANOV),
        ("Иванов Иван", PersonName("Иван", "", "Иванов")), ("Иван Иванов", PersonName("Иван", "", "Иванов")),
        ("Роман Абрамович", PersonName("Роман", "", "Абрамович")), ("Иван Петрович", PersonName("Иван", "Петрович")),
        ("Иванов И. П.", PersonName("И.", "П.", "Иванов")), ("Ivanov Ivan Petrovich", PersonName("Ivan", "Petrovich", "Ivanov")),
        ("Гасанов Али Ахмед оглы", PersonName("Али", "Ахмед оглы", "Гасанов")), ("Шевченко Оксана", PersonName("Оксана", "", "Шевченко")),
        ("Zhang Wei", PersonName("Wei", "", "Zhang")), ("Wei Zhang", PersonName("Wei", "", "Zhang")),
        ("ZHANG Wei", PersonName("Wei", "", "Zhang")), ("Wang Xiao Ming", PersonName("Xiao Ming", "", "Wang")),
        ("张伟", PersonName("伟", "", "张")), ("欧阳娜娜", PersonName("娜娜", "", "欧阳")), ("歐陽娜娜", PersonName("娜娜", "", "歐陽")),
        ("张伟先生", PersonName("伟", "", "张", "", "先生")), ("玛丽·史密斯", PersonName("玛丽", "", "史密斯")),
        ("O'Brien, Mary Ann", PersonName("Mary Ann", "", "O'Brien")), ("Dr. Jonas Reuter", PersonName("Jonas", "", "Reuter", "Dr.")),
        ("van der Berg", PersonName(family="van der Berg")), ("Jonas van der Berg", PersonName("Jonas", "", "van der Berg")),
        ("Martin Luther King, Jr.", PersonName("Martin", "Luther", "King", "", "Jr.")), ("Reuter J.", PersonName("J.", "", "Reuter")),
        ("Madonna", PersonName(family="Madonna")), ("Иван", PersonName("Иван")), (",", PersonName(family=",")),
        ("", PersonName()), (None, PersonName()),
    ],
)  # fmt: skip
def test_a_typed_name_is_divided(text, expected):
    assert parse_name(text) == expected


@pytest.mark.parametrize(
    ("text", "hint", "expected"),
    [
        ("Yang Li", "zh", PersonName("Li", "", "Yang")),
        ("Nagy Anna", "hu", PersonName("Anna", "", "Nagy")),
        ("Gabriel García Márquez", "es", PersonName("Gabriel", "", "García Márquez")),
    ],
)
def test_the_language_decides_where_words_do_not(text, hint, expected):
    assert parse_name(text, hint) == expected


def test_names_are_shown_naturally_and_officially():
    assert display(IVANOV, "ru") == "Иван Иванов"
    assert display(IVANOV, "ru", official=True) == "Иванов Иван Петрович"
    assert display(IVANOV, "en", official=True) == "Иван Петрович Иванов"
    assert display(WANG, "en") == display(WANG, "zh-hans") == "王小明"
    assert display(PersonName("Wei", "", "Zhang"), "zh-hans") == "Zhang Wei"
    assert display(PersonName("玛丽", "", "史密斯"), "zh-hans") == "玛丽·史密斯"
    assert display(PersonName("Jonas", "", "Reuter", "Dr."), "en") == "Jonas Reuter"
    assert display(PersonName("Jonas", "", "Reuter", "Dr."), "en", official=True) == "Dr. Jonas Reuter"
    assert display(PersonName()) == ""


def test_short_form_and_initials():
    assert short(IVANOV) == "Иванов И. П."
    assert [initials(name) for name in (IVANOV, WANG, PersonName(family="Madonna"), PersonName())] == [
        "ИИ",
        "王",
        "MA",
        "",
    ]


def test_people_sort_by_the_alphabet_of_each_script():
    names = [
        "Яков Яшин",
        "Ёлкин Пётр",
        "Жуков Глеб",
        "Ежов Олег",
        "Елкин Пётр",
        "张伟",
        "Abel Tom",
        "欧阳娜娜",
        "Ölke Tom",
        "Zorn Eva",
    ]
    ordered = sorted(
        names, key=lambda name: person_key(parse_name(name, "hu" if name.isascii() or "Ö" in name else ""))
    )
    assert ordered == [
        "Abel Tom", "Ölke Tom", "欧阳娜娜", "张伟", "Zorn Eva", "Ежов Олег", "Елкин Пётр", "Ёлкин Пётр", "Жуков Глеб", "Яков Яшин",
    ]  # fmt: skip


def test_companies_sort_without_legal_form_and_quotes():
    names = ["ООО «Яблоко»", "ПАО «Арбуз»", "Zeta GmbH", "AG Beta AG", "Alpha Inc."]
    assert sorted(names, key=company_sort_key) == [
        "AG Beta AG",
        "Alpha Inc.",
        "Zeta GmbH",
        "ПАО «Арбуз»",
        "ООО «Яблоко»",
    ]


def test_ukrainian_letters_stand_in_their_places():
    assert sorted(["йод", "їжак", "ирис", "іній", "жук", "эхо"], key=text_key) == [
        "жук",
        "ирис",
        "іній",
        "їжак",
        "йод",
        "эхо",
    ]
