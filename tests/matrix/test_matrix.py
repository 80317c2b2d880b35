"""The permission matrix: what each person meets on each surface is what the oracle says, row by row and word by word."""

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction

from kith.access import principals
from kith.core import access, boards, custom_fields, history, writes
from kith.core.access import actor_of
from kith.core.entity import Entity, registry
from kith.core.ledger import Change, ChangeSet

from . import doors, surfaces
from .sample import chosen
from .world import MARK, World, classes

pytestmark = pytest.mark.django_db
OPERATIONS = ("view", "edit", "delete", "export", "share", "history", "assign")
#: So many cards a column of a board shows at first.
COLUMN = boards.FIRST


def leaks(world: World, who: str, text: str) -> list[tuple[str, ...]]:
    """Words of a page that the person must not meet, with where they stand."""
    return [world.marks[mark] for mark in set(MARK.findall(text)) & world.forbidden(who)]


def turned_away(who: str, *, api: bool, htmx: bool = False) -> int | None:
    """What whoever is not signed in gets at any address: the way to the sign-in, or 401; tokens open the API alone."""
    away = who in ("nobody", "gon") or (who == "token" and not api)
    return (401 if api or htmx else 302) if away else None


# --- rows ---------------------------------------------------------------------------------------------------------------


def test_each_person_may_do_with_each_row_what_the_oracle_says(matrix: World) -> None:
    wrong = []
    for who, user in matrix.people.items():
        actor, person = actor_of(user.pk), matrix.persons[who]
        for kind, op, trashed in itertools.product(registry, OPERATIONS, (False, True)):
            if chosen(who, kind.label, op, trashed, one_of=1 if (op, trashed) == ("view", False) else 16):
                found = {str(key) for key in kind.rows(actor, op, trashed=trashed).values_list("pk", flat=True)}
                if found != (wanted := matrix.oracle.ids(person, kind.label, op, trashed)):
                    wrong.append((who, kind.label, op, trashed, sorted(found ^ wanted)))
    assert wrong == []


# --- surfaces with rows -------------------------------------------------------------------------------------------------


def wholes(world: World) -> Iterator[tuple[str, Entity, surfaces.Whole]]:
    """Person, kind and surface: each pair of person and kind meets some surface, each surface every person and kind."""
    for who, kind in itertools.product(world.browsers, registry):
        for surface in (*surfaces.WHOLES, surfaces.TRASH):
            if surface.fits(kind) and chosen(who, kind.label, surface.name, one_of=150):
                yield who, kind, surface


def test_each_surface_shows_the_rows_that_the_oracle_says(matrix: World) -> None:
    wrong = []
    for who, kind, surface in wholes(matrix):
        status, found, text = surface.ask(matrix.browsers[who], kind, matrix)
        wrong += told(matrix, who, kind, surface, status, found, text)
    assert wrong == []


def told(
    world: World, who: str, kind: Entity, surface: surfaces.Whole, status: int, found: set[str], text: str
) -> list[Any]:
    """What is wrong with an answer."""
    person = world.persons[who]
    if away := turned_away(who, api=surface.name in ("api", "report")):
        return (
            []
            if (status, found) == (away, set()) or (found == set() and not world.titled(kind.label))
            else [(who, kind.label, surface.name, status)]
        )
    wanted = world.oracle.ids(person, kind.label, surface.op, surface is surfaces.TRASH)
    if "search" in surface.name or surface.name == "palette" or "lookup" in surface.name:
        wanted = wanted & set(world.titled(kind.label))
    wrong: list[Any] = [(who, kind.label, surface.name, "leak", leak) for leak in leaks(world, who, text)]
    if found - wanted:
        wrong.append((who, kind.label, surface.name, status, "shows too much", len(found - wanted)))
    whole = surface.name != "board" or len(wanted) <= COLUMN
    if surface.exact and whole and wanted - found:
        wrong.append((who, kind.label, surface.name, status, "shows too little", len(wanted - found)))
    if status not in (200, 403, 404, 401, 302):
        wrong.append((who, kind.label, surface.name, status, text[:300]))
    return wrong


# --- surfaces about one row ---------------------------------------------------------------------------------------------


def test_each_page_of_a_record_opens_for_whom_the_oracle_says(matrix: World) -> None:
    wrong = []
    for label, singles in surfaces.all_singles().items():
        kind = registry.get(label)
        for relation, record in matrix.of(label).items():
            for who, surface in itertools.product(matrix.browsers, singles):
                if chosen(label, relation, who, surface.name, one_of=900):
                    wrong += asked(matrix, who, kind, record, surface)
    assert wrong == []


def asked(world: World, who: str, kind: Entity, record: Any, surface: surfaces.Single) -> list[Any]:
    """What is wrong with the answer to one person about one record."""
    answer = getattr(world.browsers[who], surface.method)(surface.path(kind, record))
    text = surfaces.text_of(answer)
    person, key = world.persons[who], str(record.pk)
    seen, done = (key in world.oracle.ids(person, kind.label, op) for op in ("view", surface.op))
    expected = turned_away(who, api=surface.api) or (200 if done else 403 if seen else 404)
    wrong: list[Any] = [(who, kind.label, surface.name, "leak", leak) for leak in leaks(world, who, text)]
    if answer.status_code != expected:
        wrong.append((who, kind.label, surface.name, answer.status_code, "instead of", expected))
    return wrong


def test_the_feed_tells_of_the_rows_that_the_oracle_says(matrix: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # The transaction of the tests never ends, so that nothing in it would ever count as settled.
    monkeypatch.setattr(history, "settled", Change.objects.all)
    wrong = []
    for who, browser in matrix.browsers.items():
        if not chosen(who, "feed", one_of=1):
            continue
        person, found, after, text = matrix.persons[who], set[str](), 0, ""
        while True:
            answer = browser.get(f"/api/v1/changes?limit=1000&after={after}")
            text += surfaces.text_of(answer)
            if answer.status_code != 200 or answer.json()["after"] == after:
                break
            found |= {change["id"] for change in answer.json()["results"]}
            after = answer.json()["after"]
        seen = {
            key
            for kind in registry
            for trashed in (False, True)
            for key in matrix.oracle.ids(person, kind.label, "view", trashed)
        }
        written = set(map(str, Change.objects.values_list("record_id", flat=True)))
        wanted, leaked = (set() if who in ("nobody", "gon") else seen & written), leaks(matrix, who, text)
        if found != wanted or leaked:
            wrong.append((who, len(found - wanted), len(wanted - found), leaked))
    assert wrong == []


# --- fields -------------------------------------------------------------------------------------------------------------


def test_each_person_reads_and_writes_the_fields_that_the_oracle_says(matrix: World) -> None:
    wrong = []
    for who, kind in itertools.product(matrix.people, registry):
        person, actor = matrix.persons[who], actor_of(matrix.people[who].pk)
        if person.exists and chosen(who, kind.label, "fields", one_of=1):
            levels = {name: matrix.oracle.field(person, kind.label, name) for name in kind.fields}
            read = {name for name, level in levels.items() if level != "none"}
            edit = {
                name
                for name, level in levels.items()
                if level == "edit" and kind.fields[name].editable and kind.fields[name].columns
            }
            if access.readable(actor, kind) != read or access.writable(actor, kind) != edit:
                wrong.append(
                    (who, kind.label, access.readable(actor, kind) ^ read, access.writable(actor, kind) ^ edit)
                )
    assert wrong == []


def test_the_api_gives_exactly_the_values_of_the_fields_that_may_be_read(matrix: World) -> None:
    wrong = []
    for who, kind in itertools.product(("eva", "ray", "fay", "token"), registry):
        person = matrix.persons[who]
        rows = {row["id"]: row for row in matrix.oracle.alive(kind.label)}
        read = {name for name in kind.fields if matrix.oracle.field(person, kind.label, name) != "none"}
        for shown in matrix.browsers[who].get(f"/api/v1/{kind.slug}?limit=200").json().get("results", []):
            row = rows[shown["id"]]
            other = {
                name
                for name in read & row.keys()
                if isinstance(row[name], str)
                and kind.fields[name].type.name in ("text", "longtext")
                and shown[name] != (row[name] or None)
            }
            if set(shown) - {"id", "version", "title"} != read - {"title"} or other:
                wrong.append((who, kind.label, set(shown) ^ read, other))
    assert wrong == []


@pytest.mark.parametrize("label", [kind.label for kind in registry if not kind.access.faces and classes(kind)[0]])
def test_a_hidden_field_is_absent_from_every_surface_and_a_fixed_one_is_not_written(matrix: World, label: str) -> None:
    """For Fay, from whom the role hides one field of each kind, and whom it lets only read another one."""
    kind, browser, person = registry.get(label), matrix.browsers["fay"], matrix.persons["fay"]
    hidden, fixed = classes(kind)
    record = next(
        (row for row in matrix.of(label).values() if str(row.pk) in matrix.oracle.ids(person, label, "edit")), None
    )
    if record is None or not chosen(label, "fields", one_of=2):
        pytest.skip("not in the sample, or Fay may not change any of them")
    one, api = f"/{kind.slug}/{record.pk}", f"/api/v1/{kind.slug}"
    guesses = [f"{api}?f={hidden}:filled", f"{api}?sort={hidden}", f"{api}?fields={hidden}", f"{api}/report?m=count&rows={hidden}", f"/{kind.slug}/?f={hidden}:filled", f"/{kind.slug}/?sort={hidden}", f"/{kind.slug}/?group={hidden}", f"/{kind.slug}/report?rows={hidden}"]  # fmt: skip
    assert [(address, browser.get(address).status_code) for address in guesses] == [
        (address, 400) for address in guesses
    ]
    shown = f"{browser.get(f'/{kind.slug}/?f=&cols={hidden}').content!r}"
    assert f'data-column="{hidden}"' not in shown
    assert hidden not in browser.get(f"{api}/{record.pk}").json() and (
        not fixed or fixed in browser.get(f"{api}/{record.pk}").json()
    )
    form = browser.get(f"{one}/edit")
    names = set(re.findall(r'name="(\w+)"', form.content.decode()))
    assert form.status_code == 200 and not names & {hidden, fixed}
    assert [
        browser.get(f"{one}/{address}").status_code
        for address in (f"field/{hidden}", f"history/{hidden}", f"field/{hidden}?edit=1")
    ] == [404] * 3
    before = Change.objects.count()
    with rolled_back():
        writes_of = [browser.post(f"{one}/field/{hidden}", {hidden: "1"}, headers=doors.HTMX), doors.send(browser, "patch", f"{kind.slug}/{record.pk}", {hidden: "1"})]  # fmt: skip
        assert [answer.status_code for answer in writes_of] == [404, 422]
        bulk = [browser.post(f"/{kind.slug}/bulk/edit?go=1", {"ids": str(record.pk), "field": name, name: "1"}, headers=doors.HTMX) for name in (hidden, fixed)]  # fmt: skip
        assert [answer.status_code for answer in bulk] == [422, 422]
        if fixed:
            posts = [browser.post(f"{one}/field/{fixed}", {fixed: "1"}, headers=doors.HTMX), doors.send(browser, "patch", f"{kind.slug}/{record.pk}", {fixed: None})]  # fmt: skip
            assert posts[1].status_code == 403 and posts[0].status_code in (403, 422)
        assert Change.objects.count() == before


# --- surfaces that change rows ------------------------------------------------------------------------------------------

DONE = {200, 201, 204, 302, 409, 412, 422}
#: Kinds whose writes ask for the right to change settings as well, of which the oracle does not know.
SETTLED = frozenset({"core.layout", "core.setting"})


def knocks(world: World) -> Iterator[tuple[str, Entity, Any, doors.Door]]:
    """Person, row and door."""
    for label, found in doors.all_doors().items():
        kind = registry.get(label)
        for (relation, record), who, door in itertools.product(world.of(label).items(), world.browsers, found):
            if (not door.trashed or relation == "gone") and chosen(label, relation, who, door.name, one_of=500):
                yield who, kind, record, door


def test_each_door_changes_only_what_the_oracle_says(matrix: World) -> None:
    wrong = []
    for who, kind, record, door in knocks(matrix):
        wrong += knocked(matrix, who, kind, record, door)
    assert wrong == []


def knocked(world: World, who: str, kind: Entity, record: Any, door: doors.Door) -> list[Any]:
    """What is wrong with what happened; it is taken back."""
    person, key = world.persons[who], str(record.pk)
    seen = key in world.oracle.ids(person, kind.label, "view", door.trashed)
    done = key in world.oracle.ids(person, kind.label, door.op, door.trashed)
    with rolled_back():
        before = Change.objects.count()
        answer = door.knock(world.browsers[who], kind, record, world)
        text, changed = surfaces.text_of(answer), Change.objects.count() - before
    refusal = turned_away(who, api=door.name.startswith(("api", "patch")), htmx=door.htmx) or (
        None if done else 403 if seen else 404
    )
    wrong: list[Any] = [(who, kind.label, door.name, "leak", leak) for leak in leaks(world, who, text)]
    if refusal and (answer.status_code != refusal or changed):
        wrong.append((who, kind.label, door.name, answer.status_code, "instead of", refusal, "changes", changed))
    if not refusal and (
        answer.status_code not in DONE
        if door.sure and kind.label not in SETTLED
        else answer.status_code == 404 or answer.status_code >= 500
    ):
        wrong.append((who, kind.label, door.name, answer.status_code, "although allowed", text[-300:]))
    return wrong


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever is written inside is taken back, with the rights that were remembered of it: where none changed they still hold."""
    before, after = principals.current_epoch(), None
    try:
        with transaction.atomic():
            yield
            after = None if transaction.get_rollback() else principals.current_epoch()
            transaction.set_rollback(True)
    finally:
        if after != before:
            principals._cache.clear()
            custom_fields.forget()


def test_bulk_acts_change_all_rows_that_the_oracle_says_and_no_others(matrix: World) -> None:
    wrong = []
    kinds = [kind for kind in registry if not kind.access.faces and doors.has_marks(kind)]
    for who, kind, act in itertools.product(matrix.browsers, kinds, ("edit", "delete")):
        if chosen(who, kind.label, act, "bulk", one_of=60):
            wrong += bulk(matrix, who, kind, act)
    assert wrong == []


def bulk(world: World, who: str, kind: Entity, act: str) -> list[Any]:
    """What is wrong with a bulk act over every row there is."""
    person, title = world.persons[who], doors.has_marks(kind)
    every = [row["id"] for row in world.oracle.alive(kind.label)]
    wanted = world.oracle.ids(person, kind.label, act) if not turned_away(who, api=False) else set()
    values = {"ids": ",".join(every), "field": "external_ids", "external_ids": "changed" if title else ""}
    with rolled_back():
        last = Change.objects.order_by("-pk").values_list("pk", flat=True).first()
        answer = world.browsers[who].post(f"/{kind.slug}/bulk/{act}?go=1", values, headers=doors.HTMX)
        text = surfaces.text_of(answer)
        changed = set(
            map(str, Change.objects.filter(pk__gt=last, entity=kind.label).values_list("record_id", flat=True))
        )
    wrong: list[Any] = [(who, kind.label, f"bulk {act}", "leak", leak) for leak in leaks(world, who, text)]
    if changed - wanted or (answer.status_code == 200 and not changed and wanted and act == "edit"):
        wrong.append((who, kind.label, f"bulk {act}", answer.status_code, len(changed), len(wanted), text[-200:]))
    return wrong


def test_nobody_undoes_what_others_did(matrix: World) -> None:
    """Undo belongs to whoever made the change, or to whom the right is given: here the administrators."""
    company = matrix.rows["parties.company", "own"]
    with rolled_back():
        writes.save(actor_of(matrix.people["ann"].pk), company, {"external_ids": ["by Ann"]})
        made = ChangeSet.objects.latest("at")
        for who, browser in matrix.browsers.items():
            before = Change.objects.count()
            with rolled_back():
                status = browser.post(f"/undo/{made.pk}", headers=doors.HTMX).status_code
                changed = Change.objects.count() - before
            allowed = who in ("eva", "mia", "ann")
            assert (status, changed) == ((204, 1) if allowed else (turned_away(who, api=False, htmx=True) or 403, 0)), (
                who
            )
