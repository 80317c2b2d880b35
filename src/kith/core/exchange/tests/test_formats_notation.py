"""R151: one notation per column, recognised over the whole column, asked about when two fit, never guessed."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.exchange.formats.date_text import NOTATIONS, whole_year
from kith.core.exchange.formats.errors import Unparsable
from kith.core.exchange.formats.parse import parse_amount, parse_bool, parse_date, parse_moment, parse_number
from kith.core.exchange.formats.profile import ColumnProfile, Example, column_notation

MAY_6 = date(2024, 5, 6)


def refused(parse, *arguments):
    with pytest.raises(Unparsable) as refusal:
        parse(*arguments)
    return refusal.value.key


@pytest.mark.parametrize(
    ("text", "notation"),
    [
        ("2024-05-06", "ymd"), ("2024/5/6", "ymd"), ("2024.05.06", "ymd"), ("20240506", "ymd"), ("2024-05-06 00:00:00.000", "ymd"),
        ("2024-05-06T23:30:00+03:00", "ymd"), ("06.05.2024", "dmy"), ("6/5/24", "dmy"), ("06.05.2024 г.", "dmy"), ("05/06/2024", "mdy"),
        ("5-6-2024 11:59 PM", "mdy"), (datetime(2024, 5, 6, 23, 59), "dmy"), (MAY_6, "mdy"),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_a_date_in_its_notation(text, notation):
    assert parse_date(text, notation) == MAY_6


@pytest.mark.parametrize(
    "text", ["6 мая 2024 г.", "May 6, 2024", "6-May-24", "06 MAY 2024", "2024年5月6日", "6th May 2024"]
)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_a_month_in_words_is_clear_in_every_notation(text, notation):
    assert parse_date(text, notation) == MAY_6


def test_dates_that_are_none_say_why():
    assert refused(parse_date, "06.05.2024", "ymd") == "date_other_notation"
    assert refused(parse_date, "2024-05-06", "dmy") == "date_other_notation"
    assert refused(parse_date, "05/31/2024", "dmy") == "date_other_notation"
    assert refused(parse_date, "31.02.2024", "dmy") == "date_impossible"
    assert refused(parse_date, "--04-12", "ymd") == "date_without_year"
    assert refused(parse_date, "soon", "ymd") == "date_unreadable"
    assert refused(parse_date, "06.05.2024 25:00", "dmy") == "date_unreadable"
    assert refused(parse_date, "1" + " " * 1_000_000 + "1", "dmy") == "date_unreadable"
    assert parse_date("  ", "ymd") is None


def test_two_digits_of_a_year_lie_at_most_ten_years_ahead():
    today = date(2026, 1, 1)
    assert [whole_year(text, today) for text in ("26", "36", "37", "99", "00")] == [2026, 2036, 1937, 1999, 2000]


def test_a_moment_keeps_its_offset_or_takes_the_readers():
    moscow = timezone(timedelta(hours=3))
    assert parse_moment("2027-05-02T23:30:00+03:00", "ymd", UTC) == datetime(2027, 5, 2, 20, 30, tzinfo=UTC)
    assert parse_moment("02.05.2027 23:30", "dmy", moscow) == datetime(2027, 5, 2, 20, 30, tzinfo=UTC)
    assert parse_moment("5/2/2027 12:05 am", "mdy", UTC) == datetime(2027, 5, 2, 0, 5, tzinfo=UTC)
    assert parse_moment("2027-05-02", "ymd", UTC) == datetime(2027, 5, 2, tzinfo=UTC)
    assert parse_moment("2027-05-02 10:00:00.1234567Z", "ymd", moscow).microsecond == 123456
    assert refused(parse_moment, "2027-05-02 24:61", "ymd", UTC) == "moment_unreadable"


@pytest.mark.parametrize(
    ("text", "sign", "value"),
    [
        ("1,234", ".", "1234"), ("1,234", ",", "1.234"), ("1,234.50", ".", "1234.5"), ("1.234,50", ",", "1234.5"),
        ("1 234,50", ",", "1234.5"), ("1\u00a0234\u202f567,5", ",", "1234567.5"), ("1'234.5", ".", "1234.5"), ("12,34,567", ".", "1234567"),
        ("-5", ".", "-5"), ("−5", ",", "-5"), ("5-", ".", "-5"), ("(1,200)", ".", "-1200"), ("15 %", ".", "15"), ("1.5e3", ".", "1500"),
        (".5", ".", "0.5"), ("0,125", ",", "0.125"), ("00123", ".", "123"), (12, ",", "12"), (Decimal("0.1"), ",", "0.1"),
    ],
)  # fmt: skip
def test_a_number_with_its_decimal_sign(text, sign, value):
    assert parse_number(text, sign) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["abc", "1.2.3.4", "1,2,3", "--5", "1 2", "NaN", "inf", "0x1F", "٣", "9" * 61, "5 kg", True]
)
def test_a_number_that_is_none(text):
    assert refused(parse_number, text, ".") == "number_unreadable"


def test_a_number_of_the_other_sign_is_refused_not_reinterpreted():
    assert refused(parse_number, "1.234,50", ".") == "number_other_notation"
    assert refused(parse_number, "0,125", ".") == "number_other_notation"
    assert parse_number("", ".") is None


def test_an_amount_keeps_its_currency_as_written():
    assert parse_amount("1 200,50 ₽", ",") == (Decimal("1200.5"), "₽")
    assert parse_amount("$1,200", ".") == (Decimal(1200), "$")
    assert parse_amount("USD 5", ".") == (Decimal(5), "USD")
    assert parse_amount("12 元", ".") == (Decimal(12), "元")
    assert parse_amount("7", ".") == (Decimal(7), "")
    assert parse_amount(None, ".") is None
    assert refused(parse_amount, "$5 EUR", ".") == "number_unreadable"


def test_yes_and_no_in_three_languages():
    assert [parse_bool(word) for word in ("Yes", "да", "是", "1", "TRUE", "истина", True)] == [True] * 7
    assert [parse_bool(word) for word in ("No", "нет", "否", "0", "False", "ложь", False)] == [False] * 7
    assert parse_bool("") is None
    assert refused(parse_bool, "maybe") == "boolean_unreadable"


def test_one_cell_at_the_end_settles_the_order_of_a_column():
    column = ["01.02.2024"] * 5_000 + ["13.02.2024"]
    facts = column_notation(column)
    assert (facts.kind, facts.dates, facts.date_notation, facts.ask) == ("date", ("dmy",), "dmy", False)


def test_day_and_month_that_can_be_exchanged_are_asked_about():
    facts = column_notation(["01.02.2024", "03.04.2024", "05.05.2024"])
    assert (facts.kind, set(facts.dates), facts.date_notation, facts.ask) == ("date", {"dmy", "mdy"}, None, True)


def test_a_column_in_two_notations_is_asked_about():
    facts = column_notation(["13.02.2024"] * 60 + ["02/13/2024"] * 40)
    assert (facts.kind, facts.dates, facts.ask) == ("date", ("dmy", "mdy"), True)


def test_a_cell_that_does_not_fit_is_an_example_with_its_row():
    facts = column_notation(["13.02.2024"] * 60 + ["n/a", "01.02.2024", "31.02.2024", "2024-02-01"])
    assert facts.ask
    facts = column_notation(["13.02.2024"] * 60 + ["n/a", "01.02.2024", "31.02.2024"])
    assert (facts.date_notation, facts.invalid_count) == ("dmy", 2)
    assert facts.invalid == (Example(61, "n/a"), Example(63, "31.02.2024"))


def test_months_in_words_need_no_question():
    facts = column_notation(["6 мая 2024 г.", "1 июня 2024 г."])
    assert (facts.kind, facts.ask) == ("date", False)
    assert facts.date_notation is not None


def test_iso_moments_of_a_real_export():
    facts = column_notation(["2008-04-30 00:00:00.000", "2014-02-08 10:01:36.826", ""])
    assert (facts.kind, facts.date_notation, facts.filled, facts.empty) == ("moment", "ymd", 2, 1)


@pytest.mark.parametrize(
    ("column", "kind", "sign", "ask"),
    [
        (["1", "20", "300"], "number", ".", False),
        (["1,5", "20", "300"], "number", ",", False),
        (["1,234", "20"], "number", None, True),
        (["1,234", "1,234.5"], "number", ".", False),
        (["1.234", "1.234.567"], "number", ",", False),
        (["0,125", "1,234"], "number", ",", False),
        (["1,5", "1.5"], "number", None, True),
        (["10%", "12,5%"], "percent", ",", False),
        (["$1.50", "$2"], "money", ".", False),
        (["29.85", "", " ", "1889.5"], "number", ".", False),
    ],
)
def test_decimal_signs(column, kind, sign, ask):
    facts = column_notation(column)
    assert (facts.kind, facts.number_notation, facts.ask) == (kind, sign, ask)


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (["Yes", "No", ""], "boolean"), (["да", "нет"], "boolean"), (["是", "否"], "boolean"), (["1", "0", "1"], "boolean"), (["1", "1"], "number"),
        ([True, False], "boolean"), (["00123", "00124"], "text"), (["12345678901234567890"], "text"), (["Ann", "Tom"], "text"), ([None, " "], "empty"),
        ([date(2024, 1, 2)], "date"), ([datetime(2024, 1, 2, 3)], "moment"), ([Decimal("1.5"), 2], "number"), (["20240506", "20241231"], "date"),  # noqa: DTZ001
        (["20240506", "20249999"], "number"), (["a1", "2024-05-06"], "text"),
        (["+79161234567", "+79161234568"], "text"), (["May 6, 2024 10:30", "June 7, 2024 9:00"], "moment"), (["May 6, 2024"], "date"),
    ],
)  # fmt: skip
def test_kinds_of_columns(column, kind):
    assert column_notation(column).kind == kind


def test_a_profile_stays_small_whatever_it_is_fed():
    profile = ColumnProfile()
    for row in range(20_000):
        profile.feed(f"value {row}", row)
    profile.feed("x" * 1_000_000, 20_001)
    facts = profile.facts()
    assert (facts.filled, len(facts.distinct), facts.has_more_distinct) == (20_001, 1_000, True)
    assert max(map(len, facts.distinct)) <= 200


@given(
    st.dates(date(1000, 1, 1), date(2999, 12, 31)),
    st.sampled_from([("ymd", "%Y-%m-%d"), ("dmy", "%d.%m.%Y"), ("mdy", "%m/%d/%Y")]),
)
def test_every_written_date_is_read_back(day, form):
    notation, pattern = form
    text = day.strftime(pattern) if day.year >= 1000 else ""
    assert parse_date(text, notation) == day
    assert notation in column_notation([text]).dates


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12),
    st.sampled_from(".,"),
)
def test_every_written_number_is_read_back(number, sign):
    grouped = f"{number:,.2f}"
    text = grouped if sign == "." else grouped.translate(str.maketrans(",.", ".,"))
    assert parse_number(text, sign) == number


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text):
    for notation in NOTATIONS:
        for parse, argument in ((parse_date, notation), (parse_number, "."), (parse_number, ","), (parse_amount, ",")):
            try:
                parse(text, argument)
            except Unparsable as refusal:
                assert refusal.key
    column_notation([text])
