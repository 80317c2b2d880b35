"""Fills an empty database with the demo, once."""

import logging
from collections.abc import Callable
from functools import partial

from django.contrib.auth.hashers import make_password
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from kith.core import custom_fields
from kith.core.access import SYSTEM
from kith.core.errors import KithError
from kith.parties import doubles
from kith.processes import shipped as processes
from kith.sales import shipped as reasons

from . import (
    activities,
    boards,
    calling,
    customers,
    details,
    handing,
    history,
    looks,
    passwords,
    sales,
    shaping,
    structure,
    traces,
)
from .logins import Login, logins
from .world import World, entity

log = logging.getLogger(__name__)
PARTS = (customers, details, history, activities, sales, handing, looks, boards, calling, shaping)


class NotEmpty(KithError):
    """The database holds somebody's own data."""


def fill() -> list[Login]:
    """Fill the database unless the demo is in it already; returns the logins. Raises NotEmpty for a database in use.

    One transaction: killed in the middle, it leaves nothing behind. The password is nowhere but in the answer, so a
    second call gives all users of the demo a new one and changes nothing else.
    """
    password = passwords.new()
    with transaction.atomic(), translation.override("en"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('kith demo'))")
        if structure.is_filled():
            structure.set_passwords(make_password(password))
        else:
            at_a_stretch(partial(build, make_password(password)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # the planner does not know the new rows yet
    return logins(password)


def at_a_stretch(write: Callable[[], None]) -> None:
    """Write without savepoints, which are half of the statements of a filling; with them, from the beginning, where a part had to be taken back."""
    features = connection.features
    allowed, features.uses_savepoints = features.uses_savepoints, False
    before = connection.savepoint_ids.copy()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT filling")
        write()
        if not connection.needs_rollback:
            return
    except NotEmpty:
        raise
    except (KithError, DatabaseError) as error:
        log.warning("the demo is filled anew, with savepoints: %s", type(error).__name__)
    finally:
        features.uses_savepoints = allowed
    connection.savepoint_ids, connection.needs_rollback = before, False
    with connection.cursor() as cursor:
        cursor.execute("ROLLBACK TO SAVEPOINT filling")
    write()


def build(encoded: str) -> None:
    """Write everything; only into a database that nobody uses."""
    if entity("access.user").rows(SYSTEM).exists() or entity("parties.party").rows(SYSTEM).exists():
        raise NotEmpty("This database holds users or customers of your own; the demo needs an empty one.")
    custom_fields.forget()
    processes.install()
    reasons.install()
    world = World()
    structure.build(world, encoded)
    shaping.define(world)
    for part in PARTS:
        part.build(world)
    world.replay()
    traces.build(world)
    doubles.look_through()
