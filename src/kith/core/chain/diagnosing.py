"""Which row of a seal is not as it was sealed, and how: each is hashed again, here in Python, by the formula alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from .computing import BATCH, plain
from .findings import Finding
from .formula import DIGEST, NO_SALT, SALT, commitment, leaf
from .models import Seal


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stands in its table now."""

    xact: int
    header: str
    bodies: tuple[str, ...]


def diagnose(seal: Seal) -> list[Finding]:
    """What is wrong with the rows of a seal; at least one finding, since something is."""
    found = rows(seal)
    keys = [seal.of.key_of(ident) for ident in seal.of.cut(bytes(seal.keys))]
    findings = [Finding(seal.number, text) for text in [*compared(seal, keys, found), *added(seal, keys, found)]]
    return findings or [Finding(seal.number, "its list of rows was changed.")]


def rows(seal: Seal) -> dict[str, Row]:
    """The rows of its stretch now, by key, in their order."""
    source = seal.of
    bodies = "".join(f", {source.body_sql(columns)}" for _name, columns, _empty in source.parts)
    send = "uuid_send(id)" if source.is_uuid else "int8send(id)"
    query = (
        f"SELECT {send}, xact, {source.header_sql()}{bodies} FROM {source.table} WHERE (xact, id) > (%(xact)s, %(key)s::{source.id_type}) "
        f"AND (xact, id) <= (%(until_xact)s, %(until_key)s::{source.id_type}) ORDER BY xact, id LIMIT {2 * BATCH}"
    )
    values = {"xact": seal.after_xact, "key": seal.after_key or source.least, "until_xact": seal.until_xact, "until_key": seal.until_key}  # fmt: skip
    return {source.key_of(bytes(row[0])): Row(row[1], row[2], tuple(row[3:])) for row in plain(query, values)}


def compared(seal: Seal, keys: list[str], found: dict[str, Row]) -> Iterator[str]:
    """What happened to the rows that were sealed."""
    for place, key in enumerate(keys):
        if key not in found:
            yield gone(seal, key)
            continue
        commitments, wrong = [], []
        for part, (name, _columns, empty) in enumerate(seal.of.parts):
            made, fault = bound(seal, place, part, found[key].bodies[part], empty)
            commitments.append(made)
            wrong += [f"{name}: {fault}"] if fault else []
        if wrong:
            yield f"{seal.of.told(key)} was changed ({'; '.join(wrong)})."
        elif leaf(found[key].header, commitments) != bytes(seal.leaves)[place * DIGEST : (place + 1) * DIGEST]:
            yield f"{seal.of.told(key)} was changed (who, when or what: {found[key].header})."


def bound(seal: Seal, place: int, part: int, body: str, empty: str) -> tuple[bytes, str]:
    """The commitment of a body now, and what is wrong with it."""
    number = place * len(seal.of.parts) + part
    salt = bytes(seal.salts)[number * SALT : (number + 1) * SALT]
    kept = bytes(seal.commitments)[number * DIGEST : (number + 1) * DIGEST]
    if salt == NO_SALT:
        return kept, "" if body == empty else "it was erased and holds something again"
    made = commitment(salt, body)
    return made, "" if made == kept else "it holds something else than was sealed"


def gone(seal: Seal, key: str) -> str:
    """A row that is not where it was: moved or removed."""
    query = f"SELECT xact FROM {seal.of.table} WHERE id = %(key)s::{seal.of.id_type} LIMIT 1"
    elsewhere = plain(query, {"key": key})
    if elsewhere:
        return f"{seal.of.told(key)} was moved: it bears the transaction number {elsewhere[0][0]} now."
    return f"{seal.of.told(key)} is gone."


def added(seal: Seal, keys: list[str], found: dict[str, Row]) -> Iterator[str]:
    """Rows that were not there when all was sealed."""
    known = set(keys)
    for key in found:
        if key not in known:
            yield f"{seal.of.told(key)} was put in afterwards, among rows that had been sealed."
