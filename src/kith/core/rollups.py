"""Roll-ups: counts, sums and the like over the records that link to one, computed when they are read (decisions/025)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Avg, Count, Max, Min, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from . import conversion, rates
from .access import SYSTEM
from .conditions import asks_for_view, tests
from .entity import registry
from .filter_ops import ME, MY_REPORTS, MY_TEAM
from .filters import BadFilter, Node, compile_filter, from_json
from .formulas.building import build
from .formulas.fields import Book, scope
from .formulas.reading import Name
from .formulas.terms import FIELDS, KINDS, Sql, Term, constant, wrong
from .specs import FieldSpec, LinkSpec

if TYPE_CHECKING:
    from .entity import Entity

NUMBERS = ("number", "percent", "money")
KINDS_OF = {"count": (), "sum": NUMBERS, "avg": NUMBERS, "min": (*NUMBERS, "date", "moment"), "max": (*NUMBERS, "date", "moment")}  # fmt: skip
PUT: dict[str, Any] = {"sum": Sum, "avg": Avg, "min": Min, "max": Max}
#: Links without an index: each value would read the whole table.
UNINDEXED = frozenset({"created_by"})
#: What a roll-up counts for in the size of a formula, beside the value that it puts together.
SIZE = 20


@dataclass(frozen=True, slots=True)
class Rollup:
    """What is rolled up: `how` over `path` of the `source` records whose `link` leads here, on a condition."""

    source: "Entity"
    link: LinkSpec
    how: str
    node: Node
    value: Term | None = None
    in_base: bool = False

    def rows(self, prefix: str) -> QuerySet[Any]:
        """The records of one row of the outer query."""
        rows = self.source.rows(SYSTEM).filter(**{self.link.path: OuterRef(f"{prefix}pk")})
        return rows.filter(compile_filter(self.source, self.node, SYSTEM)).order_by().values(self.link.path)

    def one(self, prefix: str, found: Any, kind: str) -> Any:
        """What is put together of them, as an expression."""
        return Subquery(self.rows(prefix).annotate(rolled_up=found).values("rolled_up"), output_field=FIELDS[kind])

    def sql(self, prefix: str) -> Any:
        """The result; counts and sums of nothing are 0, anything else is empty (R163)."""
        if self.value is None:
            return Coalesce(self.one(prefix, Sql("{}::numeric", Count("pk"), output_field=FIELDS["number"]), "number"), zero())  # fmt: skip
        if self.value.kind == "money":
            return self.amount(prefix)
        found = self.one(prefix, self.together(self.value.sql("")), self.value.kind)
        return Coalesce(found, zero()) if self.how == "sum" else found

    def together(self, value: Any) -> Any:
        """The aggregate of a value."""
        assert self.value is not None
        return PUT[self.how](value, output_field=FIELDS[self.value.kind])

    def amount(self, prefix: str) -> Any:
        """An amount: in one currency, or converted into that of the company; empty where the currencies differ or a rate is missing."""
        assert self.value is not None
        given, currency = self.value.money("")
        if not self.in_base:
            mine = Sql("CASE WHEN {} IS NOT NULL THEN {} END", given, currency, output_field=FIELDS["text"])
            found = Sql("CASE WHEN {} = {} THEN {} END", Min(mine), Max(mine), self.together(given), output_field=FIELDS["money"])  # fmt: skip
            return self.one(prefix, found, "money")
        base = Sql("{}::numeric", conversion.in_base(given, currency, conversion.day_of(self.source)), output_field=FIELDS["money"])  # fmt: skip
        lacking = Count(Sql("CASE WHEN {} IS NOT NULL AND {} IS NULL THEN 1 END", given, base, output_field=FIELDS["number"]))  # fmt: skip
        return self.one(prefix, Sql("CASE WHEN {} = 0 THEN {} END", lacking, self.together(base), output_field=FIELDS["money"]), "money")  # fmt: skip

    def currency(self, prefix: str) -> Any:
        """The currency of the amount."""
        assert self.value is not None
        if self.in_base:
            return constant("text", rates.base()).sql("")
        given, currency = self.value.money("")
        mine = Sql("CASE WHEN {} IS NOT NULL THEN {} END", given, currency, output_field=FIELDS["text"])
        return self.one(prefix, Sql("CASE WHEN {} = {} THEN {} END", Min(mine), Max(mine), Min(mine), output_field=FIELDS["text"]), "text")  # fmt: skip


def zero() -> Any:
    """Nought as an expression."""
    return Value(0, output_field=FIELDS["number"])


def term_of(book: Book, row: Any) -> Term:
    """The term of a roll-up field; raises FormulaError, BadFilter."""
    source = registry.get(row.source)
    link = source.declared[row.link]
    assert isinstance(link, LinkSpec)
    node = from_json(row.condition or {})
    value = None if row.how == "count" else valued(book, source, row)
    needs, gathers = read_by(book, source, node)
    made = Rollup(source, link, row.how, node, value, bool(row.in_base))
    is_money = value is not None and value.kind == "money"
    return Term(
        value.kind if value else "number", made.sql, made.currency if is_money else None, size=SIZE + (value.size if value else 0), is_heavy=True,
        needs=needs | {(source.label, link.name)} | (value.needs if value else frozenset()),
        gathers=frozenset(label for label in (source.label, *gathers, *(value.gathers if value else ())) if not registry.get(label).access.public),
    )  # fmt: skip


def valued(book: Book, source: "Entity", row: Any) -> Term:
    """The value that is put together, a field or a formula of the records; raises FormulaError for one that cannot be."""
    whole = Name(0, len(row.value), row.value)
    found = build(row.value, lambda node: scope(book, source.label, node))
    if found.is_heavy:
        raise wrong(whole, _("this is made of a roll-up itself; roll up its parts instead."))
    if found.kind not in KINDS_OF[row.how]:
        raise wrong(whole, _("this is %(kind)s, of which there is no such roll-up; it takes %(valid)s.") % {
            "kind": KINDS[found.kind], "valid": ", ".join(str(KINDS[kind]) for kind in KINDS_OF[row.how]),
        })  # fmt: skip
    return found


def read_by(book: Book, source: "Entity", node: Node) -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
    """The fields that a condition reads, and the kinds of other records that it looks at; raises BadFilter."""
    needs, gathers = set[tuple[str, str]](), set[str]()
    if asks_for_view(source, node):  # its owner could ask in it for what others may not know, and read the answer here
        raise BadFilter(
            _("A roll-up cannot ask for a saved view, which its owner may change; write its conditions here.")
        )
    for test in tests(node):
        if {ME, MY_TEAM, MY_REPORTS} & {value for value in many(test.value) if isinstance(value, str)}:
            raise BadFilter(_("A roll-up is the same for everybody; name people instead of “me” or “my team”."))
        for label, name in steps(book, source, test.field):
            needs.add((label, name))
            if label != source.label:
                gathers.add(label)
            if (found := book.defined(label, name, Name(0, len(name), name))) is not None:
                needs, gathers = needs | found.needs, gathers | found.gathers
                if found.is_heavy:
                    raise BadFilter(_("“%(field)s” is made of a roll-up itself; the condition of another one cannot ask for it.") % {"field": test.field})  # fmt: skip
    return frozenset(needs), frozenset(gathers)


def many(value: Any) -> Iterable[Any]:
    """The values of a condition."""
    return value if isinstance(value, list | tuple) else [value]


def steps(book: Book, source: "Entity", path: str) -> Iterable[tuple[str, str]]:
    """The fields that a path of the filter language goes over."""
    here = source
    for name in path.split("."):
        related = next((item for item in here.relations if item.key == name), None)
        if related is not None:
            here = registry.get(related.entity)
            yield here.label, related.link
            continue
        spec: FieldSpec | None = book.plain(here.label).get(name)
        if spec is None and name == "currency":
            return
        yield here.label, name
        if spec is None or not spec.target or (target := registry.find(spec.target)) is None:
            return
        here = target


def links_here(entity: "Entity") -> list[tuple["Entity", LinkSpec]]:
    """What can be rolled up on a kind of record: the kinds whose records link to it, with the link."""
    model = entity.model._meta.concrete_model
    return [
        (other, spec)
        for other in registry
        if not other.access.faces
        for spec in other.declared.values()
        if isinstance(spec, LinkSpec) and spec.name not in UNINDEXED and leads_to(spec, entity.label, model)
    ]  # fmt: skip


def leads_to(link: LinkSpec, label: str, model: Any) -> bool:
    """Whether a link leads to a kind of record: to itself, or to the whole of which it is a face."""
    target = registry.find(link.target)
    return target is not None and target.model._meta.concrete_model is model and (target.label == label or bool(target.access.faces))  # fmt: skip
