"""From the tree of a formula to its term: names become fields, calls become SQL, limits are kept."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext_lazy as _

from .functions import FUNCTIONS
from .operators import OPERATORS
from .reading import Call, Literal, Name, Tree, read
from .terms import FIELDS, KINDS, MAX_SIZE, MAX_TERM_DEPTH, Sql, Term, constant, made, wrong

#: Finds what a name stands for; raises FormulaError.
type Scope = Callable[[Name], Term]
MAX_TEXT = 300
MAX_DECIMALS = 6


def build(text: str, scope: Scope) -> Term:
    """The term of a formula; raises FormulaError."""
    tree = read(text)
    found = built(tree, scope)
    if found.kind not in FIELDS:
        raise wrong(tree, _("a formula cannot be %(kind)s.") % {"kind": KINDS[found.kind]})
    return found


def built(tree: Tree, scope: Scope) -> Term:
    """The term of a part."""
    if isinstance(tree, Literal):
        return constant(tree.kind, tree.value)
    found = scope(tree) if isinstance(tree, Name) else called(tree, [built(part, scope) for part in tree.given])
    if found.size > MAX_SIZE or found.depth > MAX_TERM_DEPTH:
        raise wrong(tree, _("this becomes too large together with the formulas that it uses; make it simpler."))
    return found


def called(call: Call, given: list[Term]) -> Term:
    """The term of a function or an operator."""
    if call.name in OPERATORS:
        return OPERATORS[call.name](call, given)
    if call.name not in FUNCTIONS:
        close = get_close_matches(call.name, FUNCTIONS, 1)
        hint = _("do you mean %(name)s?") % {"name": close[0]} if close else _("there are: %(valid)s.") % {"valid": ", ".join(sorted(FUNCTIONS))}  # fmt: skip
        raise wrong(call, _("there is no function “%(name)s”; %(hint)s") % {"name": call.name, "hint": hint})
    return FUNCTIONS[call.name].build(call, given)


def finished(found: Term, decimals: int) -> tuple[Callable[[str], Any], Callable[[str], Any] | None]:
    """What is shown: numbers rounded and no longer than can be stored, texts cut; and the currency of amounts."""
    pattern = {
        "number": f"kith_bounded({{}}, {decimals})", "percent": f"kith_bounded({{}}, {decimals})", "money": "kith_bounded({}, 4)",
        "text": f"NULLIF(left({{}}, {MAX_TEXT}), '')",
    }.get(found.kind)  # fmt: skip
    if pattern is None:
        return found.sql, None
    whole = made(found.kind, lambda prefix: Sql(pattern, found.sql(prefix), output_field=FIELDS[found.kind]), (found,))
    if found.kind != "money":
        return whole.sql, None

    def currency(prefix: str) -> Sql:
        amount, code = found.money(prefix)
        return Sql("CASE WHEN {} IS NOT NULL THEN {} END", amount, code, output_field=FIELDS["text"])

    return whole.sql, currency
