"""The custom objects that the running thread knows, read anew when the epoch of rights and fields changes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from kith.core import access, custom_fields
from kith.core.access import SYSTEM, Actor
from kith.core.entity import Entity, Related, registry

from .building import build
from .plans import Plan, plan_of

KINDS = "objects.objectkind"
NONE: Mapping[str, Entity] = {}


@dataclass(frozen=True, slots=True)
class Nouns:
    """The objects by label, and the related lists that they give to other kinds of record."""

    by_label: Mapping[str, Entity] = field(default_factory=dict)
    related: Mapping[str, tuple[Related, ...]] = field(default_factory=dict)
    everywhere: tuple[Related, ...] = ()


_reading: ContextVar[bool] = ContextVar("kith_objects_reading", default=False)


@contextmanager
def reading() -> Iterator[None]:
    """While objects are read there are only declared kinds of record."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def known() -> Nouns:
    """The objects of this thread; none where there is no database, as in checks."""
    if _reading.get():
        return Nouns()
    try:
        return custom_fields.remembered("objects", load)
    except (DatabaseError, RuntimeError):
        return Nouns()


def present() -> Mapping[str, Entity]:
    """The objects by label; the same mapping as long as nothing changes."""
    return NONE if _reading.get() else known().by_label


def related_of(entity: Entity) -> tuple[Related, ...]:
    """The related lists that objects give a kind of record."""
    found = known()
    about = found.everywhere if access.is_subject(entity) else ()
    return (*found.related.get(entity.label, ()), *about)


def load() -> Nouns:
    """Read and build all objects; none while the table does not exist yet."""
    with reading():
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('objects_objectkind')")
            if cursor.fetchone()[0] is None:
                return Nouns()
        rows = registry.get(KINDS).rows(SYSTEM).order_by("menu_order", "name", "pk")
        return made(tuple(plan_of(row) for row in rows))


@lru_cache(maxsize=8)
def made(plans: tuple[Plan, ...]) -> Nouns:
    """The objects of these plans; most changes of the epoch leave them as they are."""
    entities = build(plans)
    related, everywhere = defaultdict[str, list[Related]](list), list[Related]()
    for plan in plans:
        for link in plan.links:
            for label in faces(link.target):
                related[label].append(Related(plan.label, link.name))
        if plan.has_subject:
            everywhere.append(Related(plan.label, "subject"))
    return Nouns(entities, {label: tuple(items) for label, items in related.items()}, tuple(everywhere))


def faces(label: str) -> tuple[str, ...]:
    """The kinds of record on whose pages a link to this one is told: a party is a company or a person."""
    target = registry.declared.get(label)
    return (target.access.faces or (label,)) if target else (label,)


def maker(actor: Actor) -> tuple[str, str] | None:
    """Where a further object is made, for those who may."""
    return (_("New object"), "/settings/objects/new") if access.allowed(actor, registry.get(KINDS), "create") else None
