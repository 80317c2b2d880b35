"""Brings the installation to what files say, as one change-set; a rehearsal does all of it and rolls back.

1. Differences are written record by record, each with its parts, each as a part that may fail alone.
2. What fails, because it names something that comes later, is tried again as long as others succeed.
3. Then what is not wanted any more goes, last kinds first; what is still used stays and refuses the whole.
4. Anything that failed in the end takes everything back.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from kith.core import custom_fields, writes
from kith.core.access import SYSTEM, Actor
from kith.core.changes import change_set
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue, Forbidden, KithError, Missing, Refused, Warned

from .comparing import CHANGE, REMOVE, Difference, between, compare
from .documents import Files, Problem, Reading, written
from .kinds import Scope
from .names import Names, Unknown
from .portable import inward
from .tree import Entry, Installed, Place, Tree, about_values

KIND = "configuration"
#: As often what fails is tried again; files that need more are in an order that takes no end.
ROUNDS = 50
#: Told after each difference that is written.
type Watch = Callable[[], None]
NOWHERE = Place("(installation)", 0)


class Rehearsed(Exception):
    """Rolls a rehearsal back."""


class Failed(Exception):
    """Something cannot be written: rolls all of it back."""


@dataclass
class Plan:
    """What has to happen, what is wrong with it, and, once it happened, the change-set."""

    differences: list[Difference] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    changeset: uuid.UUID | None = None

    @property
    def counts(self) -> dict[str, int]:
        """How many records, with parts, are added, changed and removed."""
        found = {"add": 0, "change": 0, "remove": 0}
        for difference in self.differences:
            for one in (difference, *difference.parts):
                found[one.does] += 1 if one.does != CHANGE or one.fields or one is not difference else 0
        return found


def installed(scope: Scope) -> Installed:
    """The configuration of this installation; raises Refused where its names are not clear."""
    found = Installed(scope, Names(scope)).read()
    if found.clashes:
        raise Refused({"": found.clashes})
    return found


def export(scope: Scope) -> tuple[Files, list[str]]:
    """The files of this installation, and what they leave out."""
    found = installed(scope)
    return written(scope, found.tree), found.left_out


def unwatched() -> None:
    """Nobody wants to know how far it is."""


def plan(actor: Actor, scope: Scope, files: Mapping[str, str], *, prune: bool = False, step: Watch = unwatched) -> Plan:
    """What applying would do; rehearsed, so that every refusal is told now. `step` is called after each difference."""
    return perform(actor, scope, files, prune=prune, rehearsal=True, step=step)


def apply(actor: Actor, scope: Scope, files: Mapping[str, str], *, prune: bool = False, reason: str = "") -> Plan:
    """Do it, if the rehearsal finds nothing wrong."""
    found = plan(actor, scope, files, prune=prune)
    if found.problems or not found.differences:
        return found
    return perform(actor, scope, files, prune=prune, rehearsal=False, reason=reason)


def perform(
    actor: Actor, scope: Scope, files: Mapping[str, str], *, prune: bool, rehearsal: bool, reason: str = "", step: Watch = unwatched,
) -> Plan:  # fmt: skip
    """See plan and apply."""
    reading, found = Reading(scope).read(files), Plan()
    try:
        here = installed(scope)
    except Refused as refused:
        found.problems = [Problem(NOWHERE, words) for words in refused.errors[""]]
        return found
    found.left_out, found.problems = here.left_out, reading.problems
    found.differences = compare(here.tree, reading.tree, prune=prune)
    if found.problems or not found.differences:
        return found
    try:
        with change_set(actor, kind=KIND, reason=reason, entity="") as changes:
            work = Work(actor, scope, here, step)
            found.problems = work.do(found.differences)
            if found.problems:
                raise Failed
            if rehearsal:
                raise Rehearsed
            found.changeset = changes.id
    except (Failed, Rehearsed):
        custom_fields.forget()  # what was read inside has never been
    return found


@dataclass
class Work:
    """Differences being written."""

    actor: Actor
    scope: Scope
    here: Installed
    watch: Watch = unwatched
    names: Names = field(init=False)

    def __post_init__(self) -> None:
        self.names = self.here.names

    def do(self, differences: list[Difference]) -> list[Problem]:
        """Write all of them; what is wrong, if anything."""
        problems = self.settle([one for one in differences if one.does != REMOVE], self.put)
        gone = [one for one in reversed(differences) if one.does == REMOVE]
        if problems or not gone:
            return problems
        return self.settle(gone, self.drop) or list(self.orphans())

    def settle(self, todo: list[Difference], step: Callable[[Difference], None]) -> list[Problem]:
        """Do a step with each, again and again while it gets fewer."""
        problems = list[Problem]()
        for _round in range(ROUNDS):
            problems, left = [], list[Difference]()
            for one in todo:
                wrong = self.attempt(one, step)
                if not wrong:
                    self.watch()
                else:
                    left.append(one)
                    problems += wrong
            if len(left) in (0, len(todo)):
                return problems
            todo = left
        return problems

    def attempt(self, one: Difference, step: Callable[[Difference], None]) -> list[Problem]:
        """One step, alone; what is wrong with it."""
        try:
            with change_set(self.actor):
                step(one)
            return []
        except At as error:
            problems = [Problem(place_of(error.entry, name), words) for name, words in told(error.error)]
        except (KithError, IntegrityError) as error:
            problems = [Problem(place_of(one.entry, name), words) for name, words in told(error)]
        self.names.forget()
        custom_fields.forget()
        return problems

    # --- adding and changing ---

    def put(self, one: Difference) -> None:
        """Add or change a record with its parts."""
        entity, entry = one.entry.entity, one.entry
        with at(entry):
            record = self.write(one, None, None)
        if not entry.parts:
            return
        parts = one.parts
        with at(entry):
            whole = entity.open_configured(self.actor, record, parts) if parts else record
        if one.old is None or whole.pk != record.pk:  # a new one may come with parts of its own
            parts = self.anew(whole, entry)
        for part, link in self.scope.parts(entity):
            for change in (found for found in parts if found.entry.entity is part and found.does != REMOVE):
                with at(change.entry):
                    self.write(change, link, whole, entry.values)
        for part, _link in reversed(self.scope.parts(entity)):
            for change in (found for found in parts if found.entry.entity is part and found.does == REMOVE):
                with at(entry):
                    writes.delete(self.actor, part, [change.entry.pk]) if change.entry.pk else None
        with at(entry):
            entity.close_configured(self.actor, whole)
        self.names.forget()

    def anew(self, whole: Any, entry: Entry) -> list[Difference]:
        """What differs between the parts of another edition and those that are wanted."""
        self.names.forget()
        present = Installed(self.scope, self.names)
        return [
            found
            for part, link in self.scope.parts(entry.entity)
            if part.slug in entry.parts
            for found in between(present.entries(part, self.scope.rows(part).filter(**{link: whole.pk}), whole), entry.parts[part.slug], prune=True)
        ]  # fmt: skip

    def write(self, one: Difference, link: str | None, whole: Any, around: Mapping[str, Any] | None = None) -> Any:
        """Create one record, or save what differs; the record."""
        entity, new = one.entry.entity, one.entry
        wanted = new.values if one.old is None else {name: new.values[name] for name in one.fields}
        fields = self.scope.fields(entity)
        values: dict[str, Any] = {}
        for name, value in wanted.items():
            spec = fields[name]
            if one.old is not None or not spec.type.is_empty(value):
                try:
                    values[name] = inward(
                        self.names, spec, value, about_values(spec, new.values, around), whole and whole.pk
                    )
                except Unknown as unknown:
                    raise Refused({name: [str(unknown)]}) from None
        if one.old is not None:
            record = entity.rows(SYSTEM).get(pk=one.old.pk)
            return (
                self.confirmed(lambda codes: writes.save(self.actor, record, values, confirm=codes))
                if values
                else record
            )
        if link:
            values[link] = whole.pk
        made = self.confirmed(lambda codes: writes.create(self.actor, entity, values, confirm=codes))
        self.names.forget()
        return made

    def confirmed(self, do: Callable[[list[str]], Any]) -> Any:
        """A write with what it warns of confirmed: whoever applies files has seen the plan."""
        try:
            return do([])
        except Warned as warned:
            return do([warning.code for warning in warned.warnings])

    # --- removing ---

    def drop(self, one: Difference) -> None:
        """Remove a record that nothing uses."""
        entry = one.entry
        assert entry.pk is not None
        if (user := self.used_by(entry.entity, entry.pk)) is not None:
            raise Refused(
                _("%(kind)s “%(name)s” is still used by %(user)s.")
                % {"kind": entry.entity.name, "name": entry.words, "user": user}
            )
        record = entry.entity.rows(SYSTEM).filter(pk=entry.pk).first()
        if record is not None:  # it may have gone with what it was set up for
            entry.entity.drop_configured(self.actor, record)
        self.names.forget()

    def used_by(self, entity: Entity, pk: uuid.UUID) -> str | None:
        """A record that links to this one, in words; its own parts do not count."""
        own = {part.label for part, _link in entity.parts}
        for other in registry:
            for spec in other.declared.values():
                if spec.target != entity.label or spec.type.name not in ("link", "tags") or not spec.columns:
                    continue
                if other.label in own and spec.part_of:
                    continue
                rows = other.rows(SYSTEM).filter(
                    **{f"{spec.name}__contains": [pk]} if spec.type.name == "tags" else {spec.path: pk}
                )
                if other.label == entity.label:
                    rows = rows.exclude(pk=pk)
                if (row := rows.first()) is not None:
                    return f"{other.face_of(row).name} “{row}”"
        return None

    def orphans(self) -> Iterator[Problem]:
        """Conditions that name what has been removed."""
        before = set(self.here.left_out)
        now = Installed(self.scope, Names(self.scope)).read()
        for words in now.left_out:
            if words not in before:
                yield Problem(
                    NOWHERE, _("%(words)s: it would be removed, but is still named there.") % {"words": words}
                )


# --- errors and their places ----------------------------------------------------------------------------------------------


class At(Exception):
    """What went wrong, and with which record of a file."""

    def __init__(self, entry: Entry, error: Exception) -> None:
        super().__init__(str(error))
        self.entry, self.error = entry, error


class at:  # noqa: N801 - reads as a word: with at(entry)
    """Says with which record the errors of a block have to do."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> None:
        if isinstance(error, KithError | IntegrityError):
            raise At(self.entry, error) from error


def place_of(entry: Entry, name: str) -> Place:
    """Where a value of a record stands, or the record, or nowhere."""
    return entry.places.get(name) or entry.place or NOWHERE


def told(error: Exception) -> list[tuple[str, str]]:
    """An error as fields and words."""
    if isinstance(error, Refused):
        return [
            (name, f"{name}: {words}" if name else str(words))
            for name, found in error.errors.items()
            for words in found
        ]
    if isinstance(error, Forbidden):
        return [("", str(error.message or _("You lack the right “%(right)s”.") % {"right": error.right}))]
    if isinstance(error, BadValue):
        return [("", str(error.message))]
    if isinstance(error, Missing):
        return [("", _("You may not change it."))]
    return [("", str(error))]


def compared(scope: Scope, files: Mapping[str, str]) -> tuple[Files, Files, list[Problem]]:
    """The files of this installation and the given ones in the same notation, and what is wrong with them."""
    reading = Reading(scope).read(files)
    here: Tree = installed(scope).tree
    mine = written(scope, {label: entries for label, entries in here.items() if label in reading.tree})
    return mine, written(scope, reading.tree), reading.problems
