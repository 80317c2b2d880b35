"""The races, and what each must come to. Each gives back what is wrong, in words; `careless` gives the variant that must be wrong."""

import random
import threading
from collections import Counter
from typing import Any
from unittest.mock import patch

from django.db import connection, transaction
from tests.races.together import Send, together

from kith.core import trees, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.exchange import engine, turn
from kith.core.exchange import mapping as maps
from kith.core.exchange.importing import import_file
from kith.core.ledger import Change

COMPANIES = "/api/v1/companies"
ANSWERS = frozenset({200, 204, 404, 409})
STEPS = 3


def company(name: str) -> Any:
    """A new one."""
    return writes.create(SYSTEM, registry.get("parties.company"), {"name": name})


def entries(key: Any) -> list[Change]:
    """What the ledger says about a record, in its order."""
    return list(Change.objects.filter(record_id=key).order_by("id"))


# --- many edit what they have all seen ----------------------------------------------------------------------------------


def editors(send: Send, count: int, name: str, *, careless: bool = False) -> list[str]:
    """All change the same field over the same version: one succeeds, the others are told; without a version all would."""
    record = company(name)
    seen = {} if careless else {"If_Match": f'"{record.version}"'}
    answers = together(
        count, lambda number: send("PATCH", f"{COMPANIES}/{record.pk}", {"description": f"by {number}"}, **seen)
    )
    told = [number for number, (status, _body) in enumerate(answers) if status == 200]
    changes = [entry for entry in entries(record.pk) if entry.op == "update"]
    wrong = unknown(Counter(status for status, _body in answers), {200, 412})
    wrong += [f"{len(told)} editors were told that they changed what they had seen"] if len(told) != 1 else []
    wrong += [f"{len(changes)} changes of one version"] if len(changes) != 1 else []
    if len(told) == len(changes) == 1 and changes[0].after != {"description": f"by {told[0]}"}:
        wrong.append(f"{told[0]} was told, the ledger says {changes[0].after}")
    return wrong


# --- the same intent, many times ----------------------------------------------------------------------------------------


def intents(send: Send, count: int, name: str, *, careless: bool = False) -> list[str]:
    """All ask for the same creation under one key: one record, and everybody is told of it; without a key there are many."""
    key = {} if careless else {"Idempotency_Key": name}
    answers = together(count, lambda _number: send("POST", COMPANIES, {"name": name}, **key))
    told = {body["id"] for status, body in answers if status == 201}
    made = registry.get("parties.company").rows(SYSTEM).filter(name=name).count()
    wrong = unknown(Counter(status for status, _body in answers), {201})
    wrong += [f"{made} records of one intent"] if made != 1 else []
    return wrong + ([f"{len(told)} records were told"] if len(told) != 1 else [])


# --- change, trash, restore, give away: one record ------------------------------------------------------------------------


def mixed(send: Send, count: int, name: str, *, careless: bool = False) -> list[str]:
    """Everybody does something else to one record: the ledger has every version once, and what was told."""
    record, dice = company(name), random.Random(name)
    plans = [[dice.choice(("change", "change", "give", "trash", "restore", "restore")) for _step in range(STEPS)] for _number in range(count)]  # fmt: skip
    if careless:
        together(2, carelessly(record))
        return judged(record, [])
    told: list[tuple[int, Any, Any]] = [
        answer for answers in together(count, lambda number: [act(send, record, what, f"{number}.{at}") for at, what in enumerate(plans[number])]) for answer in answers
    ]  # fmt: skip
    return unknown(Counter(status for status, _version, _text in told), ANSWERS) + judged(record, told)


def act(send: Send, record: Any, what: str, text: str) -> tuple[int, Any, Any]:
    """One step: its status, and of a change the version and the text that were told."""
    place = f"{COMPANIES}/{record.pk}"
    if what == "trash":
        return send("DELETE", place)[0], None, None
    if what == "restore":
        return send("POST", f"{place}/restore")[0], None, None
    status, body = send(
        "PATCH", place, {"description": text} if what == "change" else {"description": text, "owner": None}
    )
    return (status, body["version"], text) if status == 200 else (status, None, None)


def judged(record: Any, told: list[tuple[int, Any, Any]]) -> list[str]:
    """Versions without gap and double, each change as it was told, the row as the ledger left it."""
    found = entries(record.pk)
    row = type(record)._base_manager.get(pk=record.pk)
    versions = [entry.version for entry in found]
    wrong = (
        []
        if versions == list(range(1, row.version + 1))
        else [f"versions in the ledger are {versions}, the row has {row.version}"]
    )
    texts = {entry.version: entry.after.get("description") for entry in found if entry.op == "update"}
    wrong += [
        f"{text} was told as version {version}, the ledger says {texts.get(version)}"
        for _status, version, text in told
        if version and texts.get(version) != text
    ]
    moves = [entry.op for entry in found if entry.op in ("delete", "restore")]
    wrong += (
        []
        if moves == [("delete", "restore")[at % 2] for at in range(len(moves))]
        else [f"trashed and restored in this order: {moves}"]
    )
    return wrong + (
        [] if bool(row.deleted_at) == (moves[-1:] == ["delete"]) else ["the row is not where the last move put it"]
    )


def carelessly(record: Any) -> Any:
    """Somebody who reads a version, and writes the next one when the other has read it as well."""
    barrier = threading.Barrier(2)
    table = record._meta.db_table

    def work(number: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('kith.changeset', 'maintenance', true)")
            cursor.execute(f"SELECT version FROM {table} WHERE id = %s", [record.pk])
            version = cursor.fetchone()[0] + 1
            barrier.wait()
            cursor.execute(f"UPDATE {table} SET version = %s WHERE id = %s", [version, record.pk])
            cursor.execute(
                "INSERT INTO core_change (changeset_id, at, entity, record_id, op, title, version, before, after, source) SELECT changeset_id, at, entity, record_id, 'update', title, %s, '{}', %s, source FROM core_change WHERE record_id = %s AND version = 1",
                [version, f'{{"description": "{number}"}}', record.pk],
            )

    return work


# --- two bring the same file ------------------------------------------------------------------------------------------------


def importers(count: int, name: str, *, careless: bool = False) -> list[str]:
    """The same file at the same time: every row is one record; without turns each importer makes its own."""
    text = "Name,Code\n" + "".join(f"{name} {number},{name}:{number}\n" for number in range(50))
    mapping = maps.from_json({"columns": [{"column": "Name", "to": "name"}, {"column": "Code", "to": "external_ids"}]})
    entity = registry.get("parties.company")

    def bring(_number: int) -> None:
        import_file(SYSTEM, entity, text.encode(), mapping, file=f"{name}.csv")

    if careless:
        barrier, take = threading.Barrier(count), engine.Import.take

        def at_once(run: Any, rows: Any, progress: Any) -> None:
            take(run, rows, progress)
            barrier.wait()  # nobody has committed when the last has looked

        with patch.object(turn, "take", lambda _entity: None), patch.object(engine.Import, "take", at_once):
            together(count, bring)
    else:
        together(count, bring)
    made = Counter(entity.rows(SYSTEM).filter(name__startswith=f"{name} ").values_list("name", flat=True))
    wrong = [f"{double}: {times} records" for double, times in made.items() if times != 1]
    return wrong + ([f"{len(made)} of 50 rows"] if len(made) != 50 else [])


# --- several clocks -----------------------------------------------------------------------------------------------------------


def schedulers(count: int, name: str, *, careless: bool = False) -> list[str]:
    """Every worker has a clock and asks for the job of each tick: it is there once; without the guard once for each.

    A clock that is late by more than a tick is heard again, for the queue remembers the last tick only: jobs bear that.
    """
    from procrastinate import sql

    ticks, barrier = range(1_000, 1_000 + 20), threading.Barrier(count)

    def clock(_number: int) -> None:
        for tick in ticks:
            barrier.wait()
            facts = {"task_name": name, "queue": name, "priority": 0, "lock": None, "queueing_lock": None, "periodic_id": "", "defer_timestamp": tick, "args": f'{{"timestamp": {tick}}}'}  # fmt: skip
            with connection.cursor() as cursor:
                if careless:
                    cursor.execute("INSERT INTO procrastinate_jobs (task_name, queue_name, args) VALUES (%(task_name)s, %(queue)s, %(args)s::jsonb)", facts)  # fmt: skip
                else:
                    cursor.execute(sql.queries["defer_periodic_job"], facts)

    together(count, clock)
    return doubled(name, ticks)


def doubled(name: str, ticks: range) -> list[str]:
    """Ticks that are not there exactly once; the jobs are taken away again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT (args ->> 'timestamp')::bigint, count(*) FROM procrastinate_jobs WHERE task_name = %s GROUP BY 1",
            [name],
        )
        found = dict(cursor.fetchall())
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = %s", [name])
    return [f"tick {tick}: {found.get(tick, 0)} jobs" for tick in ticks if found.get(tick, 0) != 1]


# --- one names a group, another one lets it follow a view -------------------------------------------------------------------


def lenders(count: int, name: str, *, careless: bool = False) -> list[str]:
    """A permission comes to name a customer group while that becomes one by view: one of both is refused; without waiting both succeed."""
    view = writes.create(SYSTEM, registry.get("core.view"), {"entity": "parties.company", "name": name, "filter": {}})
    group = writes.create(SYSTEM, registry.get("parties.partygroup"), {"name": name})
    role = writes.create(SYSTEM, registry.get("access.role"), {"name": name})
    asked = {"field": "customer_group", "op": "any", "value": [str(group.pk)]}
    rule = {"role": role.pk, "entity": "parties.company", "operation": "view", "condition": asked}

    def write(number: int) -> bool:
        try:
            if number % 2:
                writes.create(SYSTEM, registry.get("access.policyrule"), rule)
            else:
                writes.save(SYSTEM, group, {"kind": "dynamic", "view": view.pk})
        except Refused:
            return False
        return True

    if careless:
        barrier = threading.Barrier(count)
        with patch.object(trees, "hold", lambda _entity: barrier.wait()):  # both have written, nobody has committed
            done = together(count, write)
    else:
        done = together(count, write)
    return [f"{sum(done)} of two succeeded"] if sum(done) != 1 else []


def unknown(answers: Counter[int], expected: set[int] | frozenset[int]) -> list[str]:
    """Answers that nobody should get."""
    return [f"{times} answers {status}" for status, times in answers.items() if status not in expected]


RACES = {"editors": editors, "intents": intents, "mixed": mixed}
ALONE = {"importers": importers, "schedulers": schedulers, "lenders": lenders}
