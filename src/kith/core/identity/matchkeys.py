"""MatchKey: one fact by which two records can be the same party, and what shared facts mean."""

from collections.abc import Iterable, Set
from typing import NamedTuple

# What a shared key of a kind says to a person; identifiers of texts.REASONS.
REASON_OF = {
    "external_id": "same_external_id",
    "email": "same_email",
    "phone": "same_phone",
    "tax_id": "same_tax_id",
    "domain": "same_domain",
    "company_name": "same_company_name",
    "company_sound": "same_company_name_transliterated",
    "person_name": "same_name",
    "person_sound": "same_name_transliterated",
    "person_pinyin": "same_name_pinyin",
    "born": "same_birth_date",
}
# Kinds that only speak against a match of names: another patronymic, other characters.
EVIDENCE = ("middle", "characters")
# Kinds by which incoming data are attached without asking (R10); all others are only offered.
JOINING = {
    "person": frozenset({"external_id", "email"}),
    "company": frozenset({"external_id", "tax_id", "company_name"}),
}
_BY_NAME = frozenset({"person_name", "person_sound", "person_pinyin"})
_BY_SOUND = frozenset({"person_sound", "person_pinyin", "company_sound"})


class MatchKey(NamedTuple):
    """One comparable fact: its kind, the text that must be equal, and the reason to show.

    `reason` is a key of texts.REASONS; it is "" for evidence, which never is a reason.
    """

    kind: str
    key: str
    reason: str

    @classmethod
    def of(cls, kind: str, key: str) -> "MatchKey":
        """Make the key of a kind with its reason."""
        return cls(kind, key, REASON_OF.get(kind, ""))


def shared_reasons(ours: Set[MatchKey], theirs: Set[MatchKey]) -> tuple[str, ...]:
    """Return the reasons why two parties may be the same, the strongest first; () if none.

    Equal names do not count against different middle names (Иван Петрович, Иван Сергеевич), nor
    equal sounds against different Chinese characters (张伟, 章薇).
    """
    against: set[str] = set()
    if _differ(ours, theirs, "middle"):
        against |= _BY_NAME
    if _differ(ours, theirs, "characters"):
        against |= _BY_SOUND
    kinds = {key.kind for key in ours & theirs if key.reason} - against
    return tuple(reason for kind, reason in REASON_OF.items() if kind in kinds)


def joins(party_kind: str, keys: Iterable[MatchKey]) -> list[MatchKey]:
    """Return the keys by which incoming data of a person or company are attached (R10)."""
    return [key for key in keys if key.kind in JOINING[party_kind]]


def _differ(ours: Set[MatchKey], theirs: Set[MatchKey], kind: str) -> bool:
    """Have both evidence of a kind, and none of it agrees?"""
    mine = [key.key for key in ours if key.kind == kind]
    yours = [key.key for key in theirs if key.kind == kind]
    return bool(mine and yours) and not any(_agree(one, other) for one in mine for other in yours)


def _agree(one: str, other: str) -> bool:
    """Is one the other, or its initial?"""
    return one == other or (1 in (len(one), len(other)) and one[0] == other[0])
