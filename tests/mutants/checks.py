"""What is asked of the program with a broken rule: the comparisons of the matrix, the cheapest first, until one of them differs."""

import itertools
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from pytest import MonkeyPatch
from tests.matrix import doors, surfaces
from tests.matrix import test_matrix as matrix
from tests.matrix.world import World

from kith.core.access import actor_of
from kith.core.entity import registry

#: Kinds that stand for the others: with levels, faces, parts, own rights, subjects, public ones, views and users.
FEW = (
    "parties.company", "parties.party", "sales.opportunity", "parties.contactpoint", "parties.personalfact", "activities.task", "activities.note", "marketing.calllist", "access.user", "core.view",
    "people.employee", "access.role", "access.share", "sales.salestarget", "sales.closeoutcome", "access.rolegrant",
)  # fmt: skip


def some(*parts: Any, one_of: int) -> bool:
    """Whether a combination belongs to the sample."""
    return zlib.crc32("·".join(map(str, parts)).encode()) % one_of == 0


def rows(world: World) -> Iterator[bool]:
    """Rows by person, kind and operation."""
    for label, op, who in itertools.product(
        FEW, ("view", "edit", "history", "export", "delete", "share"), world.people
    ):
        if op in ("view", "edit") or some(label, op, who, one_of=3):
            kind, person = registry.get(label), world.persons[who]
            found = {str(key) for key in kind.rows(actor_of(world.people[who].pk), op).values_list("pk", flat=True)}
            yield found == world.oracle.ids(person, label, op)


def fields(world: World) -> Iterator[bool]:
    """Fields by person and kind."""
    for label, who in itertools.product((*FEW[:4], "people.employee", "parties.person"), world.people):
        kind, person = registry.get(label), world.persons[who]
        if person.exists:
            actor = actor_of(world.people[who].pk)
            wanted = {name for name in kind.fields if world.oracle.field(person, label, name) != "none"}
            yield matrix.access.readable(actor, kind) == wanted


def api(world: World) -> Iterator[bool]:
    """The API by person, the narrow token and nobody."""
    for label, who in itertools.product(FEW[:8], ("token", "sha", "ann", "den", "con", "max", "fay", "gon", "nobody")):
        if some(label, who, one_of=3) or who in ("token", "sha"):
            yield not matrix.told(
                world, who, registry.get(label), API, *API.ask(world.browsers[who], registry.get(label), world)
            )


API = next(surface for surface in surfaces.WHOLES if surface.name == "api")
EXPORT = next(surface for surface in surfaces.WHOLES if surface.name == "json")


def pages(world: World) -> Iterator[bool]:
    """Each surface about one record, of some kinds, persons and relations."""
    found = surfaces.all_singles()
    for label in (FEW[0], *FEW[2:9]):
        for surface, (relation, row) in itertools.product(found.get(label, ()), world.of(label).items()):
            for who in ("ann", "sha", "ray", "den", "con", "uma"):
                if some(surface.name, label, relation, who, one_of=40):
                    yield not matrix.asked(world, who, registry.get(label), row, surface)


def lists(world: World) -> Iterator[bool]:
    """Each surface with rows."""
    for surface, label, who in itertools.product(
        (*surfaces.WHOLES, surfaces.TRASH), (*FEW[:3], "activities.task"), ("ann", "con", "den", "sha", "fay", "ray")
    ):
        if surface.fits(registry.get(label)) and some(surface.name, label, who, one_of=5):
            yield not matrix.told(
                world, who, registry.get(label), surface, *surface.ask(world.browsers[who], registry.get(label), world)
            )


def writing(world: World) -> Iterator[bool]:
    """Each door, and bulk acts."""
    found = doors.all_doors()
    for label in (FEW[0], FEW[2], FEW[3], "activities.task"):
        for door, (relation, row), who in itertools.product(
            found[label], world.of(label).items(), ("ann", "sha", "ray", "den", "uma", "fay", "eva")
        ):
            if (not door.trashed or relation == "gone") and some(
                door.name, label, relation, who, one_of=25 if not door.trashed else 2
            ):
                yield not matrix.knocked(world, who, registry.get(label), row, door)


def bulk(world: World) -> Iterator[bool]:
    """Bulk acts over all companies."""
    for who, act in itertools.product(("ann", "den", "sha"), ("edit", "delete")):
        yield not matrix.bulk(world, who, registry.get("parties.company"), act)


def undo(world: World) -> Iterator[bool]:
    """Undo of what others did."""
    matrix.test_nobody_undoes_what_others_did(world)
    yield True


def feeds(world: World) -> Iterator[bool]:
    """The feed, of some people."""
    few = replace(world, browsers={who: world.browsers[who] for who in ("ann", "fay", "den", "sha", "token")})
    with MonkeyPatch.context() as patch:
        matrix.test_the_feed_tells_of_the_rows_that_the_oracle_says(few, patch)
    yield True


def hidden(world: World) -> Iterator[bool]:
    """Fields that are hidden or read only."""
    for label in ("parties.company", "sales.opportunity"):
        with MonkeyPatch.context() as patch:
            patch.setattr(matrix, "LONG", True)
            matrix.test_a_hidden_field_is_absent_from_every_surface_and_a_fixed_one_is_not_written(world, label)
        yield True


type Check = Callable[[World], Iterator[bool]]
#: What is asked when a rule of a file is broken; first fitting line. What stands in none is left to the tests of `plugin`.
CHECKS: tuple[tuple[str, tuple[Check, ...]], ...] = (
    ("core/access.py", (rows, fields, api, hidden, writing)),
    ("core/predicates.py", (rows,)),
    ("access/principals.py", (rows, fields)),
    ("access/closure.py", (rows,)),
    ("activities/actions.py", (rows,)),
    ("access/entities/user.py", (rows, writing)),
    ("core/entities/view.py", (rows,)),
    ("core/ui/base.py", (pages, lists)),
    ("core/ui/trash_ui.py", (lists,)),
    ("core/ui/export_views.py", (lists,)),
    ("core/ui/list_bulk.py", (bulk, hidden)),
    ("core/ui/", (hidden, pages)),
    ("core/api/", (api, writing, pages)),
    ("core/history.py", (feeds, pages)),
    ("core/timeline_changes.py", (pages,)),
    ("core/undo.py", (undo,)),
    ("core/writes.py", (bulk, hidden, writing)),
    ("core/trash.py", (bulk, writing)),
    ("core/cleaning.py", (hidden, writing)),
    ("core/exchange/", (lists,)),
    ("core/listing.py", (lists,)),
    ("core/titles.py", (lists, pages)),
    ("core/search.py", (lists,)),
    ("core/views.py", (hidden, lists)),
)


def noticed(world: World, file: str) -> str:
    """The name of the check that notices, or ""; an error counts as noticed as well."""
    checks = next((found for start, found in CHECKS if file.startswith(start)), ())
    for check in checks:
        try:
            if not all(check(world)):
                return check.__name__
        except Exception as error:  # whatever breaks is noticed
            return f"{check.__name__}: {type(error).__name__}"
    return ""
