"""What is said about each column while it is being matched: how many cells are filled, what cannot be read, what is new."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue
from kith.core.records import Pick
from kith.core.specs import FieldSpec

from .convert import DATES, NUMBERS, one_of, stepped, words
from .facts import Facts
from .formats.messages import NOTATION_NAMES
from .links import Links
from .mapping import ColumnMap, Mapping
from .paths import ID, Target, resolve

#: Kinds whose values are checked one by one.
CHECKED = frozenset({"mail", "phone", "url", "country", "choice", "choices"})
#: So many different values of a link are looked up for the remark.
LOOKED_UP = 100


@dataclass(frozen=True, slots=True)
class Remark:
    """One line beside a column; `values` are those that want a decision."""

    text: str
    tone: str = ""
    icon: str = "check"
    values: tuple[str, ...] = ()
    is_open: bool = False


def remark(actor: Actor, entity: Entity, mapping: Mapping, given: ColumnMap | None, facts: Facts | None) -> Remark:
    """What to say about a column."""
    if given is None:
        return Remark(_("Not imported"), "off", "")
    try:
        target = resolve(entity, given.to)
    except BadValue as error:
        return Remark(str(error.message), "warn", "triangle-alert") if not given.keep else kept(facts)
    if facts is None:
        return Remark("", icon="")
    return of_kind(actor, entity, mapping, given, target, facts)


def of_kind(actor: Actor, entity: Entity, mapping: Mapping, given: ColumnMap, target: Target, facts: Facts) -> Remark:
    """What to say about a column that goes to a field."""
    kind = target.spec.type.name
    if target.spec is ID or (target.part is None and target.spec.name in keys(entity, mapping)):
        return Remark(_("Key for duplicates"), "info", "key-round")
    if len(given.columns) > 1:
        return Remark(_("Together with: %(columns)s") % {"columns": ", ".join(given.columns)})
    if kind in DATES | NUMBERS:
        return notation(given, facts, is_date=kind in DATES)
    if kind in CHECKED:
        return checked(given, target.spec, facts)
    if target.is_link:
        return linked(actor, entity, given, target, facts)
    return filled(facts)


def keys(entity: Entity, mapping: Mapping) -> set[str]:
    """Fields by which records are found."""
    return (
        {name for way in mapping.match for name in way} if mapping.match else set(entity.recognised_by or entity.match)
    )


def filled(facts: Facts) -> Remark:
    """How many cells hold something."""
    return Remark(ngettext("%(num)s filled", "%(num)s filled", facts.filled) % {"num": facts.filled})


def kept(facts: Facts | None) -> Remark:
    """A custom field that is still to be defined."""
    return (
        Remark(_("New custom field"), "info", "columns-3")
        if facts is None
        else Remark(_("New custom field, %(count)s filled") % {"count": facts.filled}, "info", "columns-3")
    )


def notation(given: ColumnMap, facts: Facts, *, is_date: bool) -> Remark:
    """In which notation a column of dates or numbers is read, or that somebody has to say."""
    chosen, is_open = (given.dates, facts.ask_dates) if is_date else (given.numbers, facts.ask_numbers)
    if is_open and not chosen:
        text = _("Day or month first? Please say") if is_date else _("Is the decimal sign a point or a comma?")
        return Remark(text, "warn", "triangle-alert", is_open=True)
    if facts.invalid_count:
        text = (
            ngettext("%(num)s cell is no date", "%(num)s cells are no dates", facts.invalid_count)
            if is_date
            else ngettext("%(num)s cell is no number", "%(num)s cells are no numbers", facts.invalid_count)
        )
        return Remark(
            text % {"num": facts.invalid_count}, "warn", "triangle-alert", tuple(text for _row, text in facts.invalid)
        )
    if is_date and facts.filled:
        return Remark(str(NOTATION_NAMES[chosen or (facts.dates[0] if facts.dates else "ymd")]))
    return filled(facts)


def checked(given: ColumnMap, spec: FieldSpec, facts: Facts) -> Remark:
    """Which of the different values are none of this kind."""
    read: Callable[[str], Any] = (
        one_of(spec) if spec.type.name in ("choice", "choices") else lambda text: spec.type.parse(text, spec)
    )
    bad = tuple(text for text in facts.distinct if is_bad(given, spec, read, text))
    if not bad:
        return Remark(_("All recognised")) if spec.type.name in ("choice", "choices", "country") else filled(facts)
    more = "+" if facts.has_more else ""
    is_choice = spec.type.name in ("choice", "choices", "country")
    text = (
        ngettext("%(num)s unknown value", "%(num)s unknown values", len(bad))
        if is_choice
        else ngettext("%(num)s invalid value", "%(num)s invalid values", len(bad))
    )
    return Remark(text % {"num": f"{len(bad)}{more}"}, "warn", "triangle-alert", bad)


def is_bad(given: ColumnMap, spec: FieldSpec, read: Callable[[str], Any], text: str) -> bool:
    """Whether a value cannot be read, after what the mapping does to it."""
    said = stepped(text, given.change)
    said = given.values.get(said, said)
    try:
        for item in words(said) if spec.type.name == "choices" else [said]:
            read(item)
    except BadValue:
        return True
    return False


def linked(actor: Actor, entity: Entity, given: ColumnMap, target: Target, facts: Facts) -> Remark:
    """How many of the different values mean a record."""
    texts = list(dict.fromkeys(item for text in facts.distinct[:LOOKED_UP] for item in meant(given, target, text)))
    if not texts:
        return filled(facts)
    links = Links(actor)
    links.load(target.spec.target, target.by, texts)
    new = tuple(text for text in texts if links.get(target.spec.target, target.by, text) is None)
    if not new:
        return Remark(_("All found"))
    more = "+" if facts.has_more or len(facts.distinct) > LOOKED_UP else ""
    if issubclass(registry.get(target.spec.target).model, Pick):
        return Remark(
            ngettext("%(num)s new value", "%(num)s new values", len(new)) % {"num": f"{len(new)}{more}"},
            "warn",
            "triangle-alert",
            new,
        )
    if target.part is None and target.spec.target == entity.label:
        return Remark(_("Found here or in this file"))
    return Remark(
        ngettext("%(num)s not found", "%(num)s not found", len(new)) % {"num": f"{len(new)}{more}"},
        "warn",
        "triangle-alert",
        new,
    )


def meant(given: ColumnMap, target: Target, text: str) -> list[str]:
    """The texts that are looked up for a cell."""
    said = stepped(text, given.change)
    said = given.values.get(said, said)
    return [
        given.prefix + item for item in (words(said) if target.spec.type.name == "tags" else [said.strip()]) if item
    ]
