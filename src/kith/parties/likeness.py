"""How likely two parties are the same one: a score from 0 to 100 out of the keys they share and what else speaks for or against it.

Each reason is a probability; those for it are joined as independent ones (two of 60 % make 84 %), those against it take
their share. The same figures serve the panel of a record, the queue of possible duplicates and the proof of quality.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kith.core.identity.keys import name_similarity

#: What a shared key says by itself.
BY_KEY = {
    "person": {
        "same_external_id": 0.98, "same_tax_id": 0.9, "same_email": 0.85, "same_phone": 0.5,
        "same_name": 0.45, "same_name_transliterated": 0.4, "same_name_pinyin": 0.35, "same_birth_date": 0.55,
    },
    "company": {
        "same_external_id": 0.98, "same_tax_id": 0.97, "same_email": 0.6, "same_phone": 0.45, "same_domain": 0.5,
        "same_company_name": 0.75, "same_company_name_transliterated": 0.5,
    },
}  # fmt: skip
#: Of the reasons of one group only the strongest counts: an equal name also sounds equal, an equal address has an equal domain.
GROUPS = {
    "same_name": "name", "same_name_transliterated": "name", "same_name_pinyin": "name",
    "same_company_name": "name", "same_company_name_transliterated": "name",
    "same_email": "mail", "same_domain": "mail",
}  # fmt: skip
#: What else speaks for it, and against it, once a key is shared.
FOR = {"same_birth_date": 0.55, "same_employer": 0.4, "same_city": 0.3, "similar_name": 0.35}
AGAINST = {
    "other_birth_date": 0.25, "other_tax_id": 0.35, "other_name": 0.45, "other_family_name": 0.8, "other_country": 0.7,
}  # fmt: skip
#: Signs that tell a field which not everybody may read.
TOLD_BY = {
    "same_birth_date": "birth_date", "other_birth_date": "birth_date", "same_tax_id": "tax_id", "other_tax_id": "tax_id", "same_email": "email",
    "same_domain": "email", "same_phone": "phone", "same_city": "city", "same_employer": "employer", "other_country": "country",
}  # fmt: skip
SIMILAR, OTHER = 0.82, 0.55
#: The same for a given or a family name alone.
SIMILAR_PART, OTHER_PART = 0.72, 0.5
#: From this score on two parties are proposed in the queue of possible duplicates.
PROPOSED = 60


@dataclass(frozen=True, slots=True)
class Facts:
    """What is compared besides the keys."""

    name: str = ""
    native_name: str = ""
    given: str = ""
    family: str = ""
    city: str = ""
    country: str = ""
    birth_date: dt.date | None = None
    employer: UUID | None = None
    tax_id: str = ""


def facts(values: Mapping[str, Any]) -> Facts:
    """The facts among the values of a party; a person's name may still be in parts."""
    parts = (values.get(part) or "" for part in ("given_name", "middle_name", "family_name"))
    employer = values.get("employer_id") or values.get("employer")
    birth = values.get("birth_date")
    return Facts(
        name=" ".join(filter(None, parts)) or values.get("name") or "",
        given=values.get("given_name") or "",
        family=values.get("family_name") or "",
        native_name=values.get("native_name") or values.get("legal_name") or "",
        city=(values.get("city") or "").casefold().strip(),
        country=values.get("country") or "",
        birth_date=birth if isinstance(birth, dt.date) else None,
        employer=employer if isinstance(employer, UUID) else None,
        tax_id="".join(filter(str.isalnum, (values.get("tax_id") or "").casefold())),
    )


@dataclass(frozen=True, slots=True)
class Likeness:
    """The score, the shared keys and the other signs by which it came about."""

    score: int
    reasons: tuple[str, ...]
    signs: tuple[str, ...]


def likeness(
    kind: str, reasons: Iterable[str], one: Facts, other: Facts, readable: Collection[str] | None = None
) -> Likeness:
    """How alike two parties of a kind are that share the keys of these reasons; by what `readable` names only, if given."""
    reasons = tuple(reasons)
    signs = tuple(
        sign
        for sign in found_signs(kind, reasons, one, other)
        if readable is None or TOLD_BY.get(sign, "name") in readable
    )
    return Likeness(joined(kind, reasons, signs), reasons, signs)


def joined(kind: str, reasons: Iterable[str], signs: Collection[str]) -> int:
    """The score of reasons and signs; `known_score` computes the same in SQL."""
    strongest: dict[str, float] = {}
    for reason in reasons:
        group = GROUPS.get(reason, reason)
        strongest[group] = max(strongest.get(group, 0.0), BY_KEY[kind].get(reason, 0.0))
    doubt = 1.0
    for chance in (*strongest.values(), *(FOR[sign] for sign in signs if sign in FOR)):
        doubt *= 1 - chance
    likely = 1 - doubt
    for sign in signs:
        likely *= AGAINST.get(sign, 1.0)
    return round(likely * 100)


def found_signs(kind: str, reasons: Collection[str], one: Facts, other: Facts) -> list[str]:
    """What speaks for and against it besides the keys."""
    signs = []
    if one.birth_date and other.birth_date and one.birth_date != other.birth_date:
        signs.append("other_birth_date")
    elif one.birth_date and one.birth_date == other.birth_date and "same_birth_date" not in reasons:
        signs.append("same_birth_date")
    if one.employer and one.employer == other.employer:
        signs.append("same_employer")
    if one.city and one.city == other.city:
        signs.append("same_city")
    if kind == "company" and one.tax_id and other.tax_id and "same_tax_id" not in reasons:
        signs.append("other_tax_id")
    if one.country and other.country and one.country != other.country:
        signs.append("other_country")
    if not any(GROUPS.get(reason) == "name" for reason in reasons):
        signs += of_names(kind, one, other)
    return signs


def of_names(kind: str, one: Facts, other: Facts) -> list[str]:
    """What names say that are not equal: misspelt, another family name (people marry), somebody else."""
    if kind == "person" and one.given and one.family and other.given and other.family:
        given, family = max(
            (name_similarity(one.given, other.given), name_similarity(one.family, other.family)),
            (name_similarity(one.given, other.family), name_similarity(one.family, other.given)),
            key=sum,
        )
        if given >= SIMILAR_PART and family >= SIMILAR_PART:
            return ["similar_name"]
        return ["other_name"] if given < OTHER_PART else ["other_family_name"] if family < OTHER_PART else []
    close = nearness(one, other)
    if close is None:
        return []
    return ["similar_name"] if close >= SIMILAR else ["other_name"] if close < OTHER else []


def nearness(one: Facts, other: Facts) -> float | None:
    """How alike the names are, 0 to 1, the best of all spellings; None where one has none."""
    ours, theirs = ([name for name in (each.name, each.native_name) if name] for each in (one, other))
    return max((name_similarity(mine, yours) for mine in ours for yours in theirs), default=None)
