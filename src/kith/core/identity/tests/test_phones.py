"""R20 to R23 and R25: phones."""

import pytest

from kith.core.identity.phones import (
    Phone,
    PhoneQuery,
    country_of,
    format_for,
    normalise,
    phone_query,
    phone_search_forms,
)
from kith.core.identity.problems import Problem


@pytest.mark.parametrize(
    ("text", "country", "stored"),
    [
        ("0048 22 123-45-67", "", "+48221234567"), ("8 (916) 123-45-67", "RU", "+79161234567"), ("89161234567", "ru", "+79161234567"),
        ("(+7) 916 123 45 67", "", "+79161234567"), ("＋７９１６１２３４５６７", "", "+79161234567"), ("030/901-8207", "DE", "+49309018207"),
        ("138 1234 5678", "CN", "+8613812345678"), ("(212) 555-0123", "US", "+12125550123"), ("+48–22–123–45–67", "", "+48221234567"),
    ],
)  # fmt: skip
def test_r20_a_valid_number_is_stored_as_e164(text, country, stored):
    assert normalise(text, country) == Phone(stored, stored)


@pytest.mark.parametrize(
    "text", ["call Eva", "12", "112", "1-800-FLOWERS", "+7 916", "030 9018207 (Eva)", "+48 22 123 45 67 / 68", "?"]
)
def test_r20_what_is_no_number_stays_as_typed(text):
    assert normalise(f" {text} ", "RU") == Phone(text)


def test_r20_without_a_country_a_national_number_stays_as_typed():
    assert normalise("030 9018207") == Phone("030 9018207")


@pytest.mark.parametrize(
    "mark",
    ["ext 0042", "ext. 0042", "ext.0042", "x0042", "x.0042", "X 0042", "#0042", " # 0042", "доб. 0042", "转0042"],
)
def test_r21_the_extension_keeps_its_zeros(mark):
    assert normalise(f"+48 22 123 45 67 {mark}") == Phone("+48221234567 ext. 0042", "+48221234567", "0042")


def test_r21_other_extension_other_number():
    assert normalise("+48 22 123 45 67 x.42") != normalise("+48 22 123 45 67 x.0042")


@pytest.mark.parametrize(
    ("text", "country", "stored"),
    [
        ("21 7555 0143", "BR", "+5521975550143"), ("21 2555 0143", "BR", "+552125550143"), ("+55 21 7555 0143", "DE", "+5521975550143"),
        ("+52 1 33 1234 5678", "MX", "+523312345678"), ("0052 1 33 1234 5678", "DE", "+523312345678"), ("33 1234 5678", "MX", "+523312345678"),
    ],
)  # fmt: skip
def test_r22_renumbered_countries(text, country, stored):
    assert normalise(text, country).stored == stored


def found(term: str, stored: str) -> bool:
    """R23 in Python: what a list filter does in SQL."""
    query = phone_query(term)
    if query.text:
        return query.text in stored.casefold()
    return any(query.digits in form for form in phone_search_forms(stored))


@pytest.mark.parametrize("term", ["030/901-8207", "030 9018207", "+49309018207", "0049 30 901", "8207", " 901 "])
def test_r23_digits_are_found_in_every_notation(term):
    assert found(term, "+49309018207")
    assert not found(term, "+4922112345")


@pytest.mark.parametrize("term", ["8 (916) 123-45-67", "89161234567", "+7916", "1234567"])
def test_r23_russian_trunk_prefix(term):
    assert found(term, "+79161234567")


def test_r23_typed_numbers_and_letters():
    assert found("12-34", "Eva 1234")
    assert found("eva", "Eva 1234")
    assert found("EXT. 0042", "+48221234567 ext. 0042")
    assert not found("eve", "Eva 1234")
    assert phone_query("00 49 30") == PhoneQuery(digits="4930")


@pytest.mark.parametrize("term", ["", " 12 ", "+ 1-2", "a1", "((("])
def test_r23_fewer_than_three_characters_are_refused(term):
    with pytest.raises(Problem) as problem:
        phone_query(term)
    assert problem.value.key == "phone_query_short"


def test_r25_another_notation_is_no_change():
    typed = ["+7 916 123-45-67", "8 916 1234567", "007 9161234567", "+79161234567"]
    assert {normalise(text, "RU").stored for text in typed} == {"+79161234567"}


def test_normalising_twice_changes_nothing():
    for text in ("+48 22 123 45 67 x.0042", "call Eva", "8 916 1234567"):
        once = normalise(text, "RU")
        assert normalise(once.stored) == once


def test_a_reader_sees_the_usual_form():
    assert format_for("+79161234567", "RU") == "8 (916) 123-45-67"
    assert format_for("+79161234567", "de") == "+7 916 123-45-67"
    assert format_for("+48221234567 ext. 0042", "RU", "доб.") == "+48 22 123 45 67 доб. 0042"
    assert format_for("call Eva", "RU") == "call Eva"
    assert country_of("+79161234567") == "RU"
    assert country_of("call Eva") == ""
