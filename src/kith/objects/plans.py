"""What an object is, as a value: two that are equal make the same kind of record."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import lazystr
from django.utils.translation import get_language

APP = "objects"


@dataclass(frozen=True, slots=True)
class Words:
    """A text in the languages it was given in; readers of others get the first one."""

    text: str
    others: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return dict(self.others).get(get_language() or "") or self.text

    @property
    def lazy(self) -> Any:
        """The text in the language of whoever reads it."""
        return lazystr(self)


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """A link of an object: its name, the column that holds it, where it leads."""

    name: str
    slot: int
    target: str
    label: Words | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is said about an object."""

    key: str
    version: int
    slug: str
    name: Words
    plural: Words
    icon: str
    hue: str
    menu: str
    menu_order: int
    has_owner: bool
    has_timeline: bool
    has_process: bool
    in_search: bool
    has_subject: bool
    day: Words | None
    links: tuple[LinkPlan, ...]

    @property
    def label(self) -> str:
        """The label of its entity: "objects.machine"."""
        return f"{APP}.{self.key}"


def words(text: str, translations: dict[str, str]) -> Words:
    """A text with its translations."""
    return Words(text, tuple(sorted(translations.items())))


def plan_of(row: Any) -> Plan:
    """The plan that a record of `objects.objectkind` describes; a retired one leaves menu and search."""
    return Plan(
        key=row.key, version=row.version, slug=row.slug, name=words(row.name, row.translations), plural=words(row.plural, row.plural_translations),
        icon=row.icon, hue=row.hue, menu=row.menu if row.is_active else "", menu_order=row.menu_order, has_owner=row.has_owner, has_timeline=row.has_timeline,
        has_process=row.has_process, in_search=row.in_search and row.is_active, has_subject=row.has_subject, day=words(row.day_name, row.day_translations) if row.day_name else None,
        links=tuple(link_of(item) for item in row.links),
    )  # fmt: skip


def link_of(item: dict[str, Any]) -> LinkPlan:
    """One link from its JSON."""
    label = words(item["label"], item.get("translations") or {}) if item.get("label") else None
    return LinkPlan(item["name"], item["slot"], item["target"], label, bool(item.get("required")))
