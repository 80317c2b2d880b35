"""What a layout calls fields, in its editor: labels and help texts in every language of the interface."""

from collections.abc import Collection, Iterator
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kith.core import wording
from kith.core.layout_deltas import LONGEST, LONGEST_HELP
from kith.core.layouts import Laid
from kith.core.specs import FieldSpec
from kith.core.wording import HELPS, LABELS


def parts() -> list[tuple[str, str, list[tuple[str, str]], int]]:
    """The texts of a field: part, heading, languages, most characters."""
    languages = [(code, str(name)) for code, name in settings.LANGUAGES]
    return [(LABELS, _("Label"), languages, LONGEST), (HELPS, _("Help text"), languages, LONGEST_HELP)]


def label_of(spec: FieldSpec) -> str:
    """What the declaration calls a field."""
    with wording.read_by(None):
        return str(capfirst(str(spec.label)))


def called(laid: Laid, name: str) -> str:
    """What a layout calls a field in the language of now; "" where it says nothing."""
    return str(capfirst(wording.given(laid.pieces, LABELS, name)))


def heading(laid: Laid, spec: FieldSpec) -> str:
    """What a field is called with a layout that is only drawn so far."""
    return called(laid, spec.name) or label_of(spec)


def of_field(laid: Laid, name: str) -> tuple[tuple[str, str, str], ...]:
    """All texts that a layout gives a field: part, language, text."""
    words: dict[str, dict[str, dict[str, str]]] = laid.pieces.get("words", {})
    return tuple(
        (part, code, text) for part in (LABELS, HELPS) for code, text in words.get(part, {}).get(name, {}).items()
    )


def drawn(data: QueryDict, laid: Laid, readable: Collection[str]) -> dict[str, dict[str, dict[str, str]]]:
    """The texts that were sent, with those of fields that are not on the page; what the declaration says anyway is not kept."""
    made: dict[str, dict[str, dict[str, str]]] = {LABELS: {}, HELPS: {}}
    for part, by_name in laid.pieces.get("words", {}).items():
        made[part] = {
            name: dict(texts) for name, texts in by_name.items() if name not in readable and name in laid.entity.fields
        }
    for part, name, code, text in sent(data):
        if name in readable and text and text != usual(laid.entity.fields[name], part, code):
            made[part].setdefault(name, {})[code] = text
    return {part: by_name for part, by_name in made.items() if by_name}


def sent(data: QueryDict) -> Iterator[tuple[str, str, str, str]]:
    """The texts of a form: part, field, language, text; only of languages that there are."""
    languages = dict(settings.LANGUAGES)
    for key, raw in data.items():
        part, _dot, rest = key.partition(".")
        name, _dot, code = rest.rpartition(".")
        if part in (LABELS, HELPS) and name and code in languages:
            yield part, name, code, " ".join(str(raw).split())


def usual(spec: FieldSpec, part: str, code: str) -> Any:
    """What the declaration says in a language."""
    with wording.read_by(None), translation.override(code):
        text = str(spec.label if part == LABELS else spec.help)
    return str(capfirst(text)) if part == LABELS else text
