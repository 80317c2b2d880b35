"""The two jobs of a round: an import of people through the wizard's own steps, and a bulk edit through the list's route."""

import csv
import io
from dataclasses import dataclass
from uuid import UUID

from tests.crash.ground import COMPANIES, MARK, Ground, patiently

from kith.core import jobs_import
from kith.core.bench.client import Broken, Browser, signed_in
from kith.core.entity import registry
from kith.core.exchange import runs
from kith.core.exchange.mapping import ColumnMap
from kith.core.jobs import defer
from kith.core.jobs_models import OPEN, JobRun, State

ROWS = 1_000
COLUMNS = {
    "Given name": "given_name",
    "Family name": "family_name",
    "E-mail": "email",
    "Telephone": "phone",
    "Code": "external_ids",
}


@dataclass(frozen=True, slots=True)
class Task:
    """A job that was asked for: of an import the file's name, of a bulk edit the value that is set."""

    kind: str
    run: UUID
    mark: str
    count: int

    @property
    def state(self) -> str:
        """How far it is."""
        return patiently(lambda: str(JobRun.objects.values_list("state", flat=True).get(pk=self.run)))

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in OPEN

    @property
    def seconds(self) -> float:
        """How long it took."""
        run = JobRun.objects.get(pk=self.run)
        assert run.started_at and run.finished_at
        return (run.finished_at - run.started_at).total_seconds()

    @property
    def is_running(self) -> bool:
        """Whether a worker is at it."""
        return self.state == State.RUNNING


def file_of(mark: str) -> bytes:
    """People with e-mail and phone, nobody twice."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for number in range(ROWS):
        writer.writerow(
            [
                f"Given{number}",
                f"Family {mark}",
                f"p{number}.{mark}@people.example",
                f"+49 30 {abs(hash_of(mark)) % 900 + 100}{number:05d}",
                f"{mark}:{number}",
            ]
        )
    return out.getvalue().encode()


def hash_of(mark: str) -> int:
    """A small number of a text, the same in every process."""
    return sum((place + 1) * ord(letter) for place, letter in enumerate(mark))


def ask_import(ground: Ground, mark: str) -> Task:
    """Take the file in, match its columns, start the import: every row becomes a new person, so that doing it twice would show."""
    made = runs.begin(ground.actor, registry.get("parties.person"), [file_of(mark)], f"{mark}.csv")
    runs.set_mapping(
        made, columns=tuple(ColumnMap(column=name, to=path) for name, path in COLUMNS.items()), strategy="add"
    )
    run = defer(jobs_import.carry_out, ground.user, run=str(made.pk))
    return Task("import", run.pk, f"{mark}.csv", ROWS)


class Editor:
    """The administrator in a browser."""

    def __init__(self, port: int, ground: Ground) -> None:
        self.port, self.ground = port, ground
        self.browser = signed_in(port, ground.user.email, ground.password)

    def ask(self, mark: str) -> Task:
        """Select every company of the drill and set a field, as the list does; more than 200 become a job."""
        form = {"every": "1", "query": f"?f=legal_form:is:{MARK}", "field": "payment_terms", "payment_terms": mark}
        before = set(JobRun.objects.filter(name="core.bulk").values_list("pk", flat=True))
        answer = self.fresh().post("/companies/bulk/edit?go=1", form, **{"HX-Request": "true"})
        if answer.status != 200:
            raise Broken(f"the bulk edit was answered with {answer.status}: {answer.body[:300]!r}")
        (run,) = set(JobRun.objects.filter(name="core.bulk").values_list("pk", flat=True)) - before
        return Task("bulk", run, mark, COMPANIES)

    def fresh(self) -> Browser:
        """The same browser with a new connection: the old one may have died with the server."""
        self.browser = Browser(self.port, cookies=self.browser.cookies, headers=self.browser.headers)
        return self.browser
