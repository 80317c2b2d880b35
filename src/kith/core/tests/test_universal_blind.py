"""What somebody may not read is on no page: every kind of record, full of words, before a reader who sees all records and none of the words.

Tables, forms and cards are drawn field by field; blocks made by hand are drawn from records, and each could forget to ask.
"""

import re
from collections import Counter
from contextlib import suppress
from html import unescape
from typing import Any

import pytest
from django.test import Client

from kith.core import title_columns, writes
from kith.core.access import SYSTEM
from kith.core.entity import Entity, registry
from kith.core.errors import Forbidden, Refused
from kith.core.testing import factory, looks
from kith.core.testing.people import client_of, grant, level_items, make_user

pytestmark = pytest.mark.django_db
#: Blocks that many kinds have are looked at with any of them.
MANY = 5
TIMES = Counter(panel.name for entity in registry for panel in entity.panels)
ENTITIES = [
    entity.label
    for entity in registry
    if not entity.access.faces and (looks.is_long() or any(TIMES[panel.name] < MANY for panel in entity.panels))
]
#: Words that no template and no other value holds: of the record, or of one around it, and of a field by its place.
WORD = "qz{}x{}v"
WORDY = ("text", "longtext", "richtext", "words", "mail")


def hidden(entity: Entity) -> dict[str, int]:
    """Fields of words that the reader may not read, and their places; titles and their hues are told to whoever sees a record."""
    shown = {entity.title, *title_columns.SHOWN, *(title_columns.of_model(entity.model) or ()), *entity.example}
    return {
        name: at
        for at, (name, spec) in enumerate(entity.fields.items())
        if spec.type.name in WORDY and spec.editable and spec.columns and not spec.unique and name not in shown
    }


def words(entity: Entity, of: int) -> dict[str, Any]:
    """A word in each of them."""
    found: dict[str, Any] = {}
    for name, at in hidden(entity).items():
        word = WORD.format(of, at)
        kind = entity.fields[name].type.name
        found[name] = [word] if kind == "words" else f"{word}@example.org" if kind == "mail" else word
    return found


def blindfold(role: Any) -> None:
    """Rules of fields for the role that hide all of these words."""
    rules = [
        {"role": role.pk, "entity": entity.label, "field": name, "level": "none", "deny": True}
        for entity in registry
        if not entity.access.faces
        for name in hidden(entity)
    ]
    writes.create_many(SYSTEM, registry.get("access.fieldpolicy"), rules)


def around(entity: Entity, record: Any) -> list[Any]:
    """Records of every kind that has a link to it, full of words as well, as far as they can be made blindly."""
    made = []
    for other in registry:
        links = [name for name, spec in other.fields.items() if spec.type.name == "link" and spec.target == entity.label and spec.editable]  # fmt: skip
        links = [name for name in links if name not in factory.SKIPPED]
        if links and not other.access.faces:
            with suppress(Refused, Forbidden):
                made.append(factory.make(other, full=True, **words(other, 2), **{links[0]: record.pk}))
    return made


def pages(client: Client, address: str) -> dict[str, str]:
    """The page of a record and every page below it that it leads to."""
    found = {address: text_of(client.get(address))}
    below = re.findall(rf'(?:href|hx-get)="({address}[^"]+)"', found[address])
    return found | {one: text_of(client.get(unescape(one))) for one in {*below}}


def text_of(answer: Any) -> str:
    return (b"".join(answer) if answer.streaming else answer.content).decode("utf-8", "replace")


@pytest.mark.parametrize("label", ENTITIES)
def test_what_may_not_be_read_is_on_no_page(label: str) -> None:
    entity = registry.get(label)
    record = factory.make(entity, full=True, **words(entity, 1))
    titles = " ".join(map(str, [record, *around(entity, record)]))
    reader = make_user("Blind")
    role = grant(reader, *level_items("all"))
    client, address = client_of(reader), f"/{entity.slug}/{record.pk}/"
    if hidden(entity):
        assert any(
            WORD.format(1, at) in text for text in pages(client, address).values() for at in hidden(entity).values()
        )
    blindfold(role)
    told = {
        (page, word): text[text.index(word) - 150 : text.index(word) + 50]
        for page, text in pages(client, address).items()
        for word in re.findall(r"qz\dx\d+v", text)
        if word not in titles
    }
    assert not told, told
