"""Countries in every language and addresses in the order of their country."""

import pytest

from kith.core.identity.addresses import Address, address_line, address_lines
from kith.core.identity.countries import codes, country_code, country_name
from kith.core.identity.problems import Problem


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("United States", "US"), ("США", "US"), ("美国", "US"), ("美國", "US"), ("USA", "US"), ("us", "US"), ("840", "US"), ("Norge", "NO"),
        ("NOR", "NO"), ("Россия", "RU"), ("РФ", "RU"), ("Deutschland", "DE"), ("Österreich", "AT"), ("中国", "CN"), ("日本", "JP"),
        ("Côte d’Ivoire", "CI"), ("Suomi", "FI"), ("UK", "GB"), ("Казахстан", "KZ"), (" france ", "FR"), ("Czech Republic", "CZ"),
    ],
)  # fmt: skip
def test_a_country_is_recognised(text, code):
    assert country_code(text) == code


@pytest.mark.parametrize("text", ["", "Atlantis", "EU", "ZZ", "XX", "999", "USSR"])
def test_what_is_no_country_is_refused(text):
    with pytest.raises(Problem) as problem:
        country_code(text)
    assert problem.value.params == {"value": text}


def test_every_country_is_recognised_by_its_names():
    for language in ("en", "ru", "zh_Hans"):
        assert {code for code in codes() if country_code(country_name(code, language)) != code} == set()
    assert len(codes()) > 240


def test_the_lines_of_an_address():
    tula = Address("ул. Мира, д. 1", "Тула", "Тульская обл.", "300000", "RU")
    assert address_lines(tula, "ru", "RU") == ["ул. Мира, д. 1", "Тула", "Тульская обл.", "300000"]
    assert address_line(tula, "ru", "RU") == "300000, Тульская обл., Тула, ул. Мира, д. 1"
    assert address_lines(tula, "en", "US")[-1] == "Russia"
    shenzhen = Address("科技园南路1号", "深圳市", "广东省", "518000", "CN")
    assert address_lines(shenzhen, "zh-hans", "CN") == ["518000", "广东省深圳市科技园南路1号"]
    assert address_lines(Address("1 Main St\nSuite 5", "Springfield", "IL", "62701", "US"), "en", "US") == [
        "1 Main St",
        "Suite 5",
        "Springfield, IL 62701",
    ]
    assert address_lines(Address("Hauptstr. 1", "Berlin", "", "10115", "DE"), "zh-hans") == [
        "Hauptstr. 1",
        "10115 Berlin",
        "德国",
    ]
    assert address_lines(Address("10 High St", "London", "", "SW1A 2AA", "GB"), "en", "GB") == [
        "10 High St",
        "London",
        "SW1A 2AA",
    ]
    assert address_lines(Address("2 rue X", "Paris", "", "75001", "FR"), "ru") == ["2 rue X", "75001 Paris", "Франция"]
    assert address_lines(Address("Storgata 1", "Oslo", "", "0154", "NO"), "en", "NO") == ["Storgata 1", "0154 Oslo"]
    assert address_lines(Address()) == []
    assert address_lines(Address(city="Springfield", country="US"), "en", "US") == ["Springfield"]
