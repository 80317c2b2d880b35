"""The message catalogues: extract texts from Python and Jinja2, keep the .po files complete, compile them.

1. extract() reads every _(), ngettext() and pgettext() of src/kith.  2. update() brings a catalogue to that state.
3. compile() writes the .mo that Django loads (catalogues.fresh does so at start).
"""

import fcntl
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from kith.core import catalogues
from kith.core.catalogues import LANGUAGES, path_of

SOURCE = Path(__file__).resolve().parents[1]
METHODS = [
    ("**/tests/**", "ignore"),
    ("**/migrations/**", "ignore"),
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2.ext:babel_extract"),
]
OPTIONS = {
    "**/templates/**.html": {
        "trim_blocks": "true",
        "lstrip_blocks": "true",
        "extensions": "jinja2.ext.do,jinja2.ext.loopcontrols",
        "silent": "false",
    }
}
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
CONTEXT = "\u0004"  # between context and text, as gettext itself joins them

type Translation = str | list[str]


def extract() -> Catalog:
    """Every text of the source, in the order of its spelling."""
    found = Catalog(charset="utf-8")
    for _file, _line, text, _comments, context in extract_from_dir(str(SOURCE), METHODS, OPTIONS, KEYWORDS):
        found.add(text, context=context)
    return found


def read(language: str) -> Catalog:
    """The catalogue of a language, empty where there is none yet."""
    path = path_of(language)
    if not path.exists():
        return _named(Catalog(locale=language))
    with path.open("rb") as file:
        return _named(read_po(file, locale=language))


def _named(catalog: Catalog) -> Catalog:
    catalog.fuzzy, catalog.project, catalog.version = False, "Kith", "1"
    catalog.header_comment = "# Texts of Kith. Made by `kith texts update`; only the translations are written by hand."
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # no noise in every diff
    return catalog


def write(language: str, catalog: Catalog) -> None:
    """Store a catalogue, sorted and without places, so that two branches rarely touch the same lines."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=110, sort_output=True, no_location=True, ignore_obsolete=True)
    _replace(path_of(language), buffer.getvalue())


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    draft.write_bytes(content)
    draft.replace(path)


@contextmanager
def alone() -> Iterator[None]:
    """Let one process at a time change the catalogues."""
    catalogues.LOCALE.mkdir(exist_ok=True)
    with (catalogues.LOCALE / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def update(translations: Mapping[str, Mapping[str, Translation]] | None = None) -> None:
    """Bring every catalogue to the texts of the source, then put in `translations` (language → text → translation)."""
    template = extract()
    with alone():
        for language in LANGUAGES:
            catalog = read(language)
            catalog.update(template, no_fuzzy_matching=True)
            for key, value in (translations or {}).get(language, {}).items():
                _fill(catalog, key, value)
            write(language, _named(catalog))


def _fill(catalog: Catalog, key: str, value: Translation) -> None:
    context, _between, text = key.rpartition(CONTEXT)
    message = catalog.get(text, context or None)
    if message is not None:
        message.string = tuple(value) if isinstance(value, list) else value
        message.flags.discard("fuzzy")


def compile(language: str) -> Path:  # noqa: A001 - the word for it
    """Write the .mo of a language; fuzzy texts stay out."""
    buffer = io.BytesIO()
    write_mo(buffer, read(language))
    _replace(path_of(language, "mo"), buffer.getvalue())
    return path_of(language, "mo")


def name(message: Message) -> str:
    """A text as missing() and the JSON of `kith texts fill` call it."""
    text = message.id if isinstance(message.id, str) else message.id[0]
    return f"{message.context}{CONTEXT}{text}" if message.context else text


def missing(language: str) -> list[str]:
    """Texts of the source without a (certain) translation, and those whose placeholders differ."""
    catalog = read(language)
    return [name(message) for message in extract() if message.id and not _is_done(catalog, message)]


def _is_done(catalog: Catalog, wanted: Message) -> bool:
    text = wanted.id if isinstance(wanted.id, str) else wanted.id[0]
    message = catalog.get(text, wanted.context)
    if message is None or message.fuzzy:
        return False
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if len(strings) != (catalog.num_plurals if message.pluralizable else 1) or not all(strings):
        return False
    return all(fits(string, text) for string in strings) and not message.check(catalog)


def fits(string: str, text: str) -> bool:
    """Whether a translation has the placeholders of its text, and is filled in as safely: a bare % breaks every page that shows it."""
    return _holes(string) == _holes(text) and (_has_bare_percent(text) or not _has_bare_percent(string))


def _has_bare_percent(text: str) -> bool:
    """Whether a % stands for nothing; "%%" is the sign itself."""
    return bool(re.search(r"%(?!\(\w+\)[sd])", text.replace("%%", "")))


def _holes(text: str) -> set[str]:
    """The placeholders of a text: %(name)s, and {n} where a script fills it in."""
    return set(re.findall(r"%\(\w+\)[sd]|\{\w+\}", text))
