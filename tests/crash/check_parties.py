"""Checks of parties: their card, their contact points and the keys by which they are recognised agree."""

from typing import Any

from tests.crash.asking import Facts, none, rows

from kith.parties import matching
from kith.parties.entities.party import Party


def contacts(facts: Facts) -> list[str]:
    """E-mail, phone and web site of a party are its one primary contact point of that kind."""
    del facts
    wrong = none(
        "SELECT party_id, kind, count(*) FROM parties_contactpoint WHERE is_primary AND deleted_at IS NULL GROUP BY party_id, kind HAVING count(*) > 1",
        "parties with two primary points of a kind",
    )
    for column, kind in (("email", "email"), ("phone", "phone"), ("website", "site")):
        wrong += none(
            f"SELECT p.id, p.{column}, c.value FROM parties_party p LEFT JOIN parties_contactpoint c ON c.party_id = p.id AND c.kind = %s AND c.is_primary AND c.deleted_at IS NULL"
            f" WHERE p.deleted_at IS NULL AND p.{column} <> coalesce(c.value, '')",
            f"parties whose {column} is not their primary point",
            kind,
        )
    return wrong


def keys(facts: Facts) -> list[str]:
    """Each party written since the last look is recognised by exactly the keys it should have; nobody's keys remain of what is gone."""
    wrong = none(
        "SELECT k.party_id, k.kind FROM parties_matchkey k WHERE NOT EXISTS (SELECT 1 FROM parties_party p WHERE p.id = k.party_id)",
        "keys of no party",
    )
    written = [
        key
        for (key,) in rows(
            "SELECT DISTINCT record_id FROM core_change WHERE id > %s AND entity IN ('parties.company', 'parties.person')",
            facts.since,
        )
    ]
    points: dict[Any, dict[str, list[str]]] = {}
    for party, kind, form in rows(
        "SELECT party_id, kind, normalized FROM parties_contactpoint WHERE deleted_at IS NULL AND party_id = ANY(%s)",
        written,
    ):
        points.setdefault(party, {}).setdefault(kind, []).append(form)
    present: dict[Any, set[Any]] = {}
    for party, kind, key in rows("SELECT party_id, kind, key FROM parties_matchkey WHERE party_id = ANY(%s)", written):
        present.setdefault(party, set()).add((party, kind, key))
    public = matching.public_domains()
    off = [
        party.pk
        for party in Party._base_manager.filter(pk__in=written)
        if matching.rows_of(party, points.get(party.pk, {}), public) != present.get(party.pk, set())
    ]
    return wrong + ([f"parties with other keys than they should have: {len(off)} ({off[0]})"] if off else [])
