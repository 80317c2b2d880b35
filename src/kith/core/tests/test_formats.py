"""Numbers, money, dates, names: as each of the three languages writes them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation

from kith.core.money import Money
from kith.core.ui import formats
from kith.core.ui.names import hue_of, initials

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def plain(text: object) -> str:
    """The text without markup and with ordinary spaces."""
    value = text.striptags() if hasattr(text, "striptags") else str(text)
    return value.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("language", "amount", "short", "number", "share"),
    [
        ("en", "€48,200", "€2.14M", "1,234.50", "65%"),
        ("ru", "48 200 €", "2,14 млн €", "1 234,50", "65 %"),
        ("zh-hans", "€48,200", "€214万", "1,234.50", "65%"),
    ],
)
def test_numbers_and_money(language: str, amount: str, short: str, number: str, share: str) -> None:
    with translation.override(language):
        assert plain(formats.money(Money(Decimal(48200), "EUR"))) == amount
        assert plain(formats.money(2_140_000, "EUR", short=True)).replace(".00", "") == short
        assert plain(formats.num(1234.5, 2)) == number
        assert plain(formats.percent(0.65)) == share


def test_money_keeps_its_cents_and_its_currency() -> None:
    with translation.override("en"):
        assert plain(formats.money(Decimal("18430.50"), "EUR")) == "€18,430.50"
        assert plain(formats.money(Decimal("1200"), "JPY")) == "JP¥1,200"
        assert formats.money(None) == "—"


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("language", "this_year", "other_year", "past", "long"),
    [
        ("en", "25 Nov", "25 Nov 2024", "12 days ago", "25 November 2026"),
        ("ru", "25 нояб.", "25 нояб. 2024 г.", "12 дней назад", "25 ноября 2026 г."),
        ("zh-hans", "11月25日", "2024年11月25日", "12天前", "2026年11月25日"),
    ],
)
def test_dates(language: str, this_year: str, other_year: str, past: str, long: str) -> None:
    with translation.override(language):
        assert plain(formats.day(date(2026, 11, 25))) == this_year
        assert plain(formats.day(date(2024, 11, 25))) == other_year
        assert plain(formats.day(date(2026, 11, 25), "long")) == long
        assert plain(formats.ago(NOW - timedelta(days=12))) == past


@time_machine.travel(NOW, tick=False)
def test_moments_are_told_in_the_readers_time_zone() -> None:
    with translation.override("en"), timezone.override(ZoneInfo("Asia/Shanghai")):
        late = datetime(2026, 11, 24, 17, 5, tzinfo=UTC)
        assert plain(formats.moment(late)) == "25 Nov 01:05"
        assert 'datetime="2026-11-24T17:05:00+00:00"' in formats.moment(late)
        assert plain(formats.ago(late)) == "tomorrow"
        assert plain(formats.ago(NOW - timedelta(minutes=5))) == "5 minutes ago"
        assert plain(formats.ago(NOW)) == "just now"


def test_sizes_read_well() -> None:
    with translation.override("en"):
        assert plain(formats.size(512)) == "512 byte"
        assert plain(formats.size(1_482_000)) == "1.4 MB"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Nadia Brandt", "NB"), ("李思远", "李"), ("上海澄光光学有限公司", "上"), ("ООО «Волга-Полимер»", "ВП"), ("Prof. Amara Okafor", "AO"),
        ("Orbis Pharma GmbH", "OP"), ("Sable & Finch Laboratories", "SF"), ("Уралэнергосервис", "УР"), ("3M", "3M"), ("", "?"), ("GmbH", "GM"),
    ],
)  # fmt: skip
def test_initials_skip_titles_and_legal_forms(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_name_keeps_its_hue() -> None:
    assert hue_of("Nadia Brandt") == hue_of("Nadia Brandt") != hue_of("Nadia Brand")
    assert hue_of("") == "grey"


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(days=400, hours=23), ("400 days", "400 дней", "400天")),
        (timedelta(days=1), ("1 day", "1 день", "1天")),
        (timedelta(hours=23, minutes=59), ("23 hours", "23 часа", "23小时")),
        (timedelta(minutes=59, seconds=59), ("59 minutes", "59 минут", "59分钟")),
        (timedelta(seconds=59), ("0 minutes", "0 минут", "0分钟")),
    ],
)
def test_how_long_something_lasted(span: timedelta, words: tuple[str, str, str]) -> None:
    found = []
    for language in ("en", "ru", "zh-hans"):
        with translation.override(language):
            found.append(plain(formats.length(span)))
    assert tuple(found) == words
