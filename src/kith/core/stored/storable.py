"""Which roll-ups can be kept: those whose value follows from stored fields of the records that are rolled up, and from nothing else.

What changes without a write of such a record (days that pass, rates, records behind a link) would change nothing that is kept.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core import conditions, in_view, worked_definitions
from kith.core.entity import Entity, registry
from kith.core.filter_ops import BARE, word_date
from kith.core.filters import BadFilter, Test, from_json
from kith.core.formulas.reading import Call, FormulaError, Tree, read

#: Functions of formulas whose result is another one tomorrow.
PASSING = frozenset({"today", "now", "in_base"})
DAYS = frozenset({"last", "next", "this"})
LATER = _(
    "Its values change by themselves as days pass, so they cannot be kept: “%(what)s”. Take that out, or leave “often filtered” off."
)
BEHIND = _("Its values follow from “%(what)s”, which is no stored field of the records that are rolled up, so they cannot be kept. Take that out, or leave “often filtered” off.")  # fmt: skip
RATES = _("Amounts are converted by rates that change by themselves, so they cannot be kept. Roll up an amount in the currency of the company, or leave “often filtered” off.")  # fmt: skip
ZONE = _("Its values depend on the time zone of whoever reads them, so they cannot be kept. Ask for dates instead of moments, or leave “often filtered” off.")  # fmt: skip

type Key = tuple[str, str]


def why_not(book: Any, row: Any) -> Any:
    """Why the values of a roll-up cannot be kept, in words for its editor; "" where they can. `book` has all definitions."""
    source = registry.find(row.source)
    if source is None:
        return BEHIND % {"what": row.source}
    if row.in_base:
        return RATES
    try:
        tests = list(conditions.tests(from_json(row.condition or {})))
    except BadFilter as error:
        return error.message
    return next(filter(None, [*(about_test(source, test) for test in tests), about_formula(row.value or ""), *about_fields(book, source, row)]), "")  # fmt: skip


def about_test(source: Entity, test: Test) -> Any:
    """Why a condition cannot be kept."""
    if "." in test.field or test.field == in_view.NAME or test.op == "within" or any(item.key == test.field for item in source.relations):  # fmt: skip
        return "" if is_currency(source, test.field) else BEHIND % {"what": test.field}
    spec = source.fields.get(test.field)
    values = test.value if isinstance(test.value, list | tuple) else [test.value]
    if test.op in DAYS or (spec is not None and spec.type.name in ("date", "moment") and any(isinstance(value, str) and word_date(value) for value in values)):  # fmt: skip
        return LATER % {"what": spec.label if spec else test.field}
    return ZONE if spec is not None and spec.type.name == "moment" and test.op not in BARE else ""


def is_currency(source: Entity, path: str) -> bool:
    """Whether a path is that of the currency of an amount, which stands beside it."""
    name, _dot, rest = path.partition(".")
    return rest == "currency" and name in source.declared and source.declared[name].type.name == "money"


def about_formula(text: str) -> Any:
    """Why a formula cannot be kept."""
    try:
        trees: list[Tree] = [read(text)] if text else []
    except FormulaError as error:
        return error.message
    while trees:
        tree = trees.pop()
        if isinstance(tree, Call):
            if tree.name in PASSING:
                return RATES if tree.name == "in_base" else LATER % {"what": f"{tree.name}()"}
            trees += tree.given
    return ""


def about_fields(book: Any, source: Entity, row: Any) -> Iterable[Any]:
    """Why one of the fields, those of formulas among them, cannot be kept."""
    for label, name in everything(book, row):
        formula = book.rows.get((label, name))
        if formula is not None:
            yield about_formula(getattr(formula, "formula", ""))
            continue
        spec = source.fields.get(name)
        if label != source.label or spec is None or not spec.columns:
            yield BEHIND % {"what": spec.label if spec is not None and label == source.label else f"{label}.{name}"}


def everything(book: Any, row: Any) -> set[Key]:
    """All fields that a roll-up follows from: those that it names, and those that their formulas name."""
    found, waiting = set[Key](), list(worked_definitions.named_in(row))
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += worked_definitions.named_in(book.rows[key]) if key in book.rows else ()
    return found
