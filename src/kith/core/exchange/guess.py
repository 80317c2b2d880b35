"""Guesses which column becomes which field, from the header alone: labels in all three languages, names, and synonyms."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from django.utils import translation

from kith.core import access, wording
from kith.core.access import Actor
from kith.core.address_fields import filled
from kith.core.entity import Entity
from kith.core.specs import FieldSpec
from kith.core.types.address import PARTS

from .convert import LANGUAGES
from .mapping import ColumnMap
from .paths import Part, fields_to_fill, parts_of, special_field
from .synonyms import words

NUMBERED = re.compile(r"(?P<base>.*?[^\W\d])\W*(?P<number>[2-9])(?P<rest>\D*)")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
#: Fields that hold too much or too special things to be filled by a header that happens to be alike.
SHY = frozenset({"custom", "translations"})


def squashed(header: str) -> str:
    """A header as it is compared: letters and digits only, without case, width and the habits of programs."""
    plain = unicodedata.normalize("NFKC", CAMEL.sub(" ", header)).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def guess(
    entity: Entity, columns: Sequence[str], actor: Actor, *, kind: str = "", has_ids: bool = False
) -> tuple[ColumnMap, ...]:
    """The columns that can be matched; each place is taken by the first column that fits.

    `kind` is the format of the file; `has_ids` says that its column "id" holds ids of Kith, as our own exports have them.
    """
    table = index(entity, actor)
    if kind == "vcard":  # there a title is a job
        table["title"] = ["employment.title"]
    if has_ids:
        table["id"] = ["id"]
    taken: set[str] = set()
    found = []
    for column in columns:
        path = next((path for path in candidates(column, table) if path not in taken), "")
        if path:
            taken.add(path)
            found.append(ColumnMap(column=column, to=path, currency=currency_beside(column, columns)))
    return tuple(joined_name(entity, columns, complete(entity, found)))


def currency_beside(column: str, columns: Sequence[str]) -> str:
    """The column of currencies that our exports put beside an amount."""
    return next((name for name in (f"{column}, ISO", f"{column}_currency") if name in columns), "")


def complete(entity: Entity, found: list[ColumnMap]) -> list[ColumnMap]:
    """Leave out parts of which something necessary is missing: the label of a phone without the phone, a title without a company."""
    parts = parts_of(entity)
    fields: dict[str, set[str]] = {}
    for given in found:
        head, _dot, name = given.to.rpartition(".")
        fields.setdefault(head, set()).add(name)
    lacking = {
        head for head, names in fields.items()
        if head and (part := parts.get(head.split("[")[0])) and not names.issuperset(spec.name for spec in part.entity.fields.values() if spec.required and spec.name != part.link)
    }  # fmt: skip
    return [given for given in found if given.to.rpartition(".")[0] not in lacking]


def joined_name(entity: Entity, columns: Sequence[str], found: list[ColumnMap]) -> list[ColumnMap]:
    """First and last name together, for records whose name is one field."""
    if "name" not in entity.fields or "given_name" in entity.fields or any(given.to == "name" for given in found):
        return found
    by_word = {squashed(column): column for column in columns}
    parts = [
        next((by_word[squashed(word)] for word in words(name) if squashed(word) in by_word), "")
        for name in ("given_name", "middle_name", "family_name")
    ]
    named = tuple(filter(None, parts))
    return [*found, ColumnMap(column=named, to="name")] if parts[0] or parts[2] else found


def candidates(column: str, table: dict[str, list[str]]) -> Iterator[str]:
    """Places for a header, best first; "Phone 2" is the second of what "Phone" is the first of."""
    yield from table.get(squashed(column), ())
    if match := NUMBERED.fullmatch(column.strip()):
        base, number, rest = match.group("base", "number", "rest")
        for path in table.get(squashed(f"{base} 2{rest}"), ()) if number != "2" else ():
            yield path.replace(" 2]", f" {number}]")


def index(entity: Entity, actor: Actor) -> dict[str, list[str]]:
    """Places by squashed header: own fields first, then parts in their order."""
    table: dict[str, list[str]] = {}
    for words_of, path in (*own_places(entity, actor), *part_places(entity, actor)):
        for word in words_of:
            paths = table.setdefault(squashed(word), [])
            if path not in paths:
                paths.append(path)
    table.pop("", None)
    return table


def own_places(entity: Entity, actor: Actor) -> Iterator[tuple[list[str], str]]:
    """The record's own fields with the headers that mean them."""
    writable = access.givable(actor, entity)
    yield ["kith id"], "id"
    for name in fields_to_fill(entity):
        if name in writable and name not in SHY and entity.fields[name].type.name != "ref":
            yield headers(entity.fields[name]), name
            yield from pieces_of(entity.fields[name])
    if special := special_field(entity, "full_name"):
        yield [*headers(special), *words("full_name"), "name", "имя", "姓名"], "full_name"


def pieces_of(spec: FieldSpec) -> Iterator[tuple[list[str], str]]:
    """The parts of an address, as our own exports head them."""
    for part in PARTS if spec.type.name == "address" else ():
        named = (f"{spec.name}.{part}", f"{spec.name}_{part}", f"{spec.name} {part}")
        yield [*in_languages(filled(spec, part).label), *named], f"{spec.name}.{part}"


def part_places(entity: Entity, actor: Actor) -> Iterator[tuple[list[str], str]]:
    """Fields of parts: plain ("City"), and by kind ("Shipping city", "Phone 2")."""
    for name, part in parts_of(entity).items():
        if not access.allowed(actor, part.entity, "create") or part.entity.access.own_right:
            continue
        for field in fields_to_fill(part.entity):
            spec = part.entity.fields[field]
            if field != part.link and field not in COMMON and spec.type.name not in ("boolean", "ref"):
                yield from places_of(name, part, spec)


COMMON = frozenset({"tags", "external_ids", "owner", "org_unit", "kind", "reports_to", *SHY})


def places_of(name: str, part: Part, spec: FieldSpec) -> Iterator[tuple[list[str], str]]:
    """One field of a part."""
    plain = headers(spec)
    kind = part.entity.fields.get("kind")
    is_value = kind is not None and spec.name == part.entity.title and spec.required
    if not is_value:
        extra = ["title"] if (name, spec.name) == ("employment", "title") else []
        yield [*plain, *extra, *(words("job_title") if extra else ())], f"{name}.{spec.name}"
        yield [f"{word} 2" for word in plain], f"{name}[2].{spec.name}"
    for key, _label in kind.choices if kind is not None else ():
        for word in (*in_languages(dict(kind.choices)[key]), key, *words(key)) if kind is not None else ():
            if is_value:
                yield [word, f"{word} value"], f"{name}[{key}].{spec.name}"
                yield [f"{word} 2", f"{word} 2 value"], f"{name}[{key} 2].{spec.name}"
            else:
                yield [f"{word} {each}" for each in plain], f"{name}[{key}].{spec.name}"
                yield [f"{word} 2 {each}" for each in plain], f"{name}[{key} 2].{spec.name}"


def headers(spec: FieldSpec) -> list[str]:
    """All headers that mean a field."""
    with wording.read_by(None):
        declared = in_languages(spec.label)
    return [*dict.fromkeys((*in_languages(spec.label), *declared)), spec.name, *words(spec.name)]


def in_languages(label: object) -> list[str]:
    """A label in every language of the interface."""
    found = []
    for language in LANGUAGES:
        with translation.override(language):
            found.append(str(label))
    return found
