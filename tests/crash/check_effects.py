"""Checks of what follows from writes: moves to the trash, changes that were taken back, events, mails, files, the sealed ledger."""

import email.parser
import email.policy
from collections import defaultdict
from pathlib import Path

from tests.crash.asking import SHOWN, Facts, none, rows

#: Where keys of stored files stand: uploads nobody took yet, attachments, imports.
KEYS = (
    "SELECT key FROM core_upload UNION SELECT file FROM activities_attachment UNION SELECT file_key FROM core_importrun"
)
#: What the mailer writes after a mail.
END = b"-" * 79 + b"\n"


def moves(facts: Facts) -> list[str]:
    """What was moved is there; in the end it is where it was acknowledged to be."""
    present = dict(
        rows(
            "SELECT id::text, deleted_at IS NOT NULL FROM parties_party WHERE id = ANY(%s::uuid[])",
            list(facts.notes.moved),
        )
    )
    wrong = [f"acknowledged company {key} is lost" for key in facts.notes.moved if key not in present]
    if facts.is_final:
        wrong += [
            f"company {key}: {'in the trash' if present[key] else 'there'} though it was acknowledged that it is not"
            for key, told in facts.notes.moved.items()
            if told is not None and present.get(key, told) != told
        ]
    return wrong


def undone(facts: Facts) -> list[str]:
    """What was taken back knows by what, and that knows it; nothing is taken back twice."""
    told = "SELECT id FROM core_changeset WHERE id = ANY(%s::uuid[]) AND undone_by IS NULL"
    pairs = "SELECT s.id, s.undone_by FROM core_changeset s WHERE s.undone_by IS NOT NULL AND NOT EXISTS (SELECT FROM core_changeset u WHERE u.id = s.undone_by AND u.undo_of = s.id)"
    return [
        *none(told, "acknowledged to be undone and is not", facts.notes.undone),
        *none(pairs, "undone by nothing"),
        *none("SELECT undo_of, count(*) FROM core_changeset WHERE undo_of IS NOT NULL GROUP BY undo_of HAVING count(*) > 1", "undone more than once"),
    ]  # fmt: skip


def events(facts: Facts) -> list[str]:
    """Of each change-set, kind of record and operation that somebody listens to there is one event, with its records; of nothing else."""
    from kith.core.events import PAST, wanted

    expected: dict[tuple[str, str], list[int]] = defaultdict(list)
    for change_set, label, op, count in rows(
        "SELECT changeset_id, entity, op, count(*) FROM core_change WHERE id > %s GROUP BY 1, 2, 3", facts.since
    ):
        if wanted(label, op):
            expected[str(change_set), f"{label}.{PAST[op]}"].append(count)
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for change_set, name, count in rows(
        "SELECT changeset_id, name, jsonb_array_length(record_ids) FROM core_outboxevent WHERE changeset_id IN (SELECT changeset_id FROM core_change WHERE id > %s)",
        facts.since,
    ):
        found[str(change_set), name].append(count)
    off = [key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key)]
    orphans = none("SELECT id, name FROM core_outboxevent o WHERE NOT EXISTS (SELECT FROM core_changeset s WHERE s.id = o.changeset_id)", "events of no change-set")  # fmt: skip
    return orphans + ([f"events that are not as the ledger: {len(off)} ({off[0]})"] if off else [])


def mails(facts: Facts) -> list[str]:
    """Whoever was invited has one job and, in the end, a mail; if it was sent again, then under the same Message-ID."""
    wrong = none(
        "SELECT u.email, count(j.id) FROM access_user u LEFT JOIN core_jobrun j ON j.name = 'access.send_password_link' AND j.arguments ->> 'user' = u.id::text WHERE u.email = ANY(%s) GROUP BY 1 HAVING count(j.id) <> 1",
        "users whose mail was asked for otherwise than once",
        facts.notes.invited,
    )
    users = {address for (address,) in rows("SELECT email FROM access_user WHERE email = ANY(%s)", facts.notes.invited)}
    wrong += [f"acknowledged user {address} is lost" for address in facts.notes.invited if address not in users]
    if not facts.is_final:
        return wrong
    sent = sent_mails(facts.data)
    wrong += [f"{address} was never mailed" for address in facts.notes.invited if not sent.get(address)]
    return wrong + [
        f"{address} got mails of several ids: {sorted(set(ids))}" for address, ids in sent.items() if len(set(ids)) > 1
    ]


def sent_mails(data: Path) -> dict[str, list[str]]:
    """The Message-IDs of all mails by address; one whose writer was killed is no mail yet."""
    parser = email.parser.BytesHeaderParser(policy=email.policy.default)
    found: dict[str, list[str]] = defaultdict(list)
    for place in (data / "mail").glob("*.log"):
        for content in place.read_bytes().split(END)[:-1]:  # mails of one second may share a file
            head = parser.parsebytes(content)
            found[str(head["To"])].append(str(head["Message-ID"]))
    return found


def repeated_mails(data: Path) -> int:
    """How many mails were sent more than once."""
    return sum(len(ids) - 1 for ids in sent_mails(data).values())


def files(facts: Facts) -> list[str]:
    """Each attachment that was acknowledged is there with its bytes; each row has its file."""
    kept = dict(
        rows("SELECT id::text, file FROM activities_attachment WHERE id = ANY(%s::uuid[])", list(facts.notes.attached))
    )
    wrong = [f"acknowledged attachment {key} is lost" for key in facts.notes.attached if key not in kept]
    wrong += [
        f"attachment {key} has other bytes"
        for key, name in kept.items()
        if bytes_of(facts.data, name) != facts.notes.attached[key]
    ]
    lacking = [key for (key,) in rows(KEYS) if bytes_of(facts.data, key) is None]
    return [*wrong, *(f"row without its file: {key}" for key in lacking[:SHOWN])]


def bytes_of(data: Path, key: str) -> bytes | None:
    """The content of a stored file."""
    place = data / "files" / key[:2] / key[2:4] / key
    return place.read_bytes() if place.exists() else None


def ownerless(data: Path) -> list[str]:
    """Files that no row knows: of somebody who was killed between storing and writing."""
    known = {key for (key,) in rows(KEYS)}
    return sorted(place.name for place in (data / "files").rglob("*") if place.is_file() and place.name not in known)


def chain() -> list[str]:
    """Seal what waits, then compare the chain with the tables, as `kith audit verify` does; on connections of its own, outside the snapshot."""
    from kith.core.chain import sealer, verifying

    sealer.seal()
    return [f"chain: {finding}" for finding in verifying.verify([]).findings]
