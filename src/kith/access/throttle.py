"""How often somebody may try a password, a token or ask for mail: counted in PostgreSQL, the same for every door.

Three counters for each try: the account, the network it comes from (/24, /64) and everybody together. A try is counted
before it is made, so that many at once cannot slip through; a right password gives it back.
"""

import datetime as dt
import hashlib
import ipaddress
from dataclasses import dataclass

from django.db import connection, models
from django.db.models import F
from django.utils import timezone

from kith.core.throttling import Throttled, counters

COUNT = """
INSERT INTO access_throttle AS t (key, count, since) VALUES (%(key)s, 1, %(now)s)
ON CONFLICT (key) DO UPDATE SET count = CASE WHEN t.since < %(start)s THEN 1 ELSE t.count + 1 END, since = CASE WHEN t.since < %(start)s THEN %(now)s ELSE t.since END
RETURNING count, since
"""


class Throttle(models.Model):
    """How many tries a key has had since when."""

    key = models.CharField(max_length=100, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in so many seconds."""

    tries: int
    seconds: int = 900


#: By what is tried: a secret (password, token, link), the code of a second factor, a passkey, mail to somebody, a request
#: of a public form, the key of one, a mail that asks to confirm one. Six digits are soon guessed, so their wait is longer.
LIMITS = {
    "secret": {"all": Limit(3000), "address": Limit(60), "account": Limit(10)},
    "factor": {"all": Limit(3000), "address": Limit(60), "account": Limit(10, 3600)},
    "passkey": {"all": Limit(3000), "address": Limit(60)},
    "mail": {"all": Limit(600), "address": Limit(20), "account": Limit(3)},
    "form": {"all": Limit(20_000), "address": Limit(30), "account": Limit(2000)},
    "confirm": {"all": Limit(2000), "address": Limit(30), "account": Limit(3, 3600)},
    "form_key": {"all": Limit(20_000), "address": Limit(60)},
}


def network(address: str) -> str:
    """The network of an address: /24 of IPv4, /64 of IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ipaddress.ip_network(f"{found}/{24 if found.version == 4 else 64}", strict=False))


def keys(door: str, account: str, address: str) -> dict[str, str]:
    """The counters of one try; the account only as a hash, because anything may be typed there."""
    parts = {
        "all": "everybody",
        "address": address and network(address),
        "account": account and hashlib.sha256(account.strip().lower().encode()).hexdigest()[:40],
    }
    return {name: f"{door}:{name}:{part}" for name, part in parts.items() if part}


def take(door: str, *, account: str = "", address: str = "") -> int:
    """Count a try; returns how many the account has left. Raises Throttled when there was none left."""
    left = 0
    for name, key in keys(door, account, address).items():
        limit, now = LIMITS[door][name], timezone.now()
        with connection.cursor() as cursor:
            cursor.execute(COUNT, {"key": key, "now": now, "start": now - dt.timedelta(seconds=limit.seconds)})
            count, since = cursor.fetchone()
        left = limit.tries - count
        if left < 0:
            raise Throttled(wait(since, limit, now))
    return left


def check(door: str, *, account: str = "", address: str = "") -> None:
    """Raise Throttled when no try is left, without counting one: for doors where only wrong secrets count."""
    found = keys(door, account, address)
    rows = {row.key: row for row in Throttle.objects.filter(key__in=found.values())}
    for name, key in found.items():
        limit, now, row = LIMITS[door][name], timezone.now(), rows.get(key)
        if row and row.count >= limit.tries and (seconds := wait(row.since, limit, now)) > 0:
            raise Throttled(seconds)


def wait(since: dt.datetime, limit: Limit, now: dt.datetime) -> int:
    """Seconds until the counter begins anew."""
    return int((since + dt.timedelta(seconds=limit.seconds) - now).total_seconds()) + 1


def forgive(door: str, *, account: str = "", address: str = "") -> None:
    """The try was right: give it back, and let the account begin anew."""
    found = keys(door, account, address)
    Throttle.objects.filter(key=found.pop("account", "")).delete()
    Throttle.objects.filter(key__in=found.values(), count__gt=0).update(count=F("count") - 1)


def forget_old() -> int:
    """Remove counters that no limit looks at any more."""
    longest = max(limit.seconds for limits in LIMITS.values() for limit in limits.values())
    return Throttle.objects.filter(since__lt=timezone.now() - dt.timedelta(seconds=longest)).delete()[0]


counters.update(take=take, check=check, forgive=forgive)
