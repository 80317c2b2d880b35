"""The short way to read and check a number says what the library says."""

import random

import phonenumbers as library
import pytest

from kith.core.identity import dialling

CHANCE = random.Random(7)


def numbers() -> list[str]:
    """Examples of every kind in every region, each also with a digit changed, and digits at random after each code."""
    found = []
    for code, regions in library.COUNTRY_CODE_TO_REGION_CODE.items():
        found += [f"+{code}{CHANCE.randrange(10**size)}" for size in range(4, 13)]
        for region in regions:
            kinds = range(11) if region != "001" else ()
            for number in (library.example_number_for_type(region, kind) for kind in kinds):
                if number is not None:
                    text = library.format_number(number, library.PhoneNumberFormat.E164)
                    at = CHANCE.randrange(2, len(text))
                    found += [text, text[:at] + CHANCE.choice("0123456789") + text[at + 1 :]]
                    found.append(library.format_number(number, library.PhoneNumberFormat.INTERNATIONAL))
    return found


def by_library(text: str) -> library.PhoneNumber | None:
    """The number as the library reads it."""
    try:
        return library.parse(text)
    except library.NumberParseException:
        return None


def test_numbers_are_read_and_checked_as_by_the_library() -> None:
    asked = numbers()
    short = {text: number for text in asked if (number := dialling.international(text))}
    assert [text for text, number in short.items() if by_library(text) != number] == []
    read = {text: number for text in asked if (number := by_library(text))}
    wrong = [text for text, number in read.items() if dialling.is_valid(number) != library.is_valid_number(number)]
    assert wrong == []
    assert len(short) > len(set(asked)) / 2


def test_numbers_are_written_as_by_the_library() -> None:
    read = {text: number for text in numbers() if (number := by_library(text)) and not number.extension}
    home = library.PhoneNumberFormat.NATIONAL
    assert [
        text for text, number in read.items() if dialling.national(number) != library.format_number(number, home)
    ] == []
    assert len(read) > 5_000


@pytest.mark.parametrize(
    "text", ["", "+", "+7", "030 123456", "+49 (0)30 123456", "+0123456789", "+7 495 123-45-67 доб. 5", "+٤٩٣٠١٢٣٤٥٦"]
)
def test_what_needs_the_library_is_left_to_it(text: str) -> None:
    assert dialling.international(text) is None


def test_what_is_plain_is_valid_and_written_so_by_the_library() -> None:
    plain = [text for text in numbers() if text[1:].isdecimal() and text[1] != "0" and dialling.is_plain(text[1:])]
    assert [text for text in plain if not library.is_valid_number(library.parse(text))] == []
    e164 = library.PhoneNumberFormat.E164
    assert [text for text in plain if library.format_number(library.parse(text), e164) != text] == []
    assert len(plain) > 300
