"""Countries: ISO 3166 codes, recognised from names in many languages, shown in the reader's."""

from functools import lru_cache

from babel import Locale
from babel.core import get_global

from .local_names import LOCAL_NAMES
from .problems import Problem
from .text import fold

# Languages of the interface, in which every country is known; local names come from a list.
_LANGUAGES = ("en", "ru", "zh", "zh_Hant")
# What people write beside the official names.
_SPOKEN = {
    "usa": "US", "сша": "US", "u.s.a.": "US", "u.s.": "US", "america": "US", "the united states": "US",
    "united states of america": "US", "америка": "US", "соединенные штаты америки": "US", "美利坚合众国": "US",
    "uk": "GB", "u.k.": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "northern ireland": "GB", "британия": "GB", "англия": "GB", "великобритания": "GB", "соединенное королевство": "GB",
    "russia": "RU", "russian federation": "RU", "российская федерация": "RU", "рф": "RU", "俄国": "RU",
    "俄罗斯联邦": "RU", "china": "CN", "prc": "CN", "p.r. china": "CN", "pr china": "CN", "кнр": "CN",
    "people's republic of china": "CN", "китайская народная республика": "CN", "中华人民共和国": "CN",
    "holland": "NL", "голландия": "NL", "the netherlands": "NL", "белоруссия": "BY", "беларусь": "BY",
    "belarus": "BY", "emirates": "AE", "uae": "AE", "оаэ": "AE", "эмираты": "AE", "czech republic": "CZ",
    "чешская республика": "CZ", "south korea": "KR", "korea": "KR", "корея": "KR", "южная корея": "KR", "韩国": "KR",
    "north korea": "KP", "turkey": "TR", "turkiye": "TR", "macedonia": "MK", "ivory coast": "CI", "vietnam": "VN",
    "viet nam": "VN", "burma": "MM", "swaziland": "SZ", "cape verde": "CV", "hong kong": "HK", "香港": "HK",
    "macao": "MO", "macau": "MO", "澳门": "MO", "taiwan": "TW", "台湾": "TW", "moldova": "MD", "молдавия": "MD",
    "киргизия": "KG", "туркмения": "TM", "татарстан": "RU", "bosnia": "BA", "eire": "IE", "brd": "DE",
    "suisse": "CH", "schweiz": "CH", "vatican": "VA", "the gambia": "GM", "the bahamas": "BS", "palestine": "PS",
}  # fmt: skip


@lru_cache(maxsize=1)
def codes() -> frozenset[str]:
    """Return the two-letter codes of all countries and territories of ISO 3166."""
    territories = map(str, Locale.parse("en").territories)
    pseudo = {"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
    return frozenset(code for code in territories if len(code) == 2 and code.isalpha()) - pseudo


@lru_cache(maxsize=5_000)
def country_code(text: str) -> str:
    """Return the two-letter code of a country given as name, code of two or three letters or number.

    Names in the languages of the interface and in the country's own are known: США, 美国, Norge.
    Raises Problem("unknown_country").
    """
    code = text.strip().upper()
    if code in codes():
        return code
    if code.isalnum() and code.isascii() and (known := _alias(code)):
        return known
    name = fold(text)
    found = _SPOKEN.get(name) or _names().get(name) or LOCAL_NAMES.get(name)
    if not found:
        raise Problem("unknown_country", value=text.strip())
    return found


@lru_cache(maxsize=2048)
def country_name(code: str, language: str = "en") -> str:
    """Return the name of a country in a language; the code itself when there is none."""
    wanted = language.replace("-", "_")
    locale = Locale.parse("zh" if wanted.lower().startswith("zh_hans") else wanted)
    return str(locale.territories.get(code.upper(), code))


def _alias(code: str) -> str:
    """Return the two-letter code of a three-letter (ISO 3166 alpha-3) or numeric code, or ""."""
    successors = get_global("territory_aliases").get(code.zfill(3) if code.isdigit() else code, [])
    current = str(successors[0]) if len(successors) == 1 and len(code) in (2, 3) else ""
    return current if current in codes() else ""


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Return folded names of countries; an earlier language wins over a later one."""
    names: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if code in codes():
                names.setdefault(fold(name), code)
    return names
