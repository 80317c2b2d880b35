"""Why a record was found, in words, where its title does not show it: another script, a phone, a mail address, a similar spelling."""

import re
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from markupsafe import Markup, escape
from rapidfuzz.fuzz import partial_ratio

from kith.core import access
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.filters import term
from kith.core.identity.text import fold, is_cyrillic, is_han
from kith.core.search import Hit

DIGITS = re.compile(r"\D+")
FEWEST_DIGITS = 3
ALIKE = 70


def reason(hit: Hit, actor: Actor, text: str) -> str:
    """Why `text` found the record; "" when its title says so itself."""
    asked, title = fold(text), fold(str(hit.record))
    if asked and all(word in title for word in asked.split()):
        return ""
    if not hit.exact:
        return _("similar spelling")
    return by_field(hit.entity, hit.record, actor, asked) or by_script(str(hit.record), text)


def aside(entity: Entity, actor: Actor, record: Any) -> str:
    """What keeps a record out of the plain list: "provisional"."""
    readable = access.readable(actor, entity)
    for test in (term(text) for text in entity.plain_filter):
        spec = entity.fields[test.field]
        if test.op == "not_any" and spec.name in readable and spec.get(record) in test.value:
            return spec.type.text(spec.get(record), spec)
    return ""


def by_field(entity: Entity, record: Any, actor: Actor, asked: str) -> str:
    """The readable search field that holds the words, with its value."""
    digits = DIGITS.sub("", asked)
    for name in entity.search:
        spec = entity.fields.get(name)
        if spec is None or name == entity.title or name not in access.readable(actor, entity):
            continue
        value = spec.type.text(spec.get(record), spec) if not spec.type.names_records else ""
        if value and (asked in fold(value) or (len(digits) >= FEWEST_DIGITS and digits in DIGITS.sub("", value))):
            return _("%(field)s: %(value)s") % {"field": capfirst(str(spec.label)), "value": value}
    return ""


def by_script(title: str, text: str) -> str:
    """How another script or another spelling led here."""
    han = any(map(is_han, title)) or any(map(is_han, text))
    cyrillic = any(map(is_cyrillic, title)) != any(map(is_cyrillic, text))
    if han:
        return _("same in pinyin")
    if cyrillic:
        return _("same in another script")
    return _("similar spelling") if partial_ratio(fold(text), fold(title)) >= ALIKE else _("found in its details")


def marked(title: str, text: str) -> Markup:
    """A title with the asked beginning marked."""
    at = title.casefold().find(text.strip().casefold())
    if not text.strip() or at < 0:
        return escape(title)
    end = at + len(text.strip())
    return Markup("{}<mark>{}</mark>{}").format(title[:at], title[at:end], title[end:])
