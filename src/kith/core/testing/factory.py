"""Valid values and records of any entity, from its FieldSpecs: nobody writes a factory per noun."""

import itertools
from typing import Any

from kith.core import files, writes
from kith.core.access import SYSTEM, Actor
from kith.core.entity import Entity, registry
from kith.core.specs import FieldSpec

_numbers = itertools.count(1)
TEXTS = {
    "mail": "post{n}@example.org",
    "phone": "+4769184{n3}",
    "url": "https://example{n}.org",
    "country": "NO",
    "richtext": "<p>Text {n}</p>",
}
#: Links that would make circles or special states when filled blindly.
SKIPPED = frozenset({"parent", "reports_to", "manager", "substitute", "head", "owner", "org_unit"})


def filled(text: str, n: int) -> str:
    """An example text made unique: {n} a number, {l} the number in letters, {n2} and {n3} its last digits."""
    letters = "".join(chr(97 + int(digit)) for digit in str(n))
    return (
        text.replace("{n2}", f"{n % 100:02}")
        .replace("{n3}", f"{n % 1000:03}")
        .replace("{n}", str(n))
        .replace("{l}", letters)
    )


def value(spec: FieldSpec, n: int, actor: Actor = SYSTEM) -> Any:
    """One valid JSON value of a field."""
    kind = spec.type.name
    if kind == "choice":
        return spec.choices[0][0]
    if kind == "choices":
        return [spec.choices[0][0]]
    if kind in TEXTS:
        return filled(TEXTS[kind], n)
    if kind == "link":
        return str(make(registry.get(spec.target)).pk)
    if kind == "ref":
        return {"entity": "parties.company", "id": str(make(registry.get("parties.company")).pk)}
    if kind == "file":
        return files.ticket(actor, files.store([b"example"])) if spec.required else None
    simple: dict[str, Any] = {
        "number": 7, "percent": "12.5", "money": {"amount": "1250.50", "currency": "EUR"}, "boolean": True, "date": "2026-02-03", "moment": "2026-02-03T10:00:00+00:00",
        "tags": [], "words": ["one", "two"], "json": {"a": 1}, "condition": {}, "address": {"street": "Main Street 1", "city": "Oslo", "country": "NO"}, "translations": {"ru": "Пример"},
    }  # fmt: skip
    return simple[kind] if kind in simple else f"{spec.name.replace('_', ' ')} {n}"[: spec.max_length or 200]


def values(entity: Entity, *, full: bool = False, by: Actor = SYSTEM, **given: Any) -> dict[str, Any]:
    """Valid values of a new record that `by` will make: what is required, or with `full` every field that can be written."""
    n = next(_numbers)
    names = [
        spec.name for spec in entity.fields.values()
        if spec.editable and spec.columns and (spec.required or entity.example.get(spec.name) is ... or (full and spec.name not in SKIPPED))
    ]  # fmt: skip
    result: dict[str, Any] = {}
    for name in dict.fromkeys([*names, *(key for key in entity.example if key in entity.fields)]):
        example = entity.example.get(name, ...)
        if example is None or name in given:
            continue
        result[name] = (
            value(entity.fields[name], n, by)
            if example is ...
            else filled(with_record(example), n)
            if isinstance(example, str)
            else example()
            if callable(example)
            else example
        )
    return {name: item for name, item in (result | given).items() if item is not None}


def with_record(example: str) -> str:
    """An example such as "people.orgunit/{id}" with the id of a new record of that kind."""
    label = example.partition("/")[0]
    return example.replace("{id}", str(make(label).pk)) if "{id}" in example else example


def make(entity: Entity | str, actor: Actor = SYSTEM, *, full: bool = False, **given: Any) -> Any:
    """A new record through the write path."""
    found = registry.get(entity) if isinstance(entity, str) else entity
    if found.access.faces:
        found = registry.get(found.access.faces[0])
    if found.flow:
        from kith.processes import shipped  # core knows no apps; tests of one need its processes

        shipped.install()
    return writes.create(actor, found, values(found, full=full, by=actor, **given), confirm=("duplicate",))
