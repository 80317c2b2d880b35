"""Breaks one rule of a module at a time: conditions dropped or turned, denials skipped, dates ignored, calls of the scope left out."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kith.core.home import CHECKOUT

#: The code that decides about rights, and the functions of the surfaces that ask it (None: the whole file).
PLACES: dict[str, tuple[str, ...] | None] = {
    "core/access.py": None,
    "core/actors.py": None,
    "core/predicates.py": ("fits", "store", "key", "of", "compiled", "ways", "alternatives", "gathered", "base"),
    "core/system_rights.py": None,
    "core/wholes.py": None,
    "core/why.py": ("explain",),
    "access/effective.py": ("level", "lines", "is_follower"),
    "access/principals.py": ("load", "build", "granted", "policy_rules", "field_rules", "shares", "shared_rows"),
    "access/closure.py": ("CHAIN", "MEMBERS", "UNITS", "UNITS_UP", "REPORTS"),
    "access/entities/share.py": ("prepare", "validate"),
    "access/entities/user.py": ("extra_access",),
    "core/entities/view.py": ("extra_access",),
    "activities/actions.py": ("way_in",),
    "marketing/queues.py": ("way_in",),
    "distribution/hiding.py": ("waiting_in", "is_veiled", "way_in", "way_out", "shown"),
    "core/ui/base.py": ("page", "record_page"),
    "core/ui/record_rights.py": ("fetch", "may", "told", "in_columns", "holding"),
    "core/api/views.py": ("entity_of", "single", "external", "operate", "restore", "act", "history"),
    "core/api/callers.py": ("shown", "named", "by_token", "caller", "forged"),
    "core/history.py": ("visible_values", "as_data", "feed", "within"),
    "core/timeline_changes.py": ("readable", "lines"),
    "core/writes.py": ("create", "create_many", "save", "update_many"),
    "core/trash.py": ("delete", "restore", "purge"),
    "core/undo.py": ("find",),
    "core/undo_plan.py": ("permitted",),
    "core/unwinding.py": ("locked_fields",),
    "core/owning.py": ("complete", "keep", "check", "may_be_given", "changes_hands"),
    "core/cleaning.py": ("check_names", "visible"),
    "core/listing.py": ("rows", "stream"),
    "core/titles.py": ("load",),
    "core/search.py": ("within_rights", "best", "everywhere"),
    "core/views.py": ("plain", "saved_views", "readable_sort", "sortable"),
    "core/ui/export_views.py": ("export", "send"),
    "core/exchange/exporting.py": ("of",),
    "core/ui/fields_ui.py": ("field", "may_edit"),
    "core/ui/file_views.py": ("download",),
    "core/ui/trash_ui.py": ("kinds", "rows", "erase"),
    "core/ui/list_bulk.py": ("editable", "act"),
    "core/ui/record_history.py": ("context", "show_field"),
    "core/ui/record_related.py": ("offered",),
}
#: Of the wider files only what speaks of rights is broken.
ABOUT_RIGHTS = re.compile(
    r"access|allowed|require|rows\(|readable|writable|predicate|scoped|fetch|actor|right|scopes|deny|level|valid|active|share|trashed|NOTHING|wanted|seen|mine"
)
WIDE = (
    "core/ui/",
    "core/api/",
    "core/writes.py",
    "core/trash.py",
    "core/undo.py",
    "core/undo_plan.py",
    "core/unwinding.py",
    "core/search.py",
    "core/views.py",
    "core/exchange/",
    "core/cleaning.py",
    "core/history.py",
    "core/listing.py",
    "core/titles.py",
)


#: Changes a node where it stands.
type Change = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One broken rule: where it stands (the place of its node among all of the module), and what is done to it."""

    file: str
    line: int
    end: int
    where: str
    text: str
    what: str
    place: int
    change: Change

    @property
    def name(self) -> str:
        """How it is called in reports."""
        return f"{self.file}:{self.line} {self.what}"

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What it is known by while lines move: file, function, what is broken, how."""
        return self.file, self.where, self.text, self.what

    def tree(self) -> ast.Module:
        """The module with it."""
        made = ast.parse(path_of(self.file).read_text())
        self.change(list(ast.walk(made))[self.place])
        return ast.fix_missing_locations(made)


def path_of(file: str) -> Path:
    """The file of a place."""
    return CHECKOUT / "src" / "kith" / file


def mutants() -> Iterator[Mutant]:
    """All of them, in the order of the files; what a function holds twice is numbered, so that every key is of one."""
    times = Counter[tuple[str, ...]]()
    for file, names in PLACES.items():
        source = path_of(file).read_text()
        tree = ast.parse(source)
        for node in bodies(tree, names):
            for mutant in broken(file, tree, node, source):
                times[mutant.key] += 1
                number = times[mutant.key]
                yield replace(mutant, what=f"{mutant.what}, place {number}") if number > 1 else mutant


def bodies(tree: ast.Module, names: tuple[str, ...] | None) -> Iterator[ast.AST]:
    """The functions and constants to be broken."""
    if names is None:
        yield tree
        return
    found = set()
    for node in ast.walk(tree):
        title = (
            node.name
            if isinstance(node, ast.FunctionDef)
            else node.targets[0].id
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            else ""
        )
        if title in names and title not in found:
            found.add(title)
            yield node
    if missing := set(names) - found:
        raise LookupError(f"no longer there: {missing}")


def broken(file: str, tree: ast.Module, body: ast.AST, source: str) -> Iterator[Mutant]:
    """Every way to break a body."""
    seen, places = set(), {id(node): at for at, node in enumerate(ast.walk(tree))}
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    types = set(annotations(tree))
    for node in ast.walk(body):
        if id(node) in types:
            continue
        for what, change in changes(node):
            line, end = span(node)
            text = " ".join(source_of(source, node).split())
            if (
                (line, what) in seen
                or (file.startswith(WIDE) and not ABOUT_RIGHTS.search(text))
                or in_types(source, line)
            ):
                continue
            seen.add((line, what))
            where = next((one.name for one in functions if one.lineno <= line <= (one.end_lineno or 0)), "")
            yield Mutant(file, line, end, where, text, what, places[id(node)], change)


def annotations(tree: ast.Module) -> Iterator[int]:
    """The nodes that only the type checker reads."""
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            if part := getattr(node, name, None):
                yield from map(id, ast.walk(part))


def span(node: Any) -> tuple[int, int]:
    """First and last line of a node; a comprehension has none of its own."""
    if isinstance(node, ast.comprehension):
        return node.target.lineno, max(part.end_lineno or 0 for part in (node.iter, *node.ifs))
    return getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)


def source_of(source: str, node: Any) -> str:
    """The text of a node."""
    if isinstance(node, ast.comprehension):
        return ast.unparse(node)
    return ast.get_source_segment(source, node) or ""


def in_types(source: str, line: int) -> bool:
    """Whether a line only matters to the type checker, or says what for."""
    return "TYPE_CHECKING" in source.splitlines()[line - 1] if line else False


def replaced(node: ast.AST, other: ast.AST) -> None:
    """Let a node be another one, in its place."""
    node.__class__ = other.__class__
    node.__dict__ = {
        **{
            name: value
            for name, value in node.__dict__.items()
            if name in ("lineno", "col_offset", "end_lineno", "end_col_offset")
        },
        **other.__dict__,
    }


def changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """What can be done to one node: (in words, function)."""
    yield from of_logic(node)
    yield from of_branches(node)
    if isinstance(node, ast.Call):
        yield from of_calls(node)
    if (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and named(node.value.func) in ("require", "require_system_right", "check_names", "check", "fetch")
    ):
        yield f"{named(node.value.func)} left out", lambda twin: replaced(twin, ast.Pass())
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.lstrip().startswith("WITH RECURSIVE")
    ):
        for at, pattern in enumerate(SQL_RULES):
            for number, _found in enumerate(re.finditer(pattern, node.value)):
                yield (
                    f"rule {at + 1}.{number + 1} of the SQL dropped",
                    lambda twin, pattern=pattern, number=number: setattr(
                        twin, "value", without(pattern, twin.value, number)
                    ),
                )


def of_logic(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """Conditions dropped and turned."""
    if isinstance(node, ast.BoolOp):
        sign = "and" if isinstance(node.op, ast.And) else "or"
        for at, value in enumerate(node.values):
            if not (isinstance(value, ast.Constant)):
                yield (
                    f"part {at + 1} of “{sign}” dropped",
                    lambda twin, at=at: (
                        twin.values.pop(at) if len(twin.values) > 2 else replaced(twin, twin.values[1 - at])
                    ),
                )
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "“not” dropped", lambda twin: replaced(twin, twin.operand)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        yield "“~” dropped", lambda twin: replaced(twin, twin.operand)
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and (turned := TURNED.get(type(node.ops[0]))):
        yield f"{type(node.ops[0]).__name__} turned", lambda twin: twin.ops.__setitem__(0, turned())
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        yield "left of & or | dropped", lambda twin: replaced(twin, twin.right)
        yield "right of & or | dropped", lambda twin: replaced(twin, twin.left)
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        yield "“&=” or “|=” left out", lambda twin: replaced(twin, ast.Pass())


def of_branches(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """Branches never or always taken."""
    if isinstance(node, ast.If):
        yield "branch never taken", lambda twin: setattr(twin, "test", ast.Constant(False))
    if isinstance(node, ast.IfExp):
        yield "always the first", lambda twin: replaced(twin, twin.body)
        yield "always the second", lambda twin: replaced(twin, twin.orelse)
    if isinstance(node, ast.comprehension):
        for at, _test in enumerate(node.ifs):
            yield f"condition {at + 1} of a comprehension dropped", lambda twin, at=at: twin.ifs.pop(at)


def of_calls(node: ast.Call) -> Iterator[tuple[str, Change]]:
    """Filters left out, scopes widened, "any" and "all" exchanged."""
    if isinstance(node.func, ast.Name) and node.func.id in ("any", "all"):
        yield "any and all exchanged", lambda twin: setattr(twin.func, "id", "all" if twin.func.id == "any" else "any")
    if isinstance(node.func, ast.Name) and node.func.id in ("min", "max"):
        yield "min and max exchanged", lambda twin: setattr(twin.func, "id", "max" if twin.func.id == "min" else "min")
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("filter", "exclude"):
        yield "filter left out", lambda twin: replaced(twin, twin.func.value)
        for at, _keyword in enumerate(node.keywords):
            if len(node.keywords) > 1 or node.args:
                yield f"filter without {node.keywords[at].arg}", lambda twin, at=at: twin.keywords.pop(at)
        for at, _arg in enumerate(node.args):
            if len(node.args) > 1 or node.keywords:
                yield f"filter without argument {at + 1}", lambda twin, at=at: twin.args.pop(at)
    if (
        isinstance(node.func, ast.Attribute | ast.Name)
        and named(node.func) in ("rows", "fetch", "scoped")
        and len(node.args) > 1
        and not (isinstance(node.args[-1], ast.Constant) and node.args[-1].value == "view")
    ):
        yield (
            "asked for view only",
            lambda twin: (
                twin.args.pop() if named(twin.func) == "rows" else twin.args.__setitem__(-1, ast.Constant("view"))
            ),
        )
    if (
        named(node.func) == "rows"
        and node.args
        and isinstance(node.args[0], ast.Name | ast.Attribute)
        and named(node.args[0]) != "SYSTEM"
    ):
        yield "asked as the system", lambda twin: twin.args.__setitem__(0, system())


TURNED = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Lt: ast.GtE,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.GtE: ast.Lt,
}
SQL_RULES = (
    r"AND \w+\.deleted_at IS NULL|AND deleted_at IS NULL",
    r"AND coalesce\(m\.valid_from, %\(day\)s\) <= %\(day\)s",
    r"AND coalesce\(m\.valid_to, %\(day\)s\) >= %\(day\)s",
    r"WHERE \w+\.deleted_at IS NULL",
    r"AND e\.user_id <> %\(user\)s",
)


def without(pattern: str, sql: str, number: int) -> str:
    """The SQL without one of the places that a pattern finds."""
    found = list(re.finditer(pattern, sql))[number]
    left = "WHERE true" if found[0].startswith("WHERE") else ""
    return sql[: found.start()] + left + sql[found.end() :]


def named(node: ast.AST) -> str:
    """The last name of what is called."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def system() -> ast.expr:
    """Kith itself, as an expression that holds in every module."""
    return ast.parse("__import__('kith.core.access', fromlist=['SYSTEM']).SYSTEM", mode="eval").body
