"""Fields as terms: those of the record, and those of a record that a link leads to."""

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from kith.core.entity import registry
from kith.core.specs import FieldSpec, LinkSpec

from .reading import FormulaError, Name
from .terms import FIELDS, Making, Sql, Term, wrong

if TYPE_CHECKING:
    from kith.core.entity import Entity

#: Kinds of values by the types of fields.
KIND_OF = {
    "number": "number", "percent": "percent", "money": "money", "date": "date", "moment": "moment", "boolean": "boolean",
    **dict.fromkeys(("text", "mail", "phone", "url", "country", "choice"), "text"),
}  # fmt: skip
PATTERNS = {"text": "NULLIF({}::text, '')", "date": "{}::date", "moment": "{}::timestamptz", "boolean": "{}::boolean"}


class Book(Protocol):
    """What is known of the fields of every kind of record."""

    def plain(self, label: str) -> dict[str, FieldSpec]:
        """The fields of a kind of record that are no formulas or roll-ups."""

    def names(self, label: str) -> list[str]:
        """The names of all of its fields."""

    def defined(self, label: str, name: str, node: Name) -> Term | None:
        """The term of a formula or a roll-up, None if there is none of that name; raises FormulaError."""


def scope(book: Book, label: str, node: Name) -> Term:
    """What a name stands for in a formula of a kind of record."""
    first, _dot, rest = node.path.lower().partition(".")
    if not rest:
        return field(book, label, first, node)
    if "." in rest:
        raise wrong(node, _("“%(field)s” goes over two links; a formula goes over one. Make a formula of the linked record and use that.") % {"field": node.path})  # fmt: skip
    link = book.plain(label).get(first)
    if not isinstance(link, LinkSpec):
        if link is None:
            raise unknown(book, label, first, node)
        raise wrong(node, _("“%(field)s” is no link; nothing can follow its dot.") % {"field": first})
    return over(label, link, registry.get(link.target), field(book, link.target, rest, node))


def unknown(book: Book, label: str, name: str, node: Name) -> FormulaError:
    """There is no such field; the nearest ones are told."""
    names = book.names(label)
    close = get_close_matches(name, names, 3) or sorted(names)[:12]
    return wrong(node, _("there is no field “%(field)s”; nearest are: %(valid)s.") % {"field": name, "valid": ", ".join(close)})  # fmt: skip


def field(book: Book, label: str, name: str, node: Name) -> Term:
    """A field of a kind of record."""
    if (found := book.defined(label, name, node)) is not None:
        return found
    spec = book.plain(label).get(name)
    if spec is None:
        raise unknown(book, label, name, node)
    found = of_spec(label, spec)
    if found is None:
        raise wrong(node, _("formulas cannot read “%(field)s”: they take numbers, amounts, short texts, choices, dates and yes or no.") % {"field": name})  # fmt: skip
    return found


def of_spec(label: str, spec: FieldSpec) -> Term | None:
    """A plain field as a term; None for kinds of values that formulas do not know."""
    needs = frozenset({(label, spec.name)})
    if isinstance(spec, LinkSpec):
        return Term("link", lambda prefix: F(prefix + spec.path), needs=needs)
    kind = KIND_OF.get(spec.type.name)
    if kind is None or not (spec.columns or spec.sortable):
        return None
    pattern = PATTERNS.get(kind, "{}::numeric")
    return Term(
        kind, lambda prefix: Sql(pattern, spec.expression(prefix), output_field=FIELDS[kind]), currency_of(spec) if kind == "money" else None,
        needs=needs, choices=tuple(key for key, _label in spec.choices) if spec.type.name == "choice" else (),
    )  # fmt: skip


def currency_of(spec: FieldSpec) -> Making:
    """The currency of an amount, nothing where there is none."""
    return lambda prefix: Sql("NULLIF({}::text, '')", spec.currency(prefix), output_field=FIELDS["text"])


def over(label: str, link: FieldSpec, target: "Entity", inner: Term) -> Term:
    """A field of the record that a link leads to; nothing where there is none, or where it lies in the trash."""

    def guarded(making: Making, kind: str) -> Making:
        def sql(prefix: str) -> Any:
            way = f"{prefix}{link.name}__"
            face = {f"{way}{name}": value for name, value in target.face.items()}
            there = Q(**{f"{prefix}{link.path}__isnull": False, f"{way}deleted_at__isnull": True}, **face)
            return Case(When(there, then=making(way)), output_field=FIELDS.get(kind))

        return sql

    kept = frozenset() if target.access.public else frozenset({target.label})
    return replace(
        inner, sql=guarded(inner.sql, inner.kind), currency=guarded(inner.currency, "text") if inner.currency else None, size=inner.size + 2, depth=inner.depth + 1,
        needs=inner.needs | {(label, link.name)}, gathers=inner.gathers | kept,
    )  # fmt: skip
