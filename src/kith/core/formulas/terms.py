"""Terms: typed parts of a formula that know their SQL, what they read, and how large they have become."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import BooleanField, CharField, DateField, DateTimeField, DecimalField, Func, Value
from django.utils.translation import gettext_lazy as _

from .reading import Call, FormulaError, Node

#: What one formula may become in SQL, those that it uses included; and how deep.
MAX_SIZE, MAX_TERM_DEPTH = 500, 50
FIELDS: dict[str, Any] = {
    "number": DecimalField(max_digits=38, decimal_places=10), "percent": DecimalField(max_digits=38, decimal_places=10),
    "money": DecimalField(max_digits=38, decimal_places=10), "text": CharField(), "date": DateField(), "moment": DateTimeField(),
    "boolean": BooleanField(),
}  # fmt: skip
KINDS: dict[str, Any] = {
    "number": _("a number"), "percent": _("a percentage"), "money": _("an amount of money"), "text": _("a text"), "date": _("a date"),
    "moment": _("a date with time"), "boolean": _("yes or no"), "link": _("a link"), "empty": _("nothing"),
}  # fmt: skip
NUMERIC = ("number", "percent", "money")
type Making = Callable[[str], Any]


class Sql(Func):
    """A fixed piece of SQL with a place `{}` for each of its expressions."""

    def __init__(self, pattern: str, *parts: Any, output_field: Any) -> None:
        super().__init__(*parts, output_field=output_field)
        self.pattern = pattern

    def as_sql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]  # takes no template
        pieces = self.pattern.split("{}")
        text, values = [pieces[0]], list[Any]()
        for part, piece in zip(self.get_source_expressions(), pieces[1:], strict=True):
            sql, params = compiler.compile(part)
            text += [sql, piece]
            values += params
        return f"({''.join(text)})", values


@dataclass(frozen=True, slots=True)
class Term:
    """A value of a kind. `sql(prefix)` is its expression, `prefix` the way to the row; amounts have their currency beside it.

    `needs` are the fields that it is made of (label, name), `gathers` the kinds of other records whose values it shows.
    """

    kind: str
    sql: Making
    currency: Making | None = None
    size: int = 1
    depth: int = 1
    needs: frozenset[tuple[str, str]] = frozenset()
    gathers: frozenset[str] = frozenset()
    choices: tuple[str, ...] = ()
    literal: Any = None
    #: Whether a query of its own stands in it.
    is_heavy: bool = False

    def money(self, prefix: str) -> tuple[Any, Any]:
        """Amount and currency."""
        assert self.currency is not None
        return self.sql(prefix), self.currency(prefix)


def term(kind: str, pattern: str, *parts: Term, currency: "Making | None" = None, more: int = 0) -> Term:
    """A term whose SQL is a pattern of those of its parts; `more` is what its currency adds in size."""
    return made(kind, lambda prefix: Sql(pattern, *(part.sql(prefix) for part in parts), output_field=FIELDS[kind]), parts, currency, more)  # fmt: skip


def made(kind: str, sql: Making, parts: Iterable[Term], currency: "Making | None" = None, more: int = 0) -> Term:
    """A term of parts."""
    parts = tuple(parts)
    return Term(
        kind, sql, currency, size=1 + more + sum(part.size for part in parts), depth=1 + max((part.depth for part in parts), default=0),
        needs=frozenset().union(*(part.needs for part in parts)), gathers=frozenset().union(*(part.gathers for part in parts)),
        is_heavy=any(part.is_heavy for part in parts),
    )  # fmt: skip


def constant(kind: str, value: Any) -> Term:
    """A value that is written down."""
    casts = {"number": "numeric", "percent": "numeric", "money": "numeric", "text": "text", "boolean": "boolean"}
    if kind == "empty":
        return Term("empty", lambda _prefix: Value(None))
    if kind in casts:
        pattern = f"{{}}::{casts[kind]}"
        return Term(kind, lambda _prefix: Sql(pattern, Value(value), output_field=FIELDS[kind]), literal=value)
    return Term(kind, lambda _prefix: Value(value, output_field=FIELDS[kind]), literal=value)


def nothing(kind: str) -> Term:
    """No value, where one of a kind is meant."""
    cast = {"text": "text", "date": "date", "moment": "timestamptz", "boolean": "boolean"}.get(kind, "numeric")
    empty = Term(kind, lambda _prefix: Sql(f"NULL::{cast}", output_field=FIELDS[kind]))
    return replace(empty, currency=lambda _prefix: Sql("NULL::text", output_field=CharField())) if kind == "money" else empty  # fmt: skip


def text_of(making: Making) -> Making:
    """A currency as a term of SQL."""
    return lambda prefix: Sql("{}::text", making(prefix), output_field=CharField())


# --- what was given -----------------------------------------------------------------------------------------------------


def kinds_in_words(kinds: Iterable[str]) -> str:
    """Kinds of values, for people."""
    return ", ".join(str(KINDS[kind]) for kind in kinds)


def wrong(node: Node, what: Any) -> FormulaError:
    """The error at a part."""
    return FormulaError(what, node.at, node.length)


def count(call: Call, least: int, most: int | None = None) -> None:
    """Refuse too few or too many values."""
    most = least if most is None else most
    if least <= len(call.given) <= most:
        return
    wanted = str(least) if least == most else _("at least %(count)d") % {"count": least} if most > 99 else f"{least}–{most}"  # fmt: skip
    raise wrong(call, _("%(function)s takes %(wanted)s values; %(given)d are given.") % {"function": call.name, "wanted": wanted, "given": len(call.given)})  # fmt: skip


def expect(call: Call, given: list[Term], at: int, *kinds: str) -> Term:
    """The value at a place, of one of these kinds; nothing fits everywhere."""
    found = given[at]
    if found.kind == "empty":
        return nothing(kinds[0])
    if found.kind not in kinds:
        raise wrong(call.given[at], _("%(function)s takes %(wanted)s here, not %(kind)s. %(remedy)s") % {
            "function": call.name, "wanted": kinds_in_words(kinds), "kind": KINDS[found.kind], "remedy": remedy(found.kind, kinds),
        })  # fmt: skip
    return found


def remedy(kind: str, wanted: Iterable[str]) -> Any:
    """What makes a value of one kind into one of another."""
    wanted = tuple(wanted)
    if kind in ("percent", "money") and "number" in wanted:
        return _("number(…) makes a plain number of it.")
    if kind == "number" and "money" in wanted:
        return _('money(…, "EUR") makes an amount of it.')
    if kind == "number" and "percent" in wanted:
        return _("Write a percent sign behind it, or percent(…).")
    if kind == "moment" and "date" in wanted:
        return _("date(…) gives its day.")
    if kind == "link":
        return _("Name a field behind a dot, such as company.name.")
    if "text" in wanted and kind in ("number", "percent", "money", "date"):
        return _("text(…) makes a text of it.")
    if "boolean" in wanted:
        return _("Compare it with something, or use is_empty(…).")
    return ""


def same_kind(call: Call, given: list[Term], places: Iterable[int]) -> tuple[str, dict[int, Term]]:
    """The one kind that the values at these places have, and the values; nothing takes the kind of the others."""
    places = list(places)
    kind = next((given[at].kind for at in places if given[at].kind != "empty"), "")
    if not kind:
        raise wrong(call, _("all values of %(function)s are empty; name at least one.") % {"function": call.name})
    if kind == "link":
        expect(call, given, next(at for at in places if given[at].kind == "link"), "text")
    for at in places:
        if given[at].kind not in (kind, "empty"):
            raise wrong(call.given[at], _("here %(wanted)s is expected as before, not %(kind)s. %(remedy)s") % {
                "wanted": KINDS[kind], "kind": KINDS[given[at].kind], "remedy": remedy(given[at].kind, (kind,)),
            })  # fmt: skip
    return kind, {at: nothing(kind) if given[at].kind == "empty" else given[at] for at in places}
