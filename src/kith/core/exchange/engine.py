"""The import itself: rows of a file become records and their parts, in one change-set and one transaction.

1. Nobody else imports records of this kind (turn); custom fields that the mapping keeps are defined.
2. Rows come in chunks; each becomes a draft. Texts that mean other records are looked up, once each.
3. Rows are matched to existing records. Rows of a chunk that share a key wait for each other (waves), so that it makes no
   difference where chunks begin.
4. Waves are written in bulk; rows that turn out bad are rejected with their reasons by column.
5. Links to records of the same kind that came later in the file are set at the end.

A rehearsal does all of it and rolls back, so that its summary is the summary of the import.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import batched
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from kith.core import access, cleaning, courier, custom_fields
from kith.core.access import Actor
from kith.core.changes import Running, change_set
from kith.core.context import current, through
from kith.core.entity import Entity, registry
from kith.core.errors import Refused
from kith.core.records import Pick

from . import statistics, turn
from .convert import text_of
from .drafts import Compiled, Draft, Want
from .formats.table import Row
from .keeping import define
from .later import Rest
from .links import MANY, Links
from .mapping import Mapping
from .matches import Key, Matches
from .summary import Outcome, Rejected, Summary
from .wave import Wave

CHUNK = 2_000
#: So many rejected rows are kept with their cells; of more only the number is told.
MOST_REJECTED = 100_000
#: So long the next chunk may take. A process that dies ends its transaction at once, however long this is.
PATIENCE = "10min"

type Progress = Callable[[int], Any]


class Rehearsed(Exception):
    """Raised to roll a rehearsal back."""


def run(
    actor: Actor, entity: Entity, mapping: Mapping, columns: Sequence[str], rows: Iterable[Row], *,
    file: str, is_rehearsal: bool = False, progress: Progress | None = None,
) -> Outcome:  # fmt: skip
    """Import rows (or rehearse it); nothing at all is written when this raises."""
    access.require(actor, entity, "import")
    if mapping.strategy != "update":
        access.require(actor, entity, "create")
    started = time.monotonic()
    outcome = Outcome(Summary(), [], columns=tuple(columns))
    here = current()
    try:
        with (
            through("import", request_id=here.request_id, ip=here.ip, agent=here.agent),
            change_set(actor, kind="import", reason=file[:300], entity=entity.label) as changes,
        ):
            be_patient()
            if not is_rehearsal:
                turn.take(entity)
            with courier.behind():
                Import(actor, entity, mapping, columns, changes, outcome, file).take(
                    rows, progress or (lambda _count: None)
                )
            outcome.summary.seconds = time.monotonic() - started
            if is_rehearsal:
                raise Rehearsed
            outcome.changeset = changes.id if changes.counts else None
    except Rehearsed:
        pass
    finally:
        if outcome.changeset is None:
            custom_fields.forget()  # those that were defined are gone again
    return outcome


def be_patient() -> None:
    """Let the database wait for the next rows: a busy machine may make them for longer than a transaction may otherwise be idle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [PATIENCE])


class Import:
    """One run over the rows of one file."""

    def __init__(
        self,
        actor: Actor,
        entity: Entity,
        mapping: Mapping,
        columns: Sequence[str],
        changes: Running,
        outcome: Outcome,
        file: str,
    ) -> None:
        self.actor, self.entity, self.mapping, self.changes, self.outcome, self.file = (
            actor,
            entity,
            mapping,
            changes,
            outcome,
            file,
        )
        define(actor, entity, mapping)
        self.compiled = Compiled(entity, mapping, columns)
        self.check_fields()
        self.links = Links(actor)
        self.matches = Matches(actor, entity, mapping, self.compiled.given)
        self.wave = Wave(actor, self.compiled, changes, outcome.summary, file)
        self.rest = Rest(actor, entity, self.links, outcome.summary, self.wave.source)
        self.seen: set[int] = set()

    @property
    def summary(self) -> Summary:
        """The numbers so far."""
        return self.outcome.summary

    def check_fields(self) -> None:
        """Refuse before the first row what the actor may not write at all."""
        own = {
            one.target.spec.name
            for one in self.compiled.readers
            if one.target.part is None and one.target.spec.columns and one.target.spec.name in self.entity.fields
        }
        cleaning.check_names(self.actor, self.entity, own, is_new=self.mapping.strategy != "update")
        for part in {one.target.part.entity for one in self.compiled.readers if one.target.part}:
            access.require(self.actor, part, "create")

    def take(self, rows: Iterable[Row], progress: Progress) -> None:
        """All rows, then the links between them."""
        names = statistics.tables(
            self.entity, [one.target.part.entity for one in self.compiled.readers if one.target.part]
        )
        growth = statistics.Growth(names)
        for chunk in batched(rows, CHUNK, strict=False):
            self.chunk(chunk)
            progress(len(chunk))
            if len(chunk) == CHUNK:
                growth.add(CHUNK)
        self.rest.set(
            lambda ready: self.create_targets(((later.draft, later.want) for later in ready), at_end=True),
            lambda want: self.policy(want) == "empty",
        )
        self.summary.created.update(self.links.created)

    def chunk(self, rows: Sequence[Row]) -> None:
        """One chunk of rows."""
        drafts = [self.compiled.draft(row) for row in rows]
        self.summary.read += len(drafts)
        unreadable = [draft for draft in drafts if draft.errors]
        rest = [draft for draft in drafts if not draft.errors and not self.is_skipped(draft)]
        self.link(rest)
        self.tell_missing(unreadable)
        for wave in self.waves([draft for draft in rest if not draft.errors]):
            self.decide(wave)
            written = [draft for draft in wave if not draft.errors and (draft.is_new or draft.match)]
            self.wave.write(written)
        for draft in drafts:
            if draft.errors:
                self.reject(draft)
        self.links.forget(self.entity.label)

    def is_skipped(self, draft: Draft) -> bool:
        """Whether a row is not to be taken: a needed cell is empty, or it repeats an earlier row and such rows are skipped (R152)."""
        if draft.is_left_out:
            self.summary.left_out += 1
            return True
        mark = hash(tuple(draft.cells))
        if mark not in self.seen:
            self.seen.add(mark)
            return False
        self.summary.equal += 1
        self.summary.equal_skipped += self.mapping.skip_equal
        return self.mapping.skip_equal

    def waves(self, drafts: Sequence[Draft]) -> Iterator[list[Draft]]:
        """Rows in groups that share no key."""
        while drafts:
            taken: set[Key] = set()
            wave: list[Draft] = []
            waiting: list[Draft] = []
            for draft in drafts:
                keys = self.matches.keys(draft)
                if taken.isdisjoint(keys):
                    wave.append(draft)
                else:
                    waiting.append(draft)
                taken |= keys
            yield wave
            drafts = waiting

    def decide(self, drafts: list[Draft]) -> None:
        """What becomes of each row: a new record, a change, or nothing (R146)."""
        self.matches.find(drafts)
        strategy = self.mapping.strategy
        taken = set()
        for draft in drafts:
            if draft.errors:
                continue
            if draft.match in taken:
                draft.fail("", _("Another row of this chunk is about the same record by another key."))
            elif strategy == "add":
                self.summary.duplicates += draft.match is not None
                draft.match, draft.is_new = None, True
            elif draft.match is None:
                draft.is_new = strategy != "update"
                self.summary.unmatched += strategy == "update"
            else:
                taken.add(draft.match)

    def reject(self, draft: Draft) -> None:
        """Note a row that was not taken."""
        self.summary.rejected += 1
        if len(self.outcome.rejected) < MOST_REJECTED:
            errors = {column: [str(message) for message in messages] for column, messages in draft.errors.items()}
            self.outcome.rejected.append(Rejected(draft.number, [text_of(cell) for cell in draft.cells], errors))

    # --- links --------------------------------------------------------------------------------------------------------

    def link(self, drafts: Sequence[Draft]) -> None:
        """Find what texts mean, create what is wanted, and put the ids into the values."""
        wants = [(draft, want) for draft in drafts for want in draft.wants]
        self.load([want for _draft, want in wants])
        refused = self.create_targets(wants)
        for draft, want in wants:
            keys = [key for text in want.texts if (key := self.found(draft, want, text, refused)) is not None]
            self.set_link(want, keys)

    def tell_missing(self, drafts: Sequence[Draft]) -> None:
        """Say of rows that are rejected anyway which links would reject them too, so that all is corrected in one go."""
        wants = [(draft, want) for draft in drafts for want in draft.wants if self.policy(want) == "reject"]
        self.load([want for _draft, want in wants])
        for draft, want in wants:
            for text in want.texts:
                self.found(draft, want, text, {})

    def load(self, wants: Iterable[Want]) -> None:
        """Look up all texts at once."""
        texts: dict[tuple[str, str], set[str]] = {}
        for want in wants:
            texts.setdefault((want.spec.target, want.by), set()).update(want.texts)
        for (label, by), asked in texts.items():
            self.links.load(label, by, asked)

    def create_targets(
        self, wants: Iterable[tuple[Draft, Want]], *, at_end: bool = False
    ) -> dict[tuple[str, str, str], str]:
        """Create the records of texts without one, where the mapping says so; returns why some could not be."""
        new: dict[tuple[str, str], dict[str, int]] = {}
        for draft, want in wants:
            if self.policy(want) == "create" and not draft.errors and (at_end or not self.is_later(want)):
                for text in want.texts:
                    if self.links.get(want.spec.target, want.by, text) is None:
                        new.setdefault((want.spec.target, want.by), {}).setdefault(text, draft.number)
        refused: dict[tuple[str, str, str], str] = {}
        for (label, by), asked in new.items():
            for text, why in self.create_some(label, by, asked).items():
                refused[label, by, text] = why
                if at_end:
                    self.summary.late_errors.append((asked[text], f"{text}: {why}"))
        return refused

    def create_some(self, label: str, by: str, asked: dict[str, int]) -> dict[str, str]:
        """Create records for texts; a violated constraint halves them until the bad one is found."""
        texts = list(asked)
        try:
            with self.changes.attempt():
                return self.links.create(label, by, texts, {"file": self.file, "row": min(asked.values())})
        except Refused as error:
            if len(texts) == 1:
                return {texts[0]: " ".join(str(message) for messages in error.errors.values() for message in messages)}
        middle = len(texts) // 2
        return {
            **self.create_some(label, by, {text: asked[text] for text in texts[:middle]}),
            **self.create_some(label, by, {text: asked[text] for text in texts[middle:]}),
        }

    def policy(self, want: Want) -> str:
        """What happens with a text that means no record: create, report, reject or empty."""
        target = registry.get(want.spec.target)
        if issubclass(target.model, Pick):
            unknown = want.map.unknown or self.mapping.unknown
            return "create" if unknown == "add" else unknown
        return want.map.missing or self.mapping.missing

    def is_later(self, want: Want) -> bool:
        """Whether the text may mean a record further down in this file; where its absence rejects the row, it has to be there before."""
        own = want.part is None and want.spec.target == self.entity.label and want.spec.type.name == "link"
        return own and not want.spec.required and self.policy(want) != "reject"

    def found(self, draft: Draft, want: Want, text: str, refused: dict[tuple[str, str, str], str]) -> Any:
        """The id that a text means, or None, with the consequences the mapping wants."""
        key = self.links.get(want.spec.target, want.by, text)
        if key is not None and key != MANY:
            return key
        if key is None and self.is_later(want):
            self.rest.add(draft, want)
            return None
        policy = self.policy(want)
        if policy == "reject":
            words = (
                _("“%(text)s” stands for several records; write an id.")
                if key == MANY
                else _("“%(text)s” stands for no record; correct it, or create the record first.")
            )
            draft.fail(want.column, words % {"text": text[:60]})
        elif policy != "empty":
            self.summary.miss(want.column, text)
            draft.missing[want.column] = text
        if why := refused.get((want.spec.target, want.by, text)):
            self.summary.late_errors.append((draft.number, f"{want.column}: {text}: {why}"))
        return None

    def set_link(self, want: Want, keys: list[Any]) -> None:
        """Put the found ids where they belong."""
        spec = want.spec
        if want.part is not None and not keys and spec.required:
            want.part.lacks = spec.name
        if spec.type.name == "tags":
            if keys:
                present = want.values.get(spec.name) or []
                want.values[spec.name] = [*present, *(key for key in keys if key not in present)]
        elif spec.type.name == "ref":
            want.values[spec.name] = {"entity": spec.target, "id": str(keys[0])} if keys else None
        elif keys or spec.name not in want.values:
            want.values[spec.name] = keys[0] if keys else None
