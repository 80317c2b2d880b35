"""What is stored and what is asked agree, in every script and notation."""

import pytest

from kith.core.identity.searchquery import body_query, query_terms, tsquery
from kith.core.identity.searchtext import index_tokens

from .matcher import finds

FOUND = [
    ("Иванов", "Ivanov Ivan"), ("ivanof", "Иванов Иван"), ("iwanow", "Иванов"), ("Ivan Ivanov", "Иванов Иван Петрович"), ("ива", "Ivan"),
    ("shcher", "Щербаков"), ("Щерб", "Shcherbakov"), ("žukov", "Жуков"), ("Жуков", "Žukov"), ("елкин", "Ёлкин"),
    ("张伟", "Zhang Wei"), ("张伟", "Wei Zhang"), ("张伟", "Чжан Вэй"), ("zhang wei", "张伟"), ("wei zhang", "张伟"), ("zhangwei", "张伟"),
    ("zhangwei", "Zhang Wei"), ("zhangw", "张伟"), ("zw", "张伟"), ("張偉", "张伟"), ("张", "张伟"), ("чжан вэй", "张伟"), ("zhang", "Чжан Вэй"),
    ("欧阳", "歐陽娜娜"), ("ouyang nana", "欧阳娜娜"), ("lu bu", "吕布"), ("lyu bu", "吕布"), ("shan", "单雄信"), ("xiaoming", "王小明"),
    ("Romashka LLC", "ООО «Ромашка»"), ("ооо ромашка", "Romashka LLC"), ("ромаш", "Romashka LLC"), ("华为", "华为技术有限公司"), ("华为", "Huawei Technologies"),
    ("huawei", "华为技术有限公司"), ("华为有限公司", "华为技术"), ("queen's", "Queen’s Bakery"), ("queens", "Queen’s Bakery"),
    ("queen’s bakery", "QUEEN'S BAKERY"), ("o'brien", "Mary O’Brien"), ("obrien", "Mary O’Brien"), ("müller", "Mueller"), ("mueller", "Müller"),
    ("saltykov-shch", "Салтыков-Щедрин"), ("Щедрин", "Saltykov-Shchedrin"), ("и. иванов", "Иван Иванов"), ("ooo", "ООО"), ("zavod 12", "Завод 12"),
]  # fmt: skip
NOT_FOUND = [
    ("Петров", "Ivanov"), ("Arbor", "Harbor"), ("李伟", "Zhang Wei"), ("张卫", "张伟国"), ("Ромашкин", "Ромашка"), ("Иванова", "Ivanov"),
    ("zhou", "Zhu Wei"), ("ivan petrov", "Иванов Иван"), ("завод 13", "Завод 12"), ("欧娜", "欧阳娜娜"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "name"), FOUND)
def test_a_name_is_found(query, name):
    assert finds(query, [name])


@pytest.mark.parametrize(("query", "name"), NOT_FOUND)
def test_another_name_is_not(query, name):
    assert not finds(query, [name])


@pytest.mark.parametrize(
    "query", ["8 (916) 123-45-67", "89161234567", "+7916", "1234567", "+7 916 123-45-67", "007 916", "567", "123 45 67"]
)
def test_a_phone_is_found_by_its_digits(query):
    assert finds(query, phones=["+79161234567"])
    assert not finds(query, phones=["+79033219876"])


def test_words_and_digits_together():
    assert finds("Иванов 916", ["Ivanov"], phones=["+79161234567"])
    assert not finds("Петров 916", ["Ivanov"], phones=["+79161234567"])
    assert finds("call eva 1234", ["Eva"], phones=["call 1234"]) is False
    assert finds("eva 1234", ["Eva"], phones=["call 1234"])


@pytest.mark.parametrize(
    "query", ["eva@arbor", "EVA@arbor.example", "arbor.example", "arbor", "lind", "линд", "eva.lind"]
)
def test_a_mail_is_found_by_its_parts(query):
    assert finds(query, emails=["eva.lind@arbor.example"] if "@" not in query else ["eva@arbor.example"])


def test_bodies_are_words_in_every_script():
    stored = index_tokens(bodies=["Ёлка — 客户关系管理系统", "Smørrebrød"]).search_body.split()
    assert {"елка", "客户", "关系", "管理", "系统", "smorrebrod"} <= set(stored)
    assert set(body_query("客户关系").split()) <= set(stored)


def test_nothing_asked_is_nothing():
    for query in ("", "   ", "~", "«»", "-"):
        assert query_terms(query) == []
        assert tsquery(query_terms(query)) == ""


def test_tsquery_quotes_what_it_asks():
    text = tsquery(query_terms("eva'\\@x & | ! ( ) :* lind"))
    assert text.startswith("('eva''\\\\@x':*) & ")
    assert "('lind':* | 'p~lind':* | 'k~lind':*)" in text


def test_a_stored_lexeme_is_one_short_word():
    text = index_tokens(["ы" * 5000 + " ~ a~b"], emails=["x" * 5000 + "@y"], phones=["9" * 50]).search_text
    assert max(map(len, text.split())) <= 500
    assert not {"a~b", "~", ""} & set(text.split(" "))


def test_a_word_asked_for_twice_is_asked_once():
    assert query_terms("li li") == query_terms("li")
