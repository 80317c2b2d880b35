"""Every address there is: closed to whoever is not signed in, and to whom no right was given; what is hidden is answered as what is missing."""

import copy
import pkgutil
import re
import uuid
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import resolve

from kith.core.entity import registry
from kith.core.home import CHECKOUT
from kith.core.ledger import Change

from . import doors, surfaces
from .addresses import ALL, filled
from .routes import COMMANDS, ELSEWHERE, PUBLIC
from .test_matrix import leaks, rolled_back
from .world import World

pytestmark = pytest.mark.django_db
#: Kinds whose rows of others are asked for at addresses of any kind.
HIDDEN = ("parties.company", "sales.opportunity")
ONE_OFF = re.compile(rb"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|nonce-[\w=+/-]+|nonce=\"[^\"]*\"|csrf[\w-]*\"[^>]*")


def again(browser: Client) -> Client:
    """The same browser in a window of its own: signing out there changes nothing here."""
    other = copy.copy(browser)
    other.cookies = copy.deepcopy(browser.cookies)
    return other


def ask(browser: Client, address: str) -> Iterator[tuple[str, Any]]:
    """The answers to reading and to writing."""
    yield "GET", browser.get(address)
    yield "POST", browser.post(address, {"ids": str(uuid.uuid4())}, headers={"X-Forwarded-For": "192.0.2.1"})


def test_every_address_is_closed_to_visitors_or_on_the_reviewed_list(matrix: World) -> None:
    opened = []
    company = str(matrix.rows["parties.company", "own"].pk)
    for route in ALL:
        for method, answer in ask(Client(), filled(route, slug="companies", key=company)):
            away = answer.status_code in (401, 405) or (
                answer.status_code == 302 and answer.headers["Location"].startswith("/login")
            )
            if not away and route not in PUBLIC:
                opened.append((route, method, answer.status_code))
    assert opened == []
    assert set(PUBLIC) <= set(ALL), "addresses that are no more"


@pytest.mark.parametrize("who", ["max", "token"])
def test_nobody_without_a_right_meets_or_changes_anything_at_any_address(matrix: World, who: str) -> None:
    """Each address about rows that exist, of each kind that has addresses of its own and of two kinds whose rows are hidden."""
    wrong: list[Any] = []
    for route in (
        route for route in ALL if route != "api/v1/openapi.json"
    ):  # it tells of kinds and fields, not of rows
        for kind in kinds_of(route, HIDDEN):
            row = matrix.rows.get((kind, "other")) or matrix.rows.get((kind, "own")) if kind else None
            address = filled(route, slug=registry.get(kind).slug, key=str(row.pk)) if row else filled(route)
            with rolled_back():
                last = Change.objects.order_by("-pk").values_list("pk", flat=True).first()
                for method, answer in ask(again(matrix.browsers[who]), address):
                    if answer.status_code >= 500 or (leaked := leaks(matrix, who, surfaces.text_of(answer))):
                        wrong.append((route, method, answer.status_code, leaked))
                done = Change.objects.filter(pk__gt=last).exclude(
                    record_id=matrix.people[who].pk if who == "max" else None
                )
                if done.exists():
                    wrong.append((route, "changed", list(done.values_list("entity", "op"))))
    assert wrong == []


def kinds_of(route: str, hidden: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds whose rows an address can be about."""
    if "<slug:slug>" in route:
        return hidden
    slug = route.removeprefix("api/v1/").split("/")[0]
    kind = registry.by_slug(slug)
    return (kind.label,) if kind and "key>" in route else ("",)


def test_hidden_is_missing_at_every_address(matrix: World) -> None:
    """Same status and same body, but for ids, nonces and tokens, for a row that is hidden from Max and one that never was."""
    wrong: list[Any] = []
    for route in (route for route in ALL if "key>" in route):
        for kind in kinds_of(route, HIDDEN):
            row = matrix.rows.get((kind, "other"))
            if row is None or str(row.pk) in matrix.oracle.ids(matrix.persons["max"], kind):
                continue
            slug, missing, max_ = registry.get(kind).slug, str(uuid.uuid4()), matrix.browsers["max"]
            with rolled_back():
                pairs = zip(
                    ask(again(max_), filled(route, slug=slug, key=str(row.pk))),
                    ask(again(max_), filled(route, slug=slug, key=missing)),
                    strict=True,
                )
                for (method, hidden), (_method, absent) in pairs:
                    if hidden.status_code not in (404, 405) or seen(hidden) != seen(absent):
                        wrong.append((route, method, hidden.status_code, absent.status_code))
    assert wrong == []


def seen(answer: Any) -> tuple[Any, ...]:
    """An answer as somebody sees it who looks for differences."""
    headers = {
        name: ONE_OFF.sub(b"*", value.encode())
        for name, value in answer.headers.items()
        if name not in ("X-Request-Id", "Server-Timing")
    }
    return answer.status_code, ONE_OFF.sub(b"*", answer.content), headers


# --- nothing is forgotten -----------------------------------------------------------------------------------------------


def test_every_address_is_in_the_matrix_or_has_a_reviewed_proof(matrix: World) -> None:
    met = {route for address in addresses(matrix) if (route := resolve(address).route)}
    open_ones = sorted(route for route in ALL if route not in met and route not in PUBLIC and route not in ELSEWHERE)
    assert open_ones == [], "new addresses: give them to surfaces.py or doors.py, or name their proof in routes.py"
    assert sorted(route for route in ELSEWHERE if route not in ALL or route in met) == [], (
        "no longer needed in routes.py"
    )


class Recorder:
    """Stands for a browser and notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getattr__(self, _method: str) -> Any:
        def request(path: str, *_values: Any, **_more: Any) -> Any:
            self.asked.append(path.partition("?")[0])
            raise LookupError

        return request


def addresses(world: World) -> list[str]:
    """What the surfaces and doors of the matrix ask for."""
    recorder: Any = Recorder()
    for kind in registry:
        for whole in (*surfaces.WHOLES, surfaces.TRASH):
            if whole.fits(kind):
                attempt(whole.ask, recorder, kind, world)
    for label, singles in surfaces.all_singles().items():
        kind, row = registry.get(label), next(iter(world.of(label).values()), None)
        if row is not None:
            recorder.asked += [single.path(kind, row).partition("?")[0] for single in singles]
            for door in doors.all_doors()[label]:
                attempt(door.knock, recorder, kind, row, world)
    fixed = [
        "/api/v1/changes",
        f"/undo/{uuid.uuid4()}",
        "/companies/bulk/edit",
        f"/companies/{uuid.uuid4()}/field/name",
    ]
    return [address for address in (*recorder.asked, *fixed) if address.startswith("/")]


def attempt(ask: Any, *values: Any) -> None:
    """Ask the recorder."""
    try:
        ask(*values)
    except LookupError:
        pass


def test_every_command_is_reviewed() -> None:
    """Commands run on the machine of the operator; those that act for a user take that user's rights."""
    found = {
        module.name.rstrip("_")
        for config in apps.get_app_configs()
        if config.name.startswith("kith.") and (Path(config.path) / "commands").is_dir()
        for module in pkgutil.iter_modules(import_module(f"{config.name}.commands").__path__)
    }
    assert found == set(COMMANDS)


def test_every_reviewed_proof_is_there() -> None:
    """The files that routes.py names, and what they have to say about it."""
    for place, (file, word) in {**ELSEWHERE, **{name: proof for name, proof in COMMANDS.items() if proof}}.items():
        path = CHECKOUT / file
        assert path.is_file() and word in path.read_text(), (place, file, word)
