"""Verifying the chain: everything that was sealed is compared with what the tables hold now, and told in words.

1. All in one snapshot, so that what is written, sealed or erased meanwhile makes no difference.
2. Seals are read in their order; each must follow from the one before, and begin where the last one of its source ended.
3. The rows of neighbouring seals are hashed anew by the database, some thousands at once, on several connections.
4. Where that differs, the rows are looked at one by one in Python (`diagnosing.py`), to tell which and how.
5. Emptied bodies must be named by an erasure; anchors must be found in the chain; times must fit the order of writing.
"""

import datetime as dt
from bisect import bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import psycopg
from django.db import connection

from . import anchors as anchoring
from . import sealer
from .anchors import Anchor
from .computing import BATCH, between, plain
from .diagnosing import diagnose
from .findings import Finding, joined, snapshot
from .formula import DIGEST, NO_SALT, SALT, START
from .models import Seal, day
from .sources import BY_NAME, SOURCES

#: A row is written at most so long after the time it bears: no change-set takes longer.
LONGEST = dt.timedelta(days=1)
MOST = 100
COLUMNS = ", ".join(column.attname for column in Seal._meta.concrete_fields)
ROWS = "SELECT coalesce(sum(lines), 0)::bigint FROM core_seal"
ENDS = "SELECT DISTINCT ON (source) source, until_xact, until_key FROM core_seal WHERE number < %(number)s ORDER BY source, number DESC"


@dataclass(slots=True)
class Report:
    """What was compared and found."""

    seals: int = 0
    lines: Counter[str] = field(default_factory=Counter)
    erased: int = 0
    anchors: int = 0
    waiting: int = 0
    #: So much was found that the rest was not compared.
    is_cut: bool = False
    head: int = 0
    set_back: dict[int, dt.timedelta] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Rows that were compared."""
        return sum(self.lines.values())


@dataclass(slots=True)
class Chain:
    """How far the seals were followed."""

    number: int = 0
    hash: bytes | None = START
    ends: dict[str, tuple[int, str]] = field(default_factory=dict)
    horizons: list[int] = field(default_factory=list)
    moments: list[dt.datetime] = field(default_factory=list)
    set_back: dict[int, dt.timedelta] = field(default_factory=dict)
    emptied: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    def note(self, settled: int, sealed_at: dt.datetime, number: int = 0) -> None:
        """Remember when transactions of which numbers had ended. Where the clock was set back, earlier moments prove nothing later than this one."""
        back = max((moment - sealed_at for moment in self.moments[-1:]), default=dt.timedelta())
        if back >= LONGEST:
            self.set_back[number] = back
        for place in range(len(self.moments) - 1, -1, -1):
            if self.moments[place] <= sealed_at:
                break
            self.moments[place] = sealed_at
        if not self.horizons or settled > self.horizons[-1]:
            self.moments.append(sealed_at)  # before its horizon: others look while this grows
            self.horizons.append(settled)

    def earliest(self, xact: int) -> dt.datetime | None:
        """When a transaction ended at the earliest: after the last seal before which it had not."""
        place = bisect_right(self.horizons, xact)
        return self.moments[place - 1] if place else None


def unwatched(_rows: int) -> None:
    """Tell nobody how many rows were compared."""


def verify(
    anchors: Iterable[Anchor] = (),
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    at_once: int = 2,
    compared: Callable[[int], None] = unwatched,
) -> Report:
    """Compare all seals, or those made from one day to another; the findings stand in the order of the chain.

    `compared` is told after each step how many rows it compared, and may end the whole by an exception.
    """
    report, running = Report(), deque[tuple[int, Future[list[Finding]]]]()
    with snapshot() as name, ThreadPoolExecutor(at_once) as pool:
        chain = beginning(since)
        for group in groups(followed(report, chain, until)):
            running.append((sum(seal.lines for seal in group), pool.submit(compare, name, chain, group)))
            while len(running) > 2 * at_once:
                take(report, *running.popleft(), compared)
            if len(report.findings) > MOST:
                report.is_cut = True
                break
        for left in running:
            take(report, *left, compared)
        report.findings += anchored(report, chain, list(anchors))
        report.findings += unannounced(report, chain)
        report.findings += ahead(chain)
        report.waiting, report.set_back = sealer.waiting()[0], chain.set_back
    report.findings.sort(key=lambda finding: finding.number)
    return report


def take(report: Report, rows: int, found: Future[list[Finding]], compared: Callable[[int], None]) -> None:
    """Wait for a comparison, and tell of it."""
    report.findings += found.result()
    compared(rows)


def total() -> int:
    """How many rows are sealed."""
    return int(plain(ROWS)[0][0])


def beginning(since: dt.date | None) -> Chain:
    """Where the comparison begins: at the first seal, or at the first one of a day."""
    if since is None:
        return Chain()
    rows = plain("SELECT number, hash, settled, sealed_at FROM core_seal WHERE sealed_at < %(day)s ORDER BY number DESC LIMIT 1", {"day": midnight(since)})  # fmt: skip
    if not rows:
        return Chain()
    ends = {source: (xact, key) for source, xact, key in plain(ENDS, {"number": rows[0][0] + 1})}
    return Chain(rows[0][0], bytes(rows[0][1]), ends, [rows[0][2]], [rows[0][3]])


def midnight(date: dt.date) -> dt.datetime:
    """The beginning of a day in UTC."""
    return dt.datetime.combine(date, dt.time(), dt.UTC)


# --- the chain --------------------------------------------------------------------------------------------------------


def seals(chain: Chain, until: dt.date | None) -> Iterator[Seal]:
    """The seals behind a place, read as they are needed."""
    bound = midnight(until + dt.timedelta(days=1)) if until else dt.datetime.max.replace(tzinfo=dt.UTC)
    query = f"SELECT {COLUMNS} FROM core_seal WHERE number > %(number)s AND sealed_at < %(bound)s ORDER BY number"
    with psycopg.ServerCursor(connection.connection, "kith_seals") as cursor:
        cursor.itersize = 50
        cursor.execute(query.encode(), {"number": chain.number, "bound": bound}, binary=True)
        for row in cursor:
            yield Seal(*row)


def followed(report: Report, chain: Chain, until: dt.date | None) -> Iterator[Seal]:
    """The seals whose rows can be compared; what is wrong with the seals themselves is noted."""
    for seal in seals(chain, until):
        wrong = list(faults(chain, seal))
        report.findings += [Finding(seal.number, text) for text in wrong]
        report.seals, report.head = report.seals + 1, seal.number
        report.lines[seal.source] += seal.lines
        chain.number, chain.hash, chain.ends[seal.source] = seal.number, bytes(seal.hash), seal.until
        chain.note(seal.settled, seal.sealed_at, seal.number)
        if is_whole(seal):
            note_emptied(report, chain, seal)
            yield seal


def faults(chain: Chain, seal: Seal) -> Iterator[str]:
    """What is wrong with a seal after those before it."""
    if seal.source not in BY_NAME:
        yield f"it seals {seal.source!r}, which there is not."
    missing = seal.number - chain.number - 1
    if missing:
        yield f"{'the seal' if missing == 1 else f'{missing} seals'} before it {'is' if missing == 1 else 'are'} gone."
    elif seal.computed(chain.hash or START) != bytes(seal.hash):
        yield "it was changed, or does not follow from the seal before it."
    if not missing and seal.after != chain.ends.get(seal.source, (0, "")):
        yield "it does not begin where the last seal of its kind ended."


def is_whole(seal: Seal) -> bool:
    """Whether a seal holds as much as its number of lines says; one that does not has been told of, since its hash is wrong."""
    if seal.source not in BY_NAME:
        return False
    parts = len(seal.of.parts)
    wanted = (seal.of.width, SALT * parts, DIGEST * parts, DIGEST)
    given = (seal.keys, seal.salts, seal.commitments, seal.leaves)
    return all(len(held) == size * seal.lines for size, held in zip(wanted, given, strict=True))


def note_emptied(report: Report, chain: Chain, seal: Seal) -> None:
    """Remember which bodies have no salt any more."""
    salts, parts = bytes(seal.salts), len(seal.of.parts)
    if NO_SALT not in salts:
        return
    for place, ident in enumerate(seal.of.cut(bytes(seal.keys))):
        for part in range(parts):
            begin = (place * parts + part) * SALT
            if salts[begin : begin + SALT] == NO_SALT:
                chain.emptied[f"{seal.source}.{part}"][seal.of.key_of(ident)] = seal.number
                report.erased += 1


# --- the rows ---------------------------------------------------------------------------------------------------------


def groups(found: Iterable[Seal]) -> Iterator[list[Seal]]:
    """Neighbouring seals of one source, together at most a batch of rows and made within a day."""
    open_groups: dict[str, list[Seal]] = {}
    for seal in found:
        group = open_groups.setdefault(seal.source, [])
        if group and not fits(group, seal):
            yield group
            group = open_groups[seal.source] = []
        group.append(seal)
    yield from filter(None, open_groups.values())


def fits(group: list[Seal], seal: Seal) -> bool:
    """Whether a seal may be compared together with those before it."""
    return (
        group[-1].until == seal.after
        and sum(one.lines for one in group) + seal.lines <= BATCH
        and seal.sealed_at - group[0].sealed_at < LONGEST
    )


def compare(name: str, chain: Chain, group: list[Seal]) -> list[Finding]:
    """What is wrong with the rows of some seals."""
    first, last = group[0], group[-1]
    salts, kept, leaves, keys = (
        b"".join(bytes(getattr(one, attribute)) for one in group)
        for attribute in ("salts", "commitments", "leaves", "keys")
    )
    with joined(name):
        now = between(first.of, first.after, last.until, salts, kept, len(leaves) // DIGEST + 1)
        findings = []
        if (now.leaves, now.keys) != (leaves, keys):
            findings = [found for one in group if differs(one) for found in diagnose(one)]
        if now.oldest and now.oldest < last.sealed_at - LONGEST:
            findings += back_dated(chain, group)
    return findings


def differs(seal: Seal) -> bool:
    """Whether the rows of one seal are not those that it binds."""
    now = between(seal.of, seal.after, seal.until, bytes(seal.salts), bytes(seal.commitments), seal.lines + 1)
    return (now.leaves, now.keys) != (bytes(seal.leaves), bytes(seal.keys))


def back_dated(chain: Chain, group: list[Seal]) -> list[Finding]:
    """Rows that bear a time long before their transaction can have ended; one of each transaction."""
    source, first, last = group[0].of, group[0], group[-1]
    query = (
        f"SELECT xact, min(at), (array_agg(id::text ORDER BY at))[1], count(*) FROM {source.table} WHERE (xact, id) > (%(xact)s, %(key)s::{source.id_type}) "
        f"AND (xact, id) <= (%(until_xact)s, %(until_key)s::{source.id_type}) AND at < %(limit)s GROUP BY xact ORDER BY xact"
    )
    values = {
        "xact": first.after_xact, "key": first.after_key or source.least, "until_xact": last.until_xact, "until_key": last.until_key,
        "limit": last.sealed_at - LONGEST,
    }  # fmt: skip
    findings = []
    for xact, at, ident, count in plain(query, values):
        earliest = chain.earliest(xact)
        if earliest and at < earliest - LONGEST:
            place = (xact, ident if source.is_uuid else f"{int(ident):019d}")
            number = next(one.number for one in group if place <= one.until)
            more = f" So do {count - 1} more of its transaction." if count > 1 else ""
            findings.append(Finding(number, f"{source.told(ident)} says {day(at)}, but was written after {day(earliest)}.{more}"))  # fmt: skip
    return findings


# --- beside the chain -------------------------------------------------------------------------------------------------


def anchored(report: Report, chain: Chain, anchors: list[Anchor]) -> list[Finding]:
    """What is wrong with the chain, or with the anchors, where they meet."""
    standing = anchoring.standing(anchors)
    end = max(sealer.head().number, chain.number)
    report.anchors = len(anchors)
    return [Finding(one.number, text) for one in anchors if (text := misfit(one, standing, end))]


def misfit(anchor: Anchor, standing: dict[int, str], end: int) -> str:
    """Why an anchor does not fit the chain; empty when it does."""
    named = f"the anchor of {anchor.moment}"
    if not anchor.is_ours:
        return f"{named} was not signed with the SECRET_KEY of this installation, or was changed."
    if anchor.number > end:
        return f"{named} names it, but the chain ends at seal {end}: what came after was cut off."
    if anchor.number not in standing:
        return f"{named} names it, but it is gone."
    if standing[anchor.number] != anchor.hash:
        return f"{named} names another hash: the chain was made anew."
    return ""


def unannounced(report: Report, chain: Chain) -> list[Finding]:
    """Emptied bodies that no erasure names."""
    named: dict[str, set[str]] = defaultdict(set)
    for (places,) in plain("SELECT places FROM core_erasure") if chain.emptied else ():
        for place, keys in places.items():
            named[place] |= {key if isinstance(key, str) else f"{key:019d}" for key in keys}
    return [
        Finding(number, f"{BY_NAME[place.split('.')[0]].told(key)} was emptied, and no erasure says so.")
        for place, keys in chain.emptied.items()
        for key, number in keys.items()
        if key not in named[place]
    ]


def ahead(chain: Chain) -> list[Finding]:
    """Rows that bear the number of a transaction that has not been yet: they would never be sealed."""
    findings = []
    for source in SOURCES:
        query = f"SELECT count(*), min(id::text) FROM {source.table} WHERE xact >= kith_newest()"
        ((count, first),) = plain(query)
        if count:
            findings.append(
                Finding(
                    chain.number + 1,
                    f"{source.told(first)} bears the number of a transaction that has not been yet ({count} such rows); after a move "
                    "to another server run `kith migrate`.",
                )
            )
    return findings
