"""What the definitions of formula and roll-up fields have in common: their columns, their names, who uses them."""

import re
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from . import conditions, custom_fields, field_facts, field_usage
from .changes import author
from .entity import Entity, registry
from .filters import BadFilter, from_json
from .formulas.building import MAX_DECIMALS
from .formulas.reading import Call, FormulaError, Name, Tree, read
from .records import Record

NAME = re.compile(r"x_[a-z0-9_]{1,58}")
#: Each is a part of every query that shows all fields of a record.
MOST = 50
FIXED = _("This cannot change any more; views and formulas call it so. Define another field.")
Errors = dict[str, list[Any]]


class Worked(Record):
    """A field of a kind of record whose values are worked out when they are read."""

    entity = models.CharField(_("kind of record"), max_length=60)
    name = models.CharField(_("name for files and API"), max_length=60, blank=True, help_text=_("Begins with x_; letters, digits and underscores. Made from the label when left empty."))  # fmt: skip
    label = models.CharField(_("label"), max_length=120)
    label_ru = models.CharField(_("label in Russian"), max_length=120, blank=True)
    label_zh = models.CharField(_("label in Chinese"), max_length=120, blank=True)
    help = models.CharField(_("help"), max_length=300, blank=True)
    decimals = models.PositiveSmallIntegerField(_("decimal places"), default=2, help_text=_("Of numbers and percentages."))  # fmt: skip
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta(Record.Meta):
        abstract = True
        ordering: ClassVar[list[str]] = ["entity", "position", "label", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["entity", "name"], condition=models.Q(deleted_at=None), name="%(class)s_name",
                violation_error_message=_("This kind of record has a field of that name already; choose another one."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return label_of(self)


def label_of(row: Any) -> str:
    """What a definition is called in the reader's language."""
    language = (get_language() or "")[:2]
    return str({"ru": row.label_ru, "zh": row.label_zh}.get(language) or row.label)


def as_typed(record: Worked, values: dict[str, Any]) -> Any:
    """The definition as it will be, for checks: the record with the values over it."""
    facts = {name: value for name, value in vars(record).items() if not name.startswith("_")}
    return SimpleNamespace(**facts | values, pk=record.pk, _meta=record._meta, is_new=record._state.adding)


def common_errors(record: Worked, now: Any, values: dict[str, Any]) -> Errors:
    """What is wrong with the kind of record, the name and the decimals."""
    entity, errors = registry.find(str(now.entity)), Errors()
    if entity is None:
        errors["entity"] = [_("Unknown kind of record; there are: %(valid)s.") % {"valid": ", ".join(other.label for other in registry)}]  # fmt: skip
    if not NAME.fullmatch(str(now.name)):
        errors["name"] = [_("The name begins with x_ and has only small Latin letters, digits and underscores.")]
    elif now.is_new and field_facts.PARTED.search(str(now.name)):
        errors["name"] = [_("The name has no two underscores side by side and none at its end.")]
    elif now.is_new and entity is not None and str(now.name) in entity.fields:
        errors["name"] = [_("This kind of record has a field of that name already; choose another one.")]
    if (now.decimals or 0) > MAX_DECIMALS:
        errors["decimals"] = [_("At most %(limit)d decimal places.") % {"limit": MAX_DECIMALS}]
    if now.is_new and entity is not None and len([1 for name, spec in entity.fields.items() if spec.shown]) >= MOST:
        errors.setdefault("entity", []).append(_("A kind of record has at most %(limit)d formulas and roll-ups.") % {"limit": MOST})  # fmt: skip
    for name in ("entity", "name"):
        if not now.is_new and name in values and values[name] != getattr(record, name):
            errors[name] = [FIXED]
    return errors


def checked(record: Worked, now: Any, at: str) -> Errors:
    """What is wrong with the definition itself, told at the field `at`; and with those that use it."""
    from . import worked_out

    book, key = worked_out.book(now), (str(now.entity), str(now.name))
    try:
        kind = book.term(key).kind
    except FormulaError as error:
        return {at: [error.message]}
    except BadFilter as error:
        return {"condition": [error.message]}
    if now.is_new:
        return {}
    old = worked_out.book(record)
    before = old.spec(key)
    if before.broken:
        return {}
    return broken_users(old, book, key) or (change_of_kind(key) if before.kind != kind else {})


def broken_users(old: Any, book: Any, key: tuple[str, str]) -> Errors:
    """Refuse what breaks a definition that is made of this one, over whichever others, and was sound so far."""
    todo, done = [key], {key}
    while todo:
        for row in using(todo.pop(), book.rows.values()):
            user = (row.entity, row.name)
            if user in done:
                continue
            done.add(user)
            todo.append(user)
            now = book.spec(user)
            if now.broken and not old.spec(user).broken:
                return {"": [_("“%(name)s” uses this field and would be broken: %(why)s") % {"name": row.label, "why": now.broken}]}  # fmt: skip
    return {}


def broken_by(entity: Entity, spec: Any) -> Errors:
    """Refuse a field as it would be where formulas that were sound could not be worked out with it, as when they name a choice that goes."""
    from . import worked_out

    old, new = worked_out.book(), worked_out.book()
    new.fields[entity.label] = new.plain(entity.label) | {spec.name: spec}
    return broken_users(old, new, (entity.label, spec.name))


def change_of_kind(key: tuple[str, str]) -> Errors:
    """Refuse values of another kind where views, tiles or conditions count on them."""
    entity, name = registry.get(key[0]), key[1]
    if found := dict.fromkeys(counting_on(entity, name)):
        words = field_usage.in_words(author(), found)
        return {"": [_("Its values would be of another kind, but it is used by: %(uses)s. Take it out there first.") % {"uses": words}]}  # fmt: skip
    return {}


def counting_on(entity: Entity, name: str) -> Iterable[field_usage.Use]:
    """What shows a field that is worked out, or asks for it."""
    for source in (field_usage.views, field_usage.tiles, field_usage.in_conditions):
        yield from source(entity, name)


# --- who uses a field ---------------------------------------------------------------------------------------------------


def using(key: tuple[str, str], rows: Iterable[Any]) -> list[Any]:
    """The definitions that name a field."""
    return [row for row in rows if (row.entity, row.name) != key and key in named_in(row)]


def named_in(row: Any) -> set[tuple[str, str]]:
    """The fields that a definition names; of one that is broken those that can be told."""
    if hasattr(row, "formula"):
        return set(in_formula(row.entity, row.formula))
    source = registry.find(row.source)
    if source is None:
        return set()
    found = {(source.label, row.link), *in_formula(source.label, row.value or "")}
    try:
        tests = list(conditions.tests(from_json(row.condition or {})))
    except BadFilter:
        return found
    return found | {pair for test in tests for pair in field_usage.on_path(source, test.field)}


def in_formula(label: str, text: str) -> Iterable[tuple[str, str]]:
    """The fields that a formula of a kind of record names."""
    try:
        trees: list[Tree] = [read(text)]
    except FormulaError:
        return
    while trees:
        tree = trees.pop()
        if isinstance(tree, Call):
            trees += tree.given
        elif isinstance(tree, Name) and (entity := registry.find(label)) is not None:
            yield from field_usage.on_path(entity, tree.path.lower())


def definitions_with(entity: Entity, name: str) -> Iterable[field_usage.Use]:
    """The formulas and roll-ups that are made of a field."""
    from . import worked_out

    for row in using((entity.label, name), worked_out.definitions()):
        yield field_usage.use(registry.for_model(type(row)), row)


def announce() -> None:
    """Every surface knows the fields at once."""
    custom_fields.announce()


field_usage.sources.append(definitions_with)
