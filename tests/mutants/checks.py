"""What the matrix asks of a program with a broken rule: single comparisons, each of which alone may notice it."""

import itertools
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from pytest import MonkeyPatch
from tests.matrix import doors, sample, surfaces
from tests.matrix import test_matrix as matrix
from tests.matrix.world import World

from kith.core.access import actor_of
from kith.core.entity import registry

#: Kinds that stand for the others: with levels, faces, parts, own rights, subjects, public ones, views and users.
FEW = (
    "parties.company", "parties.party", "sales.opportunity", "parties.contactpoint", "parties.personalfact", "activities.task", "activities.note", "marketing.calllist", "access.user", "core.view",
    "people.employee", "access.role", "access.share", "sales.salestarget", "sales.closeoutcome", "access.rolegrant",
)  # fmt: skip
OPERATIONS = ("view", "edit", "history", "export", "delete", "share")

#: A comparison: true where the program does what the oracle says.
type Case = Callable[[], bool]
type Cases = Iterator[tuple[str, Case]]


def some(*parts: Any, one_of: int) -> bool:
    """Whether a combination belongs to the sample."""
    return zlib.crc32("·".join(map(str, parts)).encode()) % one_of == 0


def cases(world: World) -> Cases:
    """All of them, with their names."""
    for group in (rows, fields, wholes, pages, writing, bulk, acts):
        for name, case in group(world):
            yield f"{group.__name__} {name}", case


def rows(world: World) -> Cases:
    """Rows by person and kind."""
    for label, who in itertools.product(FEW, world.people):
        yield f"{who} {label}", partial(rows_agree, world, label, who)


def rows_agree(world: World, label: str, who: str) -> bool:
    """Whether somebody reaches the rows that the oracle says, for each operation."""
    kind, person, actor = registry.get(label), world.persons[who], actor_of(world.people[who].pk)
    return all(
        {str(key) for key in kind.rows(actor, op).values_list("pk", flat=True)} == world.oracle.ids(person, label, op)
        for op in OPERATIONS
        if op in ("view", "edit") or some(label, op, who, one_of=3)
    )


def fields(world: World) -> Cases:
    """Fields by person and kind."""
    for label, who in itertools.product((*FEW[:4], "people.employee", "parties.person"), world.people):
        if world.persons[who].exists:
            yield f"{who} {label}", partial(fields_agree, world, label, who)


def fields_agree(world: World, label: str, who: str) -> bool:
    """Whether somebody reads the fields that the oracle says."""
    kind, person = registry.get(label), world.persons[who]
    wanted = {name for name in kind.fields if world.oracle.field(person, label, name) != "none"}
    return matrix.access.readable(actor_of(world.people[who].pk), kind) == wanted


def wholes(world: World) -> Cases:
    """Each surface with rows."""
    kinds = (*FEW[:3], "activities.task", *FEW[3:5])
    for surface, label, who in itertools.product((*surfaces.WHOLES, surfaces.TRASH), kinds, world.browsers):
        if surface.fits(registry.get(label)) and some(surface.name, label, who, one_of=12 if who != "token" else 2):
            yield f"{surface.name} {who} {label}", partial(whole_agrees, world, label, who, surface)


def whole_agrees(world: World, label: str, who: str, surface: surfaces.Whole) -> bool:
    """Whether a surface shows what it should."""
    kind = registry.get(label)
    return not matrix.told(world, who, kind, surface, *surface.ask(world.browsers[who], kind, world))


def pages(world: World) -> Cases:
    """Each surface about one record, of some kinds, persons and relations."""
    found = surfaces.all_singles()
    for label in (FEW[0], *FEW[2:9]):
        for surface, (relation, row) in itertools.product(found.get(label, ()), world.of(label).items()):
            for who in ("ann", "sha", "ray", "den", "con", "uma", "token", "nobody"):
                if some(surface.name, label, relation, who, one_of=60):
                    case = partial(matrix.asked, world, who, registry.get(label), row, surface)
                    yield f"{surface.name} {who} {label} {relation}", partial(is_empty, case)


def writing(world: World) -> Cases:
    """Each door."""
    found = doors.all_doors()
    for label in (FEW[0], FEW[2], FEW[3], "activities.task"):
        for door, (relation, row), who in itertools.product(found[label], world.of(label).items(), ("ann", "sha", "ray", "den", "uma", "fay", "eva", "token")):  # fmt: skip
            if (not door.trashed or relation == "gone") and some(
                door.name, label, relation, who, one_of=30 if not door.trashed else 2
            ):
                case = partial(matrix.knocked, world, who, registry.get(label), row, door)
                yield f"{door.name} {who} {label} {relation}", partial(is_empty, case)


def bulk(world: World) -> Cases:
    """Bulk acts over all companies."""
    for who, act in itertools.product(("ann", "den", "sha"), ("edit", "delete")):
        yield f"{act} {who}", partial(is_empty, partial(matrix.bulk, world, who, registry.get("parties.company"), act))


def is_empty(case: Callable[[], list[Any]]) -> bool:
    """Whether nothing is wrong."""
    return not case()


def acts(world: World) -> Cases:
    """Undo of what others did, the feed, hidden fields."""
    yield "undo", partial(passes, matrix.test_nobody_undoes_what_others_did, world)
    for who in ("ann", "fay", "den", "sha", "token"):
        few = replace(world, browsers={who: world.browsers[who]})
        yield f"feed {who}", partial(passes, matrix.test_the_feed_tells_of_the_rows_that_the_oracle_says, few, True)
    for label in ("parties.company", "sales.opportunity"):
        test = matrix.test_a_hidden_field_is_absent_from_every_surface_and_a_fixed_one_is_not_written
        yield f"hidden {label}", partial(passes, test, world, label=label)


def passes(test: Callable[..., None], world: World, patches: bool = False, label: str = "") -> bool:
    """Whether a test of the matrix passes on this world."""
    with MonkeyPatch.context() as patch:
        patch.setattr(sample, "LONG", True)
        test(world, *([patch] if patches else []), *([label] if label else []))
    return True
