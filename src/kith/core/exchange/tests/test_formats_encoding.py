"""Encodings are told from the bytes alone, over the whole file."""

from io import BytesIO

import pytest

from kith.core.exchange.formats.encoding import CHOICES, CHUNK, detect_encoding
from kith.core.exchange.formats.errors import Unreadable
from kith.core.exchange.tests.formats_help import cells, rows, trusted

RUSSIAN = (
    "Имя;Телефон;Город\nИванов Иван;+7 916;Москва\nПётр Сидоров;8 495;Санкт-Петербург\n",
    "ООО «Ромашка»;ИНН\nЗАО «Вектор»;77\n",
    "Фамилия;Имя\nЯковлев;Юрий\n",
)
CHINESE = (
    "姓名,电话,公司\n张伟,13800138000,北京华为技术有限公司\n李娜,139,上海浦东\n",
    "客户名称,行业\n腾讯科技,互联网\n",
    "公司\n中国石油天然气集团\n",
)
TAIWANESE = ("姓名,電話,公司\n陳大文,0912,台北市信義區科技股份有限公司\n林美麗,02,高雄\n", "客戶,電話\n王小明,0\n")
WESTERN = ("Name,Ort\nMüller,Köln\nJosé,São Paulo\nSánchez,\n", "Élodie;Façade\nL’été;10 €\n", "Café,x\n")


def cases():
    for encoding in (
        "cp1251",
        "koi8-r",
        "mac-cyrillic",
        "cp866",
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
    ):
        yield from ((encoding, text) for text in RUSSIAN if can_hold(encoding, text))
    for encoding in ("gb18030", "gbk", "utf-8", "utf-16", "utf-16-le", "utf-16-be"):
        yield from ((encoding, text) for text in CHINESE)
    yield from (("big5", text) for text in TAIWANESE)
    yield from (("cp1252", text) for text in WESTERN)


def can_hold(encoding, text):
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.parametrize(("encoding", "text"), list(cases()))
def test_text_is_read_as_it_was_written(encoding, text):
    found = detect_encoding(lambda: BytesIO(text.encode(encoding)))
    assert text.encode(encoding).decode(found) == text


def test_an_old_encoding_far_down_the_file_is_still_seen():
    content = b"name,city\n" + b"Ann,Bath\n" * (CHUNK // 4) + "Пётр,Москва\nИван,Казань\n".encode("cp1251")
    assert detect_encoding(lambda: BytesIO(content)) == "cp1251"
    assert cells(content)[-2:] == [["Пётр", "Москва"], ["Иван", "Казань"]]


def test_a_broken_byte_spoils_its_cell_and_no_other():
    content = "имя,город\nИван,Москва\nПётр,Казань\n".encode() + b"\xffAnn,Bath\n"
    found = rows(content)
    assert [row.cells for row in found] == [["Иван", "Москва"], ["Пётр", "Казань"], ["\ufffdAnn", "Bath"]]
    assert [(problem.key, problem.column) for row in found for problem in row.problems] == [("cell_encoding", 0)]


def test_a_person_may_know_better():
    content = "имя\nИван\n".encode("cp1251")
    assert cells(content, encoding="koi8-r") == [["Иван".encode("cp1251").decode("koi8-r")]]


def test_every_encoding_that_is_offered_can_be_chosen():
    for name in CHOICES:
        assert trusted("a,b\n1,2\n".encode(name), encoding=name).columns == ("a", "b")


def test_a_byte_order_mark_is_no_part_of_the_first_name():
    assert trusted("\ufeffa,b\n1,2\n".encode(), encoding="utf-8").columns == ("a", "b")


@pytest.mark.parametrize("name", ["klingon", "hex", "idna", "unicode_escape", "utf-7", "\0"])
def test_an_encoding_that_is_none_is_refused(name):
    with pytest.raises(Unreadable) as refusal:
        trusted(b"a\n1\n", encoding=name)
    assert refusal.value.key == "unknown_encoding"
