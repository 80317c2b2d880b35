"""A value as people read it, by its type: one function per type, the same on list, record page, peek and history.

`show(spec, value, record, titles)` gives HTML; `cell=True` the compact form of a table cell. Written in Python and not
as macros because a list page draws five hundred of them.
"""

import datetime as dt
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from kith.core import conditions, sanitising
from kith.core.entity import registry
from kith.core.filters import BadFilter, Group
from kith.core.specs import FieldSpec
from kith.core.titles import Title, Titles
from kith.core.types import TYPES
from kith.core.ui import formats
from kith.core.ui.icons import icon
from kith.core.ui.names import hue_of, initials

type Shower = Callable[[FieldSpec, Any, Titles, bool], str]

#: Choices of these hues speak as a status; others only as a category.
TONES = {"green": "ok", "amber": "warn", "orange": "warn", "rose": "bad", "blue": "info", "grey": ""}
USER = settings.AUTH_USER_MODEL.lower()
EMPTY = '<span class="dim">—</span>'
CELL_TEXT = 160
SMALL = 2**15


def show(
    spec: FieldSpec, value: Any, record: Any = None, titles: Titles | None = None, *, cell: bool = False
) -> Markup:
    """The value of a field as HTML; a dash for no value."""
    if spec.type.is_empty(value):
        return markup(EMPTY)
    if spec.type.name == "file" and record is not None:
        return markup(download(spec, address(record)))
    if record is not None:
        spec = conditions.bound(spec, record)
    return markup(SHOW.get(spec.type.name, text)(spec, value, titles or {}, cell))


def faded(html: Any, words: str) -> Markup:
    """A value that is stale: it looks so, and says so to who listens."""
    said = escape(words)
    return markup(f'<span class="stale" title="{said}">{escape(html)}<span class="vh"> {said}</span></span>')


def markup(html: str) -> Markup:
    """HTML whose values are escaped already."""
    return Markup(html)  # noqa: S704 - every function here escapes what it is given


# --- text -------------------------------------------------------------------------------------------------------------


def text(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """Plain words."""
    return escape(spec.type.text(value, spec))


def long_text(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """Paragraphs; their beginning in a cell."""
    if not cell:
        return f'<span class="prewrap">{escape(value)}</span>'
    return escape(value if len(value) <= CELL_TEXT else value[:CELL_TEXT] + "…")


def formula(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """An expression, in the type of code."""
    return f'<code class="mono">{long_text(spec, value, titles, cell)}</code>'


def rich_text(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """Sanitised HTML; plain text in a cell."""
    if cell:
        return long_text(spec, strip_tags(value), titles, cell)
    return f'<div class="rich">{sanitising.clean(value)}</div>'


def mail(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """A link that writes a mail."""
    safe = escape(value)
    return f'<a class="plainlink" href="mailto:{safe}">{safe}</a>'


def phone(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """A link that calls, in the national or international form."""
    number, _x, extension = value.partition(";ext=")
    target = escape(number + (f",{extension}" if extension else ""))
    return f'<a class="plainlink nowrap" href="tel:{target}">{escape(_phone(value))}</a>'


@lru_cache(maxsize=4096)
def _phone(value: str) -> str:
    from kith.core.types import TYPES

    return TYPES["phone"].text(value, None)  # type: ignore[arg-type]


def web(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """A link to the address, opened beside."""
    shown = value.removeprefix("https://").removeprefix("http://").removesuffix("/")
    return f'<a class="plainlink" href="{escape(value)}" target="_blank" rel="noopener noreferrer">{escape(shown)}</a>'


def file(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """That there is a file; without the record that holds it there is no way to its bytes."""
    return f'<span class="row g1">{icon("paperclip", "s")}{escape(_("File"))}</span>'


def download(spec: FieldSpec, place: str) -> str:
    """A link to the file of a field, through the record (at the address `place`) whose rights it has."""
    return f'<a class="plainlink row g1" href="{escape(place)}file/{spec.name}">{icon("download", "s")}{escape(_("Download"))}</a>'


def address(record: Any) -> str:
    """The page of a record."""
    return f"/{registry.for_model(type(record)).face_of(record).slug}/{record.pk}/"


def data(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """Structured data as it is."""
    written = json.dumps(value, ensure_ascii=False, indent=None if cell else 1)
    return f'<code class="prewrap">{escape(written[:CELL_TEXT] if cell else written)}</code>'


def condition(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """A condition in words; each of its parts a mark of its own outside tables. As it is where nothing says on which records."""
    from kith.core.ui import filter_words  # which shows values itself

    entity = registry.find(spec.target)
    try:
        parts = conditions.apart(value)
    except BadFilter:
        entity = None
    if entity is None:
        return data(spec, value, titles, cell)
    if cell:
        return long_text(spec, filter_words.in_words(entity, Group(parts.mode, parts.nodes), titles), titles, cell)
    joint = {"all": _("and"), "any": _("or"), "none": _("or")}[parts.mode]
    first = f"<span>{escape(_('none of:'))}</span>" if parts.mode == "none" else ""
    marks = [tag(filter_words.in_words(entity, node, titles), "grey") for node in parts.nodes]
    return group([first, f' <span class="t3">{escape(joint)}</span> '.join(marks)])


def postal(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """An address in the lines of its country; in a cell as one line."""
    lines = TYPES["address"].lines(value)  # type: ignore[attr-defined]
    if cell:
        return escape(spec.type.text(value, spec))
    return f'<address class="postal">{"<br>".join(escape(line) for line in lines)}</address>'


# --- numbers, dates ---------------------------------------------------------------------------------------------------


def number(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """A number in the reader's notation; small whole ones, such as years, without separators."""
    return str(value) if spec.maximum is not None and spec.maximum < SMALL else escape(formats.num(value))


def percent(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """12.5 %."""
    return f'<span class="nowrap">{escape(spec.type.text(value.normalize() if hasattr(value, "normalize") else value, spec))}</span>'


def money(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """An amount with its currency."""
    return formats.money(value)


def boolean(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """A tick, with the word for screen readers; "no" stays quiet."""
    if not value:
        return f'<span class="dim">{escape(_("no"))}</span>'
    if cell:
        return f'{icon("check", "s ok-t")}<span class="vh">{escape(_("yes"))}</span>'
    return f'<span class="row g1">{icon("check", "s ok-t")}{escape(_("yes"))}</span>'


def date(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """How far away it is, with the date as tooltip; on the record page the date itself."""
    return when(value) if cell else formats.day(value, "long")


def moment(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """As date; on the record page with the time."""
    return when(value) if cell else formats.moment(value)


def when(value: dt.date) -> str:
    """A <time> with the distance in words: "yesterday", "12 days ago", "in 3 hours"."""
    zone, language = timezone.get_current_timezone(), get_language() or "en"
    now = timezone.now().astimezone(zone)
    here = value.astimezone(zone) if isinstance(value, dt.datetime) else value
    day = here.date() if isinstance(here, dt.datetime) else here
    days = (day - now.date()).days
    words = formats.span(value - now) if days == 0 and isinstance(value, dt.datetime) else _days(language, day, days)
    return timed(here, words, language)


def timed(here: dt.date, words: str, language: str = "") -> str:
    """A <time> of a date, or of a moment in the reader's zone, that says something else; the date is its tooltip."""
    day, clock = (here.date(), f" {here:%H:%M}") if isinstance(here, dt.datetime) else (here, "")
    full = _full(language or get_language() or "en", day)
    return f'<time datetime="{here.isoformat()}" title="{full}{clock}">{words}</time>'


@lru_cache(maxsize=4096)
def _full(language: str, day: dt.date) -> str:
    return str(escape(formats.day(day, "long")))


@lru_cache(maxsize=4096)
def _days(language: str, day: dt.date, days: int) -> str:
    if abs(days) > 365:  # a year away the date says more than the distance
        return str(escape(formats.day(day)))
    named = {0: _("today"), -1: _("yesterday"), 1: _("tomorrow")}
    return str(escape(named.get(days) or formats.span(dt.timedelta(days=days))))


# --- picks ------------------------------------------------------------------------------------------------------------


def choice(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """A badge whose colour says how it stands."""
    return badge(spec.type.text(value, spec), spec.hues.get(value, "grey"))


def badge(words: str, hue: str) -> str:
    """A choice in its hue."""
    words = capfirst(words)
    if hue in TONES:
        return f'<span class="badge {TONES[hue]}">{escape(words)}</span>'
    return f'<span class="tag" data-h="{hue}">{escape(words)}</span>'


def choices(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """Several of a list."""
    labels = dict(spec.choices)
    return group(tag(capfirst(str(labels.get(item, item))), spec.hues.get(item, "grey")) for item in value)


def words(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """Several short texts."""
    return group(tag(item, "grey") for item in value)


def tags(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """Tags in their colours."""
    found = [titles[spec.target, key] for key in value if (spec.target, key) in titles]
    return group(tag(title.text, title.hue or "grey") for title in found) if found else EMPTY


def tag(words: str, hue: str) -> str:
    """One tag."""
    return f'<span class="tag" data-h="{escape(hue)}">{escape(words)}</span>'


def group(pieces: Any) -> str:
    """Several marks in a row that may wrap outside tables."""
    return f'<span class="row g1 wrap-ok">{"".join(pieces)}</span>'


def link(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """A link to the record, drawn by what it is: a person's picture, a coloured word, a name."""
    return linked(titles.get((spec.target, value)), cell)


def ref(spec: FieldSpec, value: Any, titles: Titles, cell: bool) -> str:
    """A link to a record of any entity."""
    return linked(titles.get((value.entity, value.id)), cell)


def linked(title: Title | None, cell: bool) -> str:
    """A record as a link; one that the reader may not see says only that."""
    if title is None:
        return f'<span class="dim row g1">{icon("lock", "s")}{escape(_("hidden"))}</span>'
    shown, href = escape(title.text), escape(title.url)
    if title.entity == USER:
        face = avatar(title.text, "", "s" if cell else "")
        return f'<span class="row g1" title="{shown}">{face}<span class="{"vh" if cell else ""}">{shown}</span></span>'
    if title.hue:
        return tag(title.text, title.hue)
    return f'<a class="plainlink" href="{href}">{shown}</a>'


@lru_cache(maxsize=4096)
def avatar(name: str, hue: str = "", css: str = "") -> str:
    """Initials in the lasting colour of a name."""
    return f'<span class="ava {css}" data-h="{hue or hue_of(name)}" aria-hidden="true">{escape(initials(name))}</span>'


def titled(name: str, href: str, hue: str = "", css: str = "") -> str:
    """A record's picture and name: the title cell of a list."""
    return f'<span class="who">{avatar(name, hue, css)}<a href="{escape(href)}">{escape(name)}</a></span>'


SHOW: dict[str, Shower] = {
    "longtext": long_text, "formula": formula, "richtext": rich_text, "mail": mail, "phone": phone, "url": web, "file": file, "json": data, "condition": condition,
    "number": number, "percent": percent, "money": money, "boolean": boolean, "date": date, "moment": moment,
    "choice": choice, "choices": choices, "words": words, "tags": tags, "link": link, "ref": ref, "address": postal,
}  # fmt: skip
