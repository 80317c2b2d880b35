"""Links to records of the same kind that stand further down in the file: they are set when all rows are written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from kith.core import writes
from kith.core.access import Actor
from kith.core.entity import Entity

from .drafts import Draft, Want
from .links import MANY, Links
from .summary import Summary

AT_ONCE = 2_000


@dataclass(slots=True)
class Later:
    """A link still to be set."""

    draft: Draft
    want: Want


class Rest:
    """Gathers such links and sets them at the end."""

    def __init__(
        self, actor: Actor, entity: Entity, links: Links, summary: Summary, source: Callable[[Draft], dict[str, Any]]
    ) -> None:
        self.actor, self.entity, self.links, self.summary, self.source = actor, entity, links, summary, source
        self.waiting: list[Later] = []

    def add(self, draft: Draft, want: Want) -> None:
        """One more link to be set later."""
        self.waiting.append(Later(draft, want))

    def set(self, create: Callable[[Sequence[Later]], Any], is_silent: Callable[[Want], bool]) -> None:
        """Set all links; `create` makes records for texts that still mean none, `is_silent` tells which of them need no word."""
        for batch in batched(self.waiting, AT_ONCE, strict=False):
            ready = [later for later in batch if later.draft.record is not None and not later.draft.errors]
            asked: dict[tuple[str, str], set[str]] = {}
            for later in ready:
                asked.setdefault((later.want.spec.target, later.want.by), set()).update(later.want.texts)
            for (label, by), texts in asked.items():
                self.links.load(label, by, texts)
            create(ready)
            self.write(self.found(ready, is_silent))

    def found(self, ready: Sequence[Later], is_silent: Callable[[Want], bool]) -> list[tuple[Later, UUID]]:
        """The links whose targets are there now; the others go into the report."""
        found = []
        for later in ready:
            text = later.want.texts[0]
            key = self.links.get(later.want.spec.target, later.want.by, text)
            if isinstance(key, UUID):
                found.append((later, key))
            elif not is_silent(later.want) or key == MANY:
                self.summary.miss(later.want.column, text)
        return found

    def write(self, found: Sequence[tuple[Later, UUID]]) -> None:
        """Write links; what would make a circle stands in the report."""
        values: dict[UUID, dict[str, UUID]] = {}
        drafts = {}
        for name in {later.want.spec.name for later, _key in found}:
            pairs = {later.draft.record.pk: (later.draft, key) for later, key in found if later.want.spec.name == name}
            for child in circles(self.entity, name, {child: key for child, (_draft, key) in pairs.items()}):
                self.tell(pairs.pop(child)[0], _("This link would make a circle."))
            for child, (draft, key) in pairs.items():
                values.setdefault(child, {})[name] = key
                drafts[child] = draft
        if not values:
            return
        order: list[UUID] = []

        def given(record: Any) -> dict[str, UUID]:
            order.append(record.pk)
            return values[record.pk]

        def bad(at: int, errors: Mapping[str, Sequence[Any]]) -> None:
            self.tell(drafts[order[at]], " ".join(str(message) for messages in errors.values() for message in messages))

        writes.update_many(
            self.actor,
            self.entity,
            values,
            given,
            on_errors=bad,
            sources={key: self.source(draft) for key, draft in drafts.items()},
        )

    def tell(self, draft: Draft, words: str) -> None:
        """Note what became of a link whose row is written already."""
        self.summary.late_errors.append((draft.number, words))


def circles(entity: Entity, name: str, new: Mapping[UUID, UUID]) -> list[UUID]:
    """Records whose new link would lead back to themselves, given what is stored and the links set before them."""
    above = stored_above(entity, name, set(new.values()))
    found = []
    for child, parent in new.items():
        step: UUID | None = parent
        seen = {child}
        while step is not None and step not in seen:
            seen.add(step)
            step = above.get(step)
        if step is not None:
            found.append(child)
        else:
            above[child] = parent
    return found


def stored_above(entity: Entity, name: str, keys: set[UUID]) -> dict[UUID, UUID | None]:
    """The stored link of these records and of everything above them."""
    table = connection.ops.quote_name(entity.model._meta.db_table)
    column = connection.ops.quote_name(entity.fields[name].columns[0])
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE up(id, link) AS (SELECT id, {column} FROM {table} WHERE id = ANY(%s) UNION SELECT t.id, t.{column} FROM {table} t JOIN up ON t.id = up.link) SELECT id, link FROM up",  # noqa: S608 - names of the model
            [list(keys)],
        )
        return dict(cursor.fetchall())
