"""A formula as text becomes a tree: tokens, precedence, limits; every error names its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core.errors import BadValue

MAX_LENGTH, MAX_DEPTH, MAX_NODES = 2000, 20, 200
TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<text>"(?:[^"\\]|\\["\\])*"|'(?:[^'\\]|\\['\\])*')
    |(?P<name>[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*)
    |(?P<sign><=|>=|<>|!=|[-+*/&()=<>,%])""",
    re.VERBOSE | re.IGNORECASE,
)
WORDS = frozenset({"and", "or", "not", "true", "false", "empty"})
#: The minus of one value; no function can be called so.
NEGATIVE = "\u2212"
COMPARISONS = ("=", "<>", "!=", "<", "<=", ">", ">=")


class FormulaError(BadValue):
    """A formula that cannot be; `message` says what and where, `at` and `length` mark the place in its text."""

    def __init__(self, what: Any, at: int, length: int = 1) -> None:
        super().__init__(_("Character %(place)d: %(what)s") % {"place": at + 1, "what": what})
        self.what, self.at, self.length = what, at, length


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text."""

    kind: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a formula and where it stands."""

    at: int
    length: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, percent, text, yes or no, or nothing, written down; `kind` says which."""

    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A field, of the record or over links."""

    path: str


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function of values; operators are calls of functions that have signs for names."""

    name: str
    given: tuple["Tree", ...]


Tree = Literal | Name | Call


def read(text: str) -> Tree:
    """The tree of a formula; raises FormulaError."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(_("a formula has at most %(limit)d characters.") % {"limit": MAX_LENGTH}, MAX_LENGTH)
    return Reader(text).whole()


def tokens(text: str) -> Iterator[Token]:
    """The pieces of a text."""
    at = 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            raise FormulaError(unknown_sign(text[at]), at)
        if found.lastgroup != "space":
            yield Token(str(found.lastgroup), found.group(), at)
        at = found.end()
    yield Token("end", "", len(text))


def unknown_sign(sign: str) -> Any:
    """What is wrong with a sign that begins nothing."""
    if sign in "\"'":
        return _("this text does not end; close it with the same quotation mark.")
    return _("“%(sign)s” means nothing here; texts stand in quotation marks, fields by their names.") % {"sign": sign}


class Reader:
    """Walks along the tokens, one method for each level of precedence."""

    def __init__(self, text: str) -> None:
        self.left = list(tokens(text))
        self.depth = self.nodes = 0

    @property
    def next(self) -> Token:
        """The token that comes."""
        return self.left[0]

    def is_next(self, *texts: str) -> bool:
        """Whether one of these signs or words comes."""
        return self.next.kind in ("sign", "name") and self.next.text.lower() in texts

    def take(self) -> Token:
        """Go past the next token."""
        return self.left.pop(0)

    def expect(self, text: str) -> Token:
        """Go past a sign that must stand here."""
        if not self.is_next(text):
            raise self.unexpected(_("here “%(sign)s” is expected.") % {"sign": text})
        return self.take()

    def unexpected(self, what: Any) -> FormulaError:
        """The error at the next token."""
        return FormulaError(what, self.next.at, max(1, len(self.next.text)))

    def made[T: Tree](self, node: T) -> T:
        """Count a node against the limit."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise FormulaError(_("a formula has at most %(limit)d parts; put some of them into a formula of their own.") % {"limit": MAX_NODES}, node.at)  # fmt: skip
        return node

    def call(self, name: str, at: int, *given: Tree) -> Call:
        """A call whose place is that of its operator."""
        return self.made(Call(at, len(name), name, given))

    def whole(self) -> Tree:
        """The formula up to its end."""
        if self.next.kind == "end":
            raise FormulaError(
                _("write a formula, for example %(example)s.") % {"example": "round(amount * 1.2, 2)"}, 0
            )
        tree = self.any_of()
        if self.next.kind != "end":
            raise self.unexpected(_("“%(text)s” does not go on from what stands before it; an operator or a comma is missing.") % {"text": self.next.text})  # fmt: skip
        return tree

    def any_of(self) -> Tree:
        """a or b"""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.unexpected(_("at most %(limit)d levels of brackets; put the inner ones into a formula of their own.") % {"limit": MAX_DEPTH})  # fmt: skip
        tree = self.all_of()
        while self.is_next("or"):
            at = self.take().at
            tree = self.call("or", at, tree, self.all_of())
        self.depth -= 1
        return tree

    def all_of(self) -> Tree:
        """a and b"""
        tree = self.negated()
        while self.is_next("and"):
            at = self.take().at
            tree = self.call("and", at, tree, self.negated())
        return tree

    def negated(self) -> Tree:
        """not a"""
        nots = []
        while self.is_next("not"):
            nots.append(self.take().at)
        tree = self.compared()
        for at in reversed(nots):
            tree = self.call("not", at, tree)
        return tree

    def compared(self) -> Tree:
        """a < b"""
        tree = self.joined()
        if self.is_next(*COMPARISONS):
            sign = self.take()
            tree = self.call("<>" if sign.text == "!=" else sign.text, sign.at, tree, self.joined())
            if self.is_next(*COMPARISONS):
                raise self.unexpected(_("compare two values at a time and join the comparisons by “and”."))
        return tree

    def joined(self) -> Tree:
        """a & b"""
        tree = self.sum()
        while self.is_next("&"):
            at = self.take().at
            tree = self.call("&", at, tree, self.sum())
        return tree

    def sum(self) -> Tree:
        """a + b - c"""
        tree = self.product()
        while self.is_next("+", "-"):
            sign = self.take()
            tree = self.call(sign.text, sign.at, tree, self.product())
        return tree

    def product(self) -> Tree:
        """a * b / c"""
        tree = self.signed()
        while self.is_next("*", "/"):
            sign = self.take()
            tree = self.call(sign.text, sign.at, tree, self.signed())
        return tree

    def signed(self) -> Tree:
        """-a"""
        signs = []
        while self.is_next("-", "+"):
            signs.append(self.take())
        tree = self.single()
        for sign in reversed(signs):
            tree = self.call(NEGATIVE, sign.at, tree) if sign.text == "-" else tree
        return tree

    def single(self) -> Tree:
        """A value, a field, a function or something in brackets."""
        token = self.next
        if token.kind == "number":
            return self.number(self.take())
        if token.kind == "text":
            text = self.take().text
            return self.made(Literal(token.at, len(text), "text", re.sub(r"\\(.)", r"\1", text[1:-1])))
        if self.is_next("("):
            self.take()
            tree = self.any_of()
            self.expect(")")
            return tree
        if token.kind == "name" and token.text.lower() not in ("and", "or", "not"):
            return self.named(self.take())
        raise self.unexpected(_("here a value is expected: a number, a text, a field or a function.") if token.kind != "end" else _("the formula ends where a value is expected."))  # fmt: skip

    def number(self, token: Token) -> Tree:
        """12.5 or 12.5 %"""
        if len(token.text) > 25:
            raise FormulaError(_("a number has at most %(limit)d digits.") % {"limit": 25}, token.at, len(token.text))
        kind = "number"
        if self.is_next("%"):
            self.take()
            kind = "percent"
        return self.made(Literal(token.at, len(token.text), kind, Decimal(token.text)))

    def named(self, token: Token) -> Tree:
        """A word of the language, a function or a field."""
        word = token.text.lower()
        if self.is_next("("):
            return self.function(token, word)
        if word in ("true", "false"):
            return self.made(Literal(token.at, len(word), "boolean", word == "true"))
        if word == "empty":
            return self.made(Literal(token.at, len(word), "empty", None))
        return self.made(Name(token.at, len(token.text), token.text))

    def function(self, token: Token, word: str) -> Tree:
        """name(a, b, c)"""
        self.take()
        given: list[Tree] = []
        while not self.is_next(")"):
            given.append(self.any_of())
            if not self.is_next(")"):
                self.expect(",")
        self.take()
        return self.made(Call(token.at, len(token.text), word, tuple(given)))
