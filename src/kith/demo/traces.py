"""What use leaves behind: followers, favourites, notifications that were read, the log of sign-ins and views."""

import datetime as dt
from typing import Any

from django.utils import timezone

from kith.core import notify
from kith.core.access import SYSTEM
from kith.core.events import OutboxEvent
from kith.core.ledger import AuditEvent
from kith.core.notify import Notification

from .world import Customer, World, entity

AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0) Firefox/144.0",
    "Mozilla/5.0 (Macintosh) Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0",
)
SEARCHES = {"en": ("halden", "paper", "orbis"), "ru": ("Иванов", "полимер", "ромашка"), "zh": ("张伟", "光学", "上海")}
DAYS = 14


def build(world: World) -> None:
    """All of it; what followers would now hear about the past counts as heard."""
    OutboxEvent.objects.filter(delivered_at=None).update(delivered_at=timezone.now())
    following(world)
    told(world)
    log(world)


def following(world: World) -> None:
    """Owners keep their large customers at hand; the boss follows the largest."""
    for customer in world.customers:
        if customer.firm.tier == "A":
            notify.follow(world.actor(customer.owner), "parties.company", customer.record.pk)
    for user, domains in (
        ("nadia", ("haldenpaper", "orbispharma")),
        ("sofia", ("chengguang-optics", "volga-polymer")),
        ("anna", ("volga-polymer", "uralenergoservis")),
        ("lijing", ("chengguang-optics",)),
    ):
        for domain in domains:
            notify.follow(world.actor(user), "parties.company", world.by_domain(domain).record.pk)
            notify.star(world.actor(user), "parties.company", world.by_domain(domain).record.pk, on=True)


def told(world: World) -> None:
    """Notifications come from the moment of what they tell; older ones have been read."""
    made = {
        row.pk: row.created_at for label in ("activities.task", "activities.note") for row in entity(label).rows(SYSTEM)
    }
    recent = timezone.now() - dt.timedelta(days=6)
    waiting = list(Notification.objects.filter(read_at=None))
    for notification in waiting:
        key = notification.detail.get("note") or notification.record_id
        notification.at = made.get(key if not isinstance(key, str) else _uuid(key), notification.at)
        notification.read_at = notification.at + dt.timedelta(hours=2) if notification.at < recent else None
    Notification.objects.bulk_update(waiting, ["at", "read_at"])


def _uuid(text: str) -> Any:
    from uuid import UUID

    return UUID(text)


def log(world: World) -> None:
    """Two weeks of sign-ins, searches and views."""
    lines = []
    for user in world.ids["users"]:
        seen = [customer for customer in world.customers if customer.owner == user] or world.customers
        for day in range(DAYS):
            if (world.today - dt.timedelta(days=day)).weekday() < 5 and world.chance.random() < 0.8:
                lines += visit(world, user, day, seen)
    AuditEvent.objects.bulk_create(lines)


def visit(world: World, user: str, day: int, seen: list[Customer]) -> list[AuditEvent]:
    """One day of one user."""
    actor, start = world.actor(user), world.moment(day, user, hour=8)
    texts = {"ru": "ru", "zh": "zh"}.get(actor.language[:2], "en")
    facts = {
        "origin": "ui",
        "actor_id": actor.id,
        "actor_name": actor.name,
        "ip": f"10.20.{len(actor.name) % 8}.{sum(map(ord, actor.name)) % 250 + 2}",
        "agent": world.chance.choice(AGENTS),
    }
    lines = [AuditEvent(at=start, kind="login", entity="access.user", record_id=actor.id, title=actor.name, **facts)]
    if world.chance.random() < 0.06:
        lines.insert(0, AuditEvent(at=start - dt.timedelta(seconds=25), kind="login_failed", title=actor.name, **facts))
    lines.append(
        AuditEvent(
            at=start + dt.timedelta(minutes=9), kind="search", title=world.chance.choice(SEARCHES[texts]), **facts
        )
    )
    for number, customer in enumerate(world.chance.sample(seen, min(3, len(seen)))):
        at = start + dt.timedelta(minutes=12 + 7 * number)
        lines.append(
            AuditEvent(
                at=at,
                kind="view",
                entity="parties.company",
                record_id=customer.record.pk,
                title=customer.firm.name,
                **facts,
            )
        )
    return [line for line in lines if line.at < timezone.now()]
