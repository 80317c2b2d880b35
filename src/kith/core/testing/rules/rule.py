"""What a rule is, and what it may ask of a source."""

import ast
import fnmatch
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

#: What a rule may ask about: looking at nothing else makes the whole source a matter of seconds.
CALLS = (ast.Call,)
IMPORTS = (ast.Import, ast.ImportFrom)
NAMES = (ast.Name, ast.Attribute)


@dataclass(frozen=True, slots=True)
class Breach:
    """One place that breaks a rule."""

    path: str
    line: int
    rule: str
    says: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.says}"


@dataclass
class Source:
    """A file: its tree, and what its names stand for."""

    path: str
    text: str

    @cached_property
    def nodes(self) -> dict[type[ast.AST], list[ast.AST]]:
        """Every node of the tree, by its kind."""
        found: dict[type[ast.AST], list[ast.AST]] = defaultdict(list)
        for node in ast.walk(ast.parse(self.text)):
            found[type(node)].append(node)
        return found

    @cached_property
    def imported(self) -> dict[str, str]:
        """What a name stands for by the imports of the file: `sleep` -> `time.sleep`."""
        found: dict[str, str] = {}
        for node in (*self.nodes[ast.Import], *self.nodes[ast.ImportFrom]):
            if isinstance(node, ast.Import):
                found |= {alias.asname: alias.name for alias in node.names if alias.asname}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        return found

    def name(self, node: ast.AST | None) -> str:
        """The whole dotted name of a node, "" for what has none; what is called or indexed on the way becomes `()` or `[]`."""
        if isinstance(node, ast.Name):
            return self.imported.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            return f"{self.name(node.value)}.{node.attr}"
        if isinstance(node, ast.Call):
            return f"{self.name(node.func)}()"
        if isinstance(node, ast.Subscript):
            return f"{self.name(node.value)}[]"
        return ""

    def modules(self, node: ast.AST) -> list[str]:
        """The modules that an import names."""
        if isinstance(node, ast.Import):
            return [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        return []


type Question = Callable[[Source, ast.AST], bool]


@dataclass(frozen=True)
class Rule:
    """One rule: `asks` whether a node breaks it; `bad` and `good` are texts that do and do not.

    A file without any of the `words` is not looked at.
    """

    name: str
    says: str
    words: tuple[str, ...]
    asks: Question
    bad: tuple[str, ...]
    good: tuple[str, ...]
    #: Files, or patterns of files, where it does not hold, and why.
    but: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[type[ast.AST], ...] = CALLS

    def holds_in(self, path: str) -> bool:
        """Whether the rule is for this file."""
        return not any(fnmatch.fnmatch(path, pattern) for pattern in self.but)

    def breaches(self, source: Source) -> Iterator[Breach]:
        """The places of a file that break the rule."""
        if self.holds_in(source.path) and any(word in source.text for word in self.words):
            for node in (node for kind in self.kinds for node in source.nodes[kind]):
                if self.asks(source, node):
                    yield Breach(source.path, getattr(node, "lineno", 0), self.name, self.says)


# --- questions that several rules ask -------------------------------------------------------------------------------


def calls(*names: str) -> Question:
    """Whether something of these whole names is called."""
    wanted = frozenset(names)
    return lambda source, node: isinstance(node, ast.Call) and source.name(node.func) in wanted


def calls_method(*names: str) -> Question:
    """Whether a method of one of these names is called, of whatever it is."""
    wanted = frozenset(names)
    return lambda source, node: (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in wanted
    )


def imports(*modules: str) -> Question:
    """Whether one of these modules, or a part of it, is imported."""
    return lambda source, node: any(
        module == wanted or module.startswith(f"{wanted}.") for module in source.modules(node) for wanted in modules
    )


def uses(*names: str) -> Question:
    """Whether a whole name is used at all."""
    wanted = frozenset(names)
    return lambda source, node: isinstance(node, ast.Name | ast.Attribute) and source.name(node) in wanted


def either(*questions: Question) -> Question:
    """Whether one of the questions is answered with yes."""
    return lambda source, node: any(ask(source, node) for ask in questions)


def first(node: ast.Call) -> ast.expr | None:
    """The first argument of a call."""
    return node.args[0] if node.args else None


def keyword(node: ast.Call, name: str) -> ast.expr | None:
    """An argument by its name."""
    return next((given.value for given in node.keywords if given.arg == name), None)


def value(node: ast.AST | None) -> object:
    """What a literal is; None for anything else."""
    return node.value if isinstance(node, ast.Constant) else None


def is_built(node: ast.AST | None) -> bool:
    """Whether a text is put together here: f"…{x}", "…%s" % x, "…".format(x), "…" + x."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add | ast.Mod) and any(map(_is_text, (node.left, node.right)))
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
        and _is_text(node.func.value)
    )


def _is_text(node: ast.AST) -> bool:
    return isinstance(value(node), str) or isinstance(node, ast.JoinedStr) or is_built(node)


def is_ours(node: ast.AST | None) -> bool:
    """Whether a text stands in the source: a literal, or a constant, whose name is in capitals."""
    if isinstance(node, ast.BinOp):
        return is_ours(node.left) and is_ours(node.right)
    if isinstance(node, ast.JoinedStr):
        return all(is_ours(part.value) if isinstance(part, ast.FormattedValue) else True for part in node.values)
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return isinstance(node, ast.Constant) or (bool(name) and name.isupper())


def from_request(node: ast.AST | None, *parts: str) -> bool:
    """Whether something is taken from what a browser sent."""
    wanted = parts or ("GET", "POST", "FILES", "META", "headers", "COOKIES", "body")
    return node is not None and any(
        isinstance(part, ast.Attribute)
        and part.attr in wanted
        and isinstance(part.value, ast.Name)
        and part.value.id == "request"
        for part in ast.walk(node)
    )
