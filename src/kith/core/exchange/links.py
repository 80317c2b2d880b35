"""Finds the records that texts of a file mean: by id, external id, e-mail, what a kind of record is recognised by, or title.

Every text is asked for once in a run; each chunk of rows costs a constant number of queries.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from kith.core import access, writes
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.identity.naming import parse_name
from kith.core.records import Pick

from .drafts import NAME_PARTS

#: Several records have this text; none of them is taken.
MANY = "many"
TEXTS = frozenset({"text", "longtext", "mail", "phone", "url"})

type Found = dict[str, UUID | str]


class Links:
    """What was found so far, by entity label and the field asked."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.found: dict[tuple[str, str], Found] = defaultdict(dict)
        self.asked: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.created: dict[str, int] = defaultdict(int)

    def load(self, label: str, by: str, texts: Iterable[str]) -> None:
        """Find the records that these texts mean."""
        asked = self.asked[label, by]
        new = set(texts) - asked
        if new:
            asked |= new
            self.found[label, by].update(self.look_up(registry.get(label), by, new))

    def get(self, label: str, by: str, text: str) -> UUID | str | None:
        """The id, MANY, or None."""
        return self.found[label, by].get(text)

    def forget(self, label: str) -> None:
        """Ask again about this entity: its records were written meanwhile."""
        for key in [key for key in self.asked if key[0] == label]:
            self.asked[key] = set(self.found[key])

    def look_up(self, entity: Entity, by: str, texts: Collection[str]) -> Found:
        """The records of an entity by one of its fields, or by whatever tells."""
        if by:
            return self.by_field(entity, by, texts)
        found: Found = {}
        for name in ("id", "external_ids", *self.telling(entity)):
            rest = [text for text in texts if text not in found and (name != "email" or "@" in text)]
            if rest:
                found |= self.by_field(entity, name, rest)
        return found

    def telling(self, entity: Entity) -> list[str]:
        """Text fields that tell records apart: those it is matched by, then its title."""
        names = [name for face in (entity, *faces(entity)) for name in ("email", *face.match, face.title)]
        return [
            name
            for name in dict.fromkeys(names)
            if name in entity.fields and entity.fields[name].type.name in TEXTS and entity.fields[name].columns
        ]

    def by_field(self, entity: Entity, name: str, texts: Collection[str]) -> Found:
        """Records by one field."""
        if name == "id":
            keys = {text: key for text in texts if (key := as_uuid(text))}
            seen = (
                set(entity.rows(self.actor).filter(pk__in=keys.values()).values_list("pk", flat=True))
                if keys
                else set()
            )
            return {text: key for text, key in keys.items() if key in seen}
        if name == "external_ids":
            return self.by_external_id(entity, texts)
        if any(name in face.recognised_by for face in (entity, *faces(entity))):
            return self.recognised(entity, name, texts)
        if name == entity.title and issubclass(entity.model, Pick):
            return self.by_word(entity, texts)
        return self.by_text(entity, name, texts)

    def by_external_id(self, entity: Entity, texts: Collection[str]) -> Found:
        """Records that carry one of these external ids."""
        pairs = entity.rows(self.actor).filter(external_ids__overlap=list(texts)).values_list("pk", "external_ids")
        wanted = set(texts)
        return unique((mark, key) for key, marks in pairs for mark in marks if mark in wanted)

    def recognised(self, entity: Entity, name: str, texts: Collection[str]) -> Found:
        """Records as their entity recognises them (equal company names without legal form, any e-mail of a person …)."""
        found: Found = {}
        for face in faces(entity) or (entity,):
            rest = [text for text in texts if text not in found] if name in face.recognised_by else []
            for text, (key, among) in zip(rest, face.recognise([{name: text} for text in rest]), strict=True):
                if key is not None:
                    found[text] = key if among == 1 else MANY
        keys = {key for key in found.values() if key != MANY}
        seen = set(entity.rows(self.actor).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
        return {text: key for text, key in found.items() if key == MANY or key in seen}

    def by_word(self, entity: Entity, texts: Collection[str]) -> Found:
        """Rows of a dictionary by their name in any language; dictionaries are small and read whole."""
        table: dict[str, UUID] = {}
        for key, name, others in entity.rows(self.actor).values_list("pk", "name", "translations"):
            for word in (name, *(others or {}).values()):
                table.setdefault(word.casefold(), key)
        return {text: table[text.casefold()] for text in texts if text.casefold() in table}

    def by_text(self, entity: Entity, name: str, texts: Collection[str]) -> Found:
        """Records by a text field, upper and lower case alike."""
        spec = entity.fields[name]
        expression = spec.expression() if spec.is_bag else F(spec.path)
        if spec.type.name not in TEXTS:
            rows = entity.rows(self.actor).annotate(k=expression).filter(k__in=list(texts)).values_list("pk", "k")
            return unique((str(value), key) for key, value in rows)
        by_upper: dict[str, list[str]] = defaultdict(list)
        for text in texts:
            by_upper[upper(text)].append(text)
        rows = entity.rows(self.actor).annotate(k=Upper(expression)).filter(k__in=list(by_upper)).values_list("pk", "k")
        return unique((text, key) for key, upper in rows for text in by_upper.get(upper, ()))

    def create(self, label: str, by: str, texts: Collection[str], source: dict[str, Any]) -> dict[str, str]:
        """Create records for texts that nothing was found for; returns why some could not be."""
        entity = registry.get(label)
        if entity.access.faces:
            entity = registry.get(entity.access.faces[0])
        if not access.allowed(self.actor, entity, "create"):
            why = _("You lack the right to create %(what)s.") % {"what": entity.plural}
            return dict.fromkeys(texts, why)
        refused: dict[str, str] = {}
        wanted = list(texts)
        rows = [named(entity, by, text) for text in wanted]

        def bad(position: int, errors: dict[str, list[Any]]) -> None:
            refused[wanted[position]] = " ".join(str(message) for messages in errors.values() for message in messages)

        records = writes.create_many(self.actor, entity, rows, on_errors=bad, sources=[source] * len(rows))
        for text, record in zip((text for text in wanted if text not in refused), records, strict=True):
            self.found[label, by][text] = record.pk
        self.created[entity.label] += len(records)
        return refused


def faces(entity: Entity) -> tuple[Entity, ...]:
    """The entities whose rows these are."""
    return tuple(registry.get(face) for face in entity.access.faces)


def named(entity: Entity, by: str, text: str) -> dict[str, Any]:
    """Values of a new record that a text names."""
    values: dict[str, Any] = {"external_ids": [text]} if by == "external_ids" else {}
    if by and by not in ("external_ids", "id", entity.title) and entity.fields[by].editable:
        values[by] = text
    title = entity.fields[entity.title]
    if title.editable:
        return values | {title.name: text}
    name = parse_name(text)
    return values | {
        field: part for field, kind in NAME_PARTS.items() if field in entity.fields and (part := getattr(name, kind))
    }


def unique(pairs: Iterable[tuple[str, UUID]]) -> Found:
    """One record for each text, MANY where there are several."""
    found: Found = {}
    for text, key in pairs:
        found[text] = key if found.get(text, key) == key else MANY
    return found


def upper(text: str) -> str:
    """Upper case letter by letter, as the database does it: ß stays."""
    simple = text.upper()
    return (
        simple
        if len(simple) == len(text)
        else "".join(sign.upper() if len(sign.upper()) == 1 else sign for sign in text)
    )


def as_uuid(text: str) -> UUID | None:
    """The id in a text, if it is one."""
    try:
        return UUID(text) if len(text) in (32, 36) else None
    except ValueError:
        return None
