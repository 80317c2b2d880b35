"""party_keys: everything by which a person or a company is found again, whatever the script."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import product

from rapidfuzz.fuzz import ratio, token_sort_ratio

from .chinese import han_readings, is_chinese, latin_readings, may_be_western, one_spelling, reading, surname_reading
from .company import company_key, company_sounds, split_legal_form
from .mails import domain_of, is_public, parse_mail
from .matchkeys import MatchKey
from .naming import parse_name
from .person import PersonName
from .problems import Problem
from .public_domains import PUBLIC_MAIL_DOMAINS
from .skeleton import skeletons
from .text import fold
from .urls import web_domain

MOST_NAME_READINGS = 6
SHORTEST_TAX_ID = 5


def party_keys(
    kind: str,
    *,
    names: Iterable[str | PersonName] = (),
    native_names: Iterable[str | PersonName] = (),
    emails: Iterable[str] = (),
    phones: Iterable[str] = (),
    tax_ids: Iterable[str] = (),
    websites: Iterable[str] = (),
    external_ids: Iterable[str] = (),
    public_domains: Collection[str] = PUBLIC_MAIL_DOMAINS,
) -> frozenset[MatchKey]:
    """Return the match keys of a party (R10, R26, R28); `kind` is "person" or "company".

    `phones` are as stored (phones.normalise). Values that are no address or number give no key.
    """
    keys: set[MatchKey] = set()
    addresses = list(_addresses(emails))
    keys.update(MatchKey.of("email", address) for address in addresses)
    keys.update(MatchKey.of("phone", phone.strip()) for phone in phones if phone.strip())
    keys.update(MatchKey.of("external_id", value.strip()) for value in external_ids if value.strip())
    keys.update(MatchKey.of("tax_id", value) for value in map(_tax_key, tax_ids) if value)
    name_keys = _person_name_keys if kind == "person" else _company_name_keys
    for name in (*names, *native_names):
        keys.update(name_keys(name))
    if kind == "company":
        domains = {domain_of(address) for address in addresses} | set(map(web_domain, websites))
        keys.update(
            MatchKey.of("domain", domain) for domain in domains if domain and not is_public(domain, public_domains)
        )
    return frozenset(keys)


def born_key(birth_date: dt.date, given: str, family: str) -> MatchKey | None:
    """A day of birth with the first sounds of the name, in any order: finds who is misspelt. None for half a name."""
    initials = sorted(filter(None, map(_initial, (given, family))))
    return MatchKey.of("born", f"{birth_date.isoformat()} {''.join(initials)}") if len(initials) > 1 else None


def _initial(name: str) -> str:
    """The first sound of a name as a Latin letter."""
    folded = fold(name)
    words = han_readings(folded) if is_chinese(folded) else folded.split()
    return next((sound[0] for word in words for sound in skeletons(word)), "")


@lru_cache(maxsize=10_000)
def name_similarity(one: str, other: str) -> float:
    """Return how alike two names are, 0 to 1, in any scripts and order of words.

    Legal forms do not count. For ranking offers, never for joining.
    """
    first, second = split_legal_form(one).core, split_legal_form(other).core
    chinese = is_chinese(first), is_chinese(second)
    if all(chinese):
        return ratio(fold(first), fold(second)) / 100
    if any(chinese):
        return token_sort_ratio(_spoken(first), _spoken(second)) / 100
    plain = token_sort_ratio(fold(first), fold(second))
    return max(plain, token_sort_ratio(_sound(first), _sound(second))) / 100


def _addresses(emails: Iterable[str]) -> Iterator[str]:
    for email in emails:
        try:
            yield parse_mail(email).address
        except Problem:
            continue


def _tax_key(value: str) -> str:
    """Return a tax or registration number without spaces and marks, "" when too short to tell."""
    key = "".join(filter(str.isalnum, fold(value)))
    return key if len(key) >= SHORTEST_TAX_ID and any(map(str.isdigit, key)) else ""


def _company_name_keys(name: str | PersonName) -> Iterator[MatchKey]:
    text = name if isinstance(name, str) else " ".join(filter(None, (name.given, name.middle, name.family)))
    yield from _company_keys(text)


@lru_cache(maxsize=10_000)
def _company_keys(name: str) -> tuple[MatchKey, ...]:
    key = company_key(name)
    found = [MatchKey.of("company_name", key)] if key else []
    found += [MatchKey.of("company_sound", sound) for sound in company_sounds(name)]
    core = fold(split_legal_form(name).core)
    if is_chinese(core):
        found.append(MatchKey.of("characters", core.replace(" ", "")))
    return tuple(found)


def _person_name_keys(name: str | PersonName) -> tuple[MatchKey, ...]:
    return _name_keys(parse_name(name) if isinstance(name, str) else name)


@lru_cache(maxsize=10_000)
def _name_keys(name: PersonName) -> tuple[MatchKey, ...]:
    """Return the keys of a full name; half a name is too common to say anything."""
    given, *more = fold(name.given).split() or [""]
    family = fold(name.family)
    if not given or not family:
        return ()
    if is_chinese(name.family + name.given):
        return _han_keys(name)
    tokens = (*family.split(), given, *more)
    readings = () if name.middle else latin_readings(tokens)
    found = [MatchKey.of("person_pinyin", key) for read in readings for key in _pinyin_keys(read.family, read.given)]
    if readings and not may_be_western(tokens):
        return (MatchKey.of("person_name", _unordered("".join((given, *more)), family)), *found)
    found.append(MatchKey.of("person_name", _unordered(given, family)))
    found += _sound_keys(name.given.split()[0], name.family)
    middle = fold(name.middle).split() or more
    found += [MatchKey.of("middle", sound) for sound in (skeletons(middle[0]) if middle else ())]
    return tuple(found)


def _unordered(given: str, family: str) -> str:
    return " ".join(sorted((given, family)))


def _sound_keys(given: str, family: str) -> list[MatchKey]:
    mixed = product(skeletons(given), skeletons("".join(family.split())))
    sounds = dict.fromkeys(_unordered(*choice) for choice in mixed)
    return [MatchKey.of("person_sound", sound) for sound in tuple(sounds)[:MOST_NAME_READINGS]]


def _han_keys(name: PersonName) -> tuple[MatchKey, ...]:
    family, given = fold(name.family), fold(name.given + name.middle)
    readings = {surname_reading(family), "".join(reading(family))}
    spoken = "".join(reading(given))
    found = [MatchKey.of("person_name", family + given), MatchKey.of("characters", family + given)]
    found += [MatchKey.of("person_pinyin", f"{one_spelling(read)}|{one_spelling(spoken)}") for read in sorted(readings)]
    return tuple(found)


def _pinyin_keys(family: str, given: str) -> tuple[str, ...]:
    """Lu may stand for Lü, whose dots are often left out."""
    families = ("lu", "lv") if family == "lu" else (family,)
    return tuple(f"{family}|{given}" for family in families)


def _spoken(name: str) -> str:
    return " ".join(han_readings(name)) if is_chinese(name) else fold(name)


def _sound(name: str) -> str:
    return " ".join(skeletons(word)[0] for word in fold(name).split() if skeletons(word))
