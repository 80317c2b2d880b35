"""Checks of the work: what was acknowledged is stored, jobs have done all or nothing, nothing hangs or is left over."""

from collections.abc import Sequence

from tests.crash.asking import SHOWN, Facts, as_dict, none, rows


def stored(facts: Facts) -> list[str]:
    """Every acknowledged creation is there exactly once in that version or a later one, every change stands in the ledger."""
    created = facts.notes.created
    present = {
        str(key): (name, version)
        for key, name, version in rows(
            "SELECT id, name, version FROM parties_party WHERE id = ANY(%s::uuid[]) AND deleted_at IS NULL",
            list(created),
        )
    }
    wrong = [f"acknowledged company {name} is lost" for key, (name, _version) in created.items() if key not in present]
    wrong += [
        f"company {name} went back behind version {version}"
        for key, (name, version) in created.items()
        if key in present and present[key][1] < version
    ]
    names = [name for name, _version in created.values()]
    wrong += none(
        "SELECT name, count(*) FROM parties_party WHERE name = ANY(%s) GROUP BY name HAVING count(*) > 1",
        "asked for once, created more than once",
        names,
    )
    return [*wrong, *patched(facts.notes.patched)]


def patched(noted: Sequence[tuple[str, int, str, str]]) -> list[str]:
    """Acknowledged changes: the ledger has them under the version that was told, the row is not older."""
    ledger = {
        (str(key), version): after
        for key, version, after in rows("SELECT record_id, version, after FROM core_change WHERE op = 'update' AND record_id = ANY(%s::uuid[])", list({key for key, *_rest in noted}))
    }  # fmt: skip
    present = dict(
        rows(
            "SELECT id::text, version FROM parties_party WHERE id = ANY(%s::uuid[])",
            list({key for key, *_rest in noted}),
        )
    )
    wrong = []
    for key, version, name, value in noted:
        after = as_dict(ledger.get((key, version), {}))
        if after.get(name) != value:
            wrong.append(f"acknowledged change of {name} of {key} in version {version} is lost: {after.get(name)}")
        elif present.get(key, 0) < version:
            wrong.append(f"company {key} went back behind version {version}")
    return wrong


def imports(facts: Facts) -> list[str]:
    """An import has none or all of its rows, under one change-set; in the end all."""
    people = dict(
        rows("SELECT split_part(code, ':', 1), count(*) FROM parties_party, unnest(external_ids) AS code GROUP BY 1")
    )
    written: dict[str, list[int]] = {}
    for name, born in rows(
        "SELECT s.reason, (SELECT count(*) FROM core_change c WHERE c.changeset_id = s.id AND c.op = 'create' AND c.entity = 'parties.person') FROM core_changeset s WHERE s.kind = 'import'"
    ):
        written.setdefault(name, []).append(born)
    wrong = []
    for task in (task for task in facts.tasks if task.kind == "import"):
        found = (people.get(task.mark.removesuffix(".csv"), 0), written.get(task.mark, []))
        if found not in [(task.count, [task.count])] + ([] if facts.is_final else [(0, [])]):
            wrong.append(
                f"import {task.mark}: {found[0]} people, in the ledger by change-set {found[1]}, of {task.count}"
            )
    return wrong


def bulks(facts: Facts) -> list[str]:
    """A bulk edit has changed none or all of its records, under one change-set; in the end all."""
    wrong = []
    for task in (task for task in facts.tasks if task.kind == "bulk"):
        found = rows(
            "SELECT changeset_id, count(DISTINCT record_id) FROM core_change WHERE op = 'update' AND entity = 'parties.company' AND after ->> 'payment_terms' = %s GROUP BY changeset_id",
            task.mark,
        )
        counts = [count for _key, count in found]
        if counts not in ([[task.count]] if facts.is_final else [[], [task.count]]):
            wrong.append(f"bulk edit {task.mark}: records by change-set {counts}, of {task.count}")
    return wrong


def answers(facts: Facts) -> list[str]:
    """A program is told that the database is away (503) or gets no answer; nothing breaks on our side."""
    found = facts.notes.answers["500"]
    return [f"answers 500 so far: {found}"] if found else []


def queue(facts: Facts) -> list[str]:
    """Every job that was asked for is done; nothing waits or runs for ever; every event was delivered."""
    if not facts.is_final:
        return []
    return [
        *none(
            "SELECT name, state, attempts, message FROM core_jobrun WHERE state <> 'done'",
            "jobs that were asked for and are not done",
        ),
        *none(
            "SELECT task_name, status, attempts FROM procrastinate_jobs WHERE queue_name <> 'system' AND status IN ('todo', 'doing', 'failed')",
            "jobs left in the queue",
        ),
        *none(
            "SELECT j.task_name, j.attempts FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'started' WHERE j.status = 'doing'"
            " GROUP BY j.id HAVING max(e.at) < now() - interval '60 seconds'",
            "jobs that run for ever",
        ),
        *none("SELECT name, at FROM core_outboxevent WHERE delivered_at IS NULL", "events that nobody was told of"),
    ]


def leftovers(facts: Facts) -> list[str]:
    """No half-written file."""
    found = sorted(place.name for place in facts.data.rglob("*.part")) if facts.is_final else []
    return [f"half-written files: {len(found)} ({', '.join(found[:SHOWN])})"] if found else []
