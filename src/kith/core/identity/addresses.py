"""Postal addresses: the order of lines that each country's post and reader expect."""

import re
from dataclasses import dataclass

from .chinese import is_chinese
from .countries import country_name

# {street} {city} {region} {code}; "|" ends a line. The customs of the national posts.
_FORMATS = {
    "AR": "{street}|{code} {city}|{region}", "AU": "{street}|{city} {region} {code}",
    "BR": "{street}|{city}-{region}|{code}", "BY": "{street}|{code} {city}|{region}",
    "CA": "{street}|{city} {region} {code}", "CL": "{street}|{code} {city}|{region}",
    "CN": "{street}|{city}, {region} {code}", "CO": "{street}|{city}, {region} {code}",
    "ES": "{street}|{code} {city} {region}", "GB": "{street}|{city}|{region}|{code}",
    "HK": "{street}|{city}|{region}", "HU": "{city}|{street}|{code}", "ID": "{street}|{city}|{region} {code}",
    "IE": "{street}|{city}|{region} {code}", "IN": "{street}|{city} {code}|{region}",
    "IT": "{street}|{code} {city} {region}", "JP": "{street}|{city}, {region} {code}",
    "KR": "{street}|{city}|{region} {code}", "KZ": "{street}|{city}|{region}|{code}",
    "LV": "{street}|{city}, {code}", "MX": "{street}|{code} {city}, {region}", "MY": "{street}|{code} {city}|{region}",
    "NZ": "{street}|{city} {code}", "RU": "{street}|{city}|{region}|{code}", "SG": "{street}|{city} {code}",
    "TH": "{street}|{city}|{region} {code}", "TR": "{street}|{code} {city}/{region}",
    "TW": "{street}|{city}, {region} {code}", "UA": "{street}|{city}|{region}|{code}",
    "US": "{street}|{city}, {region} {code}", "UZ": "{street}|{code} {city}|{region}",
    "VN": "{street}|{city}|{region} {code}", "ZA": "{street}|{city}|{region}|{code}",
    "AE": "{street}|{city}|{region}", "SA": "{street}|{city} {code}",
}  # fmt: skip
_DEFAULT = "{street}|{code} {city}|{region}"
# In its own script a Chinese, Japanese or Korean address goes from large to small.
_LARGE_FIRST = {
    "CN": "{code}|{region}{city}{street}", "TW": "{code}|{region}{city}{street}", "HK": "{region}{city}{street}",
    "JP": "〒{code}|{region}{city}{street}", "MO": "{city}{street}", "SG": "{street}|{code}",
}  # fmt: skip
_FIELD = re.compile(r"\{(\w+)\}")
_MARKS = re.compile(r"^[\s,/\-〒]+|[\s,/\-〒]+$")
_GAPS = re.compile(r" {2,}|(?<=[,/]) +(?=[,/])")


@dataclass(frozen=True, slots=True)
class Address:
    """One postal address; an empty string means that there is no such part.

    `country` is a two-letter code; `street` may have several lines.
    """

    street: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""


def address_lines(address: Address, language: str = "en", home: str = "") -> list[str]:
    """Return the lines of an address as its country writes them.

    The country's name in `language` is the last line (the first one of an address in
    characters); it is left out when the address lies in `home`, the reader's country.
    """
    native = is_chinese(_letters(address.street + address.city)) and address.country in _LARGE_FIRST
    pattern = _LARGE_FIRST[address.country] if native else _FORMATS.get(address.country, _DEFAULT)
    lines = [line for part in pattern.split("|") for line in _filled(part, address)]
    if not address.country or address.country == home.upper():
        return lines
    country = country_name(address.country, language)
    return [country, *lines] if native else [*lines, country]


def address_line(address: Address, language: str = "en", home: str = "") -> str:
    """Return the address in one line; a Russian one in a Russian list starts with the index."""
    if address.country == "RU" and language.startswith("ru"):
        country = country_name("RU", "ru") if home.upper() != "RU" else ""
        parts = (address.postal_code, country, address.region, address.city, *address.street.splitlines())
        return ", ".join(filter(None, (part.strip() for part in dict.fromkeys(parts))))
    return ", ".join(address_lines(address, language, home))


def _filled(pattern: str, address: Address) -> list[str]:
    values = {
        "street": address.street.strip(),
        "city": address.city.strip(),
        "region": "" if address.region.strip() == address.city.strip() else address.region.strip(),
        "code": address.postal_code.strip(),
    }
    text = _FIELD.sub(lambda match: values[match[1]], pattern)
    marked = "〒" in text and bool(values["code"])
    lines = (_MARKS.sub("", _GAPS.sub(" ", line)) for line in text.splitlines())
    return [f"〒{line}" if marked else line for line in lines if line]


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text))
