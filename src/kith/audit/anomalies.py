"""What is conspicuous in the log: six rules, each one statement over its index, each line with the query that shows its events.

- Much at once (exports, views, refusals, deletions): the fullest stretch of a given length, for each person and day.
- Reading at night: so much between two hours in the time zone of the person, for each night.
- A sign-in from a network (IPv4 /24, IPv6 /64) from which that person has not signed in for long, though from others.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core import settings_store
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.middleware import zone_of

from .stream import Query

PERIODS = (1, 7, 30)
#: So many of one rule are shown when it is asked for alone, and so many of each when all are.
MOST, EACH = 200, 30
READS = ("view", "list", "search", "export", "print")


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is looked for."""

    name: str
    title: Any
    icon: str
    hue: str


EXPORTS = Rule("exports", _("Mass export"), "download", "amber")
VIEWS = Rule("views", _("Burst of views"), "eye", "blue")
NIGHT = Rule("night", _("Reading at night"), "moon", "violet")
NETWORK = Rule("network", _("Sign-in from a new network"), "log-in", "teal")
DENIED = Rule("denied", _("Series of refusals"), "ban", "rose")
FAILED = Rule("failed", _("Series of failed sign-ins"), "key-round", "rose")
DELETIONS = Rule("deletions", _("Mass deletion"), "trash-2", "rose")
RULES = (EXPORTS, VIEWS, NIGHT, NETWORK, DENIED, FAILED, DELETIONS)


@dataclass(frozen=True, slots=True)
class Much:
    """A rule about much at once: which lines, whose, what is summed, in which stretch of time."""

    rule: Rule
    kinds: tuple[str, ...]
    setting: str
    span: dt.timedelta
    measure: str = "1"
    who: str = "actor_id"
    kind: str = ""
    tab: str = ""


HOUR = dt.timedelta(hours=1)
MUCH = (
    Much(EXPORTS, ("export",), "anomaly.exports", HOUR, "count", kind="export"),
    Much(VIEWS, ("view",), "anomaly.views", dt.timedelta(minutes=10), kind="view"),
    Much(DENIED, ("denied",), "anomaly.denied", dt.timedelta(minutes=15), kind="denied"),
    Much(FAILED, ("login_failed",), "anomaly.denied", dt.timedelta(minutes=15), who="lower(title)", kind="login_failed"),
    Much(DELETIONS, ("delete", "purge"), "anomaly.deletions", HOUR, "count", tab="deletions"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One line of the page."""

    rule: Rule
    who: uuid.UUID | None
    name: str
    start: dt.datetime
    end: dt.datetime
    lines: int
    total: int
    address: str
    day: dt.date
    detail: str = ""

    @property
    def key(self) -> str:
        """What it is known by while it grows: the rule, whose, the day it counts for, the address."""
        return f"{self.rule.name}:{self.who or self.name.lower()}:{self.day}:{self.detail}"


#: Who can have reached the limit at all: half of it lies in one of two neighbouring stretches that are aligned to the clock.
STRETCHES = """
WITH busy AS MATERIALIZED (
    SELECT DISTINCT who FROM (
        SELECT {who} AS who FROM core_auditevent WHERE kind = ANY(%(kinds)s) AND at >= %(start)s AND at < %(end)s
        GROUP BY {who}, date_bin(%(span)s, at, 'epoch') HAVING sum({measure}) * 2 >= %(limit)s
    ) AS halves WHERE who IS NOT NULL
), sums AS (
    SELECT {who} AS who, actor_name, title, at, count(*) OVER stretch AS lines, sum({measure}) OVER stretch AS total
    FROM core_auditevent WHERE kind = ANY(%(kinds)s) AND at >= %(start)s AND at < %(end)s AND {who} IN (SELECT who FROM busy)
    WINDOW stretch AS (PARTITION BY {who} ORDER BY at RANGE BETWEEN %(span)s PRECEDING AND CURRENT ROW)
)
SELECT DISTINCT ON (who, (at AT TIME ZONE %(zone)s)::date) who, actor_name, title, at, lines, total::bigint FROM sums WHERE total >= %(limit)s
ORDER BY who, (at AT TIME ZONE %(zone)s)::date, total DESC, at
"""
NIGHTS = """
SELECT actor_id, max(actor_name), night.start, night.until, count(*)
FROM unnest(%(zones)s::text[], %(starts)s::timestamptz[], %(untils)s::timestamptz[]) AS night(zone, start, until)
JOIN core_auditevent ON at >= night.start AND at < night.until AND kind = ANY(%(kinds)s)
JOIN unnest(%(people)s::uuid[], %(homes)s::text[]) AS person(id, zone) ON person.id = actor_id AND person.zone = night.zone
GROUP BY actor_id, night.start, night.until HAVING count(*) >= %(limit)s
"""
NETWORKS = """
WITH logins AS (
    SELECT id, at, actor_id, actor_name, ip, CASE WHEN pg_input_is_valid(ip, 'inet') THEN network(set_masklen(ip::inet, CASE family(ip::inet) WHEN 4 THEN 24 ELSE 64 END)) END AS net
    FROM core_auditevent WHERE kind = 'login' AND at >= %(start)s - %(days)s AND at < %(end)s AND actor_id IS NOT NULL AND ip <> ''
), places AS (
    SELECT *, lag(at) OVER (PARTITION BY actor_id, net ORDER BY at, id) AS here, lag(at) OVER (PARTITION BY actor_id ORDER BY at, id) AS anywhere
    FROM logins WHERE net IS NOT NULL
)
SELECT actor_id, actor_name, at, ip FROM places WHERE at >= %(start)s AND anywhere >= at - %(days)s AND (here IS NULL OR here < at - %(days)s)
"""


def find(days: int, now: dt.datetime | None = None, *, each: int = MOST) -> list[Anomaly]:
    """What was conspicuous in the last days, latest first; of each rule at most so many and one more, which tells that there are more.

    Of each: anybody can make a thousand series of failed sign-ins, and none of them may hide a mass export.
    """
    end = now or timezone.now()
    start = end - dt.timedelta(days=days)
    found = [one for much in MUCH for one in stretches(much, start, end)]
    found += [*nights(start, end), *networks(start, end)]
    return cut(sorted(found, key=lambda one: one.end, reverse=True), each + 1)[0]


def cut(found: list[Anomaly], each: int) -> tuple[list[Anomaly], bool]:
    """The first so many of each rule, and whether there are more."""
    count: Counter[Rule] = Counter()
    kept = []
    for one in found:
        count[one.rule] += 1
        if count[one.rule] <= each:
            kept.append(one)
    return kept, len(kept) < len(found)


def asked(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """Rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def stretches(much: Much, start: dt.datetime, end: dt.datetime) -> Iterator[Anomaly]:
    """Much at once."""
    rows = asked(
        STRETCHES.format(who=much.who, measure=much.measure), kinds=list(much.kinds), start=start, end=end, span=much.span,
        limit=settings_store.get(much.setting), zone=timezone.get_current_timezone_name(),
    )  # fmt: skip
    for who, name, title, at, lines, total in rows:
        is_person = much.who == "actor_id"
        since = max(start, at - much.span)
        query = Query(
            tab=much.tab, kind=much.kind, since=since, until=at, who=who if is_person else None, account="" if is_person else title
        )  # fmt: skip
        named = name if is_person else title
        yield Anomaly(much.rule, query.who, named, since, at, lines, total, query.address(), timezone.localdate(at))


def nights(start: dt.datetime, end: dt.datetime) -> Iterator[Anomaly]:
    """Reading at night."""
    begins = dt.timedelta(hours=int(settings_store.get("anomaly.night_begins")))
    people = [(user.pk, zone_of(user.time_zone)) for user in registry.get("access.user").rows(SYSTEM).only("time_zone")]
    spans = [(str(zone), *span) for zone in {zone for _pk, zone in people} for span in night_spans(zone, start, end)]
    if not spans:
        return
    zones, starts, untils = zip(*spans, strict=True)
    rows = asked(
        NIGHTS, zones=list(zones), starts=list(starts), untils=list(untils), kinds=list(READS), people=[pk for pk, _zone in people],
        homes=[str(zone) for _pk, zone in people], limit=settings_store.get("anomaly.night_reads"),
    )  # fmt: skip
    homes = dict(people)
    for who, name, begin, until, lines in rows:
        last = until - dt.timedelta(microseconds=1)
        day = (begin.astimezone(homes[who]) - begins).date()  # of its evening, whatever was cut off
        yield Anomaly(NIGHT, who, name, begin, last, lines, lines, Query(tab="reads", who=who, since=begin, until=last).address(), day)  # fmt: skip


def night_spans(zone: Any, start: dt.datetime, end: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """The nights of a time zone that lie in a period, cut to it."""
    first, last = (int(settings_store.get(name)) for name in ("anomaly.night_begins", "anomaly.night_ends"))
    day = start.astimezone(zone).date() - dt.timedelta(days=1)
    while day <= end.astimezone(zone).date():
        begin = dt.datetime.combine(day, dt.time(first), zone)
        until = dt.datetime.combine(day + dt.timedelta(days=first >= last), dt.time(last), zone)
        cut = max(begin, start).astimezone(dt.UTC), min(until, end).astimezone(dt.UTC)
        if cut[0] < cut[1] and first != last:
            yield cut
        day += dt.timedelta(days=1)


def networks(start: dt.datetime, end: dt.datetime) -> Iterator[Anomaly]:
    """Sign-ins from a new network."""
    days = dt.timedelta(days=settings_store.get("anomaly.network_days"))
    for who, name, at, ip in asked(NETWORKS, start=start, end=end, days=days):
        opens = Query(kind="login", who=who, since=at, until=at).address()
        yield Anomaly(NETWORK, who, name, at, at, 1, 1, opens, timezone.localdate(at), ip)
