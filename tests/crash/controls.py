"""Negative controls: the drill tampers with its own database, and every check must see what it is there for. All of it is rolled back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.db import connection, transaction
from tests.crash import asking, check_effects, check_ledger, check_parties, check_work
from tests.crash.asking import Facts
from tests.crash.oracle import Check

PART, MAIL = "files/left.part", "mail/control.log"


@dataclass(frozen=True, slots=True)
class Control:
    """A loss and the check that has to find it."""

    name: str
    check: Check
    tamper: Callable[[Facts], None]


def do(statement: str, *values: object) -> None:
    """Write past the product, announced to the guard as maintenance."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('kith.changeset', 'maintenance', true)")
        cursor.execute(statement, values)
        if cursor.rowcount == 0:
            raise AssertionError(f"the control changed nothing: {statement}")


def created(facts: Facts) -> str:
    """A company whose creation was acknowledged."""
    return next(iter(facts.notes.created))


def moved(facts: Facts) -> str:
    """A company of which it is known whether it is in the trash."""
    return next(key for key, state in facts.notes.moved.items() if state is not None)


def mark(facts: Facts, kind: str) -> str:
    """The mark of an import or a bulk edit."""
    return next(task.mark for task in facts.tasks if task.kind == kind)


def without_links(facts: Facts) -> None:
    """Erase an acknowledged company with what hangs on it."""
    for table, column in (
        ("parties_matchkey", "party_id"),
        ("parties_contactpoint", "party_id"),
        ("parties_party", "id"),
    ):
        do(f"DELETE FROM {table} WHERE {column} = %s", created(facts))


def half_an_import(facts: Facts) -> None:
    """Let one person of an import lose its code."""
    do(
        "UPDATE parties_party SET external_ids = '{}' WHERE external_ids @> ARRAY[%s]",
        mark(facts, "import").removesuffix(".csv") + ":7",
    )


def second_change_set(facts: Facts) -> None:
    """Let an import stand in the ledger twice."""
    do(
        "INSERT INTO core_changeset SELECT (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid()))).* FROM core_changeset s WHERE reason = %s",
        mark(facts, "import"),
    )


def without_mails(facts: Facts) -> None:
    """Look for mails where there are none."""
    facts.data = facts.data / "elsewhere"


def other_mail(facts: Facts) -> None:
    """Send a mail again under another id."""
    head = f"To: {facts.notes.invited[0]}\nMessage-ID: <another@localhost>\n\n"
    (facts.data / MAIL).write_bytes(head.encode() + check_effects.END)


def part_file(facts: Facts) -> None:
    """Leave a half-written file."""
    (facts.data / PART).touch()


ONE_BULK_CHANGE = "(SELECT id FROM core_change WHERE after ->> 'payment_terms' = %s ORDER BY id LIMIT 1)"
CONTROLS = (
    Control("an acknowledged company is gone", check_work.stored, without_links),
    Control("an acknowledged company is older again", check_work.stored, lambda facts: do("UPDATE parties_party SET version = 0 WHERE id = %s", created(facts))),
    Control("an acknowledged change is gone", check_work.stored, lambda facts: do("DELETE FROM core_change WHERE record_id = %s AND version = %s", *facts.notes.patched[0][:2])),
    Control("a person of an import is gone", check_work.imports, half_an_import),
    Control("an import has two change-sets", check_work.imports, second_change_set),
    Control("a bulk edit is half done", check_work.bulks, lambda facts: do(f"DELETE FROM core_change WHERE id = {ONE_BULK_CHANGE}", mark(facts, "bulk"))),
    Control("a change is gone", check_ledger.versions, lambda facts: do(f"DELETE FROM core_change WHERE id = {ONE_BULK_CHANGE}", mark(facts, "bulk"))),
    Control("a row is gone", check_ledger.versions, without_links),
    Control("a row has another value", check_ledger.values, lambda facts: do("UPDATE parties_party SET name = name || '!' WHERE id = %s", created(facts))),
    Control("a change-set miscounts", check_ledger.sets, lambda facts: do("UPDATE core_changeset SET records = records + 1 WHERE reason = %s", mark(facts, "import"))),
    Control("a change-set is gone", check_ledger.sets, lambda facts: do("DELETE FROM core_changeset WHERE reason = %s", mark(facts, "import"))),
    Control("the log misses a change-set", check_ledger.sets, lambda facts: do("DELETE FROM core_auditevent WHERE changeset_id IN (SELECT id FROM core_changeset WHERE reason = %s)", mark(facts, "import"))),
    Control("a contact point is another", check_parties.contacts, lambda facts: do("UPDATE parties_contactpoint SET value = 'x' || value WHERE party_id = %s", created(facts))),
    Control("two points are primary", check_parties.contacts, lambda facts: do("UPDATE parties_contactpoint SET kind = 'email' WHERE party_id = %s", created(facts))),
    Control("a key is gone", check_parties.keys, lambda facts: do("DELETE FROM parties_matchkey WHERE party_id = %s AND kind = 'email'", created(facts))),
    Control("a job runs for ever", check_work.queue, lambda _facts: do("UPDATE core_jobrun SET state = 'running' WHERE name = 'core.import'")),
    Control("an event waits", check_work.queue, lambda _facts: do("INSERT INTO core_outboxevent (id, at, name, entity, changeset_id, record_ids) VALUES (gen_random_uuid(), now(), 'a.b.created', 'a.b', gen_random_uuid(), '[]')")),
    Control("something broke", check_work.answers, lambda facts: facts.notes.answers.update({"500": 1})),
    Control("a file is half written", check_work.leftovers, part_file),
    Control("a company is back from the trash", check_effects.moves, lambda facts: do("UPDATE parties_party SET deleted_at = CASE WHEN deleted_at IS NULL THEN now() END WHERE id = %s", moved(facts))),
    Control("an undo is forgotten", check_effects.undone, lambda facts: do("UPDATE core_changeset SET undone_by = NULL WHERE id = %s", facts.notes.undone[0])),
    Control("an undo has no change-set", check_effects.undone, lambda facts: do("UPDATE core_changeset SET undo_of = NULL WHERE undo_of = %s", facts.notes.undone[0])),
    Control("an event is gone", check_effects.events, lambda facts: do("DELETE FROM core_outboxevent WHERE id = (SELECT id FROM core_outboxevent WHERE changeset_id IN (SELECT changeset_id FROM core_change WHERE id > %s) LIMIT 1)", facts.since)),
    Control("a mail was never sent", check_effects.mails, without_mails),
    Control("a mail came under another id", check_effects.mails, other_mail),
    Control("a mail was asked for twice", check_effects.mails, lambda facts: do("INSERT INTO core_jobrun SELECT (jsonb_populate_record(j, jsonb_build_object('id', gen_random_uuid()))).* FROM core_jobrun j JOIN access_user u ON j.arguments ->> 'user' = u.id::text WHERE u.email = %s AND j.name = 'access.send_password_link'", facts.notes.invited[0])),
    Control("an attachment is gone", check_effects.files, lambda facts: do("DELETE FROM activities_attachment WHERE id = %s", next(iter(facts.notes.attached)))),
    Control("a row has no file", check_effects.files, lambda _facts: do("INSERT INTO core_upload (key, at) VALUES (repeat('0', 40), now())")),
)  # fmt: skip


def broken_chain() -> dict[str, bool]:
    """The last control: a sealed change is rewritten for good, for the chain is compared on other connections."""
    before = check_effects.chain()
    with transaction.atomic():
        do("UPDATE core_change SET title = title || '!' WHERE id = (SELECT min(id) FROM core_change)")
    return {"a sealed change is rewritten": not before and bool(check_effects.chain())}


@contextmanager
def rolled_back() -> Iterator[None]:
    """A snapshot in which anything may be written and nothing stays."""
    with asking.snapshot():
        yield
        transaction.set_rollback(True)


def run(facts: Facts) -> dict[str, bool]:
    """Whether each loss was found where nothing was wrong before."""
    found = {}
    for control in CONTROLS:
        with rolled_back():
            mine = replace(facts, notes=facts.notes.copied())
            before = control.check(mine)
            control.tamper(mine)
            found[control.name] = not before and bool(control.check(mine))
        for left in (PART, MAIL):
            (facts.data / left).unlink(missing_ok=True)
    return found


def narrowed(facts: Facts) -> Facts:
    """The same facts for the end of the ledger only: a control needs a few records, not all of them."""
    first = asking.number("SELECT min(id) FROM core_change WHERE record_id = %s", created(facts))
    return replace(facts, since=max(facts.since, first - 1))
