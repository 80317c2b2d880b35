"""Fills an empty database with the demo, once."""

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
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
            build(make_password(password))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # the planner does not know the new rows yet
    return logins(password)


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
