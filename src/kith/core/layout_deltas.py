"""From what was drawn in the editor to what differs from the declaration, and what is wrong with differences that are given."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from . import linked
from .entity import Entity
from .layouts import FLAT, KEYED, OWN, PLACES, Laid, needed
from .wording import HELPS, LABELS

NAMES, MOVES, ORDERS, ANY = [str], {str: str}, {str: [str]}, {str: dict}
#: What each part is made of; titles and words are looked at closer by functions of their own.
PARTS: dict[str, dict[str, Any]] = {
    "sections": {"order": NAMES, "titles": ANY},
    "fields": {"hidden": NAMES, "moved": MOVES, "order": ORDERS},
    **{place: {"hidden": NAMES, "added": NAMES, "order": NAMES} for place in FLAT},
    **{place: {"hidden": NAMES, "order": NAMES} for place in KEYED},
    "words": {LABELS: ANY, HELPS: ANY},
}
LONGEST, LONGEST_HELP, LONGEST_NAME, MOST = 80, 300, 120, 500


@dataclass
class Drawn:
    """A layout as a person drew it: every piece in its order, and which are shown."""

    sections: list[tuple[str, list[str]]] = field(default_factory=list)
    titles: dict[str, dict[str, str]] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    #: By place: all names in order, and those that are shown.
    flat: dict[str, tuple[list[str], set[str]]] = field(default_factory=dict)
    #: Related lists, tabs and blocks: as declared, as drawn, and which are shown.
    keyed: dict[str, tuple[list[str], list[str], set[str]]] = field(default_factory=dict)
    #: Labels and help texts of fields: part, name, language, text.
    words: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)


def differences(entity: Entity, drawn: Drawn) -> dict[str, Any]:
    """What a drawn layout has otherwise than the declaration."""
    made = {"sections": sections(entity, drawn), "fields": fields(entity, drawn)}
    for place, (names, shown) in drawn.flat.items():
        made[place] = flat(getattr(entity, FLAT[place]), [name for name in names if name in shown])
    for place, (declared, keys, shown) in drawn.keyed.items():
        made[place] = {
            "hidden": [key for key in keys if key not in shown],
            "order": keys if keys != declared else [],
        }
    made["words"] = drawn.words
    return {place: parts for place, given in made.items() if (parts := {k: v for k, v in given.items() if v})}


def sections(entity: Entity, drawn: Drawn) -> dict[str, Any]:
    """Sections that are added, called otherwise or stand elsewhere; an added one without fields is none."""
    filled = {key for key, names in drawn.sections if names}
    titles = {key: texts for key, texts in drawn.titles.items() if texts and (not key.startswith(OWN) or key in filled)}
    keys = [key for key, names in drawn.sections if not key.startswith(OWN) or names]
    usual = [*Laid(entity).declared, *(key for key in titles if key.startswith(OWN))]
    return {"order": keys if keys != usual else [], "titles": titles}


def fields(entity: Entity, drawn: Drawn) -> dict[str, Any]:
    """Fields that are hidden, stand in another section, or in another order."""
    home = Laid(entity).home
    moved = {
        name: key for key, names in drawn.sections for name in names
        if home.get(name) != key and (name in home or name in drawn.shown)
    }  # fmt: skip
    where = home | moved
    orders = {}
    for key, names in drawn.sections:
        usual = [name for name, at in where.items() if at == key]
        here = [name for name in names if name in usual]
        if here != usual:
            orders[key] = here
    hidden = [name for _key, names in drawn.sections for name in names if name in home and name not in drawn.shown]
    return {"hidden": hidden, "moved": moved, "order": orders}


def flat(declared: Sequence[str], shown: list[str]) -> dict[str, list[str]]:
    """What one place hides, adds and orders otherwise."""
    hidden = [name for name in declared if name not in shown]
    added = [name for name in shown if name not in declared]
    usual = [*(name for name in declared if name in shown), *added]
    return {"hidden": hidden, "added": added, "order": shown if shown != usual else []}


# --- checking ----------------------------------------------------------------------------------------------------------


def problems(entity: Entity, pieces: Any) -> list[Any]:
    """What is wrong with differences, in words that name the piece."""
    if wrong := shape(pieces):
        return [wrong]
    return [*unknown(entity, pieces), *too_hidden(entity, pieces), *bad_titles(pieces), *bad_words(entity, pieces)]


def shape(pieces: Any) -> Any:
    """The first thing that is no list or object where one belongs; None when all is well."""
    if not isinstance(pieces, dict):
        return _("A layout is an object with some of: %(valid)s.") % {"valid": ", ".join(PLACES)}
    for place, given in pieces.items():
        if place not in PARTS:
            return _("A layout has no “%(name)s”; there are: %(valid)s.") % {"name": place, "valid": ", ".join(PLACES)}
        parts = PARTS[place]
        if not isinstance(given, dict) or any(name not in parts for name in given):
            return _("“%(name)s” is an object with some of: %(valid)s.") % {"name": place, "valid": ", ".join(parts)}
        if wrong := next((name for name, value in given.items() if not fits(value, parts[name])), ""):
            return _("“%(name)s” holds names, at most %(limit)d.") % {"name": f"{place}.{wrong}", "limit": MOST}
    return None


def fits(value: Any, form: Any) -> bool:
    """Whether a part is made of names as its form says, and of no more than there can be."""
    if form is dict:
        return True
    if form is str:
        return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME
    if not isinstance(value, type(form)) or len(value) > MOST:
        return False
    if isinstance(form, list):
        return all(fits(one, form[0]) for one in value)
    ((_key, inner),) = form.items()
    return all(fits(key, str) and fits(one, inner) for key, one in value.items())


def unknown(entity: Entity, pieces: dict[str, Any]) -> list[Any]:
    """Names that are no field or section."""
    laid = Laid(entity)
    given = pieces.get("fields", {})
    names = [
        *given.get("hidden", ()),
        *given.get("moved", ()),
        *(name for part in pieces.get("words", {}).values() for name in part),
    ]
    wrong = [name for name in names if name not in entity.fields]
    for place in FLAT:
        wrong += [name for name in pieces.get(place, {}).get("added", ()) if linked.find(entity, name) is None]
    added = pieces.get("sections", {}).get("titles", {})
    keys = {*given.get("moved", {}).values(), *added}
    lost = sorted(key for key in keys if key not in laid.declared and not (key in added and key.startswith(OWN)))
    return [
        *([_("Unknown fields: %(names)s.") % {"names": ", ".join(wrong)}] if wrong else []),
        *([_("Unknown sections: %(names)s. Those of a layout's own begin with %(own)s and have a title.") % {"names": ", ".join(lost), "own": OWN}] if lost else []),
    ]  # fmt: skip


def too_hidden(entity: Entity, pieces: dict[str, Any]) -> list[Any]:
    """Fields that must not be hidden, with the reason."""
    hidden = set(pieces.get("fields", {}).get("hidden", ())) & needed(entity)
    text = _(
        "“%(field)s” cannot be hidden: no %(what)s can be created without it. Give it a default first, or show it."
    )
    return [text % {"field": entity.fields[name].label, "what": entity.name} for name in sorted(hidden)]


def bad_titles(pieces: dict[str, Any]) -> list[Any]:
    """Titles of sections that are none."""
    titles = pieces.get("sections", {}).get("titles", {})
    wrong = [key for key, texts in titles.items() if not isinstance(texts, dict) or not all(isinstance(text, str) and len(text.strip()) > 0 and len(text) <= LONGEST for text in texts.values())]  # fmt: skip
    text = _("The title of section “%(key)s” is a text by language, of at most %(limit)d characters.")
    return [text % {"key": key, "limit": LONGEST} for key in wrong]


def bad_words(entity: Entity, pieces: dict[str, Any]) -> list[Any]:
    """Labels and help texts that are none, or in no language of the interface."""
    limits, languages = {LABELS: LONGEST, HELPS: LONGEST_HELP}, dict(settings.LANGUAGES)
    wrong = _("The %(part)s of “%(field)s” are texts by language (%(valid)s), of at most %(limit)d characters.")
    return [
        wrong % {"part": part, "field": name, "valid": ", ".join(languages), "limit": limits[part]}
        for part, by_name in pieces.get("words", {}).items() for name, texts in by_name.items()
        if not isinstance(texts, dict) or any(code not in languages or not isinstance(text, str) or not text.strip() or len(text) > limits[part] for code, text in texts.items())
    ]  # fmt: skip
