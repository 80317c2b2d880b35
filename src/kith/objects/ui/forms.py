"""The form of an object: from what is stored, from what was typed, and to the values of a write."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.text import capfirst

from kith.core.entity import registry

from .. import naming
from ..editing import targets
from ..entities.object_kind import ObjectKind
from ..table import LINKS

#: Texts in several languages: name of the text -> field of its translations.
TEXTS = {"name": "translations", "plural": "plural_translations", "day_name": "day_translations"}
FLAGS = ("has_owner", "has_timeline", "has_process", "in_search", "has_subject", "is_active")
PLAIN = ("key", "slug", "icon", "hue", "menu", "menu_order")
LANGUAGES = [(code, name) for code, name in settings.LANGUAGES]
BASE = settings.LANGUAGE_CODE
#: Icons that look like a thing first; the others follow in the order of their names.
THINGS = (
    "blocks", "package", "factory", "gauge", "wrench", "truck", "warehouse", "building", "store", "map-pin", "key-round", "file-text", "receipt", "signature", "clipboard-list",
    "shield-check", "graduation-cap", "calendar-check", "heart-handshake", "phone", "smartphone", "server", "book-open", "scan-barcode",
)  # fmt: skip


@dataclass
class Form:
    """What stands in the controls, and what is wrong with it."""

    texts: dict[str, dict[str, str]]
    plain: dict[str, Any]
    flags: dict[str, bool]
    links: list[dict[str, Any]]
    row: Any = None
    errors: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def icons(self) -> tuple[str, ...]:
        """All icons, things first."""
        known = naming.icons()
        return (*(name for name in THINGS if name in known), *(name for name in known if name not in THINGS))

    @property
    def can_add(self) -> bool:
        """Whether there is a place for one more link."""
        return len(self.links) < len(LINKS)

    def values(self) -> dict[str, Any]:
        """The values to write."""
        made: dict[str, Any] = {name: self.plain[name] for name in PLAIN if name != "key" or self.row is None}
        made["menu_order"] = number(str(made["menu_order"]))
        made |= self.flags
        for name, others in TEXTS.items():
            made[name], made[others] = spread(self.texts[name])
        made["links"] = [link_values(link) for link in self.links if link["target"]]
        return made


def number(text: str) -> Any:
    """A whole number where it is one; what it is not is refused by its field."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else text or 0


def spread(texts: dict[str, str]) -> tuple[str, dict[str, str]]:
    """A text and its translations: that of the installation's language, else the first there is."""
    said = {code: text.strip() for code, text in texts.items() if text.strip()}
    first = said.pop(BASE, "") or next(iter(said.values()), "")
    return first, {code: text for code, text in said.items() if text != first}


def gathered(text: str, others: dict[str, str]) -> dict[str, str]:
    """The other way round."""
    return {code: others.get(code, text if code == BASE else "") for code, _name in LANGUAGES}


def link_values(link: dict[str, Any]) -> dict[str, Any]:
    """A link as it is stored."""
    label, translations = spread(link["texts"])
    return {"target": link["target"], "label": label, "translations": translations, "required": link["required"]} | (
        {"name": link["name"]} if link["name"] else {}
    )


def blank() -> dict[str, Any]:
    """A link of which nothing is said yet."""
    return {"name": "", "target": "", "texts": {code: "" for code, _name in LANGUAGES}, "required": False}


def stored(row: Any = None) -> Form:
    """The form of an object, or of a new one."""
    here = ObjectKind() if row is None else row
    return Form(
        {name: gathered(getattr(here, name), getattr(here, others)) for name, others in TEXTS.items()},
        {name: getattr(here, name) for name in PLAIN},
        {name: getattr(here, name) for name in FLAGS},
        [
            {
                "name": link["name"], "target": link["target"], "required": bool(link.get("required")),
                "texts": gathered(link.get("label") or "", link.get("translations") or {}),
            }
            for link in here.links
        ],
        row,
    )  # fmt: skip


def typed(data: QueryDict, row: Any = None) -> Form:
    """The form as it was sent."""
    return Form(
        {name: texts(data, name) for name in TEXTS},
        {name: data.get(name, "") for name in PLAIN},
        {name: data.get(name) == "on" for name in FLAGS},
        [link_sent(data, key) for key in data.getlist("link")[: len(LINKS) + 1]],
        row,
    )


def texts(data: QueryDict, name: str) -> dict[str, str]:
    """A text in all languages."""
    return {code: data.get(f"{name}.{code}", "") for code, _name in LANGUAGES}


def link_sent(data: QueryDict, key: str) -> dict[str, Any]:
    """One link as it was sent."""
    name, here = f"link.{key}", data
    return {
        "name": here.get(f"{name}.name", ""), "target": here.get(f"{name}.target", ""), "required": here.get(f"{name}.required") == "on", "texts": texts(here, f"{name}.label"),
    }  # fmt: skip


def target_choices(own: str = "") -> list[tuple[str, str]]:
    """Where a link can lead, by name."""
    found = [(entity.label, capfirst(str(entity.name))) for entity in targets()]
    return sorted(found, key=lambda pair: pair[1].casefold())


def own_fields(key: str) -> int:
    """How many fields of its own an object has."""
    entity = registry.find(f"objects.{key}")
    return sum(spec.is_bag for spec in entity.fields.values()) if entity else 0
